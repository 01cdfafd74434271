"""What 1,000 runs of a large notebook add to the home: its real size on disk, database rows and all files together.

    python tests/benchmarks/bench_home.py [--runs 1000] [--kinds]

A real IPython shell runs all cells of a notebook (200 cells, 5 MB with its outputs, 300 packages installed beside it),
then one cell after another is edited, saved and run with `%%track`.  Beside the growth stands what the same documents
take as plain files, each in whole blocks.  `--kinds` tells where the bytes are.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import random
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from measure import Row, show
from traitlets.config import Config

CELLS, CODE_CELLS, PACKAGES = 200, 150, 300
OUTPUT_BYTES = 5_000_000 // CODE_CELLS
EDITED = 15
"""Cells that are edited in turn."""
BLOCK = 4096
WORDS = (
    "data frame model score train split scaler column value sample table mean batch layer weight curve index".split()
)


def source(number: int, edit: int) -> str:
    """A cell of some 700 characters that runs in no time; `edit` changes one line of it."""
    chance = random.Random(number)
    lines = ["%%track bench --quiet"] if edit else []
    lines += [f"# step {number}: {' '.join(chance.choices(WORDS, k=8))}", f"rate_{number} = {edit / 1000 + 0.001}"]
    for _ in range(8):
        names = "_".join(chance.choices(WORDS, k=2))
        lines.append(f"{names}_{number} = [{chance.random():.4f} * value for value in range({chance.randrange(3, 9)})]")
    return "\n".join([*lines, f"score_{number} = rate_{number} * {chance.random():.4f}", f"print(score_{number})"])


def cell_id(number: int) -> str:
    """As JupyterLab gives it to the kernel."""
    return f"cell-{number:04}"


def document(edits: dict[int, int]) -> dict[str, Any]:
    """The notebook: after each three cells of code one of text."""
    chance = random.Random(0)
    cells: list[dict[str, Any]] = []
    for number in range(CODE_CELLS):
        picture = base64.b64encode(chance.randbytes(OUTPUT_BYTES * 3 // 4)).decode()
        output = {"output_type": "display_data", "data": {"image/png": picture}, "metadata": {}}
        text = source(number, edits.get(number, 0)).splitlines(keepends=True)
        shared = {"id": cell_id(number), "metadata": {}}
        cells.append(
            {"cell_type": "code", "execution_count": number + 1, "source": text, "outputs": [output], **shared}
        )
        if number % 3 == 0:
            words = [" ".join(chance.choices(WORDS, k=40))]
            cells.append({"cell_type": "markdown", "source": words, "id": f"text{number:04}", "metadata": {}})
    return {"cells": cells[:CELLS], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def save(path: Path, edits: dict[int, int]) -> float:
    """Seconds of processor time that it took."""
    begun = time.thread_time()
    path.write_text(json.dumps(document(edits), indent=1))
    return time.thread_time() - begun


def install_packages(folder: Path) -> None:
    """Distributions with nothing in them, on this process's import path."""
    for number in range(PACKAGES):
        place = folder / f"package_{number}-1.{number}.dist-info"
        place.mkdir(parents=True)
        (place / "METADATA").write_text(f"Metadata-Version: 2.1\nName: package-{number}\nVersion: 1.{number}\n")
    sys.path.append(str(folder))


def size_on_disk(home: Path) -> int:
    """Bytes of all blocks below a folder; a file with several names once."""
    found = {(one.st_dev, one.st_ino): one.st_blocks * 512 for one in map(os.lstat, [home, *home.rglob("*")])}
    return sum(found.values())


def run_cell(shell: InteractiveShell, text: str, cell_id: str | None = None) -> None:
    with capture_output():
        result = shell.run_cell(text, store_history=True, cell_id=cell_id)
    if not result.success:
        raise RuntimeError(result.error_in_exec)


