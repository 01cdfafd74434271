"""Table, comparison, registry, card and charts by keyboard alone, and no key of theirs reaches the notebook's cells."""

import re

import pytest
from labdriver import Opener
from playwright.sync_api import expect

MAKE = """import os
os.environ["TRACKBOOK_SCRIPTS"] = "0"
import trackbook as tb
from sklearn.svm import SVC

tb.set_experiment("keys")
ids = []
for C in (1, 2, 3):
    with tb.start_run(run_name=f"C {C}") as run:
        tb.log_params({"C": C, "seed": 0})
        for step in range(20):
            tb.log_metrics({"accuracy": 0.8 + C / 100 + step / 1000, "loss": 1 / (C + step)}, step=step)
        tb.sklearn.log_model(SVC(C=C).fit([[0], [1]], [0, 1]), "model")
    ids.append(run.run_id)
"""
TRACK = """%%track keys --cell fit
C = 4
for step in range(5):
    tb.log_metric("loss", 1 / (C + step), step=step)
tb.log_text("a,b\\n1,2\\n", "table.csv")"""
CELLS = {
    "load": "%load_ext trackbook",
    "make": MAKE,
    "card": TRACK,
    "runs": "table = tb.runs()\ntable",
    "compare": "compared = tb.compare(ids)\ncompared",
    "registry": "%registry",
    "curves": "curves = tb.chart(ids)\ncurves",
    "scatter": "scatter = tb.chart(ids, kind='scatter', x='params.C', y='metrics.accuracy')\nscatter",
    "parallel": "parallel = tb.chart(ids, kind='parallel', params=['C'], metrics='accuracy')\nparallel",
    "last": "'the end'",
}
RECORD = """() => {
  window.commandsRun = [];
  window.jupyterapp.commands.commandExecuted.connect((_, { id }) => window.commandsRun.push(id));
}"""
FOCUSED = "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent.trim()"
NOTEBOOK_KEYS = (
    *("a", "b", "d", "d", "x", "z", "m", "y", "Shift+M"),
    *("Control+Enter", "Shift+Enter", "Alt+Enter"),
    "Control+Backspace",
    "Control+Shift+M",
    "Control+Shift+ArrowDown",
    "Control+Shift+ArrowUp",
    "Shift+ArrowDown",
)
"""What JupyterLab does to cells in command mode."""


@pytest.fixture(scope="module")
def notebook(lab, chromium):
    opener = Opener(lab, chromium)
    opened = opener.write("keys", CELLS)
    opened.page.evaluate(RECORD)
    yield opened
    opener.close()


@pytest.fixture(autouse=True)
def untouched(notebook):
    """Whatever a test presses: the notebook's cells and outputs stay, and no command of JupyterLab's own ran."""
    before = cells(notebook)
    notebook.page.evaluate("window.commandsRun.length = 0")
    yield
    assert cells(notebook) == before
    assert [one for one in notebook.page.evaluate("window.commandsRun") if one.startswith("notebook:")] == []


def cells(notebook):
    return notebook._js(
        "return notebook.widgets.map(({model}) => [model.id, model.sharedModel.getSource(), model.executionCount])"
    )


def keys(notebook, *names):
    for name in names:
        notebook.page.keyboard.press(name)


def enter(notebook, cell_id):
    """From the cell, which has the focus, into its output by Tab; returns the view."""
    notebook.cell(cell_id)
    notebook._js(
        "const index = notebook.widgets.findIndex(cell => cell.model.id === id);"
        "notebook.activeCellIndex = index; notebook.mode = 'command'; notebook.widgets[index].node.focus()",
        cell_id,
    )
    view = notebook.cell(cell_id).locator(".jp-OutputArea .tb-root").first
    for _ in range(12):
        notebook.page.keyboard.press("Tab")
        if view.locator(":focus").count():
            return view
    pytest.fail(f"Tab does not lead into {cell_id}, but to {notebook.page.evaluate(FOCUSED)}")


def tab_to(notebook, place, back=False):
    """Tab until this has the focus, as a person without a mouse must."""
    for _ in range(60):
        if place.evaluate("(el) => el === el.getRootNode().activeElement"):
            return place
        notebook.page.keyboard.press("Shift+Tab" if back else "Tab")
    pytest.fail(f"Tab does not lead to {place}, but to {notebook.page.evaluate(FOCUSED)}")


