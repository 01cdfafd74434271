"""The port `Cells`."""

from __future__ import annotations

from conformance_tools import apply, start

from trackbook.core.entities import CellVersion
from trackbook.core.events import CellRecorded
from trackbook.core.ports import Store


def execute(store: Store, run_id: str, line: str, source: str = "x = 1", notebook: str | None = "n.ipynb") -> None:
    start(store, run_id)
    apply(store, CellRecorded(run_id, line, source, cell_id="c1", notebook=notebook, guessed=True, execution_count=4))


def test_each_execution_is_the_next_version(store: Store) -> None:
    execute(store, "a", "svm", "x = 1")
    execute(store, "b", "svm", "x = 2")
    execute(store, "c", "other")
    assert store.cells.of_run("b") == CellVersion("b", "svm", 2, "x = 2", "c1", "n.ipynb", True, 4)
    assert [(one.run_id, one.version) for one in store.cells.versions("svm")] == [("b", 2), ("a", 1)]
    assert [one.run_id for one in store.cells.versions("svm", limit=1)] == ["b"]
    assert store.cells.versions("nothing") == []
    assert store.cells.of_run("nobody") is None
    both = store.cells.of_runs(["a", "nobody", "c", "a"])
    assert both == {name: store.cells.of_run(name) for name in ("a", "c")}
    assert store.cells.of_runs([]) == {}


def test_numbers_of_deleted_runs_are_not_used_again(store: Store) -> None:
    execute(store, "a", "svm")
    execute(store, "b", "svm")
    store.runs.delete("b")
    execute(store, "c", "svm")
    assert [(one.run_id, one.version) for one in store.cells.versions("svm")] == [("c", 3), ("a", 1)]


def test_numbers_of_runs_deleted_for_good_are_not_used_again(store: Store) -> None:
    execute(store, "a", "svm")
    execute(store, "b", "svm")
    for run_id in ("a", "b"):
        store.runs.delete(run_id)
    store.trash.empty(["a", "b"], force=True)
    execute(store, "c", "svm")
    assert [(one.run_id, one.version) for one in store.cells.versions("svm")] == [("c", 3)]


def test_applied_again_changes_nothing(store: Store) -> None:
    execute(store, "a", "svm")
    apply(store, CellRecorded("a", "svm", "x = 9"), CellRecorded("a", "else", "x = 9"))
    cell = store.cells.of_run("a")
    assert cell is not None
    assert (cell.line, cell.version, cell.source) == ("svm", 1, "x = 1")


def test_lines_of_a_notebook_newest_first(store: Store) -> None:
    execute(store, "a", "svm")
    execute(store, "b", "loop")
    execute(store, "c", "svm")
    execute(store, "d", "elsewhere", notebook="m.ipynb")
    execute(store, "e", "nowhere", notebook=None)
    assert [(one.line, one.run_id) for one in store.cells.lines("n.ipynb")] == [("svm", "c"), ("loop", "b")]
    assert [one.line for one in store.cells.lines(None)] == ["nowhere"]
    store.runs.delete("c")
    assert [(one.line, one.run_id) for one in store.cells.lines("n.ipynb")] == [("loop", "b"), ("svm", "a")]
