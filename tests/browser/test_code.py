"""The code of a view is on the page once, and comes there again when the page is reloaded under a busy kernel."""

from playwright.sync_api import expect

CELLS = {
    "load": "%load_ext trackbook",
    "first": "%%track --cell first\nscore = 1",
    "second": "%%track --cell second\nscore = 2",
}
CLOSE = """from ipywidgets.widgets import widget
next(one for one in widget._instances.values() if getattr(one, "bundle", "") == "card").close()
print("closed")"""
"""The widget that brought the code."""
SHELVES = "[...globalThis[Symbol.for('trackbook.shelves')].keys()].length"


def test_a_cards_code_is_there_before_the_first_card(opener):
    notebook = opener.write("ahead", {"load": "%load_ext trackbook", "rest": "1"})
    notebook.page.wait_for_function(f"() => globalThis[Symbol.for('trackbook.shelves')] && {SHELVES} === 2")


def test_cards_share_their_code_and_find_it_again_after_a_reload(opener):
    notebook = opener.write("code", CELLS)
    for name in ("first", "second"):
        expect(notebook.cell(name).locator(".tb-root .tb-card")).to_have_attribute(
            "data-status", "FINISHED", timeout=20_000
        )
    assert notebook.page.evaluate(SHELVES) == 2  # the card, and what all bundles share
    assert notebook.ask_kernel(CLOSE) == "closed"
    notebook.save()

    fetched = []
    notebook.page.on("response", lambda one: fetched.append(one.status) if "/trackbook/api/code/" in one.url else None)
    notebook.page.reload()
    notebook.wait_until_open()
    notebook.page.wait_for_function(f"() => globalThis[Symbol.for('trackbook.shelves')] && {SHELVES} === 2")
    card = notebook.cell("second").locator(".tb-root .tb-card")
    expect(card).to_have_attribute("data-status", "FINISHED", timeout=20_000)
    assert fetched == [200, 200]
    assert 0 < notebook.page.evaluate("document.adoptedStyleSheets.length") < 10
