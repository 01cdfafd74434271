"""A finished card is completed with what is recorded after its cell, and keeps what the cell wrote as artifacts."""

import re

import pytest
from playwright.sync_api import expect

CELLS = {
    "load": "%load_ext trackbook",
    "set": "scale = 2\napi_password = 'hunter2hunter2'",
    "fit": (
        "%%track --cell fit\n"
        "with open('data.csv') as file:\n    rows = file.read().split()\n"
        "for name in ('a rather long name of a file with predictions.csv', 'report.txt'):\n"
        "    with open(name, 'w') as file:\n        file.write(name)\n"
        "score = len(rows) * scale"
    ),
    "next": "import time\nfor i in range(6):\n    time.sleep(0.5)\nprint('next')",
}
TAKEN = 15_000
"""ms: digests, program and snapshots take a while on a busy machine."""


@pytest.fixture
def notebook(opener):
    return opener.write("recorded", CELLS, {"data.csv": "a b c"})


def test_a_finished_card_is_completed_and_its_files_are_kept(notebook):
    card = notebook.cell("fit").locator(".tb-root .tb-card")
    inputs = card.locator(".tb-inputs .tb-file")
    expect(inputs).to_have_count(1, timeout=TAKEN)
    expect(inputs).to_contain_text("opened")
    expect(card.locator(".tb-section-rerun")).to_contain_text("would run the same code", timeout=TAKEN)
    expect(card.locator(".tb-section-snapshot")).to_contain_text("the end", timeout=TAKEN)
    expect(card.locator(".tb-secrets")).to_contain_text("Secrets were replaced in")  # an earlier cell's: no warning

    assert len(notebook.outputs("fit")) == 1  # shown once, and renewed where it stands
    assert "would run the same code" in notebook.outputs("fit")[0]["data"]["text/html"]
    assert [output["output_type"] for output in notebook.outputs("next")] == ["stream"]

    card.get_by_role("button", name=re.compile("Open the notebook as it was at the .*end$")).click()
    expect(card.locator(".tb-notices")).to_contain_text("-v1-end.ipynb")
    notebook.page.wait_for_function(
        "() => { const shown = window.jupyterapp.shell.currentWidget;"
        " return shown.context.path.endsWith('-end.ipynb') && shown.content.widgets.length === 4 }"
    )
    notebook.page.locator(".lm-TabBar-tab", has_text="recorded.ipynb").first.click()

    keep = card.get_by_role("button", name="Keep as artifact: report.txt")
    keep.focus()
    notebook.page.keyboard.press("Enter")
    expect(card.locator(".tb-kept")).to_have_text("Kept as files/report.txt", timeout=TAKEN)
    expect(card.locator(".tb-kept")).to_be_focused()
    (notebook.path.parent / "a rather long name of a file with predictions.csv").write_text("other")
    card.get_by_role("button", name="predictions.csv").click()
    expect(card.get_by_role("alert")).to_contain_text("has changed since the run wrote it")
    assert "kept as files/report.txt" in notebook.outputs("fit")[0]["data"]["text/html"]

    notebook.look(card, "recorded")
