"""How params and metrics were found is looked up on the card, and a wrong guess is changed by a choice there."""

import pytest
from playwright.sync_api import expect

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
CELLS = {"load": "%load_ext trackbook", "set": SETTINGS, "fit": TRACKED}


@pytest.fixture
def notebook(opener):
    return opener.write("found", CELLS)


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
    notebook.look(card, "found")
    seed.select_option("param")
    expect(seed).not_to_have_attribute("aria-busy", "true", timeout=20_000)
    expect(seed).to_have_value("param")
    notebook.run("fit")
    row = notebook.cell("fit").locator(".tb-root .tb-param").filter(has_text="seed")
    expect(row).to_contain_text("3")
    expect(notebook.cell("fit").locator(".tb-root .tb-metric").filter(has_text="seed")).to_have_count(0)
