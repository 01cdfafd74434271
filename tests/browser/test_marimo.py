"""The same widgets in marimo, which has no Jupyter server and no comms."""

import os
import subprocess
import sys
import time
import urllib.request

import pytest
from labserver import free_port
from playwright.sync_api import expect

APP = """import marimo
app = marimo.App()

@app.cell
def _():
    import marimo as mo
    import trackbook as tb
    from trackbook.widgets.card import stored_card
    tb.set_tracking_uri({store!r})
    for C in (1, 2, 3):
        with tb.start_run(run_name=f"C {{C}}") as run:
            tb.log_param("C", C)
    table = mo.ui.anywidget(tb.runs())
    mo.vstack([table, mo.ui.anywidget(stored_card(run.run_id))])
    return mo, table

@app.cell
def _(mo, table):
    mo.md(f"chosen: {{len(table.value['selected'])}}")
"""


@pytest.fixture
def page(tmp_path, chromium):
    (tmp_path / "app.py").write_text(APP.format(store=str(tmp_path / "store")))
    port = free_port()
    command = [sys.executable, "-m", "marimo", "-y", "run", "app.py", "--headless", "--no-token", f"--port={port}"]
    environment = os.environ | {"TRACKBOOK_SCRIPTS": "0"}
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=log, stderr=log)
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}", timeout=2).close()
            break
        except OSError:
            assert process.poll() is None, (tmp_path / "log").read_text()
            time.sleep(0.1)
    context = chromium.new_context()
    shown = context.new_page()
    shown.goto(f"http://127.0.0.1:{port}")
    yield shown
    context.close()
    process.terminate()
    process.wait(10)


def test_table_and_card_are_drawn_filtered_chosen_from_and_written_to(page):
    rows = page.locator(".tb-table [data-run]")
    expect(rows).to_have_count(3, timeout=30_000)
    expect(page.locator(".tb-card")).to_contain_text("C 3")
    box = page.locator(".tb-card .tb-status svg").first.bounding_box()
    assert box is not None
    assert box["width"] < 30, "the styles that all views share are in its shadow root"
    box = page.get_by_role("combobox", name="Filter runs")
    box.fill("params.C = '2'")
    box.press("Enter")
    expect(rows).to_have_count(1)
    rows.first.locator('[data-column="1"]').click()
    expect(page.get_by_text("chosen: 1")).to_be_visible()
    card = page.locator(".tb-card")
    card.get_by_text("Add a note").click()
    card.get_by_role("textbox", name="Note").fill("from marimo")
    card.get_by_role("textbox", name="Note").press("Enter")
    expect(card.locator(".tb-note")).to_contain_text("from marimo")
    box.fill("tags.`mlflow.note.content` = 'from marimo'")
    box.press("Enter")
    expect(rows).to_contain_text("C 3")
    card.get_by_role("button", name="Fold run card").click()
    expect(card.get_by_role("button", name="Unfold run card")).to_be_visible()
