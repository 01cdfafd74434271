"""A plain script's run has the record that a tracked cell has, as far as there is something, in real processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from trackbook.connect import connect
from trackbook.core import tags
from trackbook.core.ports import RunQuery
from trackbook.tracking.executions import last_folder
from trackbook.tracking.scripts.arguments import clean_arguments

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trackbook.core.entities import Run

TRAIN = """
import sys, warnings
import trackbook as tb, helper
with tb.start_run():
    rows = open("data.csv").read()
    open("out.txt", "w").write(rows)
    warnings.warn("careful")
    tb.log_metric("n", helper.count(rows))
    if "--fail" in sys.argv:
        {}["missing"]
"""


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    done = subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


@dataclass
class Project:
    folder: Path

    def python(self, *arguments: str, status: int = 0, **variables: str) -> subprocess.CompletedProcess[str]:
        names = ("TRACKBOOK_SCRIPTS", "TRACKBOOK_TRACKING_URI", "MLFLOW_TRACKING_URI", "PYTEST_CURRENT_TEST")
        environ = {key: value for key, value in os.environ.items() if key not in names}
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env={**environ, "TRACKBOOK_SYSTEM_METRICS": "0", **variables},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == status, done
        return done

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(textwrap.dedent(text))

    @property
    def runs(self) -> list[tuple[Run, dict[str, str]]]:
        """Each run, oldest first, with the texts of its artifacts."""
        store = connect(self.folder / ".trackbook")
        try:
            found = store.runs.search(RunQuery(order_by=("start_time ASC",))).items
            return [(run, _texts(store, run.info.run_id)) for run in found]
        finally:
            store.close()


def _texts(store: Any, run_id: str, folder: str = "") -> dict[str, str]:
    texts = {}
    for one in store.artifacts.list(run_id, folder):
        if one.is_dir:
            texts |= _texts(store, run_id, one.path)
        else:
            with store.artifacts.open(run_id, one.path) as file:
                texts[one.path] = file.read().decode()
    return texts


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    (tmp_path / "data.csv").write_text("a,b\n")
    (tmp_path / "helper.py").write_text("count = len\n")
    (tmp_path / "train.py").write_text(TRAIN)
    git(tmp_path, "init", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "first")
    return Project(tmp_path)


def test_a_script_s_run_has_the_record_of_a_tracked_cell(project: Project) -> None:
    project.write("train.py", TRAIN + "# not committed\n")
    done = project.python("train.py", "--lr", "3", "--token=Zr4kQ81mVx72LpTa90sD")
    assert done.stderr.count("UserWarning: careful") == 1
    ((run, texts),) = project.runs
    told = run.data.tags
    assert (run.info.status, told[tags.SOURCE_NAME], told[tags.SOURCE_TYPE]) == ("FINISHED", "train.py", "LOCAL")
    assert told[tags.GIT_COMMIT] == git(project.folder, "rev-parse", "HEAD")
    assert (told[tags.GIT_BRANCH], told[tags.GIT_DIRTY]) == ("main", "true")
    assert json.loads(told[tags.ARGUMENTS]) == ["--lr", "3", "--token=[secret: token]"]
    assert texts[tags.SOURCE_FILE] == TRAIN + "# not committed\n"
    assert "+# not committed" in texts[tags.DIFF_FILE]
    assert "pytest==" in texts[tags.REQUIREMENTS_FILE]
    assert json.loads(texts[tags.ENVIRONMENT_FILE])["executable"] == sys.executable
    assert [one["name"] for one in json.loads(texts[tags.MODULES_FILE])["modules"]] == ["helper"]
    assert [one.dataset.name for one in run.inputs.dataset_inputs] == ["data.csv"]
    assert [one["path"] for one in json.loads(texts[tags.FILES_FILE])["written"]] == ["out.txt"]
    assert json.loads(texts[tags.OUTPUTS_FILE])["warnings"] == [{"category": "UserWarning", "message": "careful"}]
    assert "token" in texts[tags.SECRETS_FILE]


def test_what_a_script_read_before_its_run_began_is_an_input_where_it_names_it(project: Project) -> None:
    project.write("given.csv", "x")
    project.write("unread.csv", "x")
    project.write(
        "early.py",
        """
        import sys, trackbook as tb
        open("made.csv", "w").write("x")
        rows = open("data.csv").read() + open(sys.argv[1].partition("=")[2]).read() + open("made.csv").read()
        with tb.start_run():
            tb.log_metric("n", len(rows))
            open("out.csv", "w").write(rows)
        """,
    )
    for name in ("data.csv", "given.csv", "unread.csv"):
        os.utime(project.folder / name, (1_000_000_000, 1_000_000_000))  # long before the process
    project.python("early.py", "--data=given.csv")
    ((run, texts),) = project.runs
    profiles = {one.dataset.name: json.loads(one.dataset.profile) for one in run.inputs.dataset_inputs}
    assert {name: profile["seen"] for name, profile in profiles.items()} == {"data.csv": "named", "given.csv": "named"}
    assert [one["path"] for one in json.loads(texts[tags.FILES_FILE])["written"]] == ["out.csv"]


def test_a_script_that_goes_on_with_a_run_keeps_its_own_record(project: Project) -> None:
    project.python("train.py", "--fail", "first", status=1)
    run_id = project.runs[0][0].info.run_id
    project.write("more.py", f"import trackbook as tb\nwith tb.start_run(run_id={run_id!r}):\n    pass\n")
    project.python("more.py")
    project.python("more.py")
    ((run, texts),) = project.runs
    folder = last_folder(run.data.tags)
    assert texts[tags.SOURCE_FILE] == TRAIN
    assert texts[f"{folder}/source.py"].startswith("import trackbook as tb\nwith tb.start_run(run_id=")
    assert len([path for path in texts if path.endswith("/environment.json")]) == 3
    assert "KeyError" in texts[tags.TRACEBACK_FILE]
    assert {tags.ERROR_TYPE, tags.ARGUMENTS}.isdisjoint(run.data.tags)
    second = next(path for path in texts if path.startswith("trackbook/resumed-2-") and path.endswith("execution.json"))
    before = json.loads(texts[second])["before"]
    assert (before["status"], before["tags"][tags.ERROR_TYPE]) == ("FAILED", "KeyError")


@pytest.mark.parametrize("how", ["with", "without"])
def test_a_failure_keeps_its_traceback(project: Project, how: str) -> None:
    if how == "without":
        project.write("train.py", "import trackbook as tb\ntb.start_run()\n{}['missing']")
    done = project.python("train.py", "--fail", status=1)
    assert done.stderr.count("KeyError: 'missing'") == 1
    ((run, texts),) = project.runs
    assert (run.info.status, run.data.tags[tags.ERROR_TYPE]) == ("FAILED", "KeyError")
    assert "train.py" in texts[tags.TRACEBACK_FILE]
    assert texts[tags.TRACEBACK_FILE].endswith("KeyError: 'missing'\n")


def test_a_secret_that_the_script_tells_is_known_before_anything_is_logged(project: Project) -> None:
    told = "import trackbook as tb\n_, smtp_pw = 'me', 'hunter22!x'\ntb.start_run()\n"
    project.write("train.py", told + "tb.log_param('is', smtp_pw)\nraise ValueError(f'not with {smtp_pw}')")
    project.python("train.py", status=1)
    ((run, texts),) = project.runs
    assert run.data.params["is"] == "[secret: password]"
    assert run.data.tags[tags.ERROR_MESSAGE] == "not with [secret: password]"
    assert not [name for name, text in texts.items() if "hunter22" in text]


def test_a_log_call_without_start_run_and_a_module_and_a_command(project: Project) -> None:
    project.write("log.py", "import trackbook as tb\ntb.log_metric('x', 1)")
    project.python("log.py")
    project.python("-m", "log")
    project.python("-c", "import trackbook as tb; tb.log_metric('y', 2)")
    sources = [texts[tags.SOURCE_FILE] for _, texts in project.runs]
    assert sources == ["import trackbook as tb\ntb.log_metric('x', 1)"] * 2 + [
        "import trackbook as tb; tb.log_metric('y', 2)"
    ]


def test_a_commit_between_two_runs_is_seen_by_the_second(project: Project) -> None:
    project.write(
        "two.py",
        """
        import subprocess, trackbook as tb, time
        from trackbook.core.tags import GIT_COMMIT
        for number in range(2):
            with tb.start_run() as run:
                tb.log_param("number", number)
                end = time.monotonic() + 60
                while GIT_COMMIT not in tb.get_run(run.info.run_id).data.tags and time.monotonic() < end:
                    time.sleep(0.05)  # git is asked meanwhile
            with open("helper.py", "a") as file:
                file.write("# more\\n")
            subprocess.run("git -c user.name=t -c user.email=t@example.org commit -qam more", shell=True, check=True)
        """,
    )
    project.python("two.py")
    (first, _), (second, _) = project.runs
    assert first.data.tags[tags.GIT_COMMIT] == git(project.folder, "rev-parse", "HEAD~2")
    assert second.data.tags[tags.GIT_COMMIT] == git(project.folder, "rev-parse", "HEAD~1")


def test_children_leave_the_record_to_the_outermost_run(project: Project) -> None:
    project.write(
        "nested.py",
        "import trackbook as tb\nwith tb.start_run():\n    for n in range(2):\n"
        "        with tb.start_run(nested=True):\n            tb.log_param('n', n)",
    )
    project.python("nested.py")
    (_, texts), *children = project.runs
    assert tags.SOURCE_FILE in texts
    assert [found for _, found in children] == [{}, {}]


def test_a_test_runner_is_no_script_and_the_switch_is_heard(project: Project) -> None:
    project.write("test_it.py", "def test_it():\n    import trackbook as tb\n    tb.log_metric('x', 1)")
    project.python("-m", "pytest", "-q", "-p", "no:cacheprovider", "test_it.py")
    project.python("train.py", TRACKBOOK_SCRIPTS="0")
    (_, by_pytest), (run, switched_off) = project.runs
    assert "def test_it" in by_pytest[tags.SOURCE_FILE]  # the project's own file that it runs
    assert (switched_off, run.inputs.dataset_inputs) == ({}, ())


def test_outside_of_a_repository_and_without_git(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "train.py").write_text("import trackbook as tb\ntb.start_run()")
    Project(tmp_path).python("train.py")
    Project(tmp_path).python("train.py", PATH="")
    for run, texts in Project(tmp_path).runs:
        assert run.info.status == "FINISHED"
        assert tags.GIT_COMMIT not in run.data.tags
        assert tags.SOURCE_FILE in texts


def test_what_a_script_does_to_python_does_not_reach_its_record(project: Project) -> None:
    project.write(
        "train.py",
        """
        import builtins, io, os, random, sys, time, warnings
        import trackbook as tb
        random.seed(1)
        with tb.start_run():
            before = random.getstate()
            builtins.open = random.random = warnings.showwarning = None
            time.time = time.monotonic = time.time_ns = lambda: 0
            sys.stdout = sys.stderr = io.StringIO()
            tb.log_metric("x", 1)
        assert random.getstate() == before
        """,
    )
    project.python("train.py")
    ((run, texts),) = project.runs
    assert run.info.status == "FINISHED"
    assert tags.SOURCE_FILE in texts
    assert tags.REQUIREMENTS_FILE in texts


def test_a_forked_child_and_an_exit_without_goodbye(project: Project) -> None:
    project.write(
        "train.py",
        """
        import os, time
        import trackbook as tb
        run = tb.start_run()
        pid = os.fork()
        if pid == 0:
            tb.log_metric("child", 1)
            os._exit(0)
        os.waitpid(pid, 0)
        tb.log_metric("x", 1)
        time.sleep(3)
        os._exit(3)
        """,
    )
    project.python("train.py", status=3)
    project.python("-c", "import trackbook as tb; tb.search_runs()")  # takes in what the dead process left
    ((run, texts), *_) = project.runs
    assert (run.info.status, run.data.metrics) == ("KILLED", {"x": 1.0, "child": 1.0})
    assert tags.SOURCE_FILE in texts


def test_arguments_without_secrets() -> None:
    given = ["fit", "--lr=0.1", "--password", "hunter22!", "-v", "--api-key=Zr4kQ81mVx72LpTa90sD", "x"]
    shown, findings = clean_arguments(given)
    assert shown == ["fit", "--lr=0.1", "--password", "[secret: password]", "-v", "--api-key=[secret: key]", "x"]
    assert len(findings) == 2
    assert clean_arguments(["a"] * 300)[0][-1] == "… 100 more"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (["-p", "hunter2hunter2"], ["-p", "[secret: password]"]),
        (["-p", "8080"], ["-p", "8080"]),
        (["-p", "data/set1.csv"], ["-p", "data/set1.csv"]),
        (["-p", "2024-01-01"], ["-p", "2024-01-01"]),
        (["--token=Zr4kQ81mVx72LpTa90sD"], ["--token=[secret: token]"]),
        (["--num-tokens", "512"], ["--num-tokens", "512"]),
        (["--AKIAZ7VR3KQ2LWNP5TXD"], ["--[secret: AWS key]"]),
    ],
)
def test_a_short_option_has_a_password_or_a_path(given: list[str], shown: list[str]) -> None:
    assert clean_arguments(given)[0] == shown


FOUND = """
import sys, trackbook as tb
LR = 0.1
TOKEN = "hunter2-hunter2"
loss = 3.0
for epochs in (1, 2):
    with tb.start_run():
        if "--log" in sys.argv:
            tb.log_param("mine", 1)
            tb.log_metric("own", 2)
        loss = 1 / (1 + epochs)
        results = {"accuracy": 1 - loss, "name": "x"}
        def helper():
            local = 7
        helper()
        stale = 5 if epochs > 1 else 1.5 * epochs
    with tb.start_run():
        pass
"""


def test_a_script_s_top_level_gives_params_and_what_the_run_computed(project: Project) -> None:
    project.write("train.py", FOUND)
    project.python("train.py")
    first, idle, second, _ = [run for run, _ in project.runs]
    assert first.data.params == {"LR": "0.1", "results.name": "x"}
    assert first.data.metrics == {"loss": 0.5, "results.accuracy": 0.5, "stale": 1.5}
    assert second.data.metrics["loss"] == pytest.approx(1 / 3)
    assert idle.data.metrics == {}
    assert json.loads(first.data.tags[tags.ORIGINS])["LR"].startswith("assigned")


def test_a_script_that_logs_for_itself_gets_nothing_else(project: Project) -> None:
    project.write("train.py", FOUND)
    project.python("train.py", "--log")
    run = project.runs[0][0]
    assert (run.data.params, run.data.metrics) == ({"mine": "1"}, {"own": 2.0})


def test_a_script_s_values_are_left_alone_where_only_what_is_logged_is_kept(project: Project) -> None:
    project.write("train.py", FOUND)
    project.python("train.py", TRACKBOOK_SCRIPTS="0")
    run = project.runs[0][0]
    assert (run.data.params, run.data.metrics) == ({}, {})
