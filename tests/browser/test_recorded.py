"""A finished card is completed with what is recorded after its cell, and keeps what the cell wrote as artifacts."""

from pathlib import Path

import nbformat
import pytest
from labdriver import Opener
from playwright.sync_api import expect

AXE = Path(__file__).parents[2] / "js/node_modules/axe-core/axe.min.js"
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
def notebook(lab, chromium):
    opener = Opener(lab, chromium)
    folder = lab.folder / "recorded"
    folder.mkdir()
    (folder / "pyproject.toml").touch()
    (folder / "data.csv").write_text("a b c")
    cells = [nbformat.v4.new_code_cell(source, id=name) for name, source in CELLS.items()]
    about = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=about), folder / "recorded.ipynb")
    notebook = opener.open(folder / "recorded.ipynb")
    notebook.run_all()
    yield notebook
    opener.close()


def test_a_finished_card_is_completed_and_its_files_are_kept(notebook):
    card = notebook.cell("fit").locator(".tb-root .tb-card")
    inputs = card.locator(".tb-inputs .tb-file")
    expect(inputs).to_have_count(1, timeout=TAKEN)
    expect(inputs).to_contain_text("opened")
    expect(card.locator(".tb-section-rerun")).to_contain_text("would run the same code", timeout=TAKEN)
    expect(card.locator(".tb-section-snapshot")).to_contain_text("at the end", timeout=TAKEN)
    expect(card.locator(".tb-section-secrets")).to_contain_text("Secrets replaced")

    assert len(notebook.outputs("fit")) == 1  # shown once, and renewed where it stands
    assert "would run the same code" in notebook.outputs("fit")[0]["data"]["text/html"]
    assert [output["output_type"] for output in notebook.outputs("next")] == ["stream"]

    keep = card.get_by_role("button", name="Keep as artifact: report.txt")
    keep.focus()
    notebook.page.keyboard.press("Enter")
    expect(card.locator(".tb-kept")).to_have_text("Kept as files/report.txt", timeout=TAKEN)
    expect(card.locator(".tb-kept")).to_be_focused()
    (notebook.path.parent / "a rather long name of a file with predictions.csv").write_text("other")
    card.get_by_role("button", name="predictions.csv").click()
    expect(card.get_by_role("alert")).to_contain_text("has changed since the run wrote it")
    assert "kept as files/report.txt" in notebook.outputs("fit")[0]["data"]["text/html"]

    for theme in ("light", "dark"):
        notebook.theme(theme)
        notebook.picture(card, f"recorded-{theme}")
        if AXE.exists():
            notebook.page.evaluate(AXE.read_text("utf-8"))
            report = notebook.page.evaluate("axe.run('.tb-root').then(found => found.violations.map(one => one.id))")
            assert report == []
