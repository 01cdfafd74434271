"""The run table in JupyterLab, as a person uses it: one notebook with 72 runs, each test another gesture."""

import csv
import json
import re
import zipfile
from pathlib import Path

import pytest
from labdriver import SCREENSHOTS, Opener, drag
from playwright.sync_api import Error, Locator, expect

AXE = Path(__file__).parents[2] / "js/node_modules/axe-core/axe.min.js"
VIOLATIONS = """selector => axe.run(selector).then(result => result.violations.map(one => [
  one.id, one.nodes.slice(0, 3).map(node => node.html)]))"""
MAKE = """import os
os.environ["TRACKBOOK_SCRIPTS"] = "0"
import trackbook as tb
tb.set_experiment("sweep")
for C in (0.1, 1, 10, 100):
    for kernel in ("rbf", "linear", "poly"):
        for seed in range(6):
            with tb.start_run(run_name=f"{kernel}-{C}-{seed}"):
                tb.log_params({"C": C, "kernel": kernel, "seed": seed})
                for step in range(3):
                    tb.log_metric("acc", 0.5 + step / 10 + seed / 100 + C / 1000, step=step)
                tb.log_metrics({"val/loss": float("nan") if seed == 5 else 1 / (1 + seed + C), "train.n": C})
"""
CELLS = {"load": "%load_ext trackbook", "make": MAKE, "runs": "table = tb.runs()\ntable"}
WHO = "print(sorted({run.data.params['kernel'] for run in table.runs}), len(table.selected))"


@pytest.fixture(scope="module")
def notebook(lab, chromium):
    opener = Opener(lab, chromium)
    yield opener.write("sweep", CELLS)
    opener.close()


@pytest.fixture
def table(notebook):
    """The table as it was made."""
    notebook.run("runs")
    found = notebook.cell("runs").locator(".tb-root .tb-table")
    expect(found.locator("[data-run]").first).to_be_visible()
    return found


def head(table, name):
    return table.get_by_role("columnheader", name=name)


def count(table):
    return table.locator(".tb-count")


def column(table, name, rows=3):
    """What stands in the first rows of a column."""
    at = head(table, name).get_attribute("data-column")
    cells = table.locator(".tb-grid-body [data-index]").evaluate_all(
        """(rows, at) => rows.sort((a, b) => a.dataset.index - b.dataset.index)
             .map(row => row.querySelector(`[data-column="${at}"]`)?.textContent)""",
        at,
    )
    return cells[:rows]


def choose(table, *rows):
    """Select runs, by their places."""
    for at, place in enumerate(rows):
        cell = table.locator(f"[data-index='{place}'] [data-column='1']")
        cell.click(modifiers=["Control"] if at else [])
    return [table.locator(f"[data-index='{place}']").get_attribute("data-run") for place in rows]


def from_menu(table, name):
    table.get_by_role("button", name="More", exact=True).click()
    table.page.get_by_role("menuitem", name=name).click()


def clipboard(table):
    """What was copied; the page may read it in this test."""
    table.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return table.page.evaluate("navigator.clipboard.readText()")


def open_head(table, name):
    head(table, name).hover()
    head(table, name).locator(".tb-th-menu").click()
    return table.page.get_by_role("dialog", name=f"Column {name}")


def test_filters_are_completed_as_they_are_typed_and_refused_at_their_place(notebook, table):
    box = table.get_by_role("combobox", name="Filter runs")
    box.press_sequentially("kern")
    table.get_by_role("option", name="params.kernel").click()
    box.press_sequentially("= 'l")
    table.get_by_role("option", name="'linear'").click()
    box.press("Enter")
    expect(count(table)).to_have_text("24 of 72 runs")
    assert notebook.ask_kernel("print(table.filter, len(table.df))") == "params.kernel = 'linear' 24"
    box.fill("metrics.acc >> 1")
    box.press("Enter")
    expect(table.locator(".tb-caret")).to_have_text(">")
    expect(table.locator(".tb-filter-problem")).to_contain_text("Expected a number")
    expect(count(table)).to_have_text("24 of 72 runs")


