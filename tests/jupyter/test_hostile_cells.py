"""Cells that do to Python, to git and to their packages what they like: each run is recorded all the same."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from tests.jupyter.kernels import LAST, Kernel, kernel_in

from trackbook.core import tags

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Notebook


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"]
    command = ["git", "-C", str(folder), *identity, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def told(notebook: Notebook) -> dict[str, str]:
    """The tags of the next tracked cell's run, which must have finished."""
    notebook.ran("%%track --quiet\nx = 1")
    assert notebook.hooks.workers.wait(30)
    run = notebook.last
    assert run.info.status == "FINISHED"
    assert notebook.hooks.guard.failures == []
    assert "could not be recorded" not in run.data.tags.get(tags.WARNINGS, "")
    return dict(run.data.tags)


def test_git_in_all_its_states(notebook: Notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert tags.GIT_COMMIT not in told(notebook)
    git(tmp_path, "init")
    (tmp_path / "a.py").write_text("a = 1\n")
    git(tmp_path, "add", "a.py")
    fresh = told(notebook)  # no commit yet
    assert tags.GIT_COMMIT not in fresh
    assert (fresh[tags.GIT_BRANCH], fresh[tags.GIT_DIRTY]) == ("main", "true")
    assert "+a = 1" in notebook.artifact(notebook.last, tags.DIFF_FILE)
    git(tmp_path, "commit", "-m", "first")
    first = told(notebook)
    (tmp_path / "a.py").write_text("a = 2\n")
    git(tmp_path, "commit", "-am", "second")
    second = told(notebook)
    assert first[tags.GIT_COMMIT] == git(tmp_path, "rev-parse", "HEAD~1")
    assert second[tags.GIT_COMMIT] == git(tmp_path, "rev-parse", "HEAD")
    git(tmp_path, "checkout", "--detach")
    detached = told(notebook)
    assert detached[tags.GIT_COMMIT] == second[tags.GIT_COMMIT]
    assert tags.GIT_BRANCH not in detached
    monkeypatch.setenv("PATH", "")
    without = told(notebook)
    assert tags.GIT_COMMIT not in without
    assert "git is not installed" in without[tags.WARNINGS]


def test_a_git_that_answers_late_does_not_hold_up_the_cell(
    notebook: Notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    slow = tmp_path / "bin" / "git"
    slow.write_text("#!/bin/sh\nexec /bin/sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", str(slow.parent))
    monkeypatch.setattr("trackbook.capture.git.TIMEOUT_S", 0.3)
    begun = time.monotonic()
    notebook.ran("%%track --quiet\nx = 1")
    assert time.monotonic() - begun < 20
    late = told(notebook)
    assert tags.GIT_COMMIT not in late
    assert tags.WARNINGS not in late, "it lies in no repository"
    (tmp_path / ".git").mkdir()
    assert "did not answer in time" in told(notebook)[tags.WARNINGS]


def test_packages_with_broken_metadata(notebook: Notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, content in {
        "nothing": None,
        "garbage": b"\xff\xfe\x00garbage",
        "nameless": b"Metadata-Version: 2.1\nVersion: 1\n",
    }.items():
        folder = tmp_path / f"{name}-1.0.dist-info"
        folder.mkdir()
        if content is not None:
            (folder / "METADATA").write_bytes(content)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert "metadata" in told(notebook)[tags.WARNINGS]
    names = [one["name"] for one in json.loads(notebook.artifact(notebook.last, tags.ENVIRONMENT_FILE))["packages"]]
    assert "pytest" in names


HOSTILE = """
import time
class H:
    asked = []
    def _ask(self, *a):
        H.asked.append(1)
        {what}
    __repr__ = __str__ = __eq__ = __len__ = __float__ = __int__ = __bool__ = __hash__ = __iter__ = __getattr__ = _ask
    __array__ = __getstate__ = __reduce__ = __sizeof__ = __deepcopy__ = __copy__ = __format__ = _ask
h = H()
"""


@pytest.mark.parametrize("what", ["raise RuntimeError('asked')", "time.sleep(60)"])
def test_objects_that_answer_badly_are_not_asked(notebook: Notebook, what: str) -> None:
    notebook.ran(HOSTILE.format(what=what))
    begun = time.monotonic()
    notebook.ran("%%track --quiet\ng = h\nk = [h, {'a': h}]\nm = {'b': h}\nt = (h,)\nok = 1")
    assert notebook.hooks.workers.wait(30)
    assert time.monotonic() - begun < 20
    assert notebook.last.data.params["ok"] == "1"
    assert notebook.hooks.guard.failures == []
    assert notebook.shell.user_ns["H"].asked == []


GIVEN = """%%track --quiet
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import validate_data
class Model(RegressorMixin, BaseEstimator):
    def __init__(self, odd=None, c=1): self.odd, self.c = odd, c
    def fit(self, X, y=None): return validate_data(self, X) is None or self
    def predict(self, X): return X
class Config:
    def __init__(self): self.odd, self.lr = h, 0.1
config = Config()
_ = config.lr
model = Model(odd=h, c=3).fit([[0.0], [1.0]], [h, h])
done = 1"""


@pytest.mark.parametrize("what", ["raise RuntimeError('asked')", "time.sleep(60)"])
def test_objects_that_answer_badly_may_be_given_to_a_model(notebook: Notebook, what: str) -> None:
    notebook.ran(HOSTILE.format(what=what).replace(" = __getstate__ = __reduce__", ""))
    begun = time.monotonic()
    notebook.ran(GIVEN.replace("model = Model", "Model"))  # kept as a model, it would be asked for its state
    notebook.ran("%track on")
    notebook.ran(GIVEN.partition("\n")[2].replace("model = Model", "Model"))
    assert notebook.hooks.workers.wait(30)
    assert time.monotonic() - begun < 20
    assert [run.info.status for run in notebook.runs] == ["FINISHED", "FINISHED"]
    assert notebook.hooks.guard.failures == []
    assert notebook.shell.user_ns["H"].asked == []


REPLACED = {
    "open": "import builtins\nbuiltins.open = None",
    "stdout": "import sys, io\nsys.stdout = sys.stderr = io.StringIO()",
    "stdout that raises": (
        "import sys\nclass S:\n    def write(self, t): raise OSError\n    def flush(self): pass\nsys.stdout = S()"
    ),
    "time": "import time\ntime.time = time.monotonic = time.perf_counter = time.time_ns = lambda: 0",
    "sleep": "import time\ntime.sleep = None",
    "sorted": "import builtins\nbuiltins.sorted = lambda *given, **named: 1 / 0",
    "random": "import random, sys\nsys.modules['random'] = None",
    "folder": "import os, tempfile\nd = tempfile.mkdtemp(); os.chdir(d); os.rmdir(d)",
}


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with kernel_in(tmp_path_factory.mktemp("kernel")) as kernel:
        yield kernel


SAVE = """
import builtins, sys, os, time, random, json
_saved = builtins.open, builtins.sorted, builtins.print, sys.stdout, sys.stderr, os.getcwd(), dict(vars(time))
"""
RESTORE = """
builtins.open, builtins.sorted, builtins.print, sys.stdout, sys.stderr, _folder, _time = _saved
os.chdir(_folder); vars(time).update(_time); sys.modules['random'] = random
globals().pop('print', None)
"""


@pytest.mark.parametrize("body", REPLACED.values(), ids=REPLACED.keys())
def test_a_cell_that_replaces_what_python_is_made_of(kernel: Kernel, body: str) -> None:
    kernel.run(SAVE)
    ran = kernel.run(f"%%track --quiet --name replaced\nlr = 0.1\n{body}\nloss = lr * 2")
    assert not ran.of("error")
    assert "trackbook" not in ran.text
    time.sleep(0.5)  # what comes after the cell meets it too
    kernel.run(RESTORE)
    wait = "from trackbook.jupyter import extension; assert extension.loaded().hooks.workers.wait(30)"
    assert not kernel.run(wait).of("error")
    said = kernel.run(LAST + "print(json.dumps([r.info.status, r.data.metrics, r.data.params, r.data.tags]))")
    status, metrics, params, told = json.loads(said.text)
    assert (status, metrics, params) == ("FINISHED", {"loss": 0.2}, {"lr": "0.1"})
    assert "lr = 0.1" in kernel.artifact(tags.SOURCE_FILE)
    assert kernel.run("print(extension.loaded().hooks.guard.failures)").text == "[]\n"
    if "sorted" not in body:  # of what needs it, a warning says that it could not be recorded
        assert "could not" not in told.get(tags.WARNINGS, "")


def test_a_cell_that_leaves_without_goodbye(tmp_path: Path) -> None:
    cell = "lr = 0.1\nimport os, time, trackbook as tb\ntb.log_metric('x', 1)\ntime.sleep(2)\nos._exit(3)"
    with kernel_in(tmp_path) as kernel:
        kernel.client.execute(f"%%track --quiet\n{cell}")
        deadline = time.monotonic() + 60
        while kernel.manager.is_alive() and time.monotonic() < deadline:
            time.sleep(0.1)
    code = (
        f"{LAST}\npath = tb.artifacts.download_artifacts(run_id=r.info.run_id, artifact_path='trackbook/source.py')\n"
        "print(r.info.status, r.data.metrics, r.data.params, open(path).read()[:7])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout == "KILLED {'x': 1.0} {'lr': '0.1'} %%track\n", done.stderr
