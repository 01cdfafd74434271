"""`trackbook show RUN --notebook PATH` and `--program PATH`: what was kept, as files again."""

import json

import trackbook as tb
from trackbook.tracking.executions import begin_another
from trackbook.tracking.session import close_session, current_session, open_session
from trackbook.tracking.starting import resume

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
    assert (
        complained == "trackbook: no notebook with run 'calm otter': none was kept, `trackbook show` lists what was\n"
    )
    assert not (project / "new.ipynb").exists()


def test_the_program_is_taken_out_as_a_script_or_as_a_notebook(project, trackbook):
    open_session(project)
    with tb.start_run(run_name="fit"):
        tb.log_text("x = 1\n", "trackbook/program.py")
        tb.log_text("{}\n", "trackbook/program.ipynb")
    close_session()
    assert trackbook("show", "fit", "--program", "mine.py")[0] == 0
    assert trackbook("show", "fit", "--program", "mine.ipynb")[0] == 0
    assert (project / "mine.py").read_text() == "x = 1\n"
    assert (project / "mine.ipynb").read_text() == "{}\n"


def test_each_execution_s_own_is_taken_out_and_the_last_without_a_number(project, trackbook):
    open_session(project)
    for number in (1, 2, 3):
        if number == 1:
            run = first = tb.start_run(run_name="fit")
        else:
            run = resume(current_session(), first.run_id)
        begin_another(run, None)
        run.log_text(f"x = {number}\n", "trackbook/program.py")
        run.end()
    close_session()
    for number, wanted in (((), "x = 3\n"), (("--execution", "1"), "x = 1\n"), (("--execution", "2"), "x = 2\n")):
        assert trackbook("show", "fit", "--program", f"p{wanted[4]}.py", *number)[0] == 0
        assert (project / f"p{wanted[4]}.py").read_text() == wanted
    status, _, complained = trackbook("show", "fit", "--execution", "4")
    assert status == 1
    assert "has 3 executions" in complained


def test_a_run_inside_another_has_the_notebook_of_that_one_and_says_so(project, trackbook):
    run_with_snapshots(project)
    open_session(project)
    with tb.start_run(run_name="outer"):
        tb.log_text("x = 1\n", "trackbook/program.py")
        with tb.start_run(run_name="inner", nested=True):
            pass
    close_session()
    status, _, said = trackbook("show", "inner", "--program", "p.py")
    assert (status, (project / "p.py").read_text()) == (0, "x = 1\n")
    assert said.startswith("of outer (")
