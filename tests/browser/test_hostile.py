"""What nobody expects, in JupyterLab: markup everywhere, odd numbers, files that are gone, no kernel, no extension."""

import shutil

import pytest
from labdriver import LabNotebook, Opener
from playwright.sync_api import expect

SETUP = """%load_ext trackbook
import os
os.environ["TRACKBOOK_SCRIPTS"] = "0"
import trackbook as tb
BAD = '<img src=x onerror="window.ran=1"><script>window.ran=1</script>'
"""
TRACK = """%%track hostile --cell odd
lr = BAD
tb.set_tag("mlflow.runName", "<b>" + "w" * 480)
tb.set_tag("mlflow.note.content", BAD + "\\n\\u05e9\\u05dc\\u05d5\\u05dd")
for step in range(6):
    tb.log_metrics({"inf": float("inf"), "big": 1e300 * (-1) ** step, "constant": 3.0, "nan": float("nan")}, step=step)
tb.log_text(f"<svg xmlns='http://www.w3.org/2000/svg' onload='top.ran=1'>{BAD}</svg>", "evil.svg")
tb.log_text(f"<body onload='top.ran=1'>{BAD}<img src='https://example.invalid/x.png'></body>", "evil.html")
tb.log_text("no picture at all", "fake.png")
tb.log_text("bye", "gone.txt")"""
CELLS = {
    "setup": SETUP,
    "track": TRACK,
    "other": "with tb.start_run(run_name=BAD): tb.log_metric('big', 2.0)",
    "runs": "tb.runs()",
    "chart": "tb.chart('big')",
}


@pytest.fixture(scope="module")
def notebook(lab, chromium):
    opener = Opener(lab, chromium)
    yield opener.write("odd", CELLS)
    opener.close()


@pytest.fixture
def card(notebook):
    return notebook.cell("track").locator(".tb-card")


def preview(card, path):
    card.get_by_role("button", name=f"Look at {path}").click()
    return card.locator(".tb-preview-body")


def test_names_notes_and_files_are_shown_as_text(notebook, card):
    expect(card.locator(".tb-note")).to_contain_text("<script>window.ran=1</script>")
    expect(card.locator(".tb-metric", has_text="inf").locator(".tb-metric-value")).to_have_text("∞")
    expect(preview(card, "evil.svg")).to_contain_text("<svg xmlns=")
    expect(preview(card, "evil.html")).to_contain_text("<body onload=")
    expect(card.locator(".tb-figure")).to_contain_text("no picture")
    expect(notebook.cell("runs").locator("[data-run]")).to_have_count(2)
    assert notebook.page.evaluate("window.ran") is None
    notebook.look(card, "card-odd")


def test_an_artifact_that_is_gone_says_so(notebook, card):
    shutil.rmtree(notebook.path.parent / ".trackbook" / "artifacts")
    expect(preview(card, "gone.txt")).to_contain_text("it is gone")


def test_a_run_deleted_elsewhere_leaves_the_table_that_shows_it(notebook):
    rows = notebook.cell("runs").locator("[data-run]")
    notebook.ask_kernel("tb.delete_run(tb.search_runs()['run_id'][0])")
    expect(rows).to_have_count(1, timeout=20_000)


def test_a_table_is_filtered_by_the_server_where_the_kernel_was_shut_down(notebook):
    """From here on the kernel is dead."""
    table = notebook.cell("runs").locator(".tb-table")
    notebook.save()
    notebook.kill_kernel()
    expect(table.locator(".tb-notice")).to_contain_text("The kernel is gone")
    box = table.get_by_role("combobox", name="Filter runs")
    box.fill("metrics.big > 1e308")
    box.press("Escape")
    box.press("Enter")
    expect(table.locator("[data-run]")).to_have_count(0)


def test_without_a_server_extension_saved_drawings_are_seen_and_say_why(notebook, lab, chromium):
    context = chromium.new_context()
    page = context.new_page()
    page.route("**/trackbook/api/**", lambda route: route.fulfill(status=404, body="<h1>404</h1>"))
    page.goto(f"{lab.url}/lab/workspaces/bare/tree/odd/odd.ipynb?token={lab.token}&reset")
    bare = LabNotebook(page, notebook.path)
    bare.wait_until_open()
    expect(bare.cell("chart").locator(".tb-static-chart img").first).to_be_visible()
    expect(bare.cell("chart").locator(".tb-remark")).to_contain_text(
        "The Jupyter server has no trackbook, or an older one"
    )
    context.close()
