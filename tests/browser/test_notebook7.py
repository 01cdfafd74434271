"""Jupyter Notebook 7 loads the same bundles: a tour of their gestures, in one page with one kernel."""

import re

import pytest
from labdriver import Opener, drag
from playwright.sync_api import expect

MAKE = """import os
os.environ["TRACKBOOK_SCRIPTS"] = "0"
import trackbook as tb
from sklearn.svm import SVC

tb.set_experiment("tour")
for C in (1, 10):
    for seed in range(20):
        with tb.start_run(run_name=f"C {C} seed {seed}") as run:
            tb.log_params({"C": C, "seed": seed})
            tb.log_metric("score", 0.5 + C / 100 + seed / 1000)
ids = []
for C in (1, 10):
    with tb.start_run(run_name=f"curve {C}") as run:
        tb.log_params({"C": C, "seed": 0})
        for step in range(200):
            tb.log_metric("loss", 1 / (C + step) + step % 7 / 1000, step=step)
        tb.sklearn.log_model(SVC(C=C).fit([[0], [1]], [0, 1]), "model")
    tb.register_model(f"runs:/{run.run_id}/model", "tour-model")
    ids.append(run.run_id)
"""
CELLS = {
    "load": "%load_ext trackbook",
    "fit": "%%track lesson --goal score:max\nC = 1.0\nscore = 1 - 0.1 / C",
    "make": MAKE,
    "runs": "table = tb.runs()\ntable",
    "compare": "compared = tb.compare(ids)\ncompared",
    "curves": "curves = tb.chart(ids, 'loss')\ncurves",
    "models": "models = tb.registry('tour-model')\nmodels",
}
SLOW = 20_000


@pytest.fixture(scope="module")
def notebook(lab, chromium):
    opener = Opener(lab, chromium)
    yield opener.write("seven", CELLS, app="notebook")
    opener.close()


def view(notebook, cell_id, name):
    return notebook.cell(cell_id).locator(f".tb-root .tb-{name}")


def test_a_card_is_folded_its_note_written_and_its_run_trashed_with_a_way_back(notebook):
    card = view(notebook, "fit", "card")
    expect(card).to_have_attribute("data-status", "FINISHED", timeout=SLOW)
    card.get_by_role("button", name="Fold run card").click()
    card.get_by_role("button", name="Unfold run card").click()
    card.get_by_text("Add a note").click()
    card.get_by_role("textbox", name="Note").fill("from Notebook 7")
    card.get_by_role("textbox", name="Note").press("Enter")
    expect(card.locator(".tb-note")).to_contain_text("from Notebook 7")
    told = {"Make it the baseline": "The baseline of the experiment.", "Move to the trash": "Moved to the trash."}
    for item, said in told.items():
        card.get_by_role("button", name="More actions").click()
        card.get_by_role("menuitem", name=item).click()
        expect(card.get_by_text(said)).to_be_visible()
    card.get_by_role("button", name="Undo").click()
    expect(card.get_by_text("Taken out of the trash.")).to_be_visible()
    notebook.picture(card, "notebook7-card")


def test_a_table_is_filtered_sorted_scrolled_chosen_from_and_its_runs_are_tagged(notebook):
    table = view(notebook, "runs", "table")
    rows, count, box = table.locator("[data-run]"), table.locator(".tb-count"), table.get_by_role("combobox")
    expect(count).to_have_text("42 runs")
    box.fill("params.C = '10'")
    box.press("Enter")
    expect(count).to_have_text("21 of 42 runs")
    box.fill("metrics.score > 0")
    box.press("Enter")
    head = table.get_by_role("columnheader", name="score")
    for order in ("ascending", "descending"):
        head.click()
        expect(head).to_have_attribute("aria-sort", order)
    expect(table.locator("[data-index='0']")).to_contain_text("C 10 seed 19")
    table.get_by_role("grid").evaluate("grid => { grid.scrollTop = grid.scrollHeight }")
    expect(table.locator("[data-index='39']")).to_contain_text("C 1 seed 0")
    table.locator("[data-index='39'] [data-column='1']").click()
    table.locator("[data-index='37'] [data-column='1']").click(modifiers=["Shift"])
    table.get_by_role("button", name="Tag…").click()
    form = table.get_by_role("form")
    form.get_by_label("Tag").fill("team")
    form.get_by_label("Value").fill("blue")
    form.get_by_role("button", name="Set tag").click()
    expect(table.locator(".tb-said")).to_contain_text("3 runs tagged team = blue")
    table.get_by_role("grid").press("g")
    expect(count).to_contain_text("2 groups")
    asked = "print(len(table.selected), len(tb.search_runs(filter_string=\"tags.team = 'blue'\")))"
    assert notebook.ask_kernel(asked) == "3 3"
    expect(rows).to_have_count(0)
    notebook.look(table, "notebook7-table")


