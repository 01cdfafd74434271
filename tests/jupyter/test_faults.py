"""Errors of ours stay ours."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest

from trackbook.capture import values
from trackbook.jupyter import opening, recording
from trackbook.jupyter.guard import Guard
from trackbook.jupyter.watching import Watching

if TYPE_CHECKING:
    from conftest import Notebook


def broken(*_: Any, **__: Any) -> Any:
    raise RuntimeError("broken on purpose")


def test_after_three_errors_recording_is_off_until_it_is_switched_on(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(values, "find", broken)
        for _ in range(5):
            notebook.ran("%%track --cell a\nC = 1")
    assert len(notebook.runs) == 3
    assert all(run.info.status == "FINISHED" for run in notebook.runs)
    assert notebook.run("%%track\nC = 1").stderr.startswith("trackbook: this cell runs untracked: recording is off")
    assert "off after 3 errors" in notebook.run("%track status").stdout
    assert "broken on purpose" in notebook.run("%track status").stdout
    notebook.ran("%track on")
    notebook.ran("%%track --cell a\nC = 1")
    assert len(notebook.runs) == 4


def test_an_error_where_track_on_looks_for_trainings_is_no_error_of_the_cell(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook.ran("%track off")
    with monkeypatch.context() as patch:
        patch.setattr(Watching, "note_scalars", broken)
        notebook.ran("%track on\nreached = True")
    assert notebook.shell.user_ns["reached"]
    assert "look for trainings: RuntimeError: broken on purpose" in notebook.run("%track status").stdout


def test_an_error_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    guard = Guard()
    with caplog.at_level(logging.ERROR, "trackbook.jupyter"):
        for _ in range(2):
            with guard("do something"):
                broken()
    assert [record.getMessage() for record in caplog.records] == ["do something: RuntimeError: broken on purpose"]
    assert not guard.off


def test_an_interrupt_passes_the_guard() -> None:
    with pytest.raises(KeyboardInterrupt), Guard()("do something"):
        raise KeyboardInterrupt


@pytest.mark.parametrize(("owner", "name"), [(recording.CellRun, "begun"), (opening, "CellRun")])
def test_an_interrupt_while_the_run_is_opened_stops_the_cell_and_leaves_nothing_open(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str
) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(owner, name, interrupted)
    ran = notebook.run("%%track\nreached = True")
    assert isinstance(ran.error, KeyboardInterrupt)
    assert "reached" not in notebook.shell.user_ns
    assert notebook.last.info.status == "KILLED"


def test_a_store_that_is_no_database_is_told_at_loading_and_the_cell_runs_untracked(bare: Notebook) -> None:
    bare.home.mkdir()
    (bare.home / "trackbook.db").write_text("not a database at all")
    said = bare.run("%load_ext trackbook").stdout
    assert "trackbook.db is no database" in said
    ran = bare.run("%%track\nx = 1\nx")
    assert ran.value == 1
    assert ran.stderr.startswith("trackbook: this cell runs untracked: ")
    assert "trackbook.db" in ran.stderr
    assert ran.stderr.count("\n") == 1
    (bare.home / "trackbook.db").unlink()


def test_a_home_that_is_a_file_is_told(bare: Notebook) -> None:
    bare.home.write_text("in the way")
    assert "is no folder" in bare.run("%load_ext trackbook").stdout
    assert bare.run("%%track\nx = 1\nx").value == 1
