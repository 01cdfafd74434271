"""The run card by hand: watched, renamed and stopped while its cell computes, then edited, compared and folded."""

from playwright.sync_api import expect

SETUP = "%load_ext trackbook\nimport trackbook as tb, time, math\nDELAY = 0.1"
TRAIN = """%%track lesson --cell curves --goal val/loss:min
epochs = 300
for epoch in range(epochs):
    tb.log_metric("train/loss", math.exp(-epoch / 20), step=epoch)
    tb.log_metric("val/loss", math.exp(-epoch / 25) + 0.05 + DELAY, step=epoch)
    time.sleep(DELAY)
tb.log_text("a,b\\n1,<b>2</b>\\n", "table.csv")"""
DEAF = "%%track lesson\nimport ctypes, time\ntime.sleep(1)\nctypes.PyDLL(None).sleep(60)"
"""No thread of the kernel's reads a message: `PyDLL` keeps the interpreter's lock while it sleeps."""
FAIL = "%%track lesson --cell wrong\nvalues = {}\nvalues['gone']"
QUICK = "DELAY = 0.0001"


def menu(card, item):
    card.get_by_role("button", name="More actions").click()
    card.get_by_role("menuitem", name=item).click()


def test_a_running_card_is_watched_renamed_and_stopped(opener):
    notebook = opener.write("running", {"setup": SETUP, "train": "0"})
    notebook.set_source("train", TRAIN)
    notebook.run("train", wait=False)
    card = notebook.cell("train").locator(".tb-card")
    words = card.locator(".tb-progress-words")
    expect(words).to_contain_text("of 300", timeout=15_000)
    expect(words).to_contain_text("left", timeout=15_000)
    card.locator('[data-after="edit-Name"]').click()
    card.get_by_role("textbox", name="Name").fill("watched run")
    card.get_by_role("textbox", name="Name").press("Enter")
    expect(card.locator(".tb-run-name")).to_contain_text("watched run")
    notebook.look(card, "card-running")
    card.get_by_role("button", name="Stop the run").click()
    expect(card.locator(".tb-card-header .tb-status")).to_have_text("Killed", timeout=15_000)
    notebook.wait_until_idle()
    expect(card.locator(".tb-run-name")).to_contain_text("watched run")
    expect(words).to_contain_text("stopped at epoch")
    notebook.look(card, "card-killed")
    assert notebook.ask_kernel("print(tb.runs().df['status'].tolist())") == "['KILLED']"
    notebook.set_source("train", DEAF)
    notebook.run("train", wait=False)
    notebook.page.wait_for_timeout(2_000)
    card.get_by_role("button", name="Stop the run").click()
    expect(card.locator(".tb-card-header .tb-status")).to_have_text("Killed", timeout=15_000)


def test_a_finished_card_is_edited_compared_marked_and_folded(opener):
    notebook = opener.write("finished", {"setup": SETUP, "quick": QUICK, "train": TRAIN, "wrong": FAIL})
    notebook.look(notebook.cell("wrong").locator(".tb-card"), "card-failed")
    expect(notebook.cell("wrong").locator(".tb-error-place")).to_contain_text("values['gone']")
    notebook.run("train")
    card = notebook.cell("train").locator(".tb-card")
    expect(card.locator(".tb-metric-heads")).to_contain_text("since v1")
    card.get_by_text("Add a note").click()
    card.get_by_role("textbox", name="Note").fill("kept <b>well</b>")
    card.get_by_role("textbox", name="Note").press("Enter")
    expect(card.locator(".tb-note")).to_contain_text("kept <b>well</b>")
    card.get_by_role("button", name="Look at table.csv").click()
    expect(card.locator(".tb-preview-table td").nth(1)).to_have_text("<b>2</b>")
    menu(card, "Make it the baseline")
    expect(card.locator(".tb-baseline")).to_be_visible()
    menu(card, "Compare with v1")
    expect(card.locator(".tb-drawer .tb-compare")).to_be_visible()
    notebook.look(card, "card-finished")
    card.get_by_role("button", name="Close the comparison").click()
    menu(card, "Move to the trash")
    expect(card.get_by_text("Moved to the trash.")).to_be_visible()
    card.get_by_role("button", name="Undo").click()
    expect(card.get_by_text("Taken out of the trash.")).to_be_visible()
    card.get_by_role("button", name="Fold run card").click()
    notebook.run("train")
    expect(card.get_by_role("button", name="Unfold run card")).to_be_visible()
    expect(card.locator(".tb-cell")).to_contain_text("v3")
    notebook.look(card, "card-folded")
