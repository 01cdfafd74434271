"""Charts and comparisons in JupyterLab: drawn, zoomed, brushed, fed while a cell runs, and there without a kernel."""

import re

import pytest
from labdriver import Opener
from playwright.sync_api import expect

STUDY = """import math
import trackbook as tb

tb.set_experiment("study")
ids = []
for lr in (0.1, 0.2):
    for seed in range(3):
        with tb.start_run(run_name=f"lr {lr} seed {seed}") as run:
            tb.log_params({"lr": lr, "seed": seed})
            for step in range(400):
                value = math.exp(-step * lr / 20) + math.sin(step * (seed + 3)) * 0.03
                tb.log_metrics({"train/loss": value, "val/loss": value * 1.1}, step=step)
            tb.log_metric("accuracy", 0.8 + lr + seed / 100)
        ids.append(run.run_id)
"""
LIVE = """import time

with tb.start_run(run_name="live") as run:
    tb.log_metric("loss", 1.0, step=0)
    display(tb.chart(run, "loss"))
    for step in range(1, 400):
        tb.log_metric("loss", 1 / step, step=step)
        time.sleep(0.01)
"""
CELLS = {
    "load": "%load_ext trackbook",
    "study": STUDY,
    "curves": "curves = tb.chart(ids, group_by='seed')\ncurves",
    "parallel": "parallel = tb.chart(ids, kind='parallel', params=['lr', 'seed'], metrics='accuracy')\nparallel",
    "altair": "parallel.altair.properties(title='mine')",
    "live": LIVE,
    "compare": "compared = tb.compare(ids)\ncompared",
}


@pytest.fixture(scope="module")
def notebook(module_opener):
    return module_opener.write("charts", CELLS)


@pytest.fixture(scope="module")
def module_opener(lab, chromium):
    opened = Opener(lab, chromium)
    yield opened
    opened.close()


def drag(page, box, start, end):
    page.mouse.move(box["x"] + start[0] * box["width"], box["y"] + start[1] * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + end[0] * box["width"], box["y"] + end[1] * box["height"], steps=6)
    page.mouse.up()


def test_curves_are_grouped_zoomed_with_detail_and_shown_as_a_table(notebook):
    chart = notebook.cell("curves").locator(".tb-root .tb-chart")
    expect(chart.locator(".tb-panel canvas")).to_have_count(2)
    expect(chart.locator(".tb-legend")).to_contain_text("lr 0.1")
    expect(chart.locator(".tb-legend")).to_contain_text("n = 3")
    notebook.look(chart, "chart-groups")
    chart.get_by_role("button", name="Mean and band").click()
    expect(chart.locator(".tb-legend button")).to_have_count(6)
    plot = chart.locator(".tb-panel-plot").first
    drag(notebook.page, plot.locator(".u-over").bounding_box(), (0.2, 0.5), (0.4, 0.5))
    expect(chart.get_by_role("button", name="Show all")).to_be_visible()
    notebook.page.mouse.move(0, 0)
    notebook.look(chart, "chart-zoomed")
    plot.focus()
    notebook.page.keyboard.press("Escape")
    expect(chart.get_by_role("button", name="Show all")).to_be_hidden()
    chart.locator(".tb-legend button").first.click()
    expect(plot).to_have_attribute("aria-label", re.compile("5 runs"))
    chart.locator(".tb-legend button").first.click()
    chart.get_by_role("button", name="Table").click()
    expect(chart.locator("tbody tr")).to_have_count(12)
    notebook.look(chart, "chart-table")


def test_runs_are_chosen_along_an_axis_and_python_knows_them(notebook):
    chart = notebook.cell("parallel").locator(".tb-root .tb-chart")
    notebook.look(chart, "chart-parallel")
    handle = chart.get_by_role("slider").first.bounding_box()
    drag(notebook.page, handle, (0.5, 0.98), (0.5, 0.6))
    expect(chart).to_contain_text("3 of 6 runs chosen")
    assert notebook.ask_kernel("print(sorted(parallel.selected) == sorted(ids[:3]))") == "True"


def test_the_altair_chart_is_drawn_with_no_network(notebook):
    expect(notebook.cell("altair").locator(".vega-embed canvas")).to_be_visible()


def test_a_comparison_has_groups_curves_and_another_baseline(notebook):
    view = notebook.cell("compare").locator(".tb-root .tb-compare")
    expect(view.locator(".tb-groups")).to_contain_text("3 seeds are too few to tell")
    expect(view.locator(".tb-panel canvas")).to_have_count(2)
    notebook.look(view, "compare-groups")
    view.locator("thead th").nth(3).hover()
    view.get_by_role("button", name="Make lr 0.2 seed 0 the baseline").click()
    expect(view.locator("thead th").first).to_contain_text("lr 0.2 seed 0")
    assert notebook.ask_kernel("print(compared.run_ids[0] == ids[3])") == "True"
    view.get_by_label("Metrics", exact=True).select_option("max")
    expect(view).to_contain_text("Metrics, max")


def test_a_chart_grows_while_its_cell_runs_and_stays_without_the_kernel(notebook):
    added = "live"
    notebook.run(added, wait=False)
    plot = notebook.cell(added).locator(".tb-root .tb-panel-plot")
    expect(plot.locator("canvas")).to_be_visible(timeout=20_000)
    points = "el => Number(/(\\d+) points/.exec(el.getAttribute('aria-label'))[1])"
    first = plot.evaluate(points)
    expect(notebook.cell(added).locator(".tb-legend, .tb-panel").first).to_be_visible()
    notebook.page.wait_for_timeout(1500)
    then = plot.evaluate(points)
    assert then > first + 20
    assert notebook.page.locator(".jp-Notebook .jp-InputPrompt", has_text="[*]").count() > 0
    notebook.wait_until_idle()
    html = next(one["data"]["text/html"] for one in notebook.outputs("curves") if "data" in one)
    assert "<svg" in "".join(html)
    notebook.kill_kernel()
    chart = notebook.cell("curves").locator(".tb-root .tb-chart")
    expect(chart.locator(".tb-notice")).to_contain_text("The kernel is gone")
    expect(chart.locator("canvas").first).to_be_visible()
