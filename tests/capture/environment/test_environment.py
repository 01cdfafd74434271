"""Installed packages, the machine, variables and lock files; what a broken package does to them: nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement

from trackbook.capture.environment import (
    Environment,
    Package,
    environment,
    environment_json,
    machine,
    packages,
    record,
    requirements_text,
)
from trackbook.capture.environment.locks import lock_files
from trackbook.capture.environment.packages import at_commits, read_packages
from trackbook.capture.environment.variables import relevant_variables
from trackbook.settings import without_credentials

if TYPE_CHECKING:
    from pathlib import Path

EMPTY = Environment("3.12.0", "", "", "", "", "", None, None)


def install(folder: Path, name: str, about: str, direct_url: str | None = None) -> None:
    (folder / f"{name}.dist-info").mkdir()
    (folder / f"{name}.dist-info" / "METADATA").write_text(about)
    if direct_url is not None:
        (folder / f"{name}.dist-info" / "direct_url.json").write_text(direct_url)


def test_this_process_s_environment_is_known_exactly() -> None:
    now = environment()
    assert now.python == ".".join(map(str, sys.version_info[:3]))
    assert f"numpy=={version('numpy')}\n" in requirements_text(now)
    assert now.memory_bytes is not None
    assert json.loads(environment_json(now))["packages"][0].keys() == {"name", "version", "source"}


def test_packages_are_sorted_and_the_first_of_a_name_wins(tmp_path: Path) -> None:
    for place in ("first", "second"):
        (tmp_path / place).mkdir()
    install(tmp_path / "first", "zeta-2.0", "Name: zeta\nVersion: 2.0\n")
    install(tmp_path / "second", "Zeta-1.0", "Name: Zeta\nVersion: 1.0\n")
    install(tmp_path / "second", "alpha-1.0", "Name: alpha\nVersion: 1.0\n")
    assert packages([str(tmp_path / "first"), str(tmp_path / "second")]) == (
        Package("alpha", "1.0"),
        Package("zeta", "2.0"),
    )


def test_broken_metadata_is_bridged(tmp_path: Path) -> None:
    install(tmp_path, "half-1.5", "Garbage")
    (tmp_path / "empty-2.0.dist-info").mkdir()
    (tmp_path / "binary-3.0.dist-info").mkdir()
    (tmp_path / "binary-3.0.dist-info" / "METADATA").write_bytes(b"Name: \xff\xfe\nVersion: 1")
    install(tmp_path, "odd-1.0", "Name: odd\nVersion: 1.0\n", direct_url="[not json")
    found = {package.name: package.version for package in packages([str(tmp_path)])}
    assert found["half"] == "1.5"
    assert found["empty"] == "2.0"
    assert found["odd"] == "1.0"
    assert set(read_packages([str(tmp_path)])[1]) == {"binary", "empty", "half", "odd"}


def test_pip_gets_what_it_can_install_and_the_rest_as_comments(tmp_path: Path) -> None:
    install(
        tmp_path,
        "mine-0.1",
        "Name: mine\nVersion: 0.1\n",
        '{"url": "file:///src/mine", "dir_info": {"editable": true}}',
    )
    vcs = '{"url": "https://u:p@host/x.git", "vcs_info": {"vcs": "git", "commit_id": "abc"}}'
    install(tmp_path, "theirs-0.2", "Name: theirs\nVersion: 0.2\n", vcs)
    wheel = '{"url": "file:///wheels/local-1.0-py3-none-any.whl", "archive_info": {}}'
    install(tmp_path, "local-1.0", "Name: local\nVersion: 1.0\n", wheel)
    install(tmp_path, "built-1.0", "Name: built\nVersion: 1.0\n", '{"url": "file:///croot/built", "dir_info": {}}')
    (tmp_path / "built-1.0.dist-info" / "INSTALLER").write_text("conda\n")
    install(tmp_path, "torch-2.4.0", "Name: torch\nVersion: 2.4.0+cu121\n")
    install(tmp_path, "odd-1.0", "Name: odd\nVersion: 1.0 or so\n")
    text = requirements_text(replace(EMPTY, packages=packages([str(tmp_path)])))
    assert text.splitlines()[1:] == [
        "--extra-index-url https://download.pytorch.org/whl/cu121",
        "built==1.0",
        "# local==1.0 from file:///wheels/local-1.0-py3-none-any.whl",
        "# mine==0.1 from editable /src/mine",
        "# odd==1.0 or so",
        "theirs @ git+https://host/x.git@abc",
        "torch==2.4.0+cu121",
    ]


def test_pip_reads_the_requirements(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text(requirements_text(environment()))
    from pip._internal.network.session import PipSession
    from pip._internal.req import parse_requirements

    read = list(parse_requirements(str(tmp_path / "requirements.txt"), PipSession()))
    assert len(read) > 50
    for one in read:
        Requirement(one.requirement)


def test_an_editable_install_has_its_commit_and_a_new_one_is_seen(tmp_path: Path) -> None:
    def git(*words: str) -> str:
        command = ["git", "-C", str(tmp_path), "-c", "user.name=t", "-c", "user.email=t@example.org", *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    mine = (Package("mine", "1", f"editable {tmp_path}"),)
    assert at_commits(mine) == mine
    git("init", "-q")
    (tmp_path / "a.py").write_text("1")
    git("add", "a.py")
    for text in ("first", "second"):
        git("commit", "-q", "--allow-empty", "-m", text)
        assert at_commits(mine)[0].source == f"editable {tmp_path}@{git('rev-parse', 'HEAD')}"
    (tmp_path / "a.py").write_text("2")
    assert at_commits(mine)[0].source.endswith(" with uncommitted changes")


def test_variables_are_those_of_the_list_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert ("OMP_NUM_THREADS", "3") in environment().variables
    monkeypatch.setenv("OMP_NUM_THREADS", "4")
    assert json.loads(environment_json(environment()))["variables"]["OMP_NUM_THREADS"] == "4"
    given = {"HF_TOKEN": "x", "AWS_SECRET_ACCESS_KEY": "x", "TORCH_TOKEN": "x", "PATH": "x", "PYTHONHASHSEED": "0"}
    assert relevant_variables(given) == (("PYTHONHASHSEED", "0"),)


def test_gpus_by_the_driver_s_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert machine.gpus(tmp_path / "none").names == ()
    (tmp_path / "gpus" / "0000:01:00.0").mkdir(parents=True)
    (tmp_path / "gpus" / "0000:01:00.0" / "information").write_text("Model: \t\t NVIDIA H100\nIRQ: 1\n")
    version = (
        "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  570.86.15  Release Build  (x)\nGCC version:  gcc 12"
    )
    (tmp_path / "version").write_text(version)
    found = machine.gpus(tmp_path)
    assert (found.names, found.driver) == (("NVIDIA H100",), "570.86.15")


def test_a_driver_without_library_or_files_is_no_error(tmp_path: Path) -> None:
    assert machine.gpus(tmp_path).driver in ("", *([machine.gpus().driver] if machine.DRIVER.is_dir() else []))


def test_the_kernel_spec_is_the_one_that_starts_this_interpreter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    specs = tmp_path / "share" / "jupyter" / "kernels"
    for name, text in (("a", "{"), ("b", '{"argv": []}'), ("c", '{"argv": ["python"], "display_name": "Mine"}')):
        (specs / name).mkdir(parents=True)
        (specs / name / "kernel.json").write_text(text)
    monkeypatch.setitem(sys.modules, "ipykernel", sys)
    assert machine.kernel() == machine.Kernel("c", "Mine")
    monkeypatch.delitem(sys.modules, "ipykernel")
    assert machine.kernel() is None


def test_lock_files_from_the_notebook_s_folder_to_the_root(tmp_path: Path) -> None:
    root, folder = tmp_path / "p", tmp_path / "p" / "a" / "b"
    folder.mkdir(parents=True)
    (tmp_path / "pixi.lock").write_text("beyond the root")
    (root / "uv.lock").write_text("far")
    (root / "a" / "uv.lock").write_text("near")
    (root / "poetry.lock").write_bytes(b"\xff")
    (root / "conda-linux-64.lock").write_text("@EXPLICIT")
    (root / "environment.yml").mkdir()
    os.mkfifo(folder / "Pipfile.lock")
    with (root / "pdm.lock").open("wb") as file:
        file.truncate(6_000_000)
    assert lock_files(folder, root) == {"uv.lock": b"near", "poetry.lock": b"\xff", "conda-linux-64.lock": b"@EXPLICIT"}


def test_a_package_installed_meanwhile_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    before = environment()
    assert environment_json(environment()) is environment_json(before)
    install(tmp_path, "fresh-1.0", "Name: fresh\nVersion: 1.0\n")
    assert any(package.name == "fresh" for package in environment().packages)
    record._kept = None


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("https://user:secret@host/r.git", "https://host/r.git"),
        ("https://token@host:8443/r.git", "https://host:8443/r.git"),
        ("git@host:owner/r.git", "git@host:owner/r.git"),
        ("ssh://git@host/r.git", "ssh://git@host/r.git"),
        ("ssh://git:pw@host/r.git", "ssh://host/r.git"),
        ("/a/local/path", "/a/local/path"),
        ("postgresql://me:pw@host/name?sslmode=require", "postgresql://host/name?sslmode=require"),
        ("postgresql://host/name?user=me&password=pw", "postgresql://host/name?user=me"),
    ],
)
def test_credentials_leave_no_trace_in_urls(url: str, clean: str) -> None:
    assert without_credentials(url) == clean