def test_values_ranges_and_cells_become_filters(table):
    values = open_head(table, "kernel")
    values.get_by_label("rbf").check()
    values.get_by_role("button", name="Filter").click()
    expect(count(table)).to_have_text("24 of 72 runs")
    numbers = open_head(table, "acc")
    expect(numbers.locator(".tb-histogram rect").nth(5)).to_be_attached()
    numbers.get_by_role("textbox", name="From").fill("0.75")
    numbers.get_by_role("button", name="Filter").click()
    expect(table.get_by_role("combobox")).to_have_value("params.kernel = 'rbf' AND metrics.acc >= 0.75")
    table.get_by_role("combobox").fill("")
    table.get_by_role("combobox").press("Enter")
    expect(count(table)).to_have_text("72 runs")
    cell = table.locator("[data-run]").first.locator('[data-column="1"]')
    name = cell.inner_text()  # runs of one millisecond stand in the order of their ids
    cell.click(button="right")
    table.page.get_by_role("menuitem", name=f"Only {name}").click()
    expect(count(table)).to_have_text("1 of 72 runs")


def test_a_stretch_drawn_over_a_histogram_becomes_a_filter(notebook, table):
    dialog = open_head(table, "acc")
    bars = dialog.locator(".tb-histogram")
    expect(bars.locator("rect").nth(5)).to_be_attached()
    drag(bars, (0.5, 0.5), (0.9, 0.5))
    low, high = (float(dialog.get_by_role("textbox", name=name).input_value()) for name in ("From", "To"))
    assert 0.7 < low < 0.8 < high < 0.86
    dialog.get_by_role("button", name="Filter").click()
    box = table.get_by_role("combobox", name="Filter runs")
    expect(box).to_have_value(f"metrics.acc >= {low} AND metrics.acc <= {high}")
    within = notebook.ask_kernel(f"print(tb.search_runs()['metrics.acc'].between({low}, {high}).sum())")
    expect(count(table)).to_have_text(f"{within} of 72 runs")


def test_the_keyboard_sorts_by_several_columns_selects_and_leaves(notebook, table):
    grid = table.get_by_role("grid")
    grid.focus()
    at = {name: int(head(table, name).get_attribute("data-column")) for name in ("kernel", "acc")}
    for key in ("Control+ArrowUp", "Home", *["ArrowRight"] * at["kernel"], "Enter"):
        grid.press(key)
    expect(head(table, "kernel")).to_have_attribute("aria-sort", "ascending")
    for _ in range(at["kernel"] - at["acc"]):
        grid.press("ArrowLeft")
    for key in ("Shift+Enter", "Shift+Enter"):
        grid.press(key)
    expect(head(table, "acc")).to_have_attribute("aria-sort", "descending")
    expect(table.locator(".tb-grid-body [data-index='0']")).to_contain_text("linear-100-5")
    for key in ("ArrowDown", "Space", "Shift+ArrowDown", "/"):
        grid.press(key)
    expect(table.get_by_role("combobox")).to_be_focused()
    assert notebook.ask_kernel(WHO) == "['linear'] 2"
    assert json.loads(notebook.ask_kernel("import json; print(json.dumps(table.order_by))"))[1]["desc"] is True


def test_columns_are_chosen_under_another_aggregate_and_kept_under_a_name(notebook, table):
    table.get_by_role("button", name="Columns").click()
    chooser = table.page.get_by_role("dialog", name="Columns")
    chooser.get_by_role("button", name="Hide all").click()
    chooser.get_by_role("searchbox").fill("acc")
    chooser.get_by_label("acc").check()
    chooser.get_by_label("Name of a column set").fill("mine")
    chooser.get_by_role("button", name="Save").click()
    expect(chooser.get_by_role("button", name="mine", exact=True)).to_be_visible()
    table.page.keyboard.press("Escape")
    expect(chooser).to_be_hidden()
    shown = open_head(table, "acc")
    shown.get_by_label("Show").select_option("min")
    expect(head(table, "acc").locator(".tb-th-note")).to_have_text("min")
    expect(table.locator("[data-run]").filter(has_text="poly-100-5")).to_contain_text("0.6500")
    assert notebook.ask_kernel("print(table.columns, tb.runs(columns='mine').columns)") == (
        "['metrics.acc.min'] ['metrics.acc']"
    )


