"""What JupyterLab itself gains: marks with versions, the runs panel, tabs, commands, the status bar.

All of it comes from the server, so it is looked at while the kernel computes, and without a kernel.
"""

from contextlib import closing

import pytest
from labdriver import FIND, Opener
from playwright.sync_api import expect

CELLS = {
    "load": "%load_ext trackbook",
    "fit": "%%track lesson --goal score:max\nC = 1.0\nscore = 1 - 0.1 / C",
    "runs": "%runs",
    "models": "%registry",
    "hostile": "%%track lesson --name '<img src=x onerror=window.hacked=1>'\nx = 1 / 0",
}
FRESH = """import trackbook as tb
newest = tb.search_runs(search_all_experiments=True).run_id[0]
tb.TrackbookClient().log_metric(newest, "fresh", 0.125)"""
"""A metric that no run had when the table was made."""
SLOW = 20_000
"""ms: until what the recorder wrote is seen, on a busy machine."""


@pytest.fixture(scope="module")
def notebook(lab, chromium):
    with closing(Opener(lab, chromium)) as opener:
        found = opener.write("lab", CELLS)
        found.set_source("fit", CELLS["fit"].replace("1.0", "2.0"))
        found.run("fit")
        found.ask_kernel("print(1)")
        yield found


def mark(notebook, cell_id="fit"):
    return notebook.cell(cell_id).locator(".tb-mark")


def popup(notebook):
    return notebook.page.get_by_role("dialog", name="cell [")


def command(notebook, name):
    notebook.page.evaluate("name => { window.jupyterapp.commands.execute(`trackbook:${name}`) }", name)


def panel(notebook):
    command(notebook, "open-panel")
    return notebook.page.locator("#trackbook-runs")


def test_a_tracked_cell_has_a_mark(notebook):
    expect(mark(notebook)).to_contain_text("2 versions", timeout=SLOW)
    expect(mark(notebook)).to_contain_text("best score 0.9500")
    expect(mark(notebook, "hostile")).to_contain_text("Failed", timeout=SLOW)
    expect(mark(notebook, "load")).to_have_count(0)


def test_a_version_is_put_back_and_undone_by_keys_while_the_kernel_computes(notebook):
    newest = notebook.source("fit")
    notebook.page.evaluate(
        "() => { window.jupyterapp.shell.currentWidget.sessionContext.session.kernel"
        ".requestExecute({code: 'import time; time.sleep(8)'}) }"
    )
    mark(notebook).focus()
    notebook.page.keyboard.press("Enter")
    place = popup(notebook)
    expect(place.get_by_role("option")).to_have_count(2)
    expect(place.get_by_role("option", selected=True)).to_contain_text("v1")
    expect(place.locator('.tb-diff-line[data-op="+"]')).to_contain_text("C = 1.0")
    notebook.look(place, "lab-versions")

    place.get_by_role("button", name="Put v1 back").press("Enter")
    assert notebook.source("fit") == CELLS["fit"]
    notebook.page.keyboard.press("Enter")  # Undo has the focus
    assert notebook.source("fit") == newest
    place.get_by_role("button", name="Put v1 back").click()
    notebook.page.keyboard.press("Escape")
    expect(place).to_have_count(0)
    expect(mark(notebook)).to_be_focused()
    notebook.cell("fit").locator(".cm-content").click()
    notebook.page.keyboard.press("Control+z")
    assert notebook.source("fit") == newest
    notebook.wait_until_idle()


def test_the_panel_lists_filters_and_jumps(notebook):
    place = panel(notebook)
    rows = place.get_by_role("option")
    expect(rows).to_have_count(3, timeout=SLOW)
    assert notebook.page.evaluate("window.hacked") is None
    box = place.get_by_role("searchbox", name="Filter runs")
    box.fill("failed")
    expect(rows).to_have_count(1)
    rows.first.click()
    assert notebook._js("return notebook.activeCell.model.id") == "hostile"
    box.fill("")
    place.get_by_role("button", name="lesson").click()
    expect(rows).to_have_count(3)
    rows.nth(1).locator(".tb-runs-box").click()
    place.get_by_role("listbox").focus()
    notebook.page.keyboard.press("ArrowDown")
    notebook.page.keyboard.press("Space")
    expect(place.get_by_role("button", name="Compare 2")).to_be_enabled()
    notebook.look(place, "lab-panel")


def test_the_status_bar_says_what_is_recorded(notebook):
    item = notebook.page.locator(".tb-recording")
    expect(item).to_contain_text("Recording %%track cells · lesson")
    notebook.ask_kernel("%track off")
    expect(item).to_have_text("Recording off")
    notebook.ask_kernel("%track on")
    expect(item).to_contain_text("cells that train")


def test_selected_runs_are_compared_and_the_table_opens_as_a_tab(notebook):
    place = panel(notebook)
    place.get_by_role("button", name="Compare 2").click()
    compared = notebook.page.locator(".tb-tab .tb-compare")
    expect(compared.get_by_role("rowheader", name="C", exact=True)).to_be_visible()
    notebook.picture(notebook.page.locator("#main"), "lab-compare")
    place.get_by_role("button", name="Open table").click()
    table = notebook.page.locator(".tb-tab .tb-table")
    expect(table.locator("[data-run]")).to_have_count(3)
    table.get_by_role("combobox", name="Filter runs").fill("metrics.score > 0.92")
    notebook.page.keyboard.press("Enter")
    expect(table.locator("[data-run]")).to_have_count(1)
    notebook.look(table, "lab-table")
    notebook.picture(notebook.page.locator("#main"), "lab-whole")


