"""The first lesson as a person meets it: run all, then click, type, edit, and look at the kernel from behind.

One notebook is run once and used by all tests of this file, each of which looks at another part of it.
"""

from pathlib import Path

import pytest
from labdriver import Opener
from playwright.sync_api import expect
from tests.share import share

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
TRACKED = ("svm", "svm-again", "sgd", "sgd-again", "broken")


@pytest.fixture(scope="module")
def lesson(lab, chromium):
    opener = Opener(lab, chromium)
    notebook = opener.copy(NOTEBOOKS / "00-quickstart.ipynb")
    notebook.run_all()
    yield notebook
    opener.close()


def card(lesson, cell_id):
    return lesson.cell(cell_id).locator(".tb-root .tb-card")


@pytest.fixture
def table(lesson):
    """The run table, with its own filter and nothing selected."""
    found = lesson.cell("runs").locator(".tb-root .tb-table")
    expect(found.locator("[data-run]").first).to_be_visible()
    return found


def shown_runs(table):
    rows = table.locator(".tb-grid-body [data-index]")
    return [
        row.get_attribute("data-run") for row in sorted(rows.all(), key=lambda r: int(r.get_attribute("data-index")))
    ]


def test_every_cell_does_what_the_text_claims(lesson):
    assert lesson.text("claims").strip() == "All true."
    failed = [
        cell for cell in lesson.cell_ids() if any(o["output_type"] == "error" for o in lesson.outputs(cell) or [])
    ]
    assert failed == ["broken"]


@pytest.mark.parametrize("cell_id", TRACKED)
def test_a_card_stands_under_every_tracked_cell(lesson, cell_id):
    status = "FAILED" if cell_id == "broken" else "FINISHED"
    expect(card(lesson, cell_id)).to_have_attribute("data-status", status)


def test_the_card_shows_what_was_found(lesson):
    first = card(lesson, "svm")
    for text in ("kernel", "rbf", "0.05", "seed", "val_accuracy", "val_recall", "Pipeline"):
        expect(first).to_contain_text(text)


def test_the_card_of_version_2_shows_the_difference(lesson):
    second = card(lesson, "svm-again")
    expect(second.locator(".tb-version")).to_have_text("v2")
    expect(second.locator('.tb-diff-line[data-op="-"]')).to_contain_text("C = 0.05")
    expect(second.locator('.tb-diff-line[data-op="+"]')).to_contain_text("C = 5.0")
    expect(second.locator(".tb-delta").first).to_be_visible()


def test_a_failed_cell_keeps_its_ordinary_traceback(lesson):
    assert "InvalidParameterError" in lesson.text("broken")
    expect(card(lesson, "broken").locator(".tb-error-type")).to_have_text("InvalidParameterError")


def test_a_click_on_a_header_sorts(lesson, table):
    header = table.get_by_role("columnheader", name="val_accuracy")
    orders = {}
    for _ in range(2):
        header.click()
        expect(table.locator("xpath=self::*[@data-asking]")).to_have_count(0)
        orders[header.get_attribute("aria-sort")] = shown_runs(table)
    assert orders["ascending"] == orders["descending"][::-1]
    assert "metrics.val_accuracy" in lesson.ask_kernel("print(table.order_by)")


def test_a_typed_filter_is_told_to_the_kernel(lesson, table):
    box = table.get_by_role("combobox", name="Filter runs")
    before = box.input_value()
    box.fill("params.C = '5.0'")
    box.press("Enter")
    expect(table.locator("[data-run]")).to_have_count(1)
    assert lesson.ask_kernel("print(table.filter)") == "params.C = '5.0'"
    box.fill(before)
    box.press("Enter")
    expect(table.locator("[data-run]")).to_have_count(2)


def test_a_bad_filter_is_explained_and_the_rows_stay(table):
    box = table.get_by_role("combobox", name="Filter runs")
    before = box.input_value()
    box.fill("metrics.val_accuracy >")
    box.press("Enter")
    expect(table.locator(".tb-filter-problem")).to_contain_text("Expected")
    expect(table.locator("[data-run]")).to_have_count(2)
    box.fill(before)
    box.press("Enter")
    expect(table.locator(".tb-filter-problem")).to_be_empty()


def test_selected_rows_are_seen_by_the_kernel_and_compared(lesson, table):
    rows = table.locator("[data-run]")
    rows.first.locator('[data-column="1"]').click()
    rows.last.get_by_role("checkbox").click()
    expect(table.locator(".tb-chosen")).to_contain_text("2 selected")
    chosen = [rows.first.get_attribute("data-run"), rows.last.get_attribute("data-run")]
    assert lesson.ask_kernel("print(table.selected)") == str(chosen)

    lesson.run("compare")
    compared = lesson.cell("compare").locator(".tb-root")
    differing = compared.get_by_role("rowheader", name="C", exact=True)
    equal = compared.get_by_role("rowheader", name="seed", exact=True)
    expect(differing).to_be_visible()
    expect(equal).to_have_count(0)
    compared.get_by_role("button", name="All rows").click()
    expect(equal).to_be_visible()
    compared.get_by_role("button", name="Differences only").click()
    expect(equal).to_have_count(0)


