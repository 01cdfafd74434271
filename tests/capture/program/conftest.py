"""Notebooks as lists of executed cells: run in IPython, then their minimal program in a new interpreter."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from trackbook.capture.cells import CellExecution, History
from trackbook.capture.program import Header, Slice, Slicer, program_script

DRIVER = """
import json, sys
sys.path.insert(0, "")
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config
config = Config()
config.HistoryManager.enabled = False
shell = InteractiveShell.instance(config=config)
outcomes = []
for source in json.load(open(sys.argv[1])):
    if source.startswith("%%track"):  # the run's own line changes nothing here
        source = "#" + source
    result = shell.run_cell(source, store_history=True)
    outcomes.append("ok" if result.success else "error")
json.dump({"outcomes": outcomes, "metric": shell.user_ns.get("metric")}, open(sys.argv[2], "w"), default=repr)
"""
HEADER = Header("run1", "a.ipynb", "2026-11-21 07:00:00Z", "trackbook/requirements.txt")


def history_of(sources: list[str], outcomes: list[str] | None = None) -> list[CellExecution]:
    history = History()
    for position, source in enumerate(sources):
        history.add(source, execution_count=position + 1, outcome=outcomes[position] if outcomes else "ok")
    return history.executions


def sliced(executions: list[CellExecution]) -> Slice:
    slicer = Slicer()
    for one in executions:
        slicer.add(one)
    return slicer.slice()


@pytest.fixture(scope="session")
def kept() -> Callable[..., list[int]]:
    """Positions of the cells in the slice of the last one."""

    def positions(sources: list[str], outcomes: list[str] | None = None) -> list[int]:
        return [one.index for one in sliced(history_of(sources, outcomes)).executions]

    return positions


@pytest.fixture
def same_metric(tmp_path: Path) -> Callable[[list[str]], list[int]]:
    """Runs the cells, then their program, in folders of their own: `metric` is the same.  Gives the cells kept."""

    def check(sources: list[str]) -> list[int]:
        before, after = tmp_path / "before", tmp_path / "after"
        before.mkdir()
        after.mkdir()
        (tmp_path / "driver.py").write_text(DRIVER)
        (tmp_path / "cells.json").write_text(json.dumps(sources))
        _python(before, tmp_path / "driver.py", tmp_path / "cells.json", tmp_path / "ran.json")
        ran = json.loads((tmp_path / "ran.json").read_text())
        found = sliced(history_of(sources, ran["outcomes"]))
        script = program_script(found, HEADER)
        (after / "program.py").write_text(
            script + f"\nimport json\njson.dump(metric, open({str(tmp_path / 'again.json')!r}, 'w'))\n"
        )
        _python(after, after / "program.py")
        assert json.loads((tmp_path / "again.json").read_text()) == ran["metric"], script
        return [one.index for one in found.executions]

    return check


def _python(folder: Path, *arguments: Path) -> None:
    done = subprocess.run(
        [sys.executable, *map(str, arguments)], cwd=folder, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
