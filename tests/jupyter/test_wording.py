"""One word changes a wrong guess for the next runs of a cell line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from trackbook.core import tags
from trackbook.tracking.words import FILE_NAME, words_of

if TYPE_CHECKING:
    from conftest import Notebook

CELL = "%%track --cell svm --quiet\nC = 10\nseed = abs(-3)\naccuracy = 0.5 * scale\n_hidden = C + 1"


def ran(notebook: Notebook) -> tuple[dict[str, str], dict[str, float]]:
    notebook.ran(CELL)
    return notebook.last.data.params, notebook.last.data.metrics


def test_a_word_turns_a_guess_and_guess_takes_it_back(notebook: Notebook) -> None:
    notebook.ran("scale = 1.0")
    assert ran(notebook) == ({"C": "10", "scale": "1.0"}, {"seed": 3.0, "accuracy": 0.5})
    said = notebook.run("%track param seed _hidden")
    assert said.stdout == (
        "trackbook: from the next run of cell svm on, seed, _hidden are params; "
        "%track guess seed _hidden takes it back\n"
    )
    notebook.run("%track ignore scale")
    notebook.run("%track metric C")
    assert ran(notebook) == ({"seed": "3", "_hidden": "11"}, {"C": 10.0, "accuracy": 0.5})
    run = notebook.last
    assert json.loads(run.data.tags[tags.ORIGINS])["C"] == "assigned in line 2, a metric by %track metric"
    assert "scale was left out: %track ignore" in json.loads(run.data.tags[tags.LEFT_OUT])
    assert "cell svm: " in notebook.run("%track status").stdout
    notebook.run("%track guess seed, scale C _hidden")
    assert ran(notebook) == ({"C": "10", "scale": "1.0"}, {"seed": 3.0, "accuracy": 0.5})
    assert "said of" not in notebook.run("%track status").stdout


def test_lines_are_counted_as_the_cell_shows_them(notebook: Notebook) -> None:
    notebook.ran("\n%%track --quiet\n%%time\n\nC = 10\naccuracy = C / 20\n\n")
    origins = json.loads(notebook.last.data.tags[tags.ORIGINS])
    assert origins == {"C": "assigned in line 5", "accuracy": "computed in line 6"}


def test_words_hold_for_cells_that_are_runs_by_themselves(notebook: Notebook) -> None:
    notebook.ran("%track on")
    notebook.ran("from sklearn.svm import SVC")
    cell = "C = 3\nnoise = 1\nmodel = SVC(C=C).fit([[0], [1]], [0, 1])\nscore = 0.5 * C"
    notebook.ran(cell, cell_id="fit")
    assert {"C", "noise"} <= set(notebook.last.data.params)
    assert "noise is left out" in notebook.run("%track ignore noise").stdout
    notebook.ran(cell, cell_id="fit")
    assert len(notebook.runs) == 2
    assert "noise" not in notebook.last.data.params
    assert notebook.last.data.metrics["score"] == 1.5
    notebook.ran("%track off")


def test_words_are_kept_with_the_home_and_are_of_one_cell_line(notebook: Notebook) -> None:
    notebook.ran("scale = 1.0")
    notebook.ran(CELL)
    notebook.ran("%%track --cell other --quiet\nC = 10")
    notebook.run("%track ignore C --cell svm")
    assert words_of(notebook.home, "notebook#svm") == {"C": "ignore"}
    notebook.ran("%%track --cell other --quiet\nC = 10")
    assert notebook.last.data.params == {"C": "10"}
    notebook.ran("%reload_ext trackbook")
    assert ran(notebook)[0] == {"scale": "1.0"}
    assert (notebook.home / FILE_NAME).stat().st_mode & 0o077 == 0


def test_a_whole_object_is_named_by_its_name(notebook: Notebook) -> None:
    notebook.ran("cfg = {'lr': 0.1, 'data': {'path': 'x', 'rows': 3}}")
    cell = "%%track --cell one --quiet\nloss = cfg['lr'] * 2\ncfg.get('data')"
    notebook.ran(cell)
    assert notebook.last.data.params == {"cfg.lr": "0.1", "cfg.data.path": "x", "cfg.data.rows": "3"}
    notebook.run("%track ignore cfg.data")
    notebook.ran(cell)
    assert notebook.last.data.params == {"cfg.lr": "0.1"}


def test_before_anything_was_tracked_there_is_nothing_to_change(notebook: Notebook) -> None:
    assert "no cell was tracked in this kernel yet" in notebook.run("%track ignore C").stderr
    assert not (notebook.home / FILE_NAME).exists()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("%track ignore acuracy", "there is no 'acuracy' in cell svm, did you mean accuracy?"),
        ("%track metric", "name what is to be a metric: %track metric NAME ... [--cell CELL]"),
        ("%track param C --cell svn", "no run of a cell 'svn' is kept, did you mean svm?"),
        ("%track param C --cells svm", "there is no option '--cells'"),
        ("%track guess C", "no word was said on 'C', nothing in this cell has one"),
        ("%track param 'C", "no closing quotation"),
        ("%track ignored C", "did you mean %track ignore?"),
    ],
)
def test_a_mistake_is_one_line(shared: Notebook, line: str, message: str) -> None:
    shared.ran("scale = 1.0")
    shared.ran(CELL)
    ran = shared.run(line)
    assert message in ran.stderr
    assert ran.stderr.startswith("UsageError: %track")
    assert ran.stderr.count("\n") == 1
