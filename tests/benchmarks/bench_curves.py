"""How soon a page shows a run, in a real Chromium beside a real JupyterLab: cards, long curves, and their live ends.

    python tests/benchmarks/bench_curves.py [--points 1000000] [--repeat 7]

Times begin where the page learns of the cell's start (`execute_input`) or sends its request, and end with the frame
after the first stroke on a canvas.  How often live curves are drawn stands beside how often the page draws at all.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from measure import Row, ms, show

from trackbook.connect import connect
from trackbook.core.events import Batch, Points, RunEnded, RunStarted

sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))
from labdriver import LabNotebook, Opener
from labserver import running_chromium, running_lab

RUNS = 10
UPDATES_PER_S = 10
LIVE_S = 10
START_MS = 1_750_000_000_000
PIECE = 100_000
CELLS = {
    "load": "%load_ext trackbook\nimport time, trackbook as tb",
    "open": "tb.set_tracking_uri({store!r})",
}
WARM = "import threading\n[one.join() for one in threading.enumerate() if one.name == 'trackbook-warm']"
"""What a kernel imports in its first seconds is done once and belongs to no cell."""
TRACKED = "%%track cards --cell {n}\nloss = 0.5 * {n}"
ONE = "tb.chart(['run0'], 'loss')"
ALL = f"tb.chart([f'run{{n}}' for n in range({RUNS})], 'loss')"
RESUME = f"for n in range({RUNS}): tb.start_run(run_id=f'run{{n}}', nested=True)"
LIVE = f"""for update in range({LIVE_S * UPDATES_PER_S}):
    for n in range({RUNS}):
        tb.log_metric('loss', (update * (n + 3)) % 97 / 97, step={{first}} + update, run_id=f'run{{{{n}}}}')
    time.sleep({1 / UPDATES_PER_S})"""
WATCH = """() => {
  window.frame = () => new Promise(resolve => requestAnimationFrame(resolve));
  window.until = async is => { while (!is()) await frame(); await frame(); };
  const stroke = CanvasRenderingContext2D.prototype.stroke;
  window.strokes = [];
  CanvasRenderingContext2D.prototype.stroke = function (...path) {
    strokes.push(performance.now());
    return stroke.apply(this, path);
  };
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  kernel.iopubMessage.connect((_, message) => {
    if (message.header.msg_type === 'execute_input') window.began = performance.now();
  });
  kernel.anyMessage.connect((_, { msg, direction }) => {
    if (direction === 'send' && msg.header.msg_type === 'comm_msg') window.asked = performance.now();
  });
}"""
CLEAR = """async () => {
  await window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs');
  window.began = window.asked = null;
  window.strokes.length = 0;
}"""
PAINTED = "async what => { await until(() => began && document.querySelector(what)); return performance.now() - began }"
DRAWN = """async () => {
  await until(() => began && strokes.length);
  return performance.now() - began;
}"""
ZOOM = """async () => {
  window.asked = null;
  const panel = document.querySelector('.tb-panel [tabindex]') ?? document.querySelector('.tb-panel');
  panel.dispatchEvent(new KeyboardEvent('keydown', { key: '+', bubbles: true }));
  await until(() => asked);
  const from = asked;
  await until(() => strokes.some(one => one > from));
  return performance.now() - from;
}"""
FRAMES = """async seconds => {
  const begin = performance.now(), drawn = new Set();
  strokes.length = 0;
  let frames = 0;
  while (performance.now() - begin < seconds * 1000) {
    const before = strokes.length;
    await frame();
    frames += 1;
    if (strokes.length > before) drawn.add(frames);
  }
  return [drawn.size / seconds, frames / seconds];
}"""


def filled(folder: Path, points: int) -> None:
    """Ten runs of so many points."""
    store = connect(folder)
    random = np.random.default_rng(7)
    at = 0
    for n in range(RUNS):
        run_id = f"run{n}"
        store.recording.apply(Batch("fill", [RunStarted(run_id, "0", f"long {n}", START_MS)], [], {"at": at}))
        values = 1 / np.sqrt(np.arange(1, points + 1)) + random.normal(0, 0.01, points)
        for first in range(0, points, PIECE):
            at += 1
            steps = np.arange(first, min(points, first + PIECE))
            piece = Points(run_id, "loss", steps, START_MS + steps, values[steps])
            store.recording.apply(Batch("fill", [], [piece], {"at": at}))
        at += 1
        ended = RunEnded(run_id, "FINISHED", START_MS + points)
        store.recording.apply(Batch("fill", [ended], [], {"at": at}))
        at += 1
    store.close()


def again(notebook: LabNotebook, source: str, measured: str, argument: object = None) -> float:
    """Milliseconds until what a cell shows is there, on a page without outputs."""
    notebook.page.evaluate(CLEAR)
    notebook.set_source("cell", source)
    notebook.run("cell", wait=False)
    took: float = notebook.page.evaluate(measured, argument)
    notebook.wait_until_idle()
    return took


def rows(opener: Opener, store: Path, points: int, repeat: int) -> Iterator[Row]:
    notebook = opener.write(
        "curves", {"load": CELLS["load"], "open": CELLS["open"].format(store=str(store)), "cell": "0"}
    )
    page: Any = notebook.page
    page.evaluate(WATCH)
    notebook.ask_kernel(WARM)
    cards = [again(notebook, TRACKED.format(n=n), PAINTED, ".tb-card") for n in range(repeat + 1)]
    yield (
        "a card painted, after its cell has begun",
        ms(statistics.median(cards[1:]) / 1e3),
        f"the first of the page {cards[0]:.0f} ms",
    )
    for cell, name in ((ONE, f"a curve of {points:,} points"), (ALL, f"{RUNS} curves of {points:,} points")):
        took = [again(notebook, cell, DRAWN) for _ in range(repeat)]
        yield f"{name}, cell's start to drawn", ms(statistics.median(took) / 1e3), f"longest {max(took):.0f} ms"
        zoomed = []
        for _ in range(repeat):
            again(notebook, cell, DRAWN)
            zoomed.append(page.evaluate(ZOOM))
        yield (
            "- its middle half, request to drawn",
            ms(statistics.median(zoomed) / 1e3),
            f"longest {max(zoomed):.0f} ms",
        )
    notebook.set_source("open", RESUME)
    notebook.run("open")
    again(notebook, ALL, DRAWN)
    notebook.set_source("load", LIVE.format(first=points))
    notebook.run("load", wait=False)
    page.wait_for_timeout(500)
    drawn, frames = page.evaluate(FRAMES, LIVE_S - 2)
    yield (
        f"{RUNS} live curves of {points:,} points",
        f"{drawn:.1f} drawings/s",
        f"{UPDATES_PER_S} updates/s logged; {frames:.0f} frames/s",
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--points", type=int, default=1_000_000)
    options.add_argument("--repeat", type=int, default=7)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "root").mkdir()
        filled(folder / "store", chosen.points)
        with running_lab(folder / "state", folder / "root") as lab, running_chromium() as browser:
            opener = Opener(lab, browser)
            print("cards and curves in JupyterLab")
            show(rows(opener, folder / "store", chosen.points, chosen.repeat))
            opener.close()


if __name__ == "__main__":
    main()