def test_a_column_set_brings_its_columns_back_until_it_is_deleted(notebook, table):
    table.get_by_role("button", name="Columns").click()
    chooser = table.page.get_by_role("dialog", name="Columns")
    chooser.get_by_label("Name of a column set").fill("short")
    chooser.get_by_role("button", name="Hide C", exact=True).click()
    chooser.get_by_role("button", name="Save").click()
    mine = chooser.get_by_role("button", name="short", exact=True)
    expect(mine).to_be_visible()
    chooser.get_by_role("button", name="Hide all").click()
    expect(head(table, "kernel")).to_have_count(0)
    mine.click()
    expect(head(table, "kernel")).to_be_visible()
    expect(table.get_by_role("columnheader", name="C", exact=True)).to_have_count(0)
    assert notebook.ask_kernel("print('params.kernel' in table.columns, 'params.C' in table.columns)") == "True False"
    table.get_by_role("button", name="Columns").click()
    chooser.get_by_role("button", name="Delete the set short").click()
    expect(mine).to_have_count(0)
    table.page.keyboard.press("Escape")
    asked = "try:\n    tb.runs(columns='short')\nexcept Exception as error:\n    print(error)"
    assert "'short'" in notebook.ask_kernel(asked)


def test_seeds_are_groups_that_unfold_and_the_baseline_shows_differences(notebook, table):
    table.get_by_role("grid").focus()
    table.get_by_role("grid").press("g")
    expect(count(table)).to_have_text("12 groups of 72 runs")
    first = table.locator(".tb-tr[aria-expanded]").first
    expect(first).to_contain_text("±")
    notebook.picture(table, "table-groups")
    first.click()
    expect(table.locator("[data-run]")).to_have_count(6)
    table.locator("[data-run]").nth(1).locator('[data-column="1"]').click()
    assert notebook.ask_kernel("print(len(table.selected), table.df.shape[0], table.group_by)") == "1 12 ['seeds']"
    table.get_by_role("button", name="Ungroup").click()
    table.locator("[data-run]").nth(3).locator('[data-column="1"]').click()
    table.get_by_role("grid").press("b")
    expect(table.locator(".tb-baseline")).to_be_visible()
    expect(table.locator(".tb-grid-body .tb-delta").first).to_be_visible()
    notebook.picture(table, "table-baseline")
    assert notebook.ask_kernel("print(table.baseline == table.selected[0])") == "True"


def test_groups_show_the_spread_of_their_runs_or_the_interval_of_their_mean(table):
    """Six seeds, 0.01 apart: a standard deviation of 0.01871, and half an interval of 2.571 / √6 times that."""
    table.get_by_role("grid").focus()
    table.get_by_role("grid").press("g")
    expect(count(table)).to_have_text("12 groups of 72 runs")
    spread = table.locator(".tb-tr[aria-expanded] .tb-spread").first
    expect(spread).to_have_text(re.compile(r"^0\.\d{4}± 0\.019$"))
    table.get_by_role("button", name="Group", exact=True).click()
    table.page.get_by_role("menuitem", name="mean ± 95 % interval").click()
    expect(spread).to_have_text(re.compile(r"^0\.\d{4}± 0\.020$"))
    expect(spread).to_have_attribute("title", re.compile("95 % confidence interval of the mean"))
    table.get_by_role("button", name="Group", exact=True).click()
    table.page.get_by_role("menuitem", name="mean ± standard deviation").click()
    expect(spread).to_have_attribute("title", re.compile("standard deviation"))


def choose_from_menu(row: Locator, name: str) -> None:
    """A menu closes where the notebook scrolls under it, as it does some time after a cell has run: open it again."""
    item = row.page.get_by_role("menuitem", name=name)
    for _ in range(5):
        row.click(button="right")
        try:
            item.click(timeout=3000)
        except Error:
            continue
        return
    pytest.fail(f"no menu had {name}")


def test_a_run_is_pinned_as_the_baseline_and_let_go_from_its_menu(notebook, table):
    [run_id] = choose(table, 2)
    row = table.locator("[data-index='2'] [data-column='1']")
    choose_from_menu(row, "Pin as baseline")
    expect(table.locator(".tb-baseline")).to_be_visible()
    deltas = table.locator(".tb-grid-body .tb-delta")
    expect(deltas.first).to_be_visible()
    assert notebook.ask_kernel("print(table.baseline)") == run_id
    choose_from_menu(row, "Unpin the baseline")
    expect(deltas).to_have_count(0)
    assert notebook.ask_kernel("print(table.baseline)") == ""


