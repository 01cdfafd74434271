"""Charts and comparisons in JupyterLab: drawn, zoomed, brushed, fed while a cell runs, and there without a kernel."""

import re

import pytest
from labdriver import Opener, drag
from playwright.sync_api import expect

STUDY = """import math
import numpy as np
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
            right = [0, 0, 1, 1] if seed else [0, 1, 1, 1]
            tb.log_table({"label": [0, 0, 1, 1], "prediction": right, "score": [0.1, 0.4, 0.35, 0.8 + seed]}, "p.json")
            for step in (0, 100):
                tb.log_image(np.full((8, 8, 3), 40 * seed + step, np.uint8), key="sample", step=step)
        ids.append(run.run_id)
with tb.start_run(run_name="wave") as wave:
    for step in range(5000):
        tb.log_metric("wave", 2 + math.sin(step / 100) + (50 if step == 2500 else 0), step=step)
"""
KINDS = {
    "bars": "tb.chart(ids, 'accuracy')",
    "lines": "tb.chart(ids, 'train/loss')",
    "wave": "tb.chart(wave, 'wave')",
    "scatter": "tb.chart(ids, 'accuracy', kind='scatter', x='params.seed')",
    "contour": "tb.chart(ids, 'accuracy', kind='contour', params=['lr', 'seed'])",
    "importance": "tb.chart(ids, 'accuracy', kind='importance')",
    "histogram": "tb.chart(ids, 'accuracy', kind='histogram')",
    "box": "tb.chart(ids, 'accuracy', kind='box', x='params.lr')",
    "roc": "tb.chart(ids, kind='roc')",
    "pr": "tb.chart(ids, kind='pr')",
    "confusion": "tb.chart(ids[0], kind='confusion')",
    "images": "tb.chart(ids, kind='images', key='sample')",
    "nothing": "tb.chart(wave, kind='images')",
}
SHOW = "".join(["kinds = {", *(f"{name!r}: {made}, " for name, made in KINDS.items()), "}"])
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
    "kinds": f"{SHOW}\nfor one in kinds.values():\n    display(one)",
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


def of_kind(notebook, name):
    """One of the charts of every kind, in view."""
    chart = notebook.cell("kinds").locator(".tb-root .tb-chart").nth(list(KINDS).index(name))
    chart.scroll_into_view_if_needed()
    return chart


def boxes(chart):
    """The bars, tiles and boxes that are drawn."""
    return chart.locator(".tb-plot svg rect:not(.tb-plot-brush)")


def as_table(chart):
    """The rows of the chart's table, as a person reads them; then the chart again."""
    chart.get_by_role("button", name="Table").click()
    cells = "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
    expect(chart.locator("tbody tr").first).to_be_visible()
    rows = chart.locator("tbody tr").evaluate_all(cells)
    chart.get_by_role("button", name="Table").click()
    return rows


def canvas(chart):
    return chart.locator(".tb-panel-plot canvas").first.evaluate("canvas => canvas.toDataURL()")


def until_drawn(chart, is_other, than):
    """Wait until the canvas shows another picture than this one, or the same again."""
    changed = """([chart, than, isOther]) => {
      const canvas = chart.querySelector('.tb-panel-plot canvas');
      return canvas !== null && (canvas.toDataURL() !== than) === isOther;
    }"""
    chart.page.wait_for_function(changed, arg=[chart.element_handle(), than, is_other])


def points(plot):
    return int(re.search(r"(\d+) points", plot.get_attribute("aria-label")).group(1))


def test_curves_are_grouped_zoomed_with_detail_and_shown_as_a_table(notebook):
    chart = notebook.cell("curves").locator(".tb-root .tb-chart")
    expect(chart.locator(".tb-panel canvas")).to_have_count(2)
    expect(chart.locator(".tb-legend")).to_contain_text("lr 0.1")
    expect(chart.locator(".tb-legend")).to_contain_text("n = 3")
    notebook.look(chart, "chart-groups")
    chart.get_by_role("button", name="Mean and band").click()
    expect(chart.locator(".tb-legend button")).to_have_count(6)
    plot = chart.locator(".tb-panel-plot").first
    drag(plot.locator(".u-over"), (0.2, 0.5), (0.4, 0.5))
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
    drag(chart.get_by_role("slider").first, (0.5, 0.98), (0.5, 0.6))
    expect(chart).to_contain_text("3 of 6 runs chosen")
    assert notebook.ask_kernel("print(sorted(parallel.selected) == sorted(ids[:3]))") == "True"


