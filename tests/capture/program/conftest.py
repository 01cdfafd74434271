"""Notebooks as lists of executed cells: run in IPython, then their minimal program in a new interpreter."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from itertools import zip_longest
from pathlib import Path

import pytest

from trackbook.capture.borders import Stop, Trace
from trackbook.capture.cells import CellExecution, History
from trackbook.capture.program import Header, Seen, Slice, Slicer, program_script

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
FORKING = """
import importlib, json, os, runpy, sys
for name in sys.argv[2:]:
    importlib.import_module(name)
for folder, script, *arguments in json.load(open(sys.argv[1])):
    if not (child := os.fork()):
        os.chdir(folder)
        sys.path[0] = os.path.dirname(script)
        sys.argv = [script, *arguments]
        runpy.run_path(script, run_name="__main__")
        sys.stdout.flush()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0, script
"""
"""Each script in a process of its own, which begins with some libraries imported."""
HEADER = Header("run1", "a.ipynb", "2026-11-21 07:00:00Z", "trackbook/requirements.txt")


def history_of(sources: list[str], outcomes: list[str] | None = None) -> list[CellExecution]:
    history = History()
    for position, source in enumerate(sources):
        history.add(source, execution_count=position + 1, outcome=outcomes[position] if outcomes else "ok")
    return history.executions


def sliced(executions: list[CellExecution], stops: Sequence[Stop | None] = ()) -> Slice:
    slicer = Slicer()
    for one, stop in zip_longest(executions, stops):
        slicer.add(one, stop and Seen(Trace(), stop=stop))
    return slicer.slice()


@pytest.fixture(scope="session")
def kept() -> Callable[..., list[int]]:
    """Positions of the cells in the slice of the last one."""

    def positions(
        sources: list[str], outcomes: list[str] | None = None, stops: Sequence[Stop | None] = ()
    ) -> list[int]:
        return [one.index for one in sliced(history_of(sources, outcomes), stops).executions]

    return positions


@pytest.fixture(scope="session")
def same_metrics() -> Callable[..., dict[str, list[int]]]:
    """Runs the cells of notebooks by name, then their programs, in folders of their own: `metric` is the same.

    Gives the cells kept.  Each process begins with these libraries `imported`.
    """
    return _same_metrics


def _same_metrics(
    folder: Path, notebooks: dict[str, list[str]], imported: tuple[str, ...] = ()
) -> dict[str, list[int]]:
    (folder / "driver.py").write_text(DRIVER)
    places = {name: folder / str(number) for number, name in enumerate(notebooks)}
    for name, sources in notebooks.items():
        for part in ("before", "after"):
            (places[name] / part).mkdir(parents=True)
        (places[name] / "cells.json").write_text(json.dumps(sources))
    _forked(
        folder,
        imported,
        [
            (place / "before", folder / "driver.py", place / "cells.json", place / "ran.json")
            for place in places.values()
        ],
    )
    ran = {name: json.loads((place / "ran.json").read_text()) for name, place in places.items()}
    found = {name: sliced(history_of(sources, ran[name]["outcomes"])) for name, sources in notebooks.items()}
    for name, place in places.items():
        keeping = f"\nimport json\njson.dump(metric, open({str(place / 'again.json')!r}, 'w'))\n"
        (place / "after" / "program.py").write_text(program_script(found[name], HEADER) + keeping)
    _forked(folder, imported, [(place / "after", place / "after" / "program.py") for place in places.values()])
    for name, place in places.items():
        again = json.loads((place / "again.json").read_text())
        assert again == ran[name]["metric"], (place / "after" / "program.py").read_text()
    return {name: [one.index for one in found[name].executions] for name in notebooks}


def _forked(folder: Path, imported: tuple[str, ...], jobs: list[tuple[Path, ...]]) -> None:
    (folder / "forking.py").write_text(FORKING)
    (folder / "jobs.json").write_text(json.dumps([[str(part) for part in job] for job in jobs]))
    _python(folder, folder / "forking.py", folder / "jobs.json", *imported)


def _python(folder: Path, *arguments: Path | str) -> None:
    done = subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=folder,
        # Never a store of somebody's own; and one thread, since many wait for each other on a small machine.
        env={**os.environ, "TRACKBOOK_TRACKING_URI": str(folder / "home"), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
