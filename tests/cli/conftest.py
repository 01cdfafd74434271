"""A project folder with two runs in it, and the command called the way a shell does."""

import json
import os
import sys

import pytest

import trackbook as tb
from trackbook.cli.main import main
from trackbook.tracking.session import close_session, open_session


@pytest.fixture
def project(tmp_path, monkeypatch):
    """An empty project folder, the current one."""
    for name in [name for name in os.environ if name.startswith(("TRACKBOOK_", "MLFLOW_"))]:
        monkeypatch.delenv(name)
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.chdir(tmp_path)
    close_session()
    yield tmp_path
    close_session()


@pytest.fixture
def runs(project, monkeypatch):
    """Ids of a finished and a failed run of the experiment `iris`, oldest first."""
    monkeypatch.setenv("TRACKBOOK_SCRIPTS", "0")  # what is logged, and not the record of the test
    open_session(project)
    tb.set_experiment("iris")
    with tb.start_run(run_name="calm otter") as first:
        tb.log_param("C", 1.0)
        for step, value in enumerate([0.5, 0.75, 0.875]):
            tb.log_metric("accuracy", value, step=step)
        tb.log_text("hello", "notes/hello.txt")
    second = tb.start_run(run_name="[red]bold\x1b[31m fox[/red]")
    tb.log_param("C", 10.0)
    tb.log_metric("loss", float("nan"))
    tb.end_run("FAILED")
    close_session()
    return [first.info.run_id, second.info.run_id]


@pytest.fixture
def trackbook(project, monkeypatch, capsys):
    """Run the command as its script does: (exit status, stdout, stderr)."""

    def call(*arguments, environ=None):
        with monkeypatch.context() as patch:
            patch.setattr(sys, "argv", ["trackbook", *arguments])
            for name, value in ({"COLUMNS": "200"} | (environ or {})).items():
                patch.setenv(name, value)
            capsys.readouterr()
            close_session()
            with pytest.raises(SystemExit) as left:
                main()
            close_session()
        said, complained = capsys.readouterr()
        return left.value.code, said, complained

    return call


@pytest.fixture
def trackbook_json(trackbook):
    def call(*arguments):
        status, said, complained = trackbook(*arguments, "--json")
        assert status == 0, complained
        return json.loads(said, parse_constant=lambda text: pytest.fail(f"{text} is no JSON"))

    return call
