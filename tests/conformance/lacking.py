"""What the kinds of servers lack: tests by name (or whole files), each with the reason."""

from __future__ import annotations

from collections.abc import Mapping

_PLACED = "places on the server's machine are no business of its clients"
_NO_PARTS = "files come whole: the proxy of artifacts sends no parts"
NOT_SERVED: Mapping[str, str] = {
    "test_a_moved_run_takes_its_values_and_leaves_its_files": _PLACED,
    "test_an_experiment_may_have_its_own_place": _PLACED,
    "test_a_file_of_another_program_has_a_digest_too": _PLACED,
    "test_a_damaged_file_is_not_handed_out_as_whole": _PLACED,
    "test_a_download_goes_on_where_it_stopped": _NO_PARTS,
    "test_a_download_begins_anew_where_the_rest_of_the_last_one_was_wrong": _NO_PARTS,
    "test_odd_names_stay_as_they_are": "names that become '..' when decoded again are refused",
    "test_a_registered_versions_run_stays_unless_forced[http-None-models:/m/1]": "its source is no version",
    **dict.fromkeys(
        (
            "test_many_runs_at_once",
            "test_points_come_back_however_they_were_batched[http-sizes0]",
            "test_every_order_and_its_pages",
            "test_total_counts_all_that_match",
            "test_wide_filters",
            "test_very_many_columns",
            "test_many_keys_demanded_at_once",
        ),
        "hundreds of requests that show no more than those of the other tests",
    ),
}
"""What a trackbook server does not do for its clients."""

_SLOW = "30 requests of 1,000 points: minutes of MLflow's server on a busy machine"
_NO_MOVES = "MLflow's protocol moves no runs"
_NO_END = "deleting for good is no part of MLflow's protocol"
NOT_KEPT: Mapping[str, str] = {
    "test_store_trash.py": _NO_END,
    "test_store_search.py": "hundreds of searches take minutes there; what the client judges is tested on the others",
    "test_store_registry_audit.py": "MLflow's server keeps no audit trail",
    "test_store_approvals.py": "MLflow's server protects no model",
    "test_store_artifacts.py": "the same client as for a trackbook server; tests/remote reads files there",
    "test_a_deleted_name_can_be_used_again": "a deleted experiment keeps its name there",
    "test_runs_go_and_come_back_with_their_experiment": "all runs come back with their experiment there",
    "test_pages_go_on_where_they_ended": "page tokens count there",
    "test_numbers_of_runs_deleted_for_good_are_not_used_again": _NO_END,
    "test_lines_of_a_notebook_newest_first": "runs that begin in the same millisecond have no order there",
    "test_search": "what is tagged as a prompt is left out there",
    "test_search_in_an_order": "page tokens count there, whatever the listing",
    "test_deleted_runs_do_not_count": "what is logged to a deleted run is refused there",
    "test_many_runs_and_keys_in_one_batch": "2,000 requests",
    "test_points_come_back_however_they_were_batched": _SLOW,
    "test_a_model_and_its_versions": "a version from a run always has that run there",
    "test_what_is_not_there": "the messages are the server's own",
    "test_what_is_not_there_cannot_be_changed": "the messages are the server's own",
    "test_update_and_tags_of_a_version": "a logged model must be there before a version names it",
    "test_a_copy_finds_its_files_after_the_original_is_gone": "only the server knows where a copy's files are",
    "test_every_value_comes_back": "infinities become the greatest float there",
    "test_steps_and_times_reach_the_ends_of_int64": "times are not negative there",
    "test_a_number_is_later_than_nan_at_the_same_place": "NaN counts as later than a number there",
    "test_curves_keep_spikes_and_ends": _SLOW,
    "test_curves_can_be_zoomed_along_each_axis": _SLOW,
    "test_a_moved_run_takes_its_values_and_leaves_its_files": _NO_MOVES,
    "test_a_moved_runs_files_outlive_the_experiment_it_came_from": _NO_MOVES,
    "test_moving_is_all_or_nothing": _NO_MOVES,
}
"""What MLflow's own server lacks."""

NO_PORTS = (
    "test_store_access.py",
    "test_store_logged_models.py",
    "test_store_overview.py",
    "test_store_webhooks.py",
)
"""What is asked of a server's own store, and of no client."""

LACKS: Mapping[str | None, Mapping[str, str]] = {"http": NOT_SERVED, "mlflow": NOT_KEPT}
