"""A run that is gone on with: each execution keeps its own record, and nothing of the others is written over."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from trackbook.core import tags
from trackbook.core.ports import walk_files
from trackbook.tracking.executions import execution, executions
from trackbook.tracking.records import record_of
from trackbook.tracking.session import current_session
from trackbook.widgets.cards import card_of

if TYPE_CHECKING:
    from conftest import Notebook

FIRST = "%%track --name long --no-models --quiet\nlr = 0.1\nprint('one')\nscore = lr * 2"
SECOND = "%%track --resume long --no-models --quiet\nprint('two')\nscore = lr * 3\n1 / 0"
THIRD = "%%track --resume long --no-models --quiet\nrate = 0.5\nprint('three')\nscore = lr * 4"


def three(notebook: Notebook) -> Any:
    """The run of three executions, with its store."""
    notebook.ran(FIRST)
    notebook.run(SECOND)
    notebook.ran(THIRD)
    (run,) = notebook.runs
    return current_session().reading, run


def text(store: Any, run: Any, path: str) -> str:
    with store.artifacts.open(run.info.run_id, path) as file:
        return str(file.read().decode())


def test_each_of_three_executions_keeps_its_own_files(notebook: Notebook) -> None:
    store, run = three(notebook)
    found = executions(store, run)
    assert [text(store, run, one.path(tags.SOURCE_FILE)) for one in found] == [FIRST, SECOND, THIRD]
    printed = [json.loads(text(store, run, one.path(tags.OUTPUTS_FILE)))["outputs"][0]["text"] for one in found]
    assert printed == ["one\n", "two\n", "three\n"]
    paths = {one.path for one in walk_files(store.artifacts, run.info.run_id)}
    for file in (tags.ENVIRONMENT_FILE, tags.STATE_FILE, tags.PROGRAM_FILE, tags.HISTORY_FILE, tags.NOTEBOOK_FILE):
        assert {one.path(file) for one in found} <= paths
    assert [one.path(tags.TRACEBACK_FILE) in paths for one in found] == [False, True, False]


def test_each_execution_is_told_with_its_end(notebook: Notebook) -> None:
    store, run = three(notebook)
    found = executions(store, run)
    assert [one.number for one in found] == [1, 2, 3]
    assert [one.status for one in found] == ["FINISHED", "FAILED", "FINISHED"]
    assert [one.tags.get(tags.ERROR_TYPE) for one in found] == [None, "ZeroDivisionError", None]
    assert found[0].start_ms <= found[0].end_ms <= found[1].start_ms <= found[1].end_ms <= found[2].start_ms
    assert execution(store, run).number == 3
    assert execution(store, run, 2).folder.startswith("trackbook/resumed-2-")


def test_the_run_s_tags_tell_of_the_last_execution_and_its_origins_of_all(notebook: Notebook) -> None:
    _, run = three(notebook)
    assert tags.ERROR_TYPE not in run.data.tags
    assert tags.STATE in run.data.tags
    assert set(json.loads(run.data.tags[tags.ORIGINS])) == {"lr", "rate", "score"}
    assert run.data.aggregates["score"].count == 3


def test_another_value_of_a_param_is_said_and_not_passed_over(notebook: Notebook) -> None:
    notebook.ran(FIRST)
    notebook.ran("lr = float('0.3')")
    notebook.ran("%%track --resume long --quiet\nscore = lr * 2")
    (run,) = notebook.runs
    assert run.data.params["lr"] == "0.1"
    assert "0.3" in run.data.tags[tags.WARNINGS]


def test_figures_of_a_later_execution_lie_beside_those_of_the_first(notebook: Notebook) -> None:
    show = "from IPython.display import SVG\nSVG('<svg xmlns=\"http://www.w3.org/2000/svg\">{}</svg>')"
    notebook.ran("%%track --name pictures --quiet\n" + show.format("<g/>"))
    notebook.ran("%%track --resume pictures --quiet\n" + show.format("<a/>"))
    (run,) = notebook.runs
    store = current_session().reading
    later = executions(store, run)[1]
    files = sorted(one.path for one in walk_files(store.artifacts, run.info.run_id, tags.FIGURES_FOLDER))
    assert files == ["figures/figure-1.svg", f"figures/{later.folder.partition('/')[2]}/figure-1.svg"]
    shown = json.loads(text(store, run, later.path(tags.OUTPUTS_FILE)))["outputs"][0]
    assert shown["metadata"]["trackbook"] == {"files": [files[1]]}


def test_the_card_names_each_execution_and_shows_the_last(notebook: Notebook) -> None:
    store, run = three(notebook)
    card = card_of(store, run.info.run_id)
    assert [(one["number"], one["status"]) for one in card["record"]["executions"]] == [
        (1, "FINISHED"),
        (2, "FAILED"),
        (3, "FINISHED"),
    ]
    last = card["record"]["executions"][-1]["folder"]
    assert card["record"]["rerun"]["program"] == f"{last}/program.py"
    assert {one["path"].rpartition("/")[0] for one in card["record"]["snapshots"]} == {last}
    assert card["error"] is None
    assert card["environment"]["packages"] > 10


def test_two_that_go_on_at_once_write_over_nothing_of_each_other(notebook: Notebook) -> None:
    from trackbook.tracking.executions import begin_another
    from trackbook.tracking.starting import resume

    notebook.ran(FIRST)
    session, run_id = current_session(), notebook.last.info.run_id
    both = [resume(session, run_id), resume(session, run_id)]
    for number, one in enumerate(both):
        begin_another(one, f"worker-{number}.py")
        one.log_text(str(number), tags.SOURCE_FILE)
    for one in reversed(both):
        one.end()
    store = session.reading
    found = executions(store, store.runs.get(run_id))
    assert {text(store, store.runs.get(run_id), one.path(tags.SOURCE_FILE)) for one in found} == {FIRST, "0", "1"}
    assert {one.source for one in found[1:]} == {"worker-0.py", "worker-1.py"}


def test_a_child_of_a_cell_has_the_record_of_the_execution_that_it_ran_in(notebook: Notebook) -> None:
    notebook.ran("import trackbook as tb")
    notebook.ran("%%track --name outer --quiet\nwith tb.start_run(run_name='one'):\n    pass")
    notebook.ran("%%track --resume outer --quiet\nwith tb.start_run(run_name='two'):\n    pass")
    store = current_session().reading
    found = {run.info.run_name: record_of(store, run) for run in notebook.runs}
    assert [(found[name].own, found[name].execution.number) for name in ("outer", "one", "two")] == [
        (True, 2),
        (False, 1),
        (False, 2),
    ]
    record = found["two"]
    assert "run_name='two'" in text(store, record.run, record.execution.path(tags.SOURCE_FILE))
