"""What tracking adds to a cell, in a real IPython shell: `%%track` with and without its card, and no `%%track` at all.

    python tests/benchmarks/bench_track_cell.py [--repeat 21]

The same small cell is run in turns plain and tracked; figures are medians of the time that the cell took with the hooks
before and behind it, and the plain cell is the floor beside them.  A kernel's first tracked cell, which imports, is
told apart.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from measure import Row, show
from traitlets.config import Config

CELL = "C = 0.5\nscore = sum(value * C for value in range(1000)) / 1000\n"
KINDS = {"plain": "", "quiet": "%%track bench --cell a --quiet\n", "card": "%%track bench --cell b\n"}


def cell_ms(shell: InteractiveShell, source: str) -> float:
    """Milliseconds of one cell, its hooks included."""
    with capture_output():
        start = time.perf_counter()
        result = shell.run_cell(source, store_history=True)
        took = (time.perf_counter() - start) * 1000
    if not result.success:
        raise RuntimeError(result.error_in_exec)
    return took


def rows(repeat: int) -> list[Row]:
    shell = InteractiveShell.instance(config=Config({"HistoryManager": {"hist_file": ":memory:"}}))
    bare = statistics.median(cell_ms(shell, CELL) for _ in range(repeat))
    load = cell_ms(shell, "%load_ext trackbook")
    first = cell_ms(shell, KINDS["card"] + CELL)
    cell_ms(shell, KINDS["quiet"] + CELL)
    taken: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for _ in range(repeat):
        for kind, line in KINDS.items():
            taken[kind].append(cell_ms(shell, line + CELL))
    plain, quiet, card = (statistics.median(taken[kind]) for kind in KINDS)
    beside = f"the cell alone takes {bare:.2f} ms"
    return [
        ("%load_ext trackbook", f"{load:.0f} ms", "once a kernel"),
        ("first %%track of a kernel", f"{first:.0f} ms", "with its imports"),
        ("added to an untracked cell", f"{plain - bare:+.2f} ms", beside),
        ("added by %%track --quiet", f"{quiet - bare:+.1f} ms", beside),
        ("added by %%track, card included", f"{card - bare:+.1f} ms", beside),
    ]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--repeat", type=int, default=21)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        Path(name, ".trackbook").mkdir()
        os.environ["IPYTHONDIR"] = name
        os.chdir(name)
        show(rows(chosen.repeat))
        os.chdir("/")
        InteractiveShell.instance().run_line_magic("unload_ext", "trackbook")


if __name__ == "__main__":
    main()
