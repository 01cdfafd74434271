"""Installed packages, the machine, and what a broken package does to them: nothing."""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest

from trackbook.capture import environment as module
from trackbook.capture.environment import (
    Environment,
    Package,
    environment,
    environment_json,
    packages,
    requirements_text,
)
from trackbook.settings import without_credentials

if TYPE_CHECKING:
    from pathlib import Path


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


def test_editable_and_vcs_installs_stand_as_comments(tmp_path: Path) -> None:
    install(
        tmp_path,
        "mine-0.1",
        "Name: mine\nVersion: 0.1\n",
        '{"url": "file:///src/mine", "dir_info": {"editable": true}}',
    )
    vcs = '{"url": "https://u:p@host/x.git", "vcs_info": {"vcs": "git", "commit_id": "abc"}}'
    install(tmp_path, "theirs-0.2", "Name: theirs\nVersion: 0.2\n", vcs)
    text = requirements_text(Environment("3.12.0", "", "", "", "", "", None, None, packages([str(tmp_path)])))
    assert "# mine==0.1 from editable /src/mine\n" in text
    assert "# theirs==0.2 from git+https://host/x.git@abc\n" in text


def test_a_package_installed_meanwhile_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    before = environment()
    assert environment() is before
    install(tmp_path, "fresh-1.0", "Name: fresh\nVersion: 1.0\n")
    assert any(package.name == "fresh" for package in environment().packages)
    module._kept = None


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
