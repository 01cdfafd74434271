"""Whatever a path is made of: nothing is read or written outside the run's folder."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.share import examples

from trackbook.connect import connect
from trackbook.core.events import Batch, RunStarted
from trackbook.core.names import check_artifact_path
from trackbook.core.ports import Store
from trackbook.errors import NotFound, UnsafePath

SECRET = b"secret"
PARTS = st.sampled_from(
    "a b in out folder loop .. . ~ ... %2e%2e %252e%252e %2f %5c ..%2f C: c:x //host \\\\host\\share ..\\ \\ # ? a?b "
    "a#b %41 * [a] é e\u0301 🚀 .hidden secret artifacts /etc/passwd".split()
) | st.sampled_from(
    ["", " ", "a ", " a", "\0", "a\0", "x" * 255, "x" * 256, "é" * 128, "\ud800", "a\n", "\u202e", "．．"]
)
PATHS = st.lists(PARTS | st.text(max_size=4), min_size=1, max_size=5).map("/".join)


@pytest.fixture(params=["folder", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    root = "memory://fuzz/root" if request.param == "memory" else str(tmp_path / "home" / "artifacts")
    opened = connect(tmp_path / "home", artifact_root=root)
    opened.recording.apply(Batch("j", [RunStarted("r", "0", "r", 1)], [], {"n": 0}))
    yield opened
    opened.close()


def outside(tmp_path: Path) -> dict[str, bytes | None]:
    """Everything that is no artifact of the run."""
    own = tmp_path / "home"
    return {
        str(path): path.read_bytes() if path.is_file() else None
        for path in tmp_path.rglob("*")
        if not path.is_relative_to(own)
    }


def in_memory() -> list[str]:
    from fsspec.implementations.memory import MemoryFileSystem

    return [name for name in MemoryFileSystem.store if not name.startswith("/fuzz/root/0/r/artifacts/")]


@pytest.mark.soak
@settings(max_examples=examples(100), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=PATHS)
def test_nothing_is_read_or_written_outside(store: Store, tmp_path: Path, path: str) -> None:
    (tmp_path / "secret").write_bytes(SECRET)
    root = tmp_path / "home" / "artifacts" / "0" / "r" / "artifacts"
    if store.artifacts.uri("r").startswith("file:"):
        shutil.rmtree(root, ignore_errors=True)  # what an earlier example left or deleted
        root.mkdir(parents=True)
        (root / "out").symlink_to(tmp_path / "secret")
        (root / "folder").symlink_to(tmp_path)
        (root / "loop").symlink_to(root)
    with tempfile.TemporaryDirectory() as elsewhere:
        staged = Path(elsewhere) / "staged"
        staged.write_bytes(b"content")
        before, objects = outside(tmp_path), set(in_memory())
        try:
            with store.artifacts.open("r", path) as file:
                assert file.read() != SECRET
        except (UnsafePath, NotFound):
            pass
        try:
            store.artifacts.adopt("r", path, staged)
        except UnsafePath:
            assert staged.read_bytes() == b"content"
        else:
            _is_there(store, path, Path(elsewhere))
        assert outside(tmp_path) == before
        assert set(in_memory()) == objects
        with contextlib.suppress(UnsafePath):
            store.artifacts.delete("r", path)
        assert outside(tmp_path) == before
        assert set(in_memory()) == objects


def _is_there(store: Store, path: str, elsewhere: Path) -> None:
    with store.artifacts.open("r", path) as file:
        assert file.read() == b"content"
    plain = check_artifact_path(path)
    listed = [info.path for info in store.artifacts.list("r", plain.rpartition("/")[0])]
    # Below a linked folder of its own a file has two paths.
    assert plain in listed or plain.startswith("loop/")
    got = store.artifacts.download("r", path, elsewhere / "got")
    assert got.read_bytes() == b"content"
    assert got.resolve().is_relative_to((elsewhere / "got").resolve())
