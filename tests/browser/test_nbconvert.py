"""A notebook that nbconvert has made HTML of, opened from the file with no network: every view is there to be read."""

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from playwright.sync_api import expect

SOURCES = (
    "%load_ext trackbook\nimport trackbook as tb",
    "%%track lesson --cell fit\nC = 1.0\nfor step in range(20):\n    tb.log_metric('loss', 1 / (C + step), step=step)",
    "%runs",
    "tb.chart('loss')",
    "%registry",
)
VIEWS = ("card", "table", "chart", "registry")


@pytest.fixture
def page(tmp_path, chromium):
    (tmp_path / "pyproject.toml").touch()
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in SOURCES])
    NotebookClient(notebook, store_widget_state=False, resources={"metadata": {"path": str(tmp_path)}}).execute()
    html, _ = HTMLExporter().from_notebook_node(notebook)
    (tmp_path / "out.html").write_text(html, "utf-8")
    context = chromium.new_context(offline=True)
    opened = context.new_page()
    opened.goto((tmp_path / "out.html").as_uri(), wait_until="domcontentloaded")
    yield opened
    context.close()


def test_cards_tables_charts_and_models_are_read_without_network_or_kernel(page):
    outputs = page.locator(".jp-OutputArea-output")
    card, table, chart, registry = (outputs.nth(place) for place in range(-len(VIEWS), 0))
    expect(card).to_contain_text("Finished")
    expect(card.get_by_role("cell", name="1.0")).to_be_visible()
    expect(table).to_contain_text("fit")
    expect(chart.locator("svg, img").first).to_be_visible()
    expect(registry).to_contain_text("no registered models")
    assert page.locator("text=Error displaying widget").count() == 0
