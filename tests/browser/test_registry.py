"""The model registry in JupyterLab: the champion moves by keyboard alone, with a reason, not over another's head."""

import pytest
from labdriver import Opener
from playwright.sync_api import expect

MAKE = """import os
os.environ["TRACKBOOK_SCRIPTS"] = "0"
import trackbook as tb
from sklearn.svm import SVC

for C in (1, 2, 3):
    with tb.start_run(run_name=f"C {C}") as run:
        tb.log_metric("accuracy", 0.9 + C / 100)
        tb.sklearn.log_model(SVC(C=C).fit([[0], [1]], [0, 1]), "model")
    tb.register_model(f"runs:/{run.run_id}/model", "churn", alias="champion" if C == 1 else None)
tb.register_model(f"runs:/{run.run_id}/model", "spare")
client = tb.TrackbookClient()
"""
CELLS = {"load": "%load_ext trackbook", "make": MAKE, "view": "view = tb.registry('churn')\nview", "list": "%registry"}
NEWEST = "print(*tb.registry('churn').audit.iloc[0][['subject', 'old', 'new', 'client', 'reason']], sep='|')"


@pytest.fixture(scope="module")
def notebook(lab, chromium):
    opener = Opener(lab, chromium)
    yield opener.write("registry", CELLS)
    opener.close()


@pytest.fixture
def view(notebook):
    notebook.run("view")
    found = notebook.cell("view").locator(".tb-root .tb-registry")
    expect(found.get_by_role("heading", name="churn")).to_be_visible()
    return found


def open_dialog(view, version, action):
    toggle = view.get_by_role("button", name=f"v{version}")
    if toggle.get_attribute("aria-expanded") == "false":
        toggle.focus()
        toggle.press("Enter")
    opener = view.get_by_role("group", name=f"Change v{version}").get_by_role("button", name=action)
    opener.focus()
    opener.press("Enter")
    return view.get_by_role("dialog")


def test_the_keyboard_moves_the_champion_with_a_reason(notebook, view):
    dialog = open_dialog(view, 3, "Set alias")
    expect(dialog.get_by_role("textbox", name="Alias")).to_be_focused()
    expect(dialog.get_by_role("status")).to_contain_text("alias champion")
    expect(dialog.get_by_role("status")).to_contain_text("v1")
    keyboard = view.page.keyboard
    keyboard.press("Tab")
    keyboard.type("better recall")
    keyboard.press("Tab")
    keyboard.press("Tab")
    expect(dialog.get_by_role("button", name="Set alias")).to_be_focused()
    keyboard.press("Tab")
    expect(dialog.get_by_role("textbox", name="Alias")).to_be_focused()
    keyboard.press("Control+Enter")
    expect(view.get_by_text("Done. alias champion: v1 → v3")).to_be_visible()
    expect(view.get_by_role("row").filter(has_text="better recall")).to_be_visible()
    assert notebook.ask_kernel(NEWEST) == "champion|1|3|registry view|better recall"


def test_a_change_by_another_is_shown_and_not_overwritten(notebook, view):
    notebook.ask_kernel("client.set_registered_model_alias('churn', 'champion', 1)")
    dialog = open_dialog(view, 3, "Set alias")
    expect(dialog.get_by_role("status")).to_contain_text("v1")
    notebook.ask_kernel("client.set_registered_model_alias('churn', 'champion', 2)")
    expect(dialog.get_by_role("alert")).to_contain_text("meanwhile")
    expect(dialog.get_by_role("status")).to_contain_text("v2")
    dialog.press("Escape")
    expect(dialog).to_be_hidden()
    assert notebook.ask_kernel("print(client.get_model_version_by_alias('churn', 'champion').version)") == "2"


def change(dialog, button, *effects):
    """Do what the dialog offers; what it says will change before that."""
    for effect in effects:
        expect(dialog.locator(".tb-effects li").filter(has_text=effect)).to_have_count(1)
    dialog.get_by_role("button", name=button, exact=True).click()
    expect(dialog).to_be_hidden()


def test_versions_are_described_and_staged_over_those_that_stood_there(notebook, view):
    dialog = open_dialog(view, 2, "Describe")
    dialog.get_by_role("textbox", name="Description").fill("seen <b>all</b> data")
    change(dialog, "Save description", "description of v2")
    expect(view.locator(".tb-version-text", has_text="seen <b>all</b> data")).to_be_visible()

    change(open_dialog(view, 2, "Stage"), "Move", "stage of v2")
    dialog = open_dialog(view, 3, "Stage")
    archived = dialog.locator(".tb-effects li").filter(has_text="stage of v2")
    expect(archived).to_contain_text("Archived")
    dialog.get_by_role("checkbox", name="Archive the versions that are in this stage").uncheck()
    expect(archived).to_have_count(0)
    dialog.get_by_role("checkbox", name="Archive the versions that are in this stage").check()
    change(dialog, "Move", "stage of v3", "stage of v2")
    expect(view.get_by_role("row").filter(has_text="v3").first).to_contain_text("Production")
    found = "[(one.version, one.current_stage) for one in client.search_model_versions(\"name='churn'\")]"
    assert notebook.ask_kernel(f"print(sorted({found}))") == "[('1', 'None'), ('2', 'Archived'), ('3', 'Production')]"


def test_a_version_and_a_model_are_deleted_with_a_reason_once_it_is_said_what_goes(notebook, view):
    dialog = open_dialog(view, 1, "Delete")
    expect(dialog.get_by_role("heading", name="Delete v1")).to_be_visible()
    expect(dialog.get_by_role("status")).to_contain_text("The number 1 is not used again")
    dialog.get_by_role("button", name="Cancel").click()
    expect(view.get_by_role("button", name="v1", exact=True)).to_be_visible()
    dialog = open_dialog(view, 1, "Delete")
    dialog.get_by_role("textbox", name="Reason").fill("never served")
    notebook.look(dialog, "registry-delete")
    change(dialog, "Delete", "version v1")
    expect(view.get_by_role("button", name="v1", exact=True)).to_have_count(0)
    expect(view.get_by_role("row").filter(has_text="never served")).to_contain_text("version v1")

    models = notebook.cell("list").locator(".tb-root .tb-registry")
    models.get_by_role("button", name="spare").click()
    models.get_by_role("group", name="Change the model").get_by_role("button", name="Delete…").click()
    change(models.get_by_role("dialog"), "Delete", "spare, 1 version")
    expect(models.get_by_role("button", name="churn")).to_be_visible()
    expect(models.get_by_role("button", name="spare")).to_have_count(0)
    assert notebook.ask_kernel("print([one.name for one in client.search_registered_models()])") == "['churn']"


def test_the_run_shows_its_card_and_both_themes_are_sound(notebook, view):
    view.get_by_role("button", name="v2").click()
    view.get_by_role("button", name="Show its card").click()
    expect(view.locator(".tb-run-card .tb-card")).to_be_visible()
    notebook.look(view, "registry")
    notebook.look(notebook.cell("list").locator(".tb-root").first, "registry-models")
    assert "@champion" in notebook.outputs("view")[0]["data"]["text/html"]
