"""What each option of `%%track` does to its run, and what `%track set` sets for all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.jupyter.kernels import LAST, kernel_in

from trackbook.core import tags
from trackbook.errors import NotRecorded
from trackbook.tracking.session import current_session

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Notebook


def test_goal_and_baseline_are_tags(notebook: Notebook) -> None:
    notebook.ran("%%track --goal val_acc:max --baseline --quiet\nx = 1")
    assert notebook.last.data.tags[tags.GOAL] == "val_acc:max"
    assert notebook.last.data.tags[tags.BASELINE] == "true"


def test_a_seed_makes_draws_the_same_and_is_recorded(notebook: Notebook) -> None:
    cell = "%%track --seed 7 --quiet\nimport random, numpy as np\ndrawn = random.random(), np.random.rand()"
    notebook.ran("import numpy")
    first, second = ([notebook.ran(cell), notebook.ran("drawn")][1] for _ in range(2))
    assert first == second
    assert notebook.last.data.params["seed"] == "7"
    seeded = json.loads(notebook.last.data.tags[tags.SEED])
    assert seeded["seed"] == 7
    assert {"random", "numpy"} <= set(seeded["set"])


def test_all_that_is_imported_is_seeded_and_what_the_cell_imports_is_said(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    cell = (
        "%%track --seed 7 --quiet\nimport random, torch\nimport numpy as np\n"
        "first, second, third = random.random(), float(np.random.rand()), torch.rand(1).item()"
    )
    shown = LAST + "import json\nprint(json.dumps([r.data.metrics, r.data.tags]))"
    with kernel_in(tmp_path) as kernel:
        seen = [[kernel.run(cell), json.loads(kernel.run(shown).text)][1] for _ in range(3)]
    drawn = [metrics for metrics, _ in seen]
    assert [one["first"] for one in drawn] == [drawn[0]["first"]] * 3
    assert [one["second"] for one in drawn] == [drawn[0]["second"]] * 3
    assert drawn[1]["third"] == drawn[2]["third"]
    assert [json.loads(run_tags[tags.SEED])["set"] for _, run_tags in seen] == [
        ["random", "numpy"],
        ["random", "numpy", "torch"],
        ["random", "numpy", "torch"],
    ]
    said = "torch was imported by the cell itself and not seeded: import it in a cell above"
    assert [said in run_tags.get(tags.WARNINGS, "") for _, run_tags in seen] == [True, False, False]


def test_without_data_no_file_that_the_cell_reads_is_an_input(notebook: Notebook) -> None:
    notebook.ran("from pathlib import Path\nn = Path('data.csv').write_text('a,b')")
    for option, names in (("", ["data.csv"]), ("--no-data", [])):
        notebook.ran(f"%%track {option} --quiet\ntext = Path('data.csv').read_text()")
        assert notebook.hooks.workers.wait(20)
        assert [one.dataset.name for one in notebook.last.inputs.dataset_inputs] == names


def test_what_the_cell_itself_calls_seed_is_its_own(notebook: Notebook) -> None:
    notebook.ran("%%track --seed 7 --quiet\nseed = 3")
    assert notebook.last.data.params["seed"] == "3"
    assert tags.WARNINGS not in notebook.last.data.tags


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("--goal acc", "METRIC:max"),
        ("--goal acc:up", "METRIC:max"),
        ("--seed -1", "whole number"),
        ("--seed 4294967296", "whole number"),
        ("--parent nobody", "no runs"),
        ("--resume nobody", "no runs"),
        ("--gaol acc:max", "did you mean --goal"),
    ],
)
def test_a_wrong_value_stops_the_cell_in_one_line(notebook: Notebook, line: str, words: str) -> None:
    ran = notebook.run(f"%%track --quiet {line}\nran = True")
    assert words in ran.stderr
    assert ran.stderr.startswith("UsageError: %%track: ")
    assert ran.stderr.count("\n") == 1
    assert "ran" not in notebook.shell.user_ns
    assert notebook.runs == []
    assert notebook.hooks.guard.failures == []


def test_a_parent_is_named_by_name_or_id(notebook: Notebook) -> None:
    notebook.ran("%%track --name sweep --quiet\nx = 1")
    parent = notebook.last.info.run_id
    notebook.ran("%%track --parent sweep --quiet\nx = 2")
    notebook.ran(f"%%track --parent {parent[:12]} --quiet\nx = 3")
    assert [run.data.tags[tags.PARENT_RUN_ID] for run in notebook.runs[1:]] == [parent, parent]


def test_a_resumed_run_goes_on_with_its_history_and_gets_the_new_status(notebook: Notebook) -> None:
    notebook.ran("import trackbook as tb")
    notebook.ran("%%track --name long --quiet\nlr = 0.1\ntb.log_metric('loss', 1.0, step=1)")
    notebook.run("%%track --resume long --tag part=two --quiet\ntb.log_metric('loss', 0.5, step=2)\n1 / 0")
    (run,) = notebook.runs
    assert run.info.status == "FAILED"
    assert run.data.aggregates["loss"].count == 2
    assert run.data.params["lr"] == "0.1"
    assert run.data.tags["part"] == "two"
    refused = notebook.run("%%track --name a --quiet\nget_ipython().run_cell('%%track --resume a --quiet\\ny = 1')")
    assert "still open" in refused.stderr


@pytest.mark.parametrize("option", ["--name {undefined}", "--tag by=$undefined", "--name {lr} --note {lr.missing}"])
def test_what_cannot_be_expanded_is_an_error_and_no_text(notebook: Notebook, option: str) -> None:
    notebook.ran("lr = 0.5")
    ran = notebook.run(f"%%track {option} --quiet\nx = 1")
    assert "cannot be expanded" in ran.stderr
    assert notebook.hooks.run_ids == []
    notebook.ran('%%track --name {lr} --note "{{x}} for $$5" --quiet\nx = 1')
    assert (notebook.last.info.run_name, notebook.last.data.tags[tags.NOTE]) == ("0.5", "{x} for $5")


def test_text_in_braces_that_stands_for_nothing_stays(notebook: Notebook) -> None:
    notebook.ran("%%track --note 'from {a b} to {}' --quiet\nx = 1")
    assert notebook.last.data.tags[tags.NOTE] == "from {a b} to {}"


def test_set_alone_shows_what_is_set(notebook: Notebook) -> None:
    assert "nothing, write %track set KEY=VALUE" in notebook.run("%track set").stdout
    notebook.ran("%track set goal=acc:max")
    assert notebook.run("%track set").stdout == "trackbook: set for all tracked cells: goal=acc:max\n"


def test_switches_given_later_go_before(notebook: Notebook) -> None:
    notebook.ran("%%track --no-params --params --no-metrics --quiet\nC = 1\nacc = C * 0.5")
    assert (notebook.last.data.params, notebook.last.data.metrics) == ({"C": "1"}, {})


def test_set_is_for_all_cells_and_a_cell_s_own_options_go_before(notebook: Notebook) -> None:
    notebook.ran("%track set experiment=lesson goal=acc:max metrics=no quiet=yes tag=stage=dev")
    notebook.ran("%%track\nC = 1\nacc = C * 0.5")
    first = notebook.last
    assert current_session().reading.experiments.get(first.info.experiment_id).name == "lesson"
    assert (first.data.metrics, first.data.tags[tags.GOAL], first.data.tags["stage"]) == ({}, "acc:max", "dev")
    notebook.ran("%%track other --goal loss:min --metrics --tag stage=live\nC = 1\nacc = C * 0.5")
    second = notebook.last
    assert current_session().reading.experiments.get(second.info.experiment_id).name == "other"
    assert (second.data.metrics, second.data.tags[tags.GOAL]) == ({"acc": 0.5}, "loss:min")
    assert second.data.tags["stage"] == "live"
    said = notebook.run("%track status").stdout
    assert "lesson (%track set)" in said
    assert "experiment=lesson goal=acc:max tag=stage=dev metrics=no quiet=yes" in said
    notebook.ran("%track set experiment= goal= tag= metrics= quiet=")
    assert "set for all cells" not in notebook.run("%track status").stdout


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("goal", "KEY=VALUE"),
        ("gaol=acc:max", "did you mean goal"),
        ("resume=x", "the keys are"),
        ("quiet=maybe", "yes or no"),
        ("goal=acc", "METRIC:max"),
        ("experiment=ok goal='a", "quote"),
    ],
)
def test_set_refuses_wrong_words_in_one_line_and_changes_nothing(notebook: Notebook, line: str, words: str) -> None:
    before = notebook.hooks.defaults
    ran = notebook.run(f"%track set {line}")
    assert words in ran.stderr
    assert ran.stderr.count("\n") == 1
    assert notebook.hooks.defaults == before


def _running(notebook: Notebook) -> Any:
    """The run of the cell that is being executed."""
    *_, frame = notebook.hooks._frames
    return frame.cell_run


def test_the_running_card_knows_line_and_version_and_a_warning_is_shown_once(notebook: Notebook) -> None:
    notebook.ran("import trackbook as tb")
    seen: list[Any] = []
    notebook.shell.user_ns["look"] = lambda: seen.append(_running(notebook).card.widget.card["cell"])
    for version in (1, 2):
        ran = notebook.run(f"%%track --cell svm\nC = {version}\nlook()\ntb.log_param('a', 1)\ntb.log_param('a', 2)")
        assert "NotRecorded" not in ran.stderr
    assert [(cell["label"], cell["version"]) for cell in seen] == [("svm", 1), ("svm", 2)]
    assert "cannot become" in notebook.last.data.tags[tags.WARNINGS]
    with pytest.warns(NotRecorded, match="cannot become") as warned:
        notebook.run("%%track --cell svm --quiet\ntb.log_param('a', 1)\ntb.log_param('a', 2)")
    assert len(warned) == 1


def test_an_exit_of_ipython_s_own_ends_the_run_by_its_code(notebook: Notebook) -> None:
    for call in ("exit(1)", "quit(1)"):
        notebook.run(f"%%track --quiet\n{call}")
    assert [run.info.status for run in notebook.runs] == ["FAILED", "FAILED"]
