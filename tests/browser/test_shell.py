"""JupyterLab's own places: palette, launcher, settings, clipboard; a kernel restarted under a card; less motion."""

import pytest
from labdriver import Opener
from playwright.sync_api import expect

SLOW = 20_000
CELLS = {
    "load": "%load_ext trackbook\nimport trackbook as tb, time",
    "fit": "%%track lesson --cell fit\nC = 1.0\nscore = 1 - 0.1 / C",
    "other": "%%track lesson --cell other\nC = 2.0\nscore = 1 - 0.1 / C",
    "runs": "%runs",
    "compare": "tb.compare(list(tb.search_runs(search_all_experiments=True).run_id))",
}
LONG = """%%track lesson --cell other
for step in range(6000):
    tb.log_metric("loss", 1 / (1 + step), step=step)
    time.sleep(0.01)"""
CLIPBOARD = "navigator.clipboard.readText()"


@pytest.fixture(scope="module")
def notebook(lab, chromium):
    opener = Opener(lab, chromium)
    found = opener.write("shell", CELLS)
    found.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield found
    opener.close()


def card(notebook, cell_id):
    return notebook.cell(cell_id).locator(".tb-root .tb-card")


def test_addresses_tables_and_comparisons_are_copied(notebook):
    place = card(notebook, "fit")
    place.get_by_role("button", name="More actions").click()
    place.get_by_role("menuitem", name="Copy address").click()
    expect(place.get_by_text("Copied.")).to_be_visible()
    assert notebook.page.evaluate(CLIPBOARD).startswith("runs:/")
    table = notebook.cell("runs").locator(".tb-root .tb-table")
    for name, beginning in {"Markdown": "| ", "LaTeX": "\\begin{tabular}", "CSV": "run"}.items():
        table.get_by_role("button", name="More").last.click()
        notebook.page.get_by_role("menuitem", name=f"Copy table as {name}").click()
        expect(table.locator(".tb-said")).to_contain_text(f"Copied as {name}.")
        notebook.page.wait_for_function(
            "async beginning => (await navigator.clipboard.readText()).toLowerCase().startsWith(beginning)",
            arg=beginning,
        )
    view = notebook.cell("compare").locator(".tb-root .tb-compare")
    view.get_by_role("button", name="Copy Markdown").click()
    expect(view.get_by_text("Markdown copied")).to_be_visible()
    assert "score" in notebook.page.evaluate(CLIPBOARD)


def test_where_a_page_has_no_clipboard_copying_still_works(notebook):
    """As on a hub that is reached over http."""
    notebook.page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined, configurable: true})")
    place = card(notebook, "other")
    run_id = place.locator(".tb-run-id")
    run_id.click()
    expect(run_id).to_have_text("copied")
    notebook.page.evaluate("delete navigator.clipboard")
    assert notebook.page.evaluate(CLIPBOARD) in str(notebook.outputs("other"))


def test_the_palette_finds_commands_and_the_launcher_offers_a_tracked_notebook(notebook):
    page = notebook.page
    page.keyboard.press("Control+Shift+C")
    page.keyboard.type("trackbook: open runs panel")
    page.keyboard.press("Enter")
    expect(page.locator("#trackbook-runs")).to_be_visible()
    page.evaluate("window.jupyterapp.commands.execute('launcher:create')")
    page.locator(".jp-LauncherCard", has_text="Tracked notebook").click()
    page.wait_for_function(
        "() => window.jupyterapp.shell.currentWidget?.content?.widgets?.some("
        "cell => cell.model.sharedModel.getSource().startsWith('%%track'))"
    )
    page.evaluate("window.jupyterapp.shell.currentWidget.dispose()")
    page.locator(".lm-TabBar-tab", has_text="shell.ipynb").first.click()


def test_marks_and_status_bar_go_by_the_settings(notebook):
    set_to = """([key, value]) =>
      window.jupyterapp.serviceManager.settings.save("trackbook-lab:views", JSON.stringify({ [key]: value }))"""
    mark = notebook.cell("fit").locator(".tb-mark")
    expect(mark).to_be_visible(timeout=SLOW)
    notebook.save()
    notebook.page.evaluate(set_to, ["marks", False])
    notebook.page.reload()
    notebook.wait_until_open()
    expect(notebook.page.locator(".tb-recording")).to_be_visible(timeout=SLOW)
    expect(card(notebook, "fit")).to_be_visible(timeout=SLOW)
    expect(mark).to_have_count(0)
    notebook.page.evaluate(set_to, ["marks", True])
    notebook.page.reload()
    notebook.wait_until_open()
    expect(mark).to_be_visible(timeout=SLOW)


def test_nothing_moves_for_who_wants_less_motion(notebook):
    notebook.page.emulate_media(reduced_motion="reduce")
    moving = """() => [...document.querySelectorAll('.tb-root, .tb-root *')].filter(el => {
      const { animationName, transitionDuration } = getComputedStyle(el);
      return animationName !== 'none' || transitionDuration.split(',').some(one => parseFloat(one) > 0.01);
    }).map(el => el.className)"""
    assert notebook.page.evaluate(moving) == []
    notebook.page.emulate_media(reduced_motion="no-preference")


def test_a_card_tells_its_run_s_end_when_its_kernel_is_restarted_and_the_next_is_offered_trackbook(notebook):
    """Last, for the kernel is another one afterwards."""
    notebook.set_source("other", LONG)
    notebook.run("other", wait=False)
    expect(card(notebook, "other")).to_have_attribute("data-status", "RUNNING", timeout=SLOW)
    notebook._js("await panel.sessionContext.session.kernel.restart()")
    expect(card(notebook, "other")).to_have_attribute("data-status", "KILLED", timeout=60_000)
    notebook.wait_until_idle()
    notebook.run("fit")
    assert "`%%track` not found" in notebook.text("fit")
    notebook.page.get_by_role("button", name="Load it and run again").click()
    expect(card(notebook, "fit")).to_have_attribute("data-status", "FINISHED", timeout=SLOW)
    expect(notebook.page.get_by_text("has not loaded trackbook")).to_have_count(0)
    expect(card(notebook, "fit").locator(".tb-version")).to_have_text("v2")
