"""The run table of many runs, in a real Chromium against a real JupyterLab.

python tests/benchmarks/bench_table.py [--runs 100000] [--repeat 7] [--store FOLDER]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench_search import filled
from measure import Row, ms, show

sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))
from labdriver import LabNotebook, Opener
from labserver import running_chromium, running_lab

CELLS = {"open": "import trackbook as tb\ntb.set_tracking_uri({store!r})\ntable = tb.runs()", "show": "table"}
COUNT = "document.querySelector('.tb-count').textContent"
ROWS = "document.querySelectorAll('.tb-grid-body [data-run]').length > 0"
HELPERS = """() => {
  window.frame = () => new Promise(resolve => requestAnimationFrame(resolve));
  window.until = async is => { while (!is()) await frame(); await frame(); };
  window.head = name => [...document.querySelectorAll('.tb-th')].find(one => one.textContent === name);
  const panel = window.jupyterapp.shell.currentWidget;
  panel.sessionContext.session.kernel.iopubMessage.connect((_, message) => {
    if (message.content.data?.['application/vnd.jupyter.widget-view+json']) window.arrived = performance.now();
  });
}"""
CLEAR = """async () => {
  await window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs');
  window.arrived = null;
}"""
FIRST_ROWS = f"async () => {{ await until(() => arrived && {ROWS}); return performance.now() - arrived }}"
SORT = """async name => {
  const before = head(name).getAttribute('aria-sort'), start = performance.now();
  head(name).click();
  await until(() => head(name).getAttribute('aria-sort') !== before);
  return performance.now() - start;
}"""
FILTER = f"""async filter => {{
  const box = document.querySelector('.tb-filter input'), before = {COUNT}, start = performance.now();
  box.value = filter;
  box.dispatchEvent(new KeyboardEvent('keydown', {{key: 'Enter', bubbles: true}}));
  await until(() => {COUNT} !== before);
  return performance.now() - start;
}}"""
SCROLL = """async step => {
  const grid = document.querySelector('.tb-grid'), gaps = [];
  for (let n = 0, last = performance.now(); n < 120; n += 1) {
    grid.scrollTop += step;
    await frame();
    gaps.push(performance.now() - last);
    last = performance.now();
  }
  return gaps.sort((a, b) => a - b)[60];
}"""


def table_rows(opener: Opener, store: Path, repeat: int) -> Iterator[Row]:
    notebook = opener.write("many", {name: source.format(store=str(store)) for name, source in CELLS.items()})
    page = notebook.page
    page.evaluate(HELPERS)
    first = [_shown_again(notebook) for _ in range(repeat)]
    yield "first rows painted, after the message arrived", ms(statistics.median(first) / 1e3), _count(page)
    for name, work, asked in (
        ("sorted by a metric, a click to the painted rows", SORT, ["m1"] * repeat),
        ("filtered, Enter to the painted rows", FILTER, [f"metrics.m0 > 0.{n}" for n in range(1, repeat + 1)]),
    ):
        took = [page.evaluate(work, one) for one in asked]
        yield name, ms(statistics.median(took) / 1e3), _count(page)
    page.evaluate(FILTER, "")
    idle = page.evaluate(SCROLL, 0)
    for step in (30, 140):
        gap = page.evaluate(SCROLL, step)
        floor = f"{1000 / idle:.0f} frames/s where nothing moves"
        yield f"scrolled {step} px a frame", f"{1000 / gap:.0f} frames/s", floor


def _shown_again(notebook: LabNotebook) -> float:
    notebook.page.evaluate(CLEAR)
    notebook.run("show", wait=False)
    took: float = notebook.page.evaluate(FIRST_ROWS)
    return took


def _count(page: Any) -> str:
    return str(page.evaluate(f"() => document.querySelector('.tb-count') && {COUNT}") or "")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--runs", type=int, default=100_000)
    options.add_argument("--repeat", type=int, default=7)
    options.add_argument("--store", type=Path, help="a filled store, instead of a new one")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "root").mkdir()
        store = chosen.store or folder / "store"
        if chosen.store is None:
            filled(folder / "store", chosen.runs).close()
        with running_lab(folder / "state", folder / "root") as lab, running_chromium() as browser:
            opener = Opener(lab, browser)
            print(f"a table in JupyterLab, {chosen.runs:,} runs")
            show(table_rows(opener, store, chosen.repeat))
            opener.close()


if __name__ == "__main__":
    main()