@pytest.mark.parametrize("cell_id", ["card", "runs", "compare", "registry", "curves", "scatter", "parallel"])
def test_keys_that_change_cells_stay_in_the_view_and_escape_leads_back_to_the_cell(notebook, cell_id):
    view = enter(notebook, cell_id)
    if cell_id == "runs":
        tab_to(notebook, view.get_by_role("grid"))
    pressing = ("Enter",) if cell_id == "registry" else ()  # its button opens a dialog, a moment later
    keys(notebook, *(key for key in NOTEBOOK_KEYS if not key.endswith(pressing)), "ArrowDown", "ArrowUp")
    expect(view.locator(":focus")).to_have_count(1)
    for _ in range(3):  # the first may close what a key has opened
        keys(notebook, "Escape")
        if notebook.page.evaluate("document.activeElement.matches('.jp-Cell')"):
            break
    assert notebook._js(
        "return notebook.activeCell.node === document.activeElement && notebook.activeCell.model.id"
    ) == (cell_id)
    assert notebook._js("return notebook.mode") == "command"


def test_a_card_is_folded_renamed_tagged_and_looked_into(notebook):
    card = enter(notebook, "card")
    fold = card.get_by_role("button", name=re.compile("old run card"))
    tab_to(notebook, fold)
    is_open = fold.get_attribute("aria-expanded") == "true"  # keys of another test may have folded it
    for expanded in ("false", "true") if is_open else ("true", "false", "true"):
        keys(notebook, "Enter")
        expect(fold).to_have_attribute("aria-expanded", expanded)
        expect(fold).to_be_focused()
    tab_to(notebook, card.locator('[data-after="edit-Name"]'))
    keys(notebook, "Enter", "Control+a")
    notebook.page.keyboard.type("dd x")
    keys(notebook, "Enter")
    expect(card.locator(".tb-run-name")).to_contain_text("dd x")
    expect(card.locator('[data-after="edit-Name"]')).to_be_focused()
    tab_to(notebook, card.get_by_role("button", name="Add tag"))
    keys(notebook, "Enter")
    notebook.page.keyboard.type("team = vision")
    keys(notebook, "Enter")
    expect(card.locator(".tb-tag").filter(has_text="vision")).to_be_visible()
    tab_to(notebook, card.get_by_role("button", name="Look at table.csv"))
    keys(notebook, "Enter")
    expect(card.get_by_role("region", name="Preview of table.csv")).to_contain_text("2")
    keys(notebook, "Escape")
    expect(card.get_by_role("button", name="Look at table.csv")).to_be_focused()


def test_the_menu_of_a_card_marks_the_baseline_and_trashes_with_a_way_back(notebook):
    card = enter(notebook, "card")
    tab_to(notebook, card.get_by_role("button", name="More actions"))
    keys(notebook, "Enter", "ArrowDown", "ArrowUp")
    expect(card.get_by_role("menuitem").first).to_be_focused()
    keys(notebook, "Enter")
    expect(card.locator(".tb-baseline")).to_be_visible()
    expect(card.get_by_role("button", name="More actions")).to_be_focused()
    keys(notebook, "Enter", "End", "Enter")
    expect(card.get_by_text("Moved to the trash.")).to_be_visible()
    keys(notebook, "Escape")
    enter(notebook, "card")
    tab_to(notebook, card.get_by_role("button", name="Undo"))
    keys(notebook, "Enter")
    expect(card.get_by_text("Taken out of the trash.")).to_be_visible()


def test_the_table_is_filtered_sorted_narrowed_grouped_and_tagged(notebook):
    table = enter(notebook, "runs")
    count = table.locator(".tb-count")
    notebook.page.keyboard.type("metrics.accuracy >> 0")
    keys(notebook, "Enter")
    expect(table.locator(".tb-filter-problem")).not_to_be_empty()
    keys(notebook, "Control+a", "Delete")
    notebook.page.keyboard.type("metrics.accuracy > 0.8")
    keys(notebook, "Enter")
    expect(count).to_contain_text("3 of 4 runs")
    tab_to(notebook, table.get_by_role("grid"))
    keys(notebook, "ArrowDown", "Space", "Shift+ArrowDown")
    expect(table.locator(".tb-chosen")).to_contain_text("2 selected")
    keys(notebook, "Control+Shift+ArrowDown")
    expect(table.locator(".tb-chosen")).to_contain_text("3 selected")
    keys(notebook, "Control+ArrowUp", "End", "m")
    expect(table.get_by_role("dialog")).to_be_visible()
    keys(notebook, "Escape")
    expect(table.get_by_role("grid")).to_be_focused()
    keys(notebook, "g")
    expect(count).to_contain_text("3 groups")
    keys(notebook, "ArrowDown", "Home", "ArrowRight")
    expect(table.locator("[data-run]")).to_have_count(1)
    keys(notebook, "g")
    tab_to(notebook, table.get_by_role("button", name="Tag…"))
    keys(notebook, "Enter")
    notebook.page.keyboard.type("team")
    keys(notebook, "Tab")
    notebook.page.keyboard.type("blue")
    keys(notebook, "Enter")
    expect(table.locator(".tb-said")).to_contain_text("3 runs tagged team = blue")
    tab_to(notebook, table.get_by_role("button", name="Columns"), back=True)
    keys(notebook, "Enter")
    notebook.page.keyboard.type("team")
    box = table.get_by_role("checkbox", name="team")
    tab_to(notebook, box)
    keys(notebook, "Space")
    expect(table.get_by_role("columnheader", name="team")).to_be_attached()
    keys(notebook, "Escape")
    expect(table.get_by_role("button", name="Columns")).to_be_focused()


