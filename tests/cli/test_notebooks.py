"""`trackbook show RUN --notebook PATH`: the notebook as it was, as a file again."""

import json

import trackbook as tb
from trackbook.tracking.session import close_session, open_session

START, END = '{"cells": ["start"]}\n', '{"cells": ["end"]}\n'


def run_with_snapshots(project, *, start_file="notebook-start.ipynb"):
    open_session(project)
    with tb.start_run() as run:
        tb.log_text(END, "trackbook/notebook.ipynb")
        rows = [{"when": "start", "file": start_file}, {"when": "end", "file": "notebook.ipynb"}]
        tb.log_text(json.dumps({"schema": 2, "snapshots": rows}), "trackbook/notebook.json")
        if start_file == "notebook-start.ipynb":
            tb.log_text(START, f"trackbook/{start_file}")
    close_session()
    return run.info.run_id


def test_both_snapshots_are_taken_out_as_they_are(project, trackbook):
    run_id = run_with_snapshots(project)
    assert trackbook("show", run_id, "--notebook", "end.ipynb")[:2] == (0, "")
    assert trackbook("show", run_id, "--notebook", "start.ipynb", "--at", "start")[0] == 0
    assert (project / "end.ipynb").read_text() == END
    assert (project / "start.ipynb").read_text() == START


def test_one_that_did_not_change_stands_for_both(project, trackbook):
    run_id = run_with_snapshots(project, start_file="notebook.ipynb")
    assert trackbook("show", run_id, "--notebook", "start.ipynb", "--at", "start")[0] == 0
    assert (project / "start.ipynb").read_text() == END


def test_no_file_is_overwritten_and_none_made_of_nothing(project, trackbook, runs):
    run_id = run_with_snapshots(project)
    (project / "mine.ipynb").write_text("mine")
    status, _, complained = trackbook("show", run_id, "--notebook", "mine.ipynb")
    assert (status, (project / "mine.ipynb").read_text()) == (1, "mine")
    assert "mine.ipynb is there already" in complained
    status, _, complained = trackbook("show", runs[0], "--notebook", "new.ipynb")
    assert status == 1
    assert "none was known when its cell ran" in complained
    assert not (project / "new.ipynb").exists()
