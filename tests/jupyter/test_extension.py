"""Loading, unloading, switching and the line magics."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from trackbook.jupyter import extension
from trackbook.jupyter.status import status_text
from trackbook.settings import Settings

if TYPE_CHECKING:
    from conftest import Notebook


def test_loading_says_in_one_line_where_runs_are_kept_and_what_is_captured(bare: Notebook) -> None:
    said = bare.run("%load_ext trackbook").stdout
    assert said.startswith("trackbook: runs are kept in .trackbook; %%track captures code, params")
    assert said.count("\n") == 1
    assert not bare.home.exists()


def test_loading_twice_does_no_harm(notebook: Notebook) -> None:
    extension.load(notebook.shell)
    notebook.ran("%%track\nx = 1")
    assert len(notebook.runs) == 1


def test_unloading_takes_everything_out_again(bare: Notebook) -> None:
    manager = bare.shell.magics_manager.magics
    before = {thread.name for thread in threading.enumerate()}
    magics = {kind: set(manager[kind]) for kind in manager}
    transforms = list(bare.shell.input_transformers_cleanup)
    bare.ran("%load_ext trackbook")
    bare.ran("%%track\nx = 1")
    bare.ran("%unload_ext trackbook")
    assert {kind: set(manager[kind]) for kind in manager} == magics
    assert list(bare.shell.input_transformers_cleanup) == transforms
    assert {thread.name for thread in threading.enumerate()} <= before
    assert "not found" in bare.run("%%track\nx = 1").stderr


def test_unloading_from_within_a_tracked_cell_ends_its_run(notebook: Notebook) -> None:
    notebook.ran("%%track\nx = 1\n%unload_ext trackbook")
    assert notebook.last.info.status == "FINISHED"


def test_reloading_goes_on(notebook: Notebook) -> None:
    notebook.ran("%%track --cell a\nx = 1")
    notebook.ran("%reload_ext trackbook")
    notebook.ran("%%track --cell a\nx = 1")
    assert [notebook.cell(run).version for run in notebook.runs] == [1, 2]


def test_recording_can_be_switched_off_and_on_and_what_asks_for_it_is_recorded(notebook: Notebook) -> None:
    assert "nothing but cells with %%track" in notebook.run("%track off").stdout
    notebook.ran("from pathlib import Path\nwritten = Path('data.csv').write_text('1')")
    assert notebook.ran("%%track --quiet\nx = int(Path('data.csv').read_text())\nx") == 1
    assert [one.dataset.name for one in notebook.last.inputs.dataset_inputs] == ["data.csv"]
    assert "recording is off, but for cells with %%track" in notebook.run("%track status").stdout
    notebook.ran("%track on")
    notebook.ran("%%track --quiet\nx = 1")
    assert len(notebook.runs) == 2


@pytest.mark.parametrize("body", ["", "\n"])
def test_a_cell_with_nothing_to_run_makes_no_run_and_says_so(notebook: Notebook, body: str) -> None:
    assert "nothing to run below %%track" in notebook.run(f"%%track lesson --quiet{body}").stdout
    assert notebook.hooks.run_ids == []


def test_a_cell_of_comments_makes_no_run_and_shows_nothing(notebook: Notebook) -> None:
    assert notebook.run("%%track lesson --quiet\n\n  # to do\n").stdout == ""
    assert notebook.hooks.run_ids == []


def test_status_says_where_and_what(notebook: Notebook) -> None:
    said = notebook.run("%track status").stdout
    for part in ("recording is on", str(notebook.home), "unknown to this kernel", "code, params, metrics"):
        assert part in said


def test_status_names_the_experiment_that_was_chosen(notebook: Notebook) -> None:
    notebook.ran("import trackbook as tb; tb.set_experiment('churn')")
    assert "  experiment        churn (set_experiment)" in notebook.run("%track status").stdout
    notebook.ran("%track set experiment=prices")
    assert "  experiment        prices (%track set)" in notebook.run("%track status").stdout


def test_a_word_that_is_no_switch_is_told_the_nearest(notebook: Notebook) -> None:
    assert "did you mean %track status" in notebook.run("%track statsu").stderr
    assert "write %track on" in notebook.run("%track").stderr


def test_help_lists_the_options(notebook: Notebook) -> None:
    doc = notebook.shell.find_cell_magic("track").__doc__
    assert "--no-models" in doc
    assert "track" in notebook.shell.magics_manager.lsmagic()["cell"]


def test_runs_shows_the_table_and_a_bad_filter_says_where(notebook: Notebook) -> None:
    notebook.ran("%%track --cell a\nC = 1\nacc = 0.5 * C")
    table = notebook.ran("%runs metrics.acc > 0.2")
    assert [row["run"]["run_id"] for row in table.table["rows"]] == [notebook.last.info.run_id]
    bad = notebook.run("%runs metrics.acc >")
    assert "position" in bad.stderr
    assert "Traceback" not in bad.stderr


def test_status_shows_no_password(notebook: Notebook) -> None:
    settings = Settings(notebook.home, "postgresql://me:secret@localhost:1/name")
    hooks = notebook.hooks
    said = status_text(settings, hooks.finder.place(), hooks.guard, recording=True, executed=0)
    assert "postgresql://localhost:1/name" in said
    assert "secret" not in said


def test_compare_takes_the_two_newest_of_this_notebook(notebook: Notebook) -> None:
    assert "select two or more" in notebook.run("%compare").stderr
    for c in (1, 2, 3):
        notebook.ran(f"%%track --cell a\nC = {c}\nacc = 0.5 * C")
    comparison = notebook.ran("%compare")
    expected = [run.info.run_id for run in notebook.runs[-2:]]
    assert [run["run_id"] for run in comparison.compare["runs"]] == expected
    assert "Traceback" not in notebook.run("%compare nope nope2").stderr


def test_compare_takes_the_selection_and_nothing_else(notebook: Notebook) -> None:
    for number in range(3):
        notebook.run(f"%%track x\nC = {number}")
    notebook.run("table = %runs")
    notebook.run("table.selected = [table.df['run_id'][0]]")
    assert "select at least two" in notebook.run("%compare").stderr
    notebook.run("table.selected = ['f' * 32, 'e' * 32]")
    gone = notebook.run("%compare").stderr
    assert "no run" in gone
    assert "Traceback" not in gone
    notebook.run("table.selected = []")  # the last table is the process's, not this test's


def test_compare_finds_the_newest_of_an_earlier_kernel(bare: Notebook) -> None:
    bare.ran("%load_ext trackbook")
    for c in (1, 2):
        bare.ran(f"%%track --cell a\nC = {c}")
    bare.ran("%unload_ext trackbook")
    bare.ran("%load_ext trackbook")
    comparison = bare.ran("%compare")
    assert [run["run_id"] for run in comparison.compare["runs"]] == [run.info.run_id for run in bare.runs]


@pytest.mark.parametrize(("line", "words"), [("--fold", "--fold-code"), ("a b", "too many"), ("'a", "quote")])
def test_report_refuses_wrong_words_in_one_line(notebook: Notebook, line: str, words: str) -> None:
    ran = notebook.run(f"%report {line}")
    assert words in ran.stderr
    assert ran.stderr.count("\n") == 1


def test_report_writes_the_notebook_as_one_page(bare: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    file = bare.home.parent / "a.ipynb"
    cell = {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# Seen"}
    file.write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    monkeypatch.setenv("JPY_SESSION_NAME", str(file))
    bare.ran("%load_ext trackbook")
    bare.ran("%report out.html --fold-code")
    assert "Seen" in (bare.home.parent / "out.html").read_text()


def test_a_direct_call_of_the_cell_magic_records_too(notebook: Notebook) -> None:
    notebook.ran("get_ipython().run_cell_magic('track', '--cell a', 'lr = 0.1\\n')")
    assert notebook.last.data.params == {"lr": "0.1"}


def test_loading_imports_nothing_heavy() -> None:
    code = (
        "import sys\nimport trackbook.jupyter.extension\n"
        "heavy = {'pandas', 'sqlalchemy', 'altair', 'anywidget', 'numpy', 'nbformat', 'trackbook.tracking.run'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_report_finds_a_notebook_that_nobody_names_by_its_cells(bare: Notebook) -> None:
    sources = ["%load_ext trackbook", "%report out.html"]
    cells = [
        {"cell_type": "code", "id": str(n), "metadata": {}, "source": source, "outputs": [], "execution_count": None}
        for n, source in enumerate([*sources, "seen = 'here'"])
    ]
    document = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (bare.home.parent / "lesson.ipynb").write_text(json.dumps(document))
    for source in sources:
        bare.ran(source)
    assert "seen" in (bare.home.parent / "out.html").read_text()


@pytest.mark.parametrize("magic", ["%%track lesson --help\nran = True", "%track help", "%runs --help", "%compare -h"])
def test_help_shows_the_form_and_an_example_and_runs_nothing(notebook: Notebook, magic: str) -> None:
    said = notebook.run(magic).stdout
    word = magic.split()[0].lstrip("%")
    assert len([line for line in said.splitlines() if line.startswith(("%" + word, "%%" + word))]) >= 2
    assert "ran" not in notebook.shell.user_ns
    assert notebook.runs == []


@pytest.mark.parametrize(
    "line", ['"metrics.acc > 0.9"', "--experiment ex metrics.acc > 0.9", "--experiment 'ex' 'metrics.acc > 0.9'"]
)
def test_runs_takes_an_experiment_and_a_filter_quoted_as_a_whole(notebook: Notebook, line: str) -> None:
    for c in (1, 2):
        notebook.ran(f"%%track ex --quiet\nC = {c}\nacc = C * 0.5")
    assert "1 of 2 runs where metrics.acc > 0.9" in str(notebook.ran(f"%runs {line}"))


def test_compare_takes_names_and_without_any_the_two_newest_as_the_function_does(notebook: Notebook) -> None:
    for c in ("one", "two", "three"):
        notebook.ran(f"%%track ex --quiet --name {c}\nC = {c!r}")
    ids = {run.info.run_name: run.info.run_id for run in notebook.runs}
    named = notebook.ran(f"%compare one {ids['three'][:8]}")
    assert [run["run_id"] for run in named.compare["runs"]] == [ids["one"], ids["three"]]
    assert "did you mean 'one'" in notebook.run("%compare on").stderr
    for call in ("%compare", "tb.compare()"):
        ran = notebook.run(f"import trackbook as tb\n{call}")
        assert "the two newest of this notebook" in ran.stdout
        assert [run["run_id"] for run in ran.value.compare["runs"]] == [ids["two"], ids["three"]]


def test_status_says_why_the_last_cell_was_not_tracked(notebook: Notebook) -> None:
    notebook.home.mkdir(exist_ok=True)
    (notebook.home / "trackbook.db").write_text("no database at all")
    said = notebook.run("%%track ex --quiet\nx = 1").stderr
    assert "untracked" in said
    assert said.count("\n") == 1
    reason = said.partition("untracked: ")[2].strip()
    assert f"untracked: {reason}" in notebook.run("%track status").stdout
