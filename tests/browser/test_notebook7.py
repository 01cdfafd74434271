"""Jupyter Notebook 7 loads the same bundles: cards, marks, versions and the runs panel are there."""

import pytest
from labdriver import Opener
from playwright.sync_api import expect

CELLS = {
    "load": "%load_ext trackbook",
    "fit": "%%track lesson --goal score:max\nC = 1.0\nscore = 1 - 0.1 / C",
}
SLOW = 20_000


@pytest.fixture
def page(lab, opener: Opener):
    """A notebook that was executed in JupyterLab, open in Notebook 7 with the same kernel."""
    made = opener.write("seven", CELLS)
    expect(made.cell("fit").locator(".tb-mark")).to_be_visible(timeout=SLOW)
    made.save()
    made.page.goto(f"{lab.url}/notebooks/seven/seven.ipynb?token={lab.token}")
    made.page.wait_for_selector(".jp-Notebook .jp-Cell")
    return made.page


def test_the_same_views_are_in_notebook_7(page):
    expect(page.locator(".tb-card")).to_have_attribute("data-status", "FINISHED", timeout=SLOW)
    page.locator(".jp-CodeCell", has_text="score").locator(".cm-content").first.click()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".tb-mark")).to_contain_text("2 versions", timeout=SLOW)
    page.locator(".tb-mark").click()
    versions = page.get_by_role("dialog", name="cell [")
    expect(versions.get_by_role("option")).to_have_count(2)
    page.keyboard.press("Escape")
    page.get_by_text("View", exact=True).first.click()
    page.get_by_text("Left Sidebar").first.hover()
    page.get_by_text("Show Runs").first.click()
    panel = page.locator("#trackbook-runs")
    expect(panel.get_by_role("option")).to_have_count(2)
    panel.get_by_role("button", name="Open table").click()
    expect(page.locator(".tb-tab .tb-table [data-run]")).to_have_count(2)
