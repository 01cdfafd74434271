"""What it costs to begin: the import, an empty run, the memory of a tracked run.

python tests/benchmarks/bench_start.py [--repeat 9]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from measure import PEERS, Row, beside, in_turns, median_s, ms, peer, show

import trackbook as tb

os.environ["TRACKBOOK_SCRIPTS"] = "0"  # what is logged, and not the record of this script

MEMORY = """
import pandas, psutil, sys, trackbook as tb
tb.set_tracking_uri(sys.argv[1])
before = psutil.Process().memory_info().rss
with tb.start_run():
    for step in range(1000):
        tb.log_metric("loss", 0.5, step=step)
tb.flush()
print((psutil.Process().memory_info().rss - before) / 2**20)
"""


def python(*arguments: str, interpreter: str = sys.executable) -> str:
    return subprocess.run([interpreter, *arguments], check=True, capture_output=True, text=True).stdout


def bench_import(repeat: int) -> Iterator[Row]:
    works = {"nothing": lambda: python("-c", ""), "ours": lambda: python("-c", "import trackbook")}
    if PEERS.exists():
        works["theirs"] = lambda: python("-c", "import mlflow", interpreter=str(PEERS))
    took = in_turns(works, repeat)
    ours = took["ours"] - took["nothing"]
    theirs = took["theirs"] - took["nothing"] if "theirs" in took else None
    yield "import trackbook", ms(ours), beside(ours, theirs)


def bench_empty(folder: Path, repeat: int) -> Iterator[Row]:
    tb.set_tracking_uri(folder / "empty")

    def empty() -> None:
        with tb.start_run():
            pass

    empty()
    ours = median_s(empty, 10 * repeat)
    theirs = peer("calls", 20)
    yield "an empty run, started and ended", ms(ours), beside(ours, theirs and theirs["empty"])


def bench_memory(folder: Path) -> Iterator[Row]:
    grown = sorted(float(python("-c", MEMORY, str(folder / f"memory-{n}"))) for n in range(3))[1]
    yield "memory added by a run, over pandas", f"{grown:.0f} MiB", "libraries loaded and 1,000 points logged"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--repeat", type=int, default=9)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        show(bench_import(chosen.repeat))
        show(bench_empty(Path(name), chosen.repeat))
        show(bench_memory(Path(name)))


if __name__ == "__main__":
    main()