def test_a_click_on_the_card_registers_the_model(lesson):
    place = card(lesson, "svm")
    place.get_by_role("button", name="Register…").click()
    form = place.get_by_role("form", name="Register model")
    form.get_by_label("Model name").fill("from-card")
    form.get_by_label("Alias").fill("challenger")
    form.get_by_role("button", name="Register").click()
    expect(place.locator(".tb-pill")).to_contain_text("@challenger", timeout=20_000)
    said = lesson.ask_kernel(
        "found = tb.TrackbookClient().get_model_version_by_alias('from-card', 'challenger')\n"
        "print(found.version, found.run_id, type(tb.sklearn.load_model('models:/from-card@challenger')).__name__)"
    )
    version, run_id, kind = said.split()
    assert (version, kind) == ("1", "Pipeline")
    assert run_id == lesson.ask_kernel(
        "print(tb.search_runs(experiment_names=['breast-cancer'], filter_string=\"params.C = '0.05'\").run_id[0])"
    )


def test_a_click_on_the_table_registers_the_model_of_a_row(lesson, table):
    table.locator("[data-run]").first.locator('[data-column="1"]').click()
    table.get_by_role("button", name="Register…").click()
    form = table.get_by_role("form", name="Register model")
    form.get_by_label("Model name").fill("from-table")
    form.get_by_role("button", name="Register").click()
    expect(table.locator(".tb-pill")).to_contain_text("from-table")
    assert lesson.ask_kernel("print(tb.TrackbookClient().get_model_version('from-table', '1').status)") == "READY"


@pytest.mark.soak
@pytest.mark.parametrize("theme", share(["dark", "light"], 2))
def test_pictures_for_a_person_to_look_at(lesson, table, theme):
    lesson.theme(theme)
    for cell_id in ("svm-again", "sgd", "broken"):
        lesson.picture(card(lesson, cell_id), f"card-{cell_id}-{theme}")
    lesson.picture(table, f"table-{theme}")
    lesson.picture(lesson.cell("compare").locator(".tb-root").first, f"compare-{theme}")
    lesson.theme("light")


# What a person sees change, noted by the page itself: asking for it from here takes longer than the cell does.
WATCH = """card => {
  const words = card.querySelector(".tb-progress-words"), seen = globalThis.progressSeen = new Set();
  const note = () => card.dataset.status === "RUNNING" && seen.add(words.textContent);
  new MutationObserver(note).observe(words, { childList: true, characterData: true, subtree: true });
}"""


def test_the_curve_grows_while_the_cell_runs(lesson):
    slower = lesson.source("sgd").replace("time.sleep(0.03)", "time.sleep(0.1)")
    lesson.set_source("sgd", slower)
    lesson.run("sgd", wait=False)
    live = card(lesson, "sgd")
    expect(live).to_have_attribute("data-status", "RUNNING")
    live.evaluate(WATCH)
    expect(live.locator("canvas").first).to_be_visible()
    expect(live).to_have_attribute("data-status", "FINISHED")
    assert len(lesson.page.evaluate("[...progressSeen]")) >= 3


def test_an_edited_cell_run_again_is_the_next_version(lesson):
    """The cell is named, so the lesson's versions 1 and 2 are there already."""
    before = lesson.source("svm")
    lesson.set_source("svm", before.replace("C = 0.05", "C = 0.5"))
    lesson.run("svm")
    edited = card(lesson, "svm")
    expect(edited.locator(".tb-version")).to_have_text("v3")
    expect(edited.locator('.tb-diff-line[data-op="+"]')).to_contain_text("C = 0.5")


def test_a_cell_without_a_name_keeps_its_line_through_edits(lesson):
    lesson.ask_kernel("%%track breast-cancer\nC = 1.0\nnameless = SVC(C=C).fit(X_train, y_train)")
    cell_id = lesson.cell_ids()[-1]
    expect(card(lesson, cell_id).locator(".tb-version")).to_have_text("v1")
    lesson.set_source(cell_id, lesson.source(cell_id).replace("1.0", "2.0"))
    lesson.run(cell_id)
    expect(card(lesson, cell_id).locator(".tb-version")).to_have_text("v2")
    expect(card(lesson, cell_id).locator('.tb-diff-line[data-op="-"]')).to_contain_text("C = 1.0")


def test_without_a_kernel_the_static_card_stays(lesson, lab, chromium):
    """Last, for the kernel is dead afterwards."""
    lesson.save()
    lesson.kill_kernel()
    opener = Opener(lab, chromium)
    reopened = opener.open(lesson.path, wait=False)
    output = reopened.cell("svm-again").locator(".jp-OutputArea-output").first
    expect(output).to_contain_text("val_accuracy")
    expect(output).not_to_contain_text("Error displaying widget")
    opener.close()
