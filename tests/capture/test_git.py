"""The notebook's repository, in all the states that repositories are in."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from trackbook.capture.git import MOST_DIFF_BYTES, Diff, git_state, uncommitted

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


def diff_of(folder: Path) -> Diff:
    state = git_state(folder)
    assert state is not None
    found = uncommitted(state)
    assert found is not None
    return found


def test_the_diff_makes_the_tree_again(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    clean = tmp_path_factory.mktemp("clean")
    git(clean.parent, "clone", "-q", str(repository), str(clean))
    assert diff_of(repository) == Diff(b"", cut=False)
    git(repository, "config", "diff.noprefix", "true")
    git(repository, "config", "color.ui", "always")
    contents = {
        "a.py": b"a = 2\n",
        "deep/b.py": b"x = 1\r\ny = 2\nz",
        "empty.py": b"",
        "blank.py": b"\n\n",
    }
    (repository / "deep").mkdir()
    for name, content in contents.items():
        (repository / name).write_bytes(content)
    (repository / "a.ipynb").write_text("{}")
    (repository / "data.csv").write_text("1")
    git(repository, "add", "-N", "a.ipynb")
    found = diff_of(repository / "deep")
    assert not found.cut
    (clean / "x.diff").write_bytes(found.data)
    git(clean, "apply", "--whitespace=nowarn", "x.diff")
    assert {name: (clean / name).read_bytes() for name in contents} == contents
    assert b"ipynb" not in found.data
    assert b"csv" not in found.data


def test_a_diff_without_a_commit_and_one_that_is_too_large(repository: Path, tmp_path: Path) -> None:
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    git(fresh, "init")
    (fresh / "b.py").write_text("b = 1\n")
    git(fresh, "add", "b.py")
    assert b"+b = 1" in diff_of(fresh).data
    (repository / "a.py").write_text("a = 1\n" * 400_000)
    found = diff_of(repository)
    assert found.cut
    assert MOST_DIFF_BYTES - 100 < len(found.data) <= MOST_DIFF_BYTES
    assert found.data.endswith(b"\n+a = 1")  # no half of a line, which might be half of a secret


def test_the_notebook_s_repository_may_be_a_submodule(repository: Path, tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    git(repository, "clone", "-q", str(repository), str(inner))
    outer = tmp_path / "outer"
    outer.mkdir()
    git(outer, "init")
    git(outer, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner), "sub")
    git(outer, "commit", "-m", "with a submodule")
    (outer / "sub" / "a.py").write_text("a = 7\n")
    state = git_state(outer / "sub")
    assert state is not None
    assert (state.root, state.dirty) == (str((outer / "sub").resolve()), True)
    assert b"+a = 7" in diff_of(outer / "sub").data
    around = git_state(outer)
    assert around is not None
    assert around.dirty
    assert b"-dirty" in diff_of(outer).data


def test_a_repository_that_is_gone_has_no_diff(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = git_state(repository)
    assert state is not None
    monkeypatch.setenv("PATH", "")
    assert uncommitted(state) is None
