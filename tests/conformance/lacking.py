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

NOT_KEPT: Mapping[str, str] = {
    "test_store_trash.py": "deleting for good is no part of MLflow's protocol",
    "test_store_registry_audit.py": "MLflow's server keeps no audit trail",
    "test_store_artifacts.py": "the same client as for a trackbook server; tests/remote reads files there",
}
"""What MLflow's own server lacks."""

LACKS: Mapping[str | None, Mapping[str, str]] = {"http": NOT_SERVED, "mlflow": NOT_KEPT}