def test_a_comparison_shows_all_rows_and_another_baseline(notebook):
    compared = view(notebook, "compare", "compare")
    seed = compared.get_by_role("rowheader", name="seed", exact=True)
    expect(compared.get_by_role("rowheader", name="C", exact=True)).to_be_visible()
    expect(seed).to_have_count(0)
    compared.get_by_role("button", name="All rows").click()
    expect(seed).to_be_visible()
    compared.locator("thead th").nth(1).hover()
    compared.get_by_role("button", name="Make curve 10 the baseline").click()
    expect(compared.locator("thead th").first).to_contain_text("curve 10")
    assert notebook.ask_kernel("print(compared.run_ids == ids[::-1])") == "True"


def test_a_chart_is_smoothed_and_zoomed(notebook):
    chart = view(notebook, "curves", "chart")
    expect(chart.locator(".tb-panel canvas")).to_have_count(1)
    chart.get_by_label("Smoothing").fill("0.8")
    drag(chart.locator(".tb-panel-plot .u-over").first, (0.2, 0.5), (0.4, 0.5))
    expect(chart.get_by_role("button", name="Show all")).to_be_visible()
    notebook.picture(chart, "notebook7-chart")
    chart.get_by_role("button", name="Show all").click()
    expect(chart.get_by_role("button", name="Show all")).to_be_hidden()


def test_an_alias_is_set_in_the_registry(notebook):
    registry = view(notebook, "models", "registry")
    registry.get_by_role("button", name="v2", exact=True).click()
    registry.get_by_role("group", name="Change v2").get_by_role("button", name="Set alias").click()
    dialog = registry.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Reason").fill("the tour")
    expect(dialog.get_by_role("status")).to_contain_text("alias champion")
    dialog.get_by_role("button", name="Set alias").click()
    expect(registry.get_by_role("row").filter(has_text="the tour")).to_be_visible()
    said = "print(tb.TrackbookClient().get_model_version_by_alias('tour-model', 'champion').version)"
    assert notebook.ask_kernel(said) == "2"
    notebook.picture(registry, "notebook7-registry")


def test_marks_versions_and_the_panel_with_its_table_are_there(notebook):
    """Last, for a table in a tab of its own stands where the notebook stood."""
    page = notebook.page
    notebook.set_source("fit", CELLS["fit"].replace("1.0", "2.0"))
    notebook.run("fit")
    mark = notebook.cell("fit").locator(".tb-mark")
    expect(mark).to_contain_text("2 versions", timeout=SLOW)
    mark.click()
    versions = page.get_by_role("dialog", name="cell [")
    expect(versions.get_by_role("option")).to_have_count(2)
    versions.get_by_role("button", name="Put v1 back").click()
    assert notebook.source("fit") == CELLS["fit"]
    expect(versions.get_by_role("button", name="Put v1 back")).to_have_attribute("title", re.compile("stands in the"))
    page.keyboard.press("Escape")
    page.get_by_text("View", exact=True).first.click()
    page.get_by_text("Left Sidebar").first.hover()
    page.get_by_text("Show Runs").first.click()
    panel = page.locator("#trackbook-runs")
    expect(panel.get_by_role("option")).to_have_count(2)
    panel.get_by_role("button", name="Open table").click()
    expect(page.locator(".tb-tab .tb-table [data-run]")).to_have_count(2)
