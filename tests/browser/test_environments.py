"""Kernel and JupyterLab that do not fit: trackbook in one of them alone, outputs of another version; each is said."""

import sys

import nbformat
import pytest
from environments import add_kernel, without_trackbook
from labdriver import Opener
from labserver import running_lab
from playwright.sync_api import expect

SLOW = 20_000
VIEW_MIME = "application/vnd.trackbook.view+json"
CARD = {
    "load": "%load_ext trackbook",
    "fit": "%%track --cell fit\nscore = 1",
    "again": "%%track --cell again\nscore = 2",
}


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    return without_trackbook(tmp_path_factory.mktemp("bare") / "env")


def with_kernel(path, kernel):
    notebook = nbformat.read(path, 4)
    notebook.metadata["kernelspec"] = {"name": kernel, "display_name": kernel}
    nbformat.write(notebook, path)


def test_a_kernel_without_trackbook_is_said_to_lack_it_and_stored_views_are_drawn(lab, opener, bare):
    add_kernel(lab.log.parent / "jupyter_data_dir", "bare", bare)
    made = opener.write("lacking", CARD)
    expect(made.cell("fit").locator(".tb-mark")).to_be_visible(timeout=SLOW)
    made.save()
    made.kill_kernel()
    made.page.close()
    opener.opened.remove(made)
    with_kernel(made.path, "bare")
    notebook = opener.open(made.path)
    notebook.run("load")
    assert "No module named 'trackbook'" in notebook.text("load")
    expect(notebook.page.locator(".tb-recording")).to_have_text("trackbook is missing in this kernel")
    notebook.page.evaluate("() => { window.jupyterapp.commands.execute('trackbook:open-panel') }")
    expect(notebook.page.locator("#trackbook-runs")).to_contain_text("%pip install trackbook")
    card = notebook.cell("fit").locator(".tb-card")
    expect(card).to_have_attribute("data-status", "FINISHED", timeout=SLOW)


def test_a_jupyterlab_without_trackbook_shows_live_views_and_one_says_what_is_lacking(tmp_path, chromium, bare):
    (tmp_path / "state").mkdir()
    (tmp_path / "root").mkdir()
    with running_lab(tmp_path / "state", tmp_path / "root", python=bare) as lab:
        add_kernel(tmp_path / "state" / "jupyter_data_dir", "full", sys.executable)
        opener = Opener(lab, chromium)
        notebook = opener.write("only", CARD, kernel="full")
        for name in ("fit", "again"):
            card = notebook.cell(name).locator(".tb-root .tb-card")
            expect(card).to_have_attribute("data-status", "FINISHED", timeout=SLOW)
        said = notebook.page.locator(".tb-remark")
        expect(said).to_have_count(1)
        expect(said).to_contain_text("JupyterLab has no trackbook, this kernel has")
        expect(said).to_contain_text("pip install trackbook")
        said.get_by_role("button", name="Do not say again").click()
        notebook.ask_kernel("%runs")
        expect(notebook.page.locator(".tb-table [data-run]")).to_have_count(2)
        expect(said).to_have_count(0)
        opener.close()


def test_outputs_of_another_version_say_so_and_stay_readable(lab, opener):
    """As a package after this one, and one before it, would write them into the notebook."""
    view = {"schema": 1, "view": "table", "widget": None, "run_id": None, "title": "", "html": "<p>two runs</p>"}
    odd = {
        "newer": view | {"schema": 2, "standby": {"route": "table", "methods": [], "about": {}}},
        "unknown": view | {"view": "galaxy"},
        "older": view,
    }
    cells = []
    for name, data in odd.items():
        made = nbformat.v4.new_output(
            "display_data", {VIEW_MIME: data, "text/html": data["html"], "text/plain": "two runs"}
        )
        cells.append(nbformat.v4.new_code_cell("1", id=name, outputs=[made], execution_count=1))
    folder = lab.folder / "versions"
    folder.mkdir()
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "versions.ipynb")
    notebook = opener.open(folder / "versions.ipynb", wait=False)
    for name, said in (
        ("newer", "A newer trackbook made it than JupyterLab has: install"),
        ("unknown", "A newer trackbook made it than JupyterLab has: install"),
        ("older", "An older trackbook made it"),
    ):
        expect(notebook.cell(name).locator(".tb-output")).to_contain_text("two runs", timeout=SLOW)
        expect(notebook.cell(name).locator(".tb-remark")).to_contain_text(said, timeout=SLOW)
