"""What a page's memory does under live updates: a card and a table of a run that logs ten times a second.

    python tests/benchmarks/bench_page_memory.py [--minutes 4]

The heap of a real Chromium beside a real JupyterLab is read after its garbage has been collected.  Updates go on
between a collection and the count, for seconds on a busy machine, so each reading is the least of several.  The run has
20,000 steps behind it, so that its curves are as long as the page lets them become.  A line through the second half of
the readings, when all that is loaded once is there, says what an hour adds, with its standard error.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from measure import Row, show
from playwright.sync_api import CDPSession

sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))
from labdriver import Opener
from labserver import running_chromium, running_lab

EVERY_S = 10
TAKES = 3
"""Collections for one reading."""
LEAST_READINGS = 8
"""A line needs some, however slowly they come."""
LIVE = """%%track memory --cell live
import time
for step in range({steps}):
    tb.log_metrics({{f"m{{k}}": (step * (k + 3)) % 97 / 97 for k in range(5)}}, step=step)
    time.sleep(0.1 if step > {before} else 0)"""
BEFORE = 20_000
CELLS = {
    "load": "%load_ext trackbook\nimport trackbook as tb",
    "first": "%%track memory --cell first\nfor step in range(20): tb.log_metrics({'m0': step, 'm1': step}, step=step)",
    "table": "tb.runs()",
    "live": "0",
}


def least(devtools: CDPSession) -> tuple[float, int]:
    """MB of heap that is used, nodes and listeners of the document."""
    heaps, counts = [], []
    for _ in range(TAKES):
        devtools.send("HeapProfiler.collectGarbage")
        counted = devtools.send("Memory.getDOMCounters")
        counts.append(counted["nodes"] + counted["jsEventListeners"])
        heaps.append(devtools.send("Runtime.getHeapUsage")["usedSize"] / 1e6)
    return min(heaps), min(counts)


def readings(opener: Opener, minutes: float) -> Iterator[tuple[float, float, int]]:
    """Seconds since the run began, MB of heap that is used, nodes and listeners of the document."""
    notebook = opener.write("memory", CELLS)
    devtools = notebook.page.context.new_cdp_session(notebook.page)
    notebook.set_source("live", LIVE.format(steps=1_000_000, before=BEFORE))
    notebook.run("live", wait=False)
    notebook.cell("live").locator(".tb-curve").first.wait_for()
    begin, taken = time.monotonic(), 0
    while taken < LEAST_READINGS or time.monotonic() - begin < minutes * 60:
        taken += 1
        notebook.page.wait_for_timeout(EVERY_S * 1000)
        yield (time.monotonic() - begin, *least(devtools))


def rows(opener: Opener, minutes: float) -> Iterator[Row]:
    found = list(readings(opener, minutes))
    later = np.array(found[len(found) // 2 :])
    heap, nodes = (hourly(later[:, 0], later[:, column]) for column in (1, 2))
    yield (
        "heap of a page with a card and a table, 10 updates/s",
        f"{heap} MB an hour",
        f"from {minutes / 2:g} minutes on; {found[0][1]:.1f} MB at first, {found[-1][1]:.1f} MB at last",
    )
    yield (
        "nodes and listeners of its document",
        f"{nodes} an hour",
        f"{found[0][2]:,} at first, {found[-1][2]:,} at last",
    )


def hourly(times_s: np.ndarray, values: np.ndarray) -> str:
    """What a line through these values gains in an hour."""
    slopes, covariance = np.polyfit(times_s, values, 1, cov="unscaled")
    rest = values - np.polyval(slopes, times_s)
    error = np.sqrt(covariance[0, 0] * (rest @ rest) / max(1, len(values) - 2))
    return f"{slopes[0] * 3600:+,.0f} ± {error * 3600:,.0f}"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--minutes", type=float, default=4)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "root").mkdir()
        with running_lab(folder / "state", folder / "root") as lab, running_chromium() as browser:
            opener = Opener(lab, browser)
            show(rows(opener, chosen.minutes))
            opener.close()


if __name__ == "__main__":
    main()