def settle() -> None:
    """Wait until all is in the store."""
    from trackbook.jupyter.extension import loaded
    from trackbook.tracking.session import current_session

    extension = loaded()
    assert extension is not None
    extension.hooks.workers.wait(600)
    current_session().recorder.flush(600)


def as_plain_files(runs: int) -> int:
    """Bytes in whole blocks that the runs' files would take by themselves."""
    from trackbook.core.ports import RunQuery, walk, walk_files
    from trackbook.tracking.session import current_session

    store = current_session().reading
    found = [run.info.run_id for run in walk(store.runs, RunQuery())]
    assert len(found) == runs, "each edited cell made its run"
    files = (info for run_id in found for info in walk_files(store.artifacts, run_id))
    return sum(-(-(info.file_size or 0) // BLOCK) * BLOCK for info in files)


def live(home: Path) -> list[Row]:
    """The larger files while the kernel runs."""
    sizes = {path.relative_to(home): path.stat().st_blocks * 512 for path in home.rglob("*") if path.is_file()}
    return [(f"  {path.name} then", f"{size / 1e6:.2f} MB", "") for path, size in sizes.items() if size >= 20_000]


def kinds(home: Path) -> list[Row]:
    """Where the bytes are: tables and indexes of the database, the rest of the files."""
    with closing(sqlite3.connect(home / "trackbook.db")) as connection:
        found = connection.execute("SELECT name, sum(pgsize) AS size FROM dbstat GROUP BY name ORDER BY size DESC")
        rows: list[Row] = [(f"  in {name}", f"{size / 1e6:.2f} MB", "") for name, size in found if size >= 20_000]
    for path in sorted(home.iterdir()):
        size = size_on_disk(path) if path.is_dir() else path.stat().st_blocks * 512
        rows.append((f"  {path.name}", f"{size / 1e6:.2f} MB", ""))
    return rows


def rows(runs: int, home: Path, notebook: Path, *, detailed: bool) -> list[Row]:
    from trackbook.tracking.session import close_session

    shell = InteractiveShell.instance(config=Config({"HistoryManager": {"hist_file": ":memory:"}}))
    edits: dict[int, int] = {}
    save(notebook, edits)
    run_cell(shell, "%load_ext trackbook")
    for number in range(CODE_CELLS):
        run_cell(shell, source(number, 0), cell_id(number))
    begun = time.process_time()
    for turn in range(1, runs + 1):
        number = turn * 7 % EDITED * (CODE_CELLS // EDITED)
        edits[number] = turn
        begun += save(notebook, edits)
        run_cell(shell, source(number, turn), cell_id(number))
        settle()  # whoever edits a cell gives the background its time
    each_ms = (time.process_time() - begun) / runs * 1000
    plain, meanwhile = as_plain_files(runs) / 1e6, size_on_disk(home) / 1e6
    then = live(home)
    run_cell(shell, "%unload_ext trackbook")
    close_session()
    added = size_on_disk(home) / 1e6
    return [
        (f"{runs:,} runs of a 200-cell, 5 MB notebook add", f"{added:.1f} MB", f"plain files {plain:,.0f} MB"),
        ("  while the kernel runs, with journal and log", f"{meanwhile:.1f} MB", "the home was empty before"),
        ("  processor time of a run, all threads", f"{each_ms:.0f} ms", "the cell itself takes none"),
        *((*then, *kinds(home)) if detailed else ()),
    ]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--runs", type=int, default=1000)
    options.add_argument("--kinds", action="store_true", help="tell where the bytes are")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        home = folder / ".trackbook"
        home.mkdir()
        install_packages(folder / "packages")
        os.environ |= {"IPYTHONDIR": name, "TRACKBOOK_NOTEBOOK": str(folder / "large.ipynb")}
        os.chdir(name)
        show(rows(chosen.runs, home, folder / "large.ipynb", detailed=chosen.kinds))
        os.chdir("/")


if __name__ == "__main__":
    main()