def test_runs_are_moved_to_another_experiment_and_back(notebook, table):
    moved = choose(table, 0, 3)
    table.get_by_role("button", name="Move…").click()
    form = table.get_by_role("form", name="Move the selected runs")
    form.get_by_label("Experiment").fill("elsewhere")
    form.get_by_role("button", name="Move").click()
    expect(table.locator(".tb-said")).to_contain_text("2 runs moved to elsewhere")
    expect(count(table)).to_have_text("70 runs")
    there = "print(sorted(tb.search_runs(experiment_names=['elsewhere'])['run_id']))"
    assert notebook.ask_kernel(there) == str(sorted(moved))
    table.get_by_role("button", name="Undo").click()
    expect(count(table)).to_have_text("72 runs")
    assert notebook.ask_kernel("print(len(tb.search_runs(experiment_names=['elsewhere'])))") == "0"


def test_runs_in_the_trash_are_looked_at_and_restored(notebook, table):
    gone = choose(table, 1, 2)
    table.get_by_role("grid").press("Delete")
    expect(count(table)).to_have_text("70 runs")
    from_menu(table, "Look into the trash")
    expect(count(table)).to_have_text("2 runs in the trash")
    assert choose(table, 0, 1) == gone
    table.get_by_role("button", name="Restore").click()
    expect(table.locator(".tb-said")).to_contain_text("2 runs restored")
    expect(count(table)).to_have_text("0 runs in the trash")
    notebook.picture(table, "table-trash-empty")
    from_menu(table, "Back from the trash")
    expect(count(table)).to_have_text("72 runs")
    assert notebook.ask_kernel("print(len(tb.search_runs()))") == "72"


def test_runs_are_exported_into_an_archive_beside_the_notebook(notebook, table):
    chosen = choose(table, 0, 1, 4)
    table.get_by_role("button", name="Export").click()
    said = table.locator(".tb-said")
    expect(said).to_contain_text("3 runs written to runs-")
    name = re.search(r"runs-\S+\.zip", said.inner_text()).group()
    with zipfile.ZipFile(notebook.path.parent / name) as archive:
        written = "\n".join(archive.namelist())
    assert all(run_id in written for run_id in chosen)


def test_the_table_is_downloaded_as_a_file_with_every_row_of_the_filter(notebook, table):
    box = table.get_by_role("combobox", name="Filter runs")
    box.fill("params.kernel = 'rbf'")
    box.press("Enter")
    expect(count(table)).to_have_text("24 of 72 runs")
    with table.page.expect_download() as download:
        from_menu(table, "Download table as CSV")
    expect(table.locator(".tb-said")).to_contain_text(f"24 rows written to {download.value.suggested_filename}")
    with Path(download.value.path()).open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 24
    assert {row["kernel"] for row in rows} == {"rbf"}
    accuracies = notebook.ask_kernel("print([round(one, 9) for one in table.df['metrics.acc']])")
    assert [round(float(row["acc"]), 9) for row in rows] == json.loads(accuracies)


def test_selected_runs_are_copied_as_markdown_and_latex(table):
    ids = choose(table, 0, 1)
    from_menu(table, "Copy selected runs as Markdown")
    expect(table.locator(".tb-said")).to_contain_text("Copied as Markdown.")
    lines = clipboard(table).strip().splitlines()
    assert "| kernel |" in lines[0]
    assert [line.split(" | ")[0] for line in lines[2:]] == [f"| {run_id}" for run_id in ids]
    from_menu(table, "Copy selected runs as LaTeX")
    expect(table.locator(".tb-said")).to_contain_text("Copied as LaTeX.")
    latex = clipboard(table)
    assert "\\begin{tabular}" in latex
    assert all(f"\n{run_id} & poly-100-" in latex for run_id in ids)


