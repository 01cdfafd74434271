"""A tracked cell becomes a run that holds what happened."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from trackbook.core import tags
from trackbook.errors import NotFound
from trackbook.jupyter.beginning import Beginnings
from trackbook.jupyter.parts.models import keeps_models

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Notebook

SVM = """%%track digits --cell svm --tag stage=dev --note "first try"
C = 10.0
accuracy = scale * 0.25
"""


def test_a_cell_s_run_holds_params_metrics_tags_source_and_its_line(notebook: Notebook) -> None:
    notebook.ran("scale = 2.0")
    notebook.ran(SVM, cell_id="abc")
    run = notebook.last
    assert run.info.status == "FINISHED"
    assert run.data.params == {"C": "10.0", "scale": "2.0"}
    assert run.data.metrics == {"accuracy": 0.5}
    assert run.data.tags["stage"] == "dev"
    assert run.data.tags[tags.NOTE] == "first try"
    assert json.loads(run.data.tags[tags.ORIGINS]) == {
        "C": "assigned in line 2",
        "scale": "read from the notebook, set in cell [2]",
        "accuracy": "computed in line 3",
    }
    cell = notebook.cell(run)
    assert (cell.line, cell.version, cell.cell_id, cell.guessed) == ("notebook#svm", 1, "abc", False)
    assert cell.source == SVM == notebook.artifact(run, tags.SOURCE_FILE)


def test_literals_are_there_before_the_cell_s_work_and_the_cell_s_own_log_stands(notebook: Notebook) -> None:
    notebook.ran("import trackbook as tb\ndef own(): tb.log_param('C', 7)")
    notebook.ran("%%track\nC = 5\nloops = 0\nfor loops in range(3): pass\nseen = dict(tb.active_run().params)")
    assert notebook.shell.user_ns["seen"] == {"C": "5"}
    assert notebook.last.data.params == {"C": "5"}
    assert json.loads(notebook.last.data.tags[tags.ORIGINS]) == {"C": "assigned in line 2"}
    notebook.ran("%%track\nC = 5\nown()")
    assert notebook.last.data.params == {"C": "7"}


def test_what_we_do_before_the_cell_is_no_part_of_its_run(notebook: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    notebook.ran("%%track\nC = 1")
    of = Beginnings.of

    def slow(*args: Any) -> Any:
        time.sleep(0.5)
        return of(*args)

    monkeypatch.setattr(Beginnings, "of", slow)
    notebook.ran("%%track\nC = 1")
    assert notebook.last.info.end_time - notebook.last.info.start_time < 500


def test_an_edited_cell_is_the_next_version_of_its_line(notebook: Notebook) -> None:
    notebook.ran("%%track\nC = 1.0\nloss = abs(C - 3)", cell_id="c1")
    notebook.ran("%%track\nC = 2.0\nloss = abs(C - 3)", cell_id="c1")
    notebook.ran("%%track\nC = 2.5\nloss = abs(C - 3)")
    cells = [notebook.cell(run) for run in notebook.runs]
    assert [cell.version for cell in cells] == [1, 2, 3]
    assert len({cell.line for cell in cells}) == 1
    assert [cell.guessed for cell in cells] == [False, False, True]


def test_the_history_holds_every_executed_cell_in_order(bare: Notebook) -> None:
    bare.ran("early = 1")
    bare.ran("%load_ext trackbook")
    bare.run("1 / 0")
    bare.ran("%%track\nx = 1", cell_id="c")
    history = json.loads(bare.artifact(bare.last, tags.HISTORY_FILE))
    sources = [history["sources"][one["source_hash"]] for one in history["executions"]]
    assert sources == ["early = 1", "%load_ext trackbook", "1 / 0", "%%track\nx = 1"]
    assert [one["outcome"] for one in history["executions"]] == ["unknown", "ok", "error", "ok"]
    assert [one["execution_count"] for one in history["executions"]] == [1, 2, 3, 4]
    assert history["executions"][-1]["cell_id"] == "c"
    assert history["executions"][-1]["duration_ms"] >= 0
    begun = [one["start_ms"] for one in history["executions"]]
    assert begun[:2] == [None, None]  # before we were there
    assert bare.last.info.start_time >= begun[3] >= begun[2] > 0


def test_the_run_knows_its_environment_and_repository(notebook: Notebook, tmp_path: Path) -> None:
    def git(*arguments: str) -> str:
        command = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *arguments]
        return subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True).stdout.strip()

    git("init", "-b", "main")
    git("add", "pyproject.toml")
    git("commit", "-m", "first")
    notebook.ran("%%track\nx = 1")
    run = notebook.last
    assert run.data.tags[tags.GIT_COMMIT] == git("rev-parse", "HEAD")
    assert run.data.tags[tags.GIT_BRANCH] == "main"
    assert run.data.tags[tags.GIT_DIRTY] == "false"
    assert "numpy==" in notebook.artifact(run, tags.REQUIREMENTS_FILE)
    assert json.loads(notebook.artifact(run, tags.ENVIRONMENT_FILE))["python"]


def test_the_repository_is_the_notebook_s_own_and_is_asked_for_each_run(
    bare: Notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def git(folder: str, *arguments: str) -> str:
        command = ["git", "-C", folder, "-c", "user.name=t", "-c", "user.email=t@example.org", *arguments]
        return subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True).stdout.strip()

    for name in ("kernel", "notebook", "launcher"):
        (tmp_path / name).mkdir()
        git(name, "init", "-b", name)
        git(name, "commit", "--allow-empty", "-m", name)
    git("notebook", "remote", "add", "origin", "https://me:hunter2@example.org/r.git")
    monkeypatch.chdir(tmp_path / "kernel")
    monkeypatch.setattr(sys, "argv", [str(tmp_path / "launcher" / "ipykernel_launcher.py")])
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "notebook" / "a.ipynb"))
    bare.ran("%load_ext trackbook")
    commits = []
    for message in ("second", "third"):
        bare.ran("%%track --quiet\nx = 1")
        run = bare.last
        assert run.data.tags[tags.GIT_BRANCH] == "notebook"
        assert run.data.tags[tags.GIT_REPOSITORY] == "https://example.org/r.git"
        commits.append((run.data.tags[tags.GIT_COMMIT], git("notebook", "rev-parse", "HEAD")))
        git("notebook", "commit", "--allow-empty", "-m", message)
    assert all(kept == asked for kept, asked in commits)
    assert commits[0] != commits[1]


def test_the_notebook_s_file_is_kept_where_it_is_found(
    bare: Notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "lessons" / "a.ipynb"
    file.parent.mkdir()
    file.write_text('{"cells": []}')
    monkeypatch.setenv("JPY_SESSION_NAME", str(file))
    bare.ran("%load_ext trackbook")
    bare.ran("%%track --cell one\nx = 1")
    assert '"x = 1"' in bare.artifact(bare.last, tags.NOTEBOOK_FILE)
    assert bare.last.data.tags[tags.NOTEBOOK] == "lessons/a.ipynb"
    assert bare.cell(bare.last).line == "lessons/a.ipynb#one"
    file.unlink()
    bare.ran("%%track --cell one\nx = 2")
    assert bare.cell(bare.last).version == 2


def test_a_notebook_that_nobody_names_is_known_by_its_cells(bare: Notebook, tmp_path: Path) -> None:
    sources = ["%load_ext trackbook", "%%track --cell one\nx = 1", "%%track --cell two\nx = 2"]
    cells = [{"cell_type": "code", "source": source} for source in sources]
    (tmp_path / "lesson.ipynb").write_text(json.dumps({"cells": cells}))
    (tmp_path / "other.ipynb").write_text(json.dumps({"cells": cells[:1]}))
    for source in sources:
        bare.ran(source)
    assert [bare.cell(run).line for run in bare.runs] == ["lesson.ipynb#one", "lesson.ipynb#two"]


def test_a_failing_cell_keeps_its_error_and_traceback(notebook: Notebook) -> None:
    ran = notebook.run("%%track\ndepth = 3\ndef f():\n    return 1 / 0\nf()")
    assert isinstance(ran.error, ZeroDivisionError)
    run = notebook.last
    assert run.info.status == "FAILED"
    assert run.data.params == {"depth": "3"}
    assert run.data.tags[tags.ERROR_TYPE] == "ZeroDivisionError"
    assert run.data.tags[tags.ERROR_MESSAGE] == "division by zero"
    text = notebook.artifact(run, tags.TRACEBACK_FILE)
    assert "line 4, in f\n    return 1 / 0\n" in text
    assert "In[" in text
    assert "interactiveshell" not in text


@pytest.mark.parametrize(
    "body",
    [
        "raise KeyboardInterrupt",
        "try:\n    raise KeyboardInterrupt\nexcept KeyboardInterrupt as e:\n    raise RuntimeError('stopped') from e",
        "try:\n    raise KeyboardInterrupt\nfinally:\n    {}['cleanup']",
        "import asyncio\nraise asyncio.CancelledError",
    ],
)
def test_an_interrupted_cell_s_run_is_killed(notebook: Notebook, body: str) -> None:
    notebook.run(f"%%track\n{body}")
    assert notebook.last.info.status == "KILLED"


def test_a_cell_that_does_not_parse_opens_no_run(notebook: Notebook) -> None:
    assert isinstance(notebook.run("%%track\nx = = 1").error, SyntaxError)
    assert isinstance(notebook.run("%%track\n%%time\nx = = 1").error, SyntaxError)
    assert notebook.runs == []


@pytest.mark.parametrize("line", ["--cel a", "--tag nothing", "a b"])
def test_a_wrong_option_stops_the_cell(notebook: Notebook, line: str) -> None:
    ran = notebook.run(f"%%track {line}\nran = True")
    assert ran.error is not None
    assert "ran" not in notebook.shell.user_ns
    assert ran.stderr.startswith("UsageError: %%track: ")
    assert ran.stderr.count("\n") == 1
    assert notebook.runs == []


def test_what_the_cell_logs_itself_stands(notebook: Notebook) -> None:
    notebook.ran(
        "%%track\nimport trackbook as tb\nC = 1\nacc = 0.5 * C\n"
        "tb.log_param('C', 'mine')\nfor s in range(3): tb.log_metric('acc', s / 10, step=s)"
    )
    run = notebook.last
    assert run.data.params["C"] == "mine"
    assert run.data.aggregates["acc"].count == 3
    assert tags.ORIGINS not in run.data.tags


def test_options_switch_parts_off(notebook: Notebook) -> None:
    ran = notebook.run("%%track --no-params --no-metrics --quiet\nC = 1\nacc = C * 0.5")
    assert (notebook.last.data.params, notebook.last.data.metrics) == ({}, {})
    assert ran.stdout == ""


def test_a_fitted_model_is_kept(notebook: Notebook) -> None:
    notebook.ran("from sklearn.linear_model import LogisticRegression")
    notebook.ran("%%track\nclf = LogisticRegression(C=0.5).fit([[0.0], [1.0]], [0, 1])")
    assert "skops" in notebook.artifact(notebook.last, "clf/MLmodel")
    notebook.ran("%%track --no-models\nclf.fit([[0.0], [1.0]], [0, 1])")
    with pytest.raises(NotFound):
        notebook.artifact(notebook.last, "clf/MLmodel")


def test_runs_started_inside_are_children_and_end_with_the_cell(notebook: Notebook) -> None:
    notebook.ran(
        "%%track\nimport trackbook as tb\n"
        "for lr in (0.1, 0.2):\n    with tb.start_run():\n        tb.log_param('lr', lr)\n"
        "left_open = tb.start_run()"
    )
    parent, *children = notebook.runs
    assert [run.info.status for run in notebook.runs] == ["FINISHED"] * 4
    assert {run.data.tags[tags.PARENT_RUN_ID] for run in children} == {parent.info.run_id}


def test_variables_and_expressions_expand_as_in_other_magics(notebook: Notebook) -> None:
    notebook.ran("who = 'ann'")
    notebook.ran("%%track --name run-{who} --tag by=$who\nx = 1")
    assert notebook.last.info.run_name == "run-ann"
    assert notebook.last.data.tags["by"] == "ann"


def test_time_above_and_below_is_found_through(notebook: Notebook) -> None:
    below = notebook.run("%%track --cell t\n%%time\nlr = 0.1\nloss = lr * 2")
    above = notebook.run("%%time\n%%track --cell t\nlr = 0.2\nloss = lr * 2")
    assert "Wall time" in below.stdout
    assert "Wall time" in above.stdout
    assert [run.data.params for run in notebook.runs] == [{"lr": "0.1"}, {"lr": "0.2"}]
    assert [run.data.metrics for run in notebook.runs] == [{"loss": 0.2}, {"loss": 0.4}]


def test_capture_above_runs_the_cell_inside_a_cell_and_makes_one_run(notebook: Notebook) -> None:
    notebook.ran("%%capture out\n%%track --cell t\nlr = 0.1\nprint('heard')", cell_id="c9")
    assert "heard" in notebook.shell.user_ns["out"].stdout
    (run,) = notebook.runs
    assert run.info.status == "FINISHED"
    assert run.data.params == {"lr": "0.1"}
    assert notebook.cell(run).cell_id == "c9"


def test_a_tracked_cell_that_runs_a_tracked_cell_has_a_child(notebook: Notebook) -> None:
    notebook.ran("%%track --cell outer\nget_ipython().run_cell('%%track --cell inner\\na = 1')\nb = 2")
    by_line = {notebook.cell(run).line: run for run in notebook.runs}
    outer, inner = by_line["notebook#outer"], by_line["notebook#inner"]
    assert inner.data.tags[tags.PARENT_RUN_ID] == outer.info.run_id
    assert [outer.info.status, inner.info.status] == ["FINISHED", "FINISHED"]
    assert outer.data.params == {"b": "2"}


def test_other_magics_and_shell_commands_in_a_tracked_cell(notebook: Notebook) -> None:
    notebook.ran("%%track\nsize = 3\n%env TB_X=1\nfiles = !echo a b\nn = len(files)")
    assert notebook.last.data.params == {"size": "3"}
    assert notebook.last.data.metrics == {"n": 1.0}
    notebook.ran("%%track\n%%bash\necho hello")
    assert notebook.last.info.status == "FINISHED"


def test_what_a_script_or_a_text_that_the_cell_runs_assigns_and_computes(notebook: Notebook, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("import sys\nlr = 0.5\n\ndef f():\n    return lr * 2\n\nloss = f()\n")
    notebook.ran("%%track --quiet\nC = 1\n%run train.py")
    assert (notebook.last.data.params, notebook.last.data.metrics) == ({"C": "1", "lr": "0.5"}, {"loss": 1.0})
    assert json.loads(notebook.last.data.tags[tags.ORIGINS]) == {
        "C": "assigned in line 2",
        "lr": "assigned in line 2 of train.py",
        "loss": "computed in line 7 of train.py",
    }
    notebook.ran("%%track --quiet\nget_ipython().run_cell('C = 2\\ncost = C * lr');")
    assert (notebook.last.data.params, notebook.last.data.metrics) == ({"C": "2", "lr": "0.5"}, {"cost": 1.0})
    assert "computed in line 2 of the cell that it runs" in notebook.last.data.tags[tags.ORIGINS]
    (tmp_path / "own.py").write_text("import trackbook as tb\nwith tb.start_run():\n    rate = 0.5\n")
    for cell in ("%run own", "%run gone.py", "%run -n train.py"):
        notebook.run(f"%%track --quiet\n{cell}")
        outer = next(run for run in reversed(notebook.runs) if tags.PARENT_RUN_ID not in run.data.tags)
        assert "rate" not in outer.data.params
    assert notebook.hooks.guard.failures == []


def test_top_level_await_in_a_tracked_cell(notebook: Notebook) -> None:
    notebook.ran("%%track\nimport asyncio\nasync def f(): return 0.5\nscore = await f()")
    assert notebook.last.data.metrics == {"score": 0.5}


def test_a_secret_is_left_out_and_the_run_says_so(notebook: Notebook) -> None:
    notebook.ran("%%track\npassword = 'hunter2'\nC = 1")
    assert notebook.last.data.params == {"C": "1"}
    assert "password" in notebook.last.data.tags[tags.WARNINGS]


def test_hostile_values_change_nothing(notebook: Notebook) -> None:
    notebook.ran(
        "class H:\n    def _r(self, *a): raise RuntimeError('asked')\n"
        "    __repr__ = __str__ = __eq__ = __len__ = __float__ = __bool__ = __hash__ = _r\nh = H()"
    )
    notebook.ran("%%track\ng = h\nk = H()\nhuge = 10 ** 5000\nok = 1")
    run = notebook.last
    assert run.info.status == "FINISHED"
    assert run.data.params["ok"] == "1"
    assert notebook.hooks.guard.failures == []


def test_an_error_whose_text_cannot_be_had(notebook: Notebook) -> None:
    notebook.run("%%track\nclass E(Exception):\n    def __str__(self): raise RuntimeError\nraise E()")
    assert notebook.last.info.status == "FAILED"
    assert notebook.hooks.guard.failures == []


def test_names_are_kept_as_text(notebook: Notebook) -> None:
    name = "<script>alert('x')</script> \N{ROCKET}" + "x" * 400
    notebook.ran(f"%%track --name {name!r}\nx = 1" if "'" not in name else f'%%track --name "{name}"\nx = 1')
    assert notebook.last.info.run_name == name


def test_replacing_print_time_and_random_does_not_reach_the_record(notebook: Notebook) -> None:
    notebook.ran(
        "%%track\nimport time, random, builtins\n"
        "saved = time.time, time.time_ns, time.perf_counter, random.random, builtins.open\n"
        "time.time = time.time_ns = time.perf_counter = random.random = None\nx = 1"
    )
    notebook.ran("time.time, time.time_ns, time.perf_counter, random.random, builtins.open = saved")
    assert notebook.last.info.status == "FINISHED"


def test_the_random_stream_is_the_same(notebook: Notebook) -> None:
    draw = "random.random(), np.random.rand(), torch.rand(1).item(), rng.random()"

    def drawn(first: str) -> Any:
        notebook.ran("import random, numpy as np, torch\nfrom sklearn.tree import DecisionTreeRegressor as Tree")
        notebook.ran("random.seed(1); np.random.seed(1); torch.manual_seed(1); rng = np.random.default_rng(1)")
        during = notebook.ran(f"{first}\nX = torch.rand(9, 2)\nmodel = Tree(max_depth=1).fit(X, X[:, 0])\n{draw}")
        assert notebook.hooks.workers.wait(30)
        return during, notebook.ran(draw)

    assert drawn("%%track --quiet") == drawn("# as it is")


def test_asyncio_is_not_needed_to_tell_an_interrupt() -> None:
    from trackbook.jupyter.outcome import was_interrupted

    assert was_interrupted(asyncio.CancelledError())
    assert not was_interrupted(ValueError())


@pytest.mark.parametrize(
    ("code", "keeps"),
    [("tb.sklearn.log_model(m)", True), ("log_model(m)", True), ("# log_model(m)", False), ("x = 'log_model('", False)],
)
def test_only_a_call_of_log_model_replaces_the_keeping_of_models(code: str, keeps: bool) -> None:
    assert keeps_models(f"m = 1\n{code}\n") is keeps


@pytest.mark.parametrize(
    ("call", "status"), [("sys.exit(1)", "FAILED"), ("sys.exit('no')", "FAILED"), ("sys.exit()", "FINISHED")]
)
def test_an_exit_ends_the_run_by_its_code(notebook: Notebook, call: str, status: str) -> None:
    with pytest.warns(UserWarning, match="To exit"):
        notebook.run(f"%%track --quiet\nimport sys\n{call}")
    assert notebook.last.info.status == status
