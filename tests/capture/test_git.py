"""The notebook's repository, in all the states that repositories are in."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from trackbook.capture.git import git_state

if TYPE_CHECKING:
    from pathlib import Path


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"]
    return subprocess.run(
        ["git", "-C", str(folder), *identity, *arguments], check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init")
    (tmp_path / "a.py").write_text("a = 1\n")
    git(tmp_path, "add", "a.py")
    git(tmp_path, "commit", "-m", "first")
    return tmp_path


def test_commit_branch_and_a_clean_tree(repository: Path) -> None:
    state = git_state(repository)
    assert state is not None
    assert (state.commit, state.branch, state.dirty) == (git(repository, "rev-parse", "HEAD"), "main", False)
    assert state.remote is None


def test_a_commit_made_meanwhile_and_an_edit_are_seen(repository: Path) -> None:
    first = git_state(repository)
    (repository / "a.py").write_text("a = 2\n")
    edited = git_state(repository)
    git(repository, "commit", "-am", "second")
    second = git_state(repository)
    assert first is not None
    assert edited is not None
    assert second is not None
    assert edited.dirty
    assert not second.dirty
    assert first.commit != second.commit


def test_no_commit_yet_and_a_detached_head(tmp_path: Path, repository: Path) -> None:
    git(repository, "checkout", "--detach")
    detached = git_state(repository)
    assert detached is not None
    assert detached.branch is None
    assert detached.commit is not None
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    git(fresh, "init")
    state = git_state(fresh)
    assert state is not None
    assert (state.commit, state.branch) == (None, "main")


def test_the_remote_has_no_credentials(repository: Path) -> None:
    git(repository, "remote", "add", "origin", "https://me:secret@example.org/r.git")
    state = git_state(repository)
    assert state is not None
    assert state.remote == "https://example.org/r.git"


def test_no_repository_no_folder_no_git(tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert git_state(tmp_path / "gone") is None
    assert git_state(type(tmp_path)("/")) is None
    monkeypatch.setenv("PATH", "")
    assert git_state(repository) is None


def test_a_notebook_that_is_not_in_the_commit_makes_the_tree_dirty(repository: Path) -> None:
    notebook = repository / "a.ipynb"
    for expected in (False, True):  # not there yet, then not tracked
        state = git_state(repository, notebook)
        assert state is not None
        assert state.dirty is expected
        notebook.write_text("{}")
    git(repository, "add", "a.ipynb")
    git(repository, "commit", "-m", "second")
    state = git_state(repository, notebook)
    assert state is not None
    assert state.dirty is False