def test_a_comparison_changes_its_rows_aggregate_and_baseline(notebook):
    view = enter(notebook, "compare")
    tab_to(notebook, view.get_by_label("Metrics", exact=True))
    keys(notebook, "ArrowDown")
    expect(view).to_contain_text("Metrics, min")
    tab_to(notebook, view.get_by_role("button", name="All rows"))
    keys(notebook, "Enter")
    expect(view.get_by_role("rowheader", name="seed", exact=True)).to_be_visible()
    tab_to(notebook, view.get_by_role("button", name="Make C 2 the baseline"))
    keys(notebook, "Enter")
    expect(view.locator("thead th").first).to_contain_text("C 2")
    tab_to(notebook, view.get_by_role("button", name="Minimal program"))
    keys(notebook, "Enter")
    expect(view.get_by_role("button", name="Minimal program")).to_have_attribute("aria-pressed", "true")


def test_a_model_is_registered_and_its_version_opened(notebook):
    view = enter(notebook, "registry")
    tab_to(notebook, view.get_by_role("button", name="Register…"))
    keys(notebook, "Enter")
    dialog = view.get_by_role("dialog")
    tab_to(notebook, dialog.get_by_role("textbox", name="Model", exact=False).first)
    notebook.page.keyboard.type("churn")
    expect(dialog.get_by_role("status")).to_contain_text("churn")
    keys(notebook, "Control+Enter")
    expect(view.get_by_role("heading", name="churn")).to_be_focused()
    tab_to(notebook, view.get_by_role("button", name="v1", exact=True))
    keys(notebook, "Enter")
    tab_to(notebook, view.get_by_role("button", name="Show its card"))
    keys(notebook, "Enter")
    expect(view.locator(".tb-run-card")).to_be_focused()
    expect(view.locator(".tb-run-card .tb-card")).to_be_visible()
    keys(notebook, "Tab")
    expect(view.get_by_role("button", name="Fold run card")).to_be_focused()


def test_curves_share_a_cross_hair_zoom_and_are_hidden(notebook):
    chart = enter(notebook, "curves")
    plots = chart.locator(".tb-panel-plot")
    tab_to(notebook, plots.first)
    keys(notebook, "ArrowRight")
    for caption in chart.locator("figcaption").all():
        expect(caption).to_contain_text("step")
    keys(notebook, "+")
    expect(chart.get_by_role("button", name="Show all")).to_be_visible()
    keys(notebook, "Escape")
    expect(chart.get_by_role("button", name="Show all")).to_be_hidden()
    expect(plots.first).to_be_focused()
    tab_to(notebook, chart.locator(".tb-legend button").first)
    keys(notebook, "Enter")
    expect(chart.locator(".tb-legend button").first).to_have_attribute("aria-pressed", "false")
    keys(notebook, "Enter")
    tab_to(notebook, chart.get_by_role("button", name="Refresh"), back=True)
    keys(notebook, "Enter", "Tab", "Enter")
    expect(chart.locator("tbody tr").first).to_be_visible()


def test_points_and_ranges_choose_runs(notebook):
    chart = enter(notebook, "scatter")
    tab_to(notebook, chart.locator(".tb-plot"))
    keys(notebook, "ArrowRight", "Space", "ArrowRight", "Space")
    expect(chart).to_contain_text("2 runs selected")
    chart = enter(notebook, "parallel")
    tab_to(notebook, chart.get_by_role("slider").first)
    keys(notebook, "Shift+ArrowDown", *["ArrowUp"] * 3)
    expect(chart).to_contain_text("of 3 runs chosen")
    keys(notebook, "Escape")
    expect(chart).to_contain_text("Drag along an axis")
    keys(notebook, "Enter")
    expect(chart.get_by_role("textbox").first).to_be_focused()
