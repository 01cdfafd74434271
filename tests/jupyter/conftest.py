"""A real IPython shell with the extension loaded over a home of its own."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

from trackbook.jupyter import extension
from trackbook.tracking import active
from trackbook.tracking.session import close_session, current_session

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trackbook.core.entities import CellVersion, Run

VARIABLES = (
    "TRACKBOOK_TRACKING_URI",
    "TRACKBOOK_NOTEBOOK",
    "TRACKBOOK_EXPERIMENT",
    "MLFLOW_TRACKING_URI",
    "MLFLOW_EXPERIMENT_NAME",
    "JPY_SESSION_NAME",
)


@dataclass
class Ran:
    """What one cell gave."""

    result: Any
    stdout: str
    stderr: str

    @property
    def value(self) -> Any:
        return self.result.result

    @property
    def error(self) -> BaseException | None:
        return self.result.error_before_exec or self.result.error_in_exec


@dataclass
class Notebook:
    """A shell to run cells in, and what they left in the store."""

    shell: Any
    home: Path
    made: list[str] = field(default_factory=list)

    def run(self, source: str, cell_id: str | None = None, **how: Any) -> Ran:
        with capture_output() as captured:
            result = self.shell.run_cell(source, store_history=True, cell_id=cell_id, **how)
        return Ran(result, captured.stdout, captured.stderr)

    def ran(self, source: str, cell_id: str | None = None) -> Any:
        """The value of a cell that must succeed."""
        ran = self.run(source, cell_id)
        assert ran.error is None, ran
        return ran.value

    @property
    def runs(self) -> list[Run]:
        """All stored runs, oldest first."""
        loaded = extension.loaded()
        if loaded is not None:
            loaded.hooks.workers.wait(10.0)  # what a quiet cell does not wait for
        from trackbook.core.ports import RunQuery

        return list(current_session().reading.runs.search(RunQuery(order_by=("start_time ASC",))).items)

    @property
    def last(self) -> Run:
        return self.runs[-1]

    def cell(self, run: Run) -> CellVersion:
        found = current_session().reading.cells.of_run(run.info.run_id)
        assert found is not None
        return found

    def artifact(self, run: Run, path: str) -> str:
        assert self.hooks.workers.wait(20)
        with current_session().reading.artifacts.open(run.info.run_id, path) as file:
            return file.read().decode()

    @property
    def hooks(self) -> Any:
        loaded = extension.loaded()
        assert loaded is not None
        return loaded.hooks


@pytest.fixture(scope="session")
def plain_shell(tmp_path_factory: pytest.TempPathFactory) -> Any:
    os.environ["IPYTHONDIR"] = str(tmp_path_factory.mktemp("ipython"))
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.xmode = "Plain"
    ours = sys.modules["__main__"]
    shell = InteractiveShell.instance(config=config)
    sys.modules["__main__"] = ours  # the shell's own stands there while it is used; multiprocessing needs the real one
    return shell


@pytest.fixture(scope="module", autouse=True)
def _little_to_look_through() -> Iterator[None]:
    """Each reset of a shell collects garbage, among all that is there: not among what was before a file's tests."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@contextmanager
def opened(shell: Any, folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Notebook]:
    """The shell in a project of its own, without the extension."""
    for name in VARIABLES:
        patch.delenv(name, raising=False)
    (folder / "pyproject.toml").touch()
    patch.chdir(folder)
    patch.setitem(sys.modules, "__main__", shell.user_module)
    patch.setenv("TRACKBOOK_SYSTEM_METRICS", "0")
    close_session()
    shell.reset(new_session=True)
    yield Notebook(shell, folder / ".trackbook")
    shell.extension_manager.unload_extension("trackbook")
    for run in active.open_runs():
        run.end("KILLED")
    close_session()


@pytest.fixture
def bare(plain_shell: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Notebook]:
    """The shell without the extension."""
    with opened(plain_shell, tmp_path, monkeypatch) as notebook:
        yield notebook


@pytest.fixture
def notebook(bare: Notebook) -> Notebook:
    """The shell with the extension."""
    bare.ran("%load_ext trackbook")
    return bare


@pytest.fixture(scope="module")
def _shared(plain_shell: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Notebook]:
    with pytest.MonkeyPatch.context() as patch, opened(plain_shell, tmp_path_factory.mktemp("home"), patch) as notebook:
        notebook.ran("%load_ext trackbook")
        yield notebook


@pytest.fixture
def shared(_shared: Notebook) -> Iterator[Notebook]:
    """As `notebook`, with one store for all tests of a module."""
    _shared.shell.reset(new_session=True)
    yield _shared
    _shared.hooks.guard.reset()
    for run in active.open_runs():
        run.end("KILLED")
