"""`trackbook runs` and `trackbook show`, on a real store."""

import pytest

import trackbook as tb
from trackbook.tracking.session import open_session


def test_runs_are_listed_newest_first(runs, trackbook):
    status, said, _ = trackbook("runs")
    assert status == 0
    assert said.index(runs[1][:8]) < said.index(runs[0][:8])
    assert "calm otter" in said


def test_a_stored_name_is_text_and_no_terminal_code(runs, trackbook):
    _, said, _ = trackbook("runs")
    assert "[red]bold" in said
    assert "\x1b" not in said


def test_runs_can_be_filtered_ordered_and_limited(runs, trackbook_json):
    assert [run["run_id"] for run in trackbook_json("runs", "--filter", "metrics.accuracy > 0.8")] == runs[:1]
    oldest_first = trackbook_json("runs", "--order-by", "attributes.start_time ASC")
    assert [run["run_id"] for run in oldest_first] == runs
    assert len(trackbook_json("runs", "--limit", "1")) == 1
    assert len(trackbook_json("runs", "--experiment", "iris")) == 2


def test_json_is_strict_where_a_metric_is_nan(runs, trackbook_json):
    newest = trackbook_json("runs")[0]
    assert newest["metrics"] == {"loss": "NaN"}
    assert newest["params"] == {"C": "10.0"}
    assert newest["status"] == "FAILED"


def test_show_takes_the_beginning_of_an_id(runs, trackbook_json):
    shown = trackbook_json("show", runs[0][:12])
    assert shown["run_id"] == runs[0]
    assert shown["experiment"] == "iris"
    assert shown["metrics"]["accuracy"]["count"] == 3
    assert shown["metrics"]["accuracy"]["last"] == 0.875
    assert {"path": "notes/hello.txt", "size_bytes": 5} in shown["artifacts"]


def test_show_for_people_has_every_part(runs, trackbook):
    status, said, _ = trackbook("show", runs[0])
    assert status == 0
    for part in (runs[0], "calm otter", "FINISHED", "accuracy", "0.875", "notes/hello.txt"):
        assert part in said


def test_an_empty_project_says_so_and_stays_empty(project, trackbook, trackbook_json):
    status, said, _ = trackbook("runs")
    assert status == 0
    assert said.startswith("no runs here: ")
    assert trackbook_json("runs") == []
    assert trackbook("show", "calm otter")[0] == 1
    assert not (project / ".trackbook").exists()


def lines_at(trackbook, width, *arguments):
    status, said, complained = trackbook("runs", *arguments, environ={"COLUMNS": str(width)})
    assert status == 0, complained
    return said.splitlines()


@pytest.mark.parametrize("width", [80, 100, 160])
def test_a_run_is_one_line_at_any_width(project, trackbook, width):
    open_session(project)
    for experiment in ("iris", "a long name of an experiment"):
        tb.set_experiment(experiment)
        with tb.start_run(run_name="a name that goes on and on " * 4 + "end"):
            tb.log_metrics({f"a_metric_with_a_long_name_{i}": i / 3 for i in range(9)})
            tb.log_metrics({f"system/cpu_{i}": i / 3 for i in range(40)})
    head, *rows, hint = lines_at(trackbook, width)
    assert len(rows) == 2
    assert all(len(line.rstrip()) <= width for line in (head, *rows))
    assert all("…" in row and "end" in row for row in rows)
    assert "more metrics: choose with --columns" in hint
    assert "system/" not in head


def test_what_a_run_ended_with_is_listed_where_there_is_room(project, trackbook):
    open_session(project)
    with pytest.raises(ValueError, match="no rows"), tb.start_run(run_name="failed"):
        raise ValueError("no rows\nin a.csv")
    assert "ValueError: no rows in a.csv" in lines_at(trackbook, 140)[1]
    assert "ValueError" not in lines_at(trackbook, 60)[1]


def test_columns_are_chosen_by_key_or_bare_name(runs, trackbook):
    head, *rows = lines_at(trackbook, 80, "--columns", "params.C,accuracy,user")
    assert head.split()[-3:] == ["C", "accuracy", "user"]
    assert "0.875" in rows[1]
    status, _, complained = trackbook("runs", "--columns", "acuracy")
    assert status == 1
    assert "nearest: accuracy" in complained


def test_errors_are_one_message_on_stderr(runs, trackbook):
    for arguments in (("show", "nothing"), ("show", "f" * 32), ("runs", "--experiment", "nowhere")):
        status, said, complained = trackbook(*arguments)
        assert (status, said) == (1, "")
        assert complained.startswith("trackbook: no ")
        assert complained.count("\n") == 1


def test_a_run_is_found_by_its_name_and_two_of_one_name_are_refused(runs, project, trackbook, trackbook_json):
    assert trackbook_json("show", "calm otter")["run_id"] == runs[0]
    open_session(project)
    with tb.start_run(run_name="calm otter"):
        pass
    status, _, complained = trackbook("show", "calm otter")
    assert status == 1
    assert "give an id" in complained


def test_a_bad_filter_names_the_position(runs, trackbook):
    status, _, complained = trackbook("runs", "--filter", "metrics.accuracy >")
    assert status == 1
    assert "position 18" in complained
    assert "Traceback" not in complained


def test_a_file_that_is_no_database_is_one_line(project, trackbook):
    (project / "foreign.db").write_text("this is a shopping list, and quite a long one, but no database at all" * 20)
    status, _, complained = trackbook("runs", environ={"TRACKBOOK_TRACKING_URI": f"sqlite:///{project}/foreign.db"})
    assert status == 1
    assert "foreign.db" in complained
    assert complained.count("\n") == 1
