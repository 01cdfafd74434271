"""What a page's memory does under live updates: a card and a table of a run that logs ten times a second.

    python tests/benchmarks/bench_page_memory.py [--minutes 4]

The heap of a real Chromium beside a real JupyterLab is read after its garbage has been collected.  A line through the
second half of the readings, when all that is loaded once is there, says what an hour adds.
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

sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))
from labdriver import Opener
from labserver import running_chromium, running_lab

EVERY_S = 10
LIVE = """%%track memory --cell live
import time
for step in range({steps}):
    tb.log_metrics({{f"m{{k}}": (step * (k + 3)) % 97 / 97 for k in range(5)}}, step=step)
    time.sleep(0.1)"""
CELLS = {
    "load": "%load_ext trackbook\nimport trackbook as tb",
    "first": "%%track memory --cell first\nfor step in range(20): tb.log_metrics({'m0': step, 'm1': step}, step=step)",
    "table": "tb.runs()",
    "live": "0",
}


def readings(opener: Opener, minutes: float) -> Iterator[tuple[float, float, int]]:
    """Seconds since the run began, MB of heap that is used, nodes and listeners of the document."""
    notebook = opener.write("memory", CELLS)
    devtools = notebook.page.context.new_cdp_session(notebook.page)
    notebook.set_source("live", LIVE.format(steps=int((minutes * 60 + EVERY_S) * 10)))
    notebook.run("live", wait=False)
    notebook.cell("live").locator(".tb-curve").first.wait_for()
    begin = time.monotonic()
    while (passed := time.monotonic() - begin) < minutes * 60:
        notebook.page.wait_for_timeout(EVERY_S * 1000)
        devtools.send("HeapProfiler.collectGarbage")
        used = devtools.send("Runtime.getHeapUsage")["usedSize"]
        counted = devtools.send("Memory.getDOMCounters")
        yield passed + EVERY_S, used / 1e6, counted["nodes"] + counted["jsEventListeners"]


def rows(opener: Opener, minutes: float) -> Iterator[Row]:
    found = list(readings(opener, minutes))
    later = np.array(found[len(found) // 2 :])
    heap_slope, node_slope = (np.polyfit(later[:, 0], later[:, column], 1)[0] * 3600 for column in (1, 2))
    yield (
        "heap of a page with a card and a table, 10 updates/s",
        f"{heap_slope:+.1f} MB an hour",
        f"from {minutes / 2:g} minutes on; {found[0][1]:.1f} MB at first, {found[-1][1]:.1f} MB at last",
    )
    yield "nodes and listeners of its document", f"{node_slope:+,.0f} an hour", f"{found[-1][2]:,} at last"


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