def test_a_second_view_of_an_output_and_the_first_stay_in_step(notebook):
    notebook.page.locator(".lm-TabBar-tab", has_text="lab.ipynb").first.click()
    first = notebook.cell("runs").locator(".tb-root .tb-table")
    notebook._js(
        f"{FIND} notebook.activeCellIndex = index; notebook.deselectAll();"
        "await window.jupyterapp.commands.execute('notebook:create-output-view')",
        "runs",
    )
    second = notebook.page.locator(".jp-LinkedOutputView .tb-root .tb-table")
    expect(second.locator("[data-run]")).to_have_count(3)
    notebook.page.locator(".lm-TabBar-tab", has_text="lab.ipynb").first.click()
    notebook.ask_kernel(FRESH)
    for view in (first, second):
        expect(view.get_by_role("columnheader", name="fresh")).to_be_visible(timeout=SLOW)
        expect(view.locator("[data-run]", has_text="0.1250")).to_have_count(1)
    second.get_by_role("combobox", name="Filter runs").fill("metrics.score > 0.92")
    notebook.page.keyboard.press("Enter")
    expect(first.locator("[data-run]")).to_have_count(1)
    expect(first.get_by_role("combobox", name="Filter runs")).to_have_value("metrics.score > 0.92")
    first.locator('[data-run] [data-column="1"]').click()
    expect(second.locator('[data-run][aria-selected="true"]')).to_have_count(1)
    first.get_by_role("combobox", name="Filter runs").fill("")
    notebook.page.keyboard.press("Enter")
    expect(second.locator("[data-run]")).to_have_count(3)
    notebook.picture(notebook.page.locator("#main"), "lab-two-views")
    notebook._js(
        "const holds = one => one.node.querySelector('.jp-LinkedOutputView');"
        "[...window.jupyterapp.shell.widgets('main')].find(holds).close()"
    )
    expect(first.locator("[data-run]")).to_have_count(3)
    notebook.page.locator(".lm-TabBar-tab", has_text="Runs: lesson").first.click()
    stored = notebook.page.locator(".tb-tab .tb-table")
    expect(stored.get_by_role("columnheader", name="fresh")).to_be_visible(timeout=SLOW)
    notebook.page.locator(".lm-TabBar-tab", has_text="lab.ipynb").first.click()


def edit_note(card, text):
    card.locator('[data-after="edit-Note"]').click()
    card.get_by_role("textbox", name="Note").fill(text)


def test_a_note_that_two_tabs_edit_is_not_lost_and_both_are_told(notebook, lab, chromium):
    mine = notebook.cell("fit").locator(".tb-root .tb-card")
    notebook.save()
    opener = Opener(lab, chromium)
    try:
        other = opener.open(notebook.path)
        theirs = other.cell("fit").locator(".tb-root .tb-card")
        edit_note(mine, "written here")
        edit_note(theirs, "written there")
        theirs.get_by_role("button", name="Save").click()
        expect(theirs.locator(".tb-note")).to_contain_text("written there")
        expect(mine.get_by_role("textbox", name="Note")).to_have_value("written here")
        mine.get_by_role("button", name="Save").click()
        expect(mine.get_by_role("alert")).to_contain_text("Changed meanwhile, to written there")
        notebook.picture(mine, "card-note-conflict")
        mine.get_by_role("button", name="Save").click()
        for card in (mine, theirs):
            expect(card.locator(".tb-note")).to_contain_text("written here")
    finally:
        for one in opener.opened:
            one.page.close()  # its kernel is the first tab's


def test_without_a_kernel_outputs_marks_and_panel_come_from_the_store_also_under_a_new_name(notebook, lab, chromium):
    """Last, for the kernel is dead afterwards."""
    notebook.page.locator(".lm-TabBar-tab", has_text="lab.ipynb").first.click()
    notebook.save()
    notebook.kill_kernel()
    with closing(Opener(lab, chromium)) as opener:
        again = opener.open(notebook.path.rename(notebook.path.with_name("renamed.ipynb")), wait=False)
        expect(mark(again)).to_contain_text("2 versions", timeout=SLOW)
        expect(again.cell("fit").locator(".tb-card")).to_have_attribute("data-status", "FINISHED", timeout=SLOW)
        expect(panel(again).get_by_role("option")).to_have_count(3)
        table = again.cell("runs").locator(".tb-table")
        expect(table.locator("[data-run]")).to_have_count(3, timeout=SLOW)
        table.get_by_role("combobox", name="Filter runs").fill("metrics.score > 0.92")
        again.page.keyboard.press("Enter")
        expect(table.locator("[data-run]")).to_have_count(1, timeout=SLOW)
        expect(again.cell("models").locator(".tb-registry")).to_contain_text("No registered models yet", timeout=SLOW)