def test_a_metric_with_one_value_a_run_is_a_bar_for_each_and_one_for_the_mean_of_each_group(notebook):
    chart = of_kind(notebook, "bars")
    expect(boxes(chart)).to_have_count(6)
    names = chart.locator(".tb-plot-tick").all_text_contents()
    assert names[:6] == [f"lr {lr} seed {seed}" for lr in (0.2, 0.1) for seed in (2, 1, 0)]
    assert chart.locator(".tb-plot-end").all_text_contents() == ["0.9000", "0.9100", "0.9200", "1", "1.010", "1.020"]
    wide = boxes(chart).evaluate_all("all => all.map(one => Number(one.getAttribute('width')))")
    assert wide[0] / wide[3] == pytest.approx(0.9, abs=0.01)
    expect(chart.get_by_label("Smoothing")).to_be_hidden()
    chart.locator(".tb-plot").hover(position={"x": 300, "y": 24})
    expect(chart.locator(".tb-tip")).to_contain_text("lr 0.1 seed 0: 0.9000")
    chart.get_by_role("button", name="Mean and band").click()
    expect(boxes(chart)).to_have_count(1)
    expect(chart.locator(".tb-plot-end")).to_have_text(["0.9600 ± 0.055, n = 6"])
    chart.get_by_role("button", name="Mean and band").click()


def test_curves_are_smoothed_with_the_raw_values_behind_them(notebook):
    chart = of_kind(notebook, "lines")
    plot = chart.locator(".tb-panel-plot")
    before = canvas(chart)
    chart.get_by_label("Smoothing").fill("0.9")
    expect(chart.locator(".tb-smooth-value")).to_have_text("0.90")
    until_drawn(chart, True, before)
    plot.locator(".u-over").hover(position={"x": 200, "y": 60})
    expect(chart.locator(".tb-tip .tb-tip-row")).to_have_count(6)
    expect(chart.locator(".tb-tip")).to_contain_text("raw 0.")
    chart.get_by_label("Smoothing").fill("0")
    until_drawn(chart, False, before)
    expect(chart.locator(".tb-tip")).not_to_contain_text("raw")


@pytest.mark.parametrize("switch", ["Log y", "Log x", "Clip outliers"])
def test_an_axis_is_switched_and_switched_back(notebook, switch):
    chart = of_kind(notebook, "wave")
    before = canvas(chart)
    chart.get_by_role("button", name=switch).click()
    until_drawn(chart, True, before)
    chart.get_by_role("button", name=switch).click()
    until_drawn(chart, False, before)


def test_curves_lie_along_steps_seconds_or_times_of_day(notebook):
    chart = of_kind(notebook, "wave")
    over, place = chart.locator(".u-over"), chart.locator(".tb-curve-step")
    axes = {"Time since start": r"^[\d.]+ (ms|s)$", "Time of day": r"^\d+:\d\d:\d\d", "Step": r"^step \d+$"}
    for x, said in axes.items():
        chart.get_by_label("x", exact=True).select_option(label=x)
        chart.page.mouse.move(0, 0)
        over.hover(position={"x": 300, "y": 60})
        expect(place).to_have_text(re.compile(said))


def test_a_stretch_that_is_zoomed_into_is_fetched_with_every_point(notebook):
    chart = of_kind(notebook, "wave")
    plot = chart.locator(".tb-panel-plot")
    whole = points(plot)
    assert 400 < whole < 1100
    drag(plot.locator(".u-over"), (0.49, 0.5), (0.52, 0.5))
    fine = re.compile(r": 1 run, 1[5-7]\d points")
    expect(plot).to_have_attribute("aria-label", fine)
    chart.get_by_role("button", name="Show all").click()
    expect(plot).to_have_attribute("aria-label", re.compile(f" {whole} points"))


def test_a_run_has_one_colour_in_all_charts_of_the_same_runs(notebook):
    notebook.page.mouse.move(0, 0)
    swatches = of_kind(notebook, "lines").locator(".tb-legend .tb-swatch")
    colours = swatches.evaluate_all("all => all.map(one => one.style.getPropertyValue('--tb-swatch'))")
    assert len(set(colours)) == 6
    fills = "all => all.map(one => one.getAttribute('fill'))"
    assert boxes(of_kind(notebook, "bars")).evaluate_all(fills) == colours
    for kind in ("scatter", "box"):
        assert of_kind(notebook, kind).locator("circle.tb-plot-point").evaluate_all(fills) == colours
    stroked = of_kind(notebook, "roc").locator(".tb-plot path[stroke-width='1.8']")
    assert stroked.evaluate_all("all => all.map(one => one.getAttribute('stroke'))") == colours
    tiles = of_kind(notebook, "images").locator(".tb-swatch")
    assert tiles.evaluate_all("all => all.map(one => one.style.getPropertyValue('--tb-swatch'))") == colours