def test_many_runs_are_tagged_compared_and_put_into_the_trash_with_a_way_back(notebook, table):
    rows = table.locator("[data-run]")
    rows.nth(0).locator('[data-column="1"]').click()
    rows.nth(2).locator('[data-column="1"]').click(modifiers=["Shift"])
    table.get_by_role("button", name="Tag…").click()
    form = table.get_by_role("form")
    form.get_by_label("Tag").fill("team")
    form.get_by_label("Value").fill("<b>blue</b>")
    form.get_by_role("button", name="Set tag").click()
    expect(table.locator(".tb-said")).to_contain_text("3 runs tagged team = <b>blue</b>")
    table.get_by_role("button", name="Compare").click()
    expect(table.get_by_role("region", name="Comparison of 3 runs").locator(".tb-compare")).to_be_visible()
    table.get_by_role("button", name="Trash").click()
    expect(count(table)).to_have_text("69 runs")
    table.get_by_role("button", name="Undo").click()
    expect(count(table)).to_have_text("72 runs")
    asked = "print(len(tb.search_runs(filter_string='tags.team IS NOT NULL')))"
    assert notebook.ask_kernel(asked) == "3"


def test_new_runs_arrive_and_the_kernel_may_be_busy(notebook, table):
    """Last of those that change the runs."""
    grid = table.get_by_role("grid")
    table.locator("[data-run]").nth(0).locator('[data-column="1"]').click()
    grid.evaluate("grid => { grid.scrollTop = 20 * 28 }")
    expect(table.locator("[data-index='24']")).to_be_visible()
    seen = table.locator("[data-index='24']").get_attribute("data-run")
    notebook.set_source(
        "load", "import time\nfor n in range(3):\n    with tb.start_run(run_name=f'late-{n}'): pass\ntime.sleep(6)"
    )
    notebook.run("load", wait=False)
    expect(count(table)).to_have_text("75 runs", timeout=5_000)
    expect(table.locator("[data-index='27']")).to_have_attribute("data-run", seen)
    expect(table.locator("[data-index='27']")).to_be_visible()
    head(table, "kernel").click()
    expect(table.locator("[data-index='1']")).to_contain_text("linear", timeout=5_000)
    notebook.wait_until_idle()
    assert notebook.ask_kernel("print(len(table.selected))") == "1"


def test_the_server_answers_where_the_kernel_reads_no_messages(notebook, table):
    """`PyDLL` keeps the interpreter's lock while it sleeps, so that no thread of the kernel's answers."""
    notebook.set_source("load", "import ctypes, time\ntime.sleep(1)\nctypes.PyDLL(None).sleep(8)\nprint('over')")
    notebook.run("load", wait=False)
    table.page.wait_for_timeout(1500)
    box = table.get_by_role("combobox", name="Filter runs")
    box.fill("params.kernel = 'rbf'")
    box.press("Enter")
    expect(count(table)).to_contain_text("24 of 7", timeout=2_000)
    head(table, "acc").click()
    expect(head(table, "acc")).to_have_attribute("aria-sort", "ascending")
    expect(table.locator("[data-index='0']")).to_contain_text("rbf-0.1-0", timeout=2_000)
    assert notebook.text("load") == ""
    notebook.wait_until_idle()
    wanted = "params.kernel = 'rbf' ['metrics.acc']"
    for _ in range(20):  # what was asked meanwhile reaches the kernel after the cell
        known = notebook.ask_kernel("print(table.filter, [one['key'] for one in table.order_by])")
        if known == wanted:
            break
        table.page.wait_for_timeout(500)
    assert known == wanted


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_accessible_and_looks_well(notebook, table, theme):
    notebook.theme(theme)
    table.page.add_script_tag(path=AXE)
    assert table.page.evaluate(VIOLATIONS, ".tb-root") == []
    open_head(table, "acc")
    expect(table.page.locator(".tb-histogram")).to_be_visible()
    assert table.page.evaluate(VIOLATIONS, ".tb-root") == []
    table.page.screenshot(path=SCREENSHOTS / f"table-head-{theme}.png")
    table.page.keyboard.press("Escape")
    notebook.theme("light")


def test_a_saved_table_of_many_runs_stays_small(notebook, table):
    saved = json.dumps(notebook.outputs("runs"))
    assert "rbf-0.1-0" in saved or "poly" in saved
    assert len(saved) < 100_000
