"""How params and metrics were found is looked up on the card, and a wrong guess is changed by a choice there."""

from pathlib import Path

import nbformat
import pytest
from labdriver import Opener
from playwright.sync_api import expect

AXE = Path(__file__).parents[2] / "js/node_modules/axe-core/axe.min.js"
SETTINGS = """from argparse import Namespace

cfg = Namespace(lr=0.1, optim={"name": "sgd", "momentum": 0.9})
rows, api_key = 120, "abcdef123456abcdef"
"""
TRACKED = """%%track --cell fit
C = 10
cfg.lr = 0.05
seed = abs(-3)
scores = {"model": "svm", "C": C, "acc": round(0.1234 * rows / 16, 4), "n": max(rows, 5)}
_kept = len(api_key), cfg.optim
"""


@pytest.fixture
def notebook(lab, chromium):
    opener = Opener(lab, chromium)
    folder = lab.folder / "found"
    folder.mkdir()
    (folder / "pyproject.toml").touch()
    cells = [
        nbformat.v4.new_code_cell(source, id=name)
        for name, source in (("load", "%load_ext trackbook"), ("set", SETTINGS), ("fit", TRACKED))
    ]
    path = folder / "found.ipynb"
    about = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=about), path)
    notebook = opener.open(path)
    notebook.run_all()
    yield notebook
    opener.close()


def test_origins_are_looked_up_and_a_wrong_guess_is_changed(notebook):
    card = notebook.cell("fit").locator(".tb-root .tb-card")
    fold = card.locator(".tb-section-found")
    expect(fold).to_contain_text("How these were found")
    fold.locator("summary").click()
    for text in ("assigned in line 3", "read from the notebook, set in cell [2]", "computed in line 5"):
        expect(fold).to_contain_text(text)
    expect(fold).to_contain_text("api_key looks like a secret and was left out")
    seed = fold.get_by_label("In the next runs of this cell seed is")
    expect(seed).to_be_visible(timeout=20_000)
    for theme in ("light", "dark"):
        notebook.theme(theme)
        notebook.picture(card, f"found-{theme}")
        if AXE.exists():
            notebook.page.evaluate(AXE.read_text("utf-8"))
            report = notebook.page.evaluate("axe.run('.tb-root').then(found => found.violations.map(one => one.id))")
            assert report == []
    seed.select_option("param")
    expect(fold.get_by_label("In the next runs of this cell seed is")).to_have_value("param", timeout=20_000)
    notebook.run("fit")
    row = notebook.cell("fit").locator(".tb-root .tb-param").filter(has_text="seed")
    expect(row).to_contain_text("3")
    expect(notebook.cell("fit").locator(".tb-root .tb-metric").filter(has_text="seed")).to_have_count(0)