def test_a_contour_lies_between_its_runs_which_say_their_values(notebook):
    chart = of_kind(notebook, "contour")
    assert boxes(chart).count() > 20
    dots = chart.locator("circle.tb-plot-point")
    expect(dots).to_have_count(6)
    dots.first.hover()
    expect(chart.locator(".tb-tip")).to_have_text("lr 0.1 seed 0: lr 0.1, seed 0, accuracy 0.9")
    expect(chart.locator(".tb-chart-note")).to_contain_text("Interpolated between 6 runs")
    assert as_table(chart)[0] == ["lr 0.1 seed 0", "0.1000", "0", "0.9000"]


def test_the_importance_of_params_is_said_with_its_method(notebook):
    chart = of_kind(notebook, "importance")
    expect(boxes(chart)).to_have_count(2)
    assert chart.locator(".tb-plot-tick").all_text_contents()[:2] == ["seed", "lr"]  # the axis begins below
    expect(chart.locator(".tb-chart-note")).to_contain_text("6 runs are too few for a model")
    assert [row[0] for row in as_table(chart)] == ["lr", "seed"]


def test_a_histogram_counts_the_runs_of_each_stretch(notebook):
    chart = of_kind(notebook, "histogram")
    boxes(chart).first.hover()
    expect(chart.locator(".tb-tip")).to_have_text(re.compile(r"^0\.9 to 0\.9\d+: \d runs?$"))
    rows = as_table(chart)
    assert sum(int(row[2]) for row in rows) == 6
    expect(boxes(chart)).to_have_count(sum(row[2] != "0" for row in rows))


def test_runs_are_chosen_among_the_points_of_boxes(notebook):
    chart = of_kind(notebook, "box")
    expect(boxes(chart)).to_have_count(2)
    drag(chart.locator(".tb-plot"), (0.1, 0.02), (0.5, 0.9))
    expect(chart).to_contain_text("3 runs selected")
    assert notebook.ask_kernel("print(sorted(kinds['box'].selected) == sorted(ids[:3]))") == "True"
    assert [row[:2] for row in as_table(chart)] == [["0.1", "3"], ["0.2", "3"]]


@pytest.mark.parametrize(("kind", "area", "said"), [("roc", "0.7500", "Area"), ("pr", "0.8333", "Average precision")])
def test_curves_of_classifiers_are_hidden_one_by_one_and_tell_their_area(notebook, kind, area, said):
    chart = of_kind(notebook, kind)
    lines = chart.locator(".tb-plot path[stroke-width='1.8']")
    expect(lines).to_have_count(6)
    entry = chart.locator(".tb-legend button").first
    entry.click()
    expect(lines).to_have_count(5)
    entry.click()
    expect(lines).to_have_count(6)
    expect(chart.locator(".tb-chart-note")).to_contain_text(said)
    assert as_table(chart)[0][:2] == ["lr 0.1 seed 0", area]


def test_a_confusion_matrix_counts_labels_by_prediction(notebook):
    chart = of_kind(notebook, "confusion")
    assert chart.locator(".tb-plot-value").all_text_contents() == ["1", "1", "0", "2"]
    chart.locator(".tb-plot-value").nth(1).hover()
    expect(chart.locator(".tb-tip")).to_have_text("0 taken for 1: 1, 50.0% of 0")
    assert as_table(chart) == [["0", "1", "1"], ["1", "0", "2"]]


def test_pictures_of_runs_go_through_their_steps_together(notebook):
    chart = of_kind(notebook, "images")
    pictures = chart.locator("img.tb-image")
    expect(pictures).to_have_count(6)
    expect(chart.get_by_alt_text(re.compile("at step 100$"))).to_have_count(6)
    expect(chart.get_by_alt_text("sample of lr 0.2 seed 2 at step 100")).to_be_visible()
    sources = "all => all.map(one => one.src)"
    last = pictures.evaluate_all(sources)
    assert len(set(last)) == 3  # one a seed
    chart.get_by_label("Step").press("Home")
    expect(chart.get_by_alt_text(re.compile("at step 0$"))).to_have_count(6)
    assert set(pictures.evaluate_all(sources)).isdisjoint(last)
    assert as_table(chart)[0][:3] == ["lr 0.1 seed 0", "sample", "0"]


def test_charts_of_every_kind_look_well(notebook):
    expect(notebook.cell("kinds").locator(".tb-root .tb-chart")).to_have_count(len(KINDS))
    expect(of_kind(notebook, "nothing")).to_contain_text("No pictures were logged. Log one")
    usual = notebook.page.viewport_size
    notebook.page.set_viewport_size({"width": usual["width"], "height": 5600})  # the page shows them all at once
    notebook.look(notebook.cell("kinds").locator(".jp-OutputArea"), "chart-kinds")
    notebook.page.set_viewport_size(usual)
    notebook.theme("light")


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
