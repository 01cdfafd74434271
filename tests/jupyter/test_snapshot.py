"""The notebook as it was is kept with the run, and where it comes from is said."""

from __future__ import annotations

import json
import os
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import nbformat
import pytest

from trackbook.core import tags
from trackbook.jupyter.extension import loaded
from trackbook.jupyter.parts import notebook as part

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Notebook

NEWEST, START, ABOUT = "trackbook/notebook.ipynb", "trackbook/notebook-start.ipynb", "trackbook/notebook.json"
TRACKED = "%%track --quiet\nx = 1"
SECRET = "key = 'ghp_" + "aB3dE6gH9" * 4 + "'"


def code(source: str, name: str = "a", outputs: Any = (), **given: Any) -> dict[str, Any]:
    made = {"cell_type": "code", "execution_count": None, "id": name, "metadata": {}, "source": source}
    return {**made, "outputs": list(outputs), **given}


def document(*cells: dict[str, Any], minor: int = 5) -> dict[str, Any]:
    return {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": minor}


MISSING = "1 cell had no valid id and was given one"
TWICE = "1 cell had another's id and was given its own"
PRINTED = {"output_type": "stream", "name": "stdout", "text": "printed"}


def saved(path: Path, *cells: dict[str, Any], age_s: float = 0, minor: int = 5) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(document(*cells, minor=minor)))
    then = path.stat().st_mtime - age_s
    os.utime(path, (then, then))
    return path


@dataclass
class Page:
    """JupyterLab's page with our extension, at the kernel's end of the comm."""

    hear: Any
    asked: list[dict[str, Any]] = field(default_factory=list)

    def send(self, data: dict[str, Any]) -> None:
        if data["kind"] == "document?":
            self.asked.append(data)

    def close(self) -> None:
        pass

    def tell(self, number: int, changes: dict[str, Any], **about: Any) -> None:
        """Answer the question of this number."""
        data = {"kind": "document", "id": self.asked[number]["id"], "path": "mine.ipynb", "dirty": True, "page": "p"}
        self.hear({"content": {"data": {**data, "part": 0, "parts": 1, "text": json.dumps(changes), **about}}})

    def tell_source(self, number: int, source: str, revision: str) -> None:
        head = {"metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        changes = {"head": head, "order": ["a"], "cells": {"a": code(source)}}
        self.tell(number, changes, revision=revision, base=None)


@pytest.fixture
def page(notebook: Notebook) -> Page:
    extension = loaded()
    assert extension is not None
    front_end = extension.frontend
    made = Page(front_end._hear)
    front_end._comm = made
    made.hear({"content": {"data": {"kind": "here", "subshell": True}}})
    return made


def about(notebook: Notebook) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(notebook.artifact(notebook.last, ABOUT))["snapshots"]
    return rows


def kept(notebook: Notebook, path: str = NEWEST) -> Any:
    text = notebook.artifact(notebook.last, path)
    read = nbformat.reads(text, as_version=nbformat.NO_CONVERT)
    nbformat.validate(json.loads(text), relax_add_props=False)
    assert nbformat.writes(read, version=nbformat.NO_CONVERT) + "\n" == text
    return read


def sources(notebook: Notebook, path: str = NEWEST) -> list[str]:
    return [cell.source for cell in kept(notebook, path).cells]


def has_start_file(notebook: Notebook) -> bool:
    from trackbook.tracking.session import current_session

    listed = current_session().reading.artifacts.list(notebook.last.info.run_id, "trackbook")
    return any(one.path == START for one in listed)


# -- a page ---------------------------------------------------------------------------------------------------------


def test_the_page_is_asked_when_the_cell_begins_and_when_it_has_ended(notebook: Notebook, page: Page) -> None:
    notebook.ran(
        "%%track --quiet\nfrom trackbook.jupyter.extension import loaded\nn = len(loaded().frontend._comm.asked)"
    )
    assert notebook.shell.user_ns["n"] == 1
    assert notebook.hooks.workers.wait(20)
    assert len(page.asked) == 2
    page.tell_source(0, "x = 'start'", "p:1")
    page.tell(1, {"cells": {"a": code("x = 'end'")}}, revision="p:2", base="p:1")
    assert sources(notebook, START) == ["x = 'start'"]
    assert sources(notebook) == ["x = 'end'"]
    start, end = about(notebook)
    assert (start["file"], start["when"], start["origin"]) == ("notebook-start.ipynb", "start", "live")
    assert (end["file"], end["when"], end["origin"], end["unsaved"]) == ("notebook.ipynb", "end", "live", True)
    assert end["path"] == "mine.ipynb"


def test_the_verdict_is_on_what_the_page_shows_whenever_it_is_heard(notebook: Notebook, page: Page) -> None:
    notebook.ran("rate = 1", cell_id="a")
    notebook.ran("%%track --quiet\nscore = rate * 2.0", cell_id="b")
    assert notebook.hooks.workers.wait(20)
    assert notebook.last.data.tags[tags.STATE] == "unknown"  # the notebook was never saved
    head = {"metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    cells = {"a": code("rate = 2", "a"), "b": code("%%track --quiet\nscore = rate * 2.0", "b")}
    page.tell(0, {"head": head, "order": ["a", "b"], "cells": cells}, revision="p:1", base=None)
    state = json.loads(notebook.artifact(notebook.last, tags.STATE_FILE))
    assert (state["verdict"], [one["kind"] for one in state["reasons"]]) == ("differs", ["edited"])
    assert notebook.last.data.tags[tags.STATE] == "differs"


def test_a_document_that_did_not_change_is_kept_once(notebook: Notebook, page: Page) -> None:
    notebook.ran(TRACKED)
    assert notebook.hooks.workers.wait(20)
    page.tell_source(0, "x", "p:1")
    page.tell(1, {"cells": {}}, revision="p:1", base="p:1")
    assert [one["file"] for one in about(notebook)] == ["notebook.ipynb", "notebook.ipynb"]
    assert not has_start_file(notebook)


def test_answers_may_come_late_and_in_any_order(notebook: Notebook, page: Page) -> None:
    notebook.ran(TRACKED)
    first = notebook.last.info.run_id
    notebook.ran(TRACKED)
    assert notebook.hooks.workers.wait(20)
    for number, source in ((3, "4"), (1, "2"), (0, "1"), (2, "3")):
        page.tell_source(number, source, f"p:{source}")
    assert (sources(notebook, START), sources(notebook)) == (["3"], ["4"])
    run = next(one for one in notebook.runs if one.info.run_id == first)
    assert '"1"' in notebook.artifact(run, START)
    assert '"2"' in notebook.artifact(run, NEWEST)


def test_the_page_is_told_what_the_kernel_knows_and_tells_what_changed(notebook: Notebook, page: Page) -> None:
    notebook.ran(TRACKED)
    assert notebook.hooks.workers.wait(20)
    assert page.asked[0]["known"] == []
    page.tell_source(0, "x = 1", "p:1")
    page.tell(1, {"order": ["b", "a"], "cells": {"b": code("y", "b")}}, revision="p:2", base="p:1")
    notebook.ran(TRACKED)
    assert notebook.hooks.workers.wait(20)
    assert page.asked[2]["known"] == ["p:1", "p:2"]
    page.tell(2, {"cells": {"a": code("x = 2")}}, revision="p:3", base="p:2")
    page.tell(3, {"order": ["a"], "cells": {}}, revision="p:4", base="p:3")
    assert (sources(notebook, START), sources(notebook)) == (["y", "x = 2"], ["x = 2"])


def test_changes_of_a_revision_that_is_not_known_are_asked_for_as_a_whole(notebook: Notebook, page: Page) -> None:
    notebook.ran(TRACKED)
    assert notebook.hooks.workers.wait(20)
    page.tell_source(0, "x", "p:1")
    notebook.ran(TRACKED)
    assert notebook.hooks.workers.wait(20)
    page.tell(2, {"cells": {}}, revision="p:9", base="p:8")
    assert (page.asked[4]["id"], page.asked[4]["known"]) == (page.asked[2]["id"], [])
    page.tell_source(4, "y", "p:9")
    assert sources(notebook) == ["y"]


def test_two_pages_with_one_notebook_are_told_apart(notebook: Notebook, page: Page) -> None:
    notebook.ran(TRACKED)
    assert notebook.hooks.workers.wait(20)
    texts = {name: json.dumps(document(code(f"by = '{name}'"))) for name in ("p", "q")}
    for part_number, name in ((0, "p"), (0, "q"), (1, "q"), (1, "p")):
        text = texts[name][:30] if part_number == 0 else texts[name][30:]
        page.tell(1, {}, page=name, part=part_number, parts=2, text=text)
    assert sources(notebook) == ["by = 'q'"]


def test_a_late_answer_that_cannot_be_kept_is_said(
    notebook: Notebook, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook.ran(TRACKED)
    assert notebook.hooks.workers.wait(20)
    monkeypatch.setattr(part, "snapshot", lambda *_, **__: 1 / 0)
    page.tell_source(1, "x", "p:1")
    assert notebook.hooks.workers.wait(20)
    warned = notebook.last.data.tags["trackbook.warnings"]
    assert "the notebook could not be recorded: ZeroDivisionError" in warned


def test_the_page_knows_where_a_notebook_was_renamed_to(
    notebook: Notebook, page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "before.ipynb"))
    notebook.ran(TRACKED)
    assert notebook.hooks.workers.wait(20)
    page.tell(1, document(code("x")), path="lessons/after.ipynb")
    assert about(notebook)[-1]["path"] == "lessons/after.ipynb"
    assert notebook.last.data.tags["trackbook.notebook.path"] == "before.ipynb"


def test_a_page_that_does_not_answer_leaves_the_file(
    notebook: Notebook, page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(part, "ANSWER_S", 0.1)
    path = saved(tmp_path / "mine.ipynb", code(TRACKED), code("y", "b"), age_s=60)
    monkeypatch.setenv("TRACKBOOK_NOTEBOOK", str(path))
    notebook.ran(TRACKED)
    extension = loaded()
    assert extension is not None
    while extension.frontend.missed < 2:
        assert notebook.hooks.workers.wait(20)
    assert [one["origin"] for one in about(notebook)] == ["file", "file"]
    assert sources(notebook) == [TRACKED, "y"]


# -- no page --------------------------------------------------------------------------------------------------------


def test_a_start_that_is_written_late_knows_nothing_of_what_came_after(notebook: Notebook) -> None:
    busy = threading.Event()
    notebook.hooks.workers.now.submit(busy.wait)
    notebook.ran(TRACKED)
    notebook.ran("later = 1")
    busy.set()
    assert [one["file"] for one in about(notebook)] == ["notebook.ipynb", "notebook.ipynb"]


def test_the_saved_file_is_kept_without_outputs_and_secrets(
    notebook: Notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(tmp_path / "mine.ipynb", code(SECRET, outputs=[PRINTED]), code(TRACKED, "b"))
    monkeypatch.setenv("TRACKBOOK_NOTEBOOK", str(path))
    notebook.ran(TRACKED)
    assert sources(notebook) == ["key = '[secret: GitHub token]'", TRACKED]
    assert kept(notebook).cells[0].outputs == []
    start, end = about(notebook)
    assert (start["origin"], start["when"], start["file"]) == ("file", "start", "notebook.ipynb")
    assert (end["origin"], end["when"], end["path"]) == ("file", "end", "mine.ipynb")
    assert "notebook.ipynb" in notebook.artifact(notebook.last, "trackbook/secrets.json")


def test_a_kernel_that_ends_before_the_page_has_answered_keeps_the_file(
    notebook: Notebook, page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKBOOK_NOTEBOOK", str(saved(tmp_path / "mine.ipynb", code(TRACKED))))
    notebook.ran(TRACKED)
    assert notebook.hooks.workers.wait(20)
    notebook.shell.extension_manager.unload_extension("trackbook")  # as at exit, where it is registered too
    notebook.ran("%load_ext trackbook")
    assert [one["origin"] for one in about(notebook)] == ["file", "file"]


def test_what_was_executed_since_the_file_was_saved_is_put_in_and_named(
    notebook: Notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(tmp_path / "mine.ipynb", code("lr = 0.1"), code(TRACKED, "b"), age_s=60)
    monkeypatch.setenv("TRACKBOOK_NOTEBOOK", str(path))
    notebook.ran("lr = 0.2", "a")
    notebook.ran(TRACKED, "b")
    assert sources(notebook) == ["lr = 0.2", TRACKED]
    start, end = about(notebook)
    assert (start["origin"], end["origin"], end["replaced"], end["added"]) == (
        "file+history",
        "file+history",
        ["a"],
        [],
    )


def test_without_a_file_the_executed_cells_are_the_snapshot(notebook: Notebook) -> None:
    notebook.ran("first = 1")
    notebook.ran(TRACKED)
    assert sources(notebook)[-2:] == ["first = 1", TRACKED]
    assert [one["origin"] for one in about(notebook)] == ["history", "history"]
    assert "missing" not in about(notebook)[0]


def test_a_file_that_was_deleted_or_moved_is_said_to_be_gone(
    notebook: Notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(tmp_path / "mine.ipynb", code(TRACKED))
    monkeypatch.setenv("TRACKBOOK_NOTEBOOK", str(path))
    seen = "from trackbook.jupyter.extension import loaded\nloaded().hooks.workers.now.wait(10)"
    notebook.ran(f"%%track --quiet\nimport os\n{seen}\nos.rename('mine.ipynb', 'moved.ipynb')")
    start, end = about(notebook)
    assert (start["origin"], end["origin"]) == ("file+history", "history")
    assert end["missing"] == "mine.ipynb was not there"
    assert "mine.ipynb was not there" in notebook.last.data.tags["trackbook.warnings"]
    assert sources(notebook)[-1].endswith("os.rename('mine.ipynb', 'moved.ipynb')")


def test_two_notebooks_with_one_name_are_two(
    notebook: Notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("one", "two"):
        path = saved(tmp_path / folder / "same.ipynb", code(f"by = '{folder}'"), code(TRACKED, "b"))
        monkeypatch.setenv("TRACKBOOK_NOTEBOOK", str(path))
        notebook.ran(TRACKED, "b")
        assert sources(notebook)[0] == f"by = '{folder}'"
        assert about(notebook)[1]["path"] == f"{folder}/same.ipynb"
    lines = [notebook.cell(run).line for run in notebook.runs]
    assert lines == ["one/same.ipynb#b", "two/same.ipynb#b"]


@pytest.mark.parametrize("minor", [4, 5])
def test_ids_that_are_missing_or_there_twice_are_mended_and_said(
    notebook: Notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, minor: int
) -> None:
    nameless = {name: value for name, value in code("z").items() if name != "id"}
    monkeypatch.setenv(
        "TRACKBOOK_NOTEBOOK", str(saved(tmp_path / "mine.ipynb", code("x"), code("y"), nameless, minor=minor, age_s=1))
    )
    notebook.run("%%track --quiet\nz")  # which fails: the snapshot is there all the same
    assert sources(notebook) == ["x", "y", "%%track --quiet\nz"]
    said = about(notebook)[1].get("mended", [])
    assert said == ([] if minor == 4 else [MISSING, TWICE])


def test_outputs_are_kept_where_they_are_wanted(
    bare: Notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKBOOK_NOTEBOOK_OUTPUTS", "1")
    large = {**PRINTED, "text": "x" * 2_000_000}
    path = saved(tmp_path / "mine.ipynb", code("print()", outputs=[PRINTED, large]), code(TRACKED, "b"))
    monkeypatch.setenv("TRACKBOOK_NOTEBOOK", str(path))
    bare.ran("%load_ext trackbook")
    bare.ran(TRACKED)
    assert [one.text for one in kept(bare).cells[0].outputs] == ["printed"]
    assert (about(bare)[1]["outputs"], about(bare)[1]["cut"]) == (True, {"a": 1})
