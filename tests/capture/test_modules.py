"""The project's own modules, and nobody else's."""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

from trackbook.capture.modules import LocalModule, local_modules, modules_json


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "tbpack").mkdir()
    (tmp_path / "tbpack" / "__init__.py").write_text("A = 1\n")
    (tmp_path / "tbpack" / "part.py").write_text("B = 2\n")
    return tmp_path


def found(folder: Path, modules: dict[str, ModuleType]) -> dict[str, LocalModule]:
    return {one.name: one for one in local_modules(modules, [folder])}


def test_modules_of_the_project_with_digests(project: Path) -> None:
    importlib.import_module("tbpack.part")
    names = ("tbpack", "tbpack.part", "json", "pytest", "sys")
    modules = found(project, {name: sys.modules[name] for name in names})
    digest = hashlib.sha256(b"B = 2\n").hexdigest()
    assert list(modules) == ["tbpack", "tbpack.part"]
    assert modules["tbpack.part"] == LocalModule("tbpack.part", "tbpack/part.py", digest, edited_since_import=False)
    assert json.loads(modules_json(list(modules.values())))["modules"][1]["sha256"] == digest
    for name in ("tbpack", "tbpack.part"):
        del sys.modules[name]


def test_a_file_that_was_edited_since_or_is_gone(project: Path) -> None:
    module = importlib.import_module("tbpack.part")
    (project / "tbpack" / "part.py").write_text("B = 33\n")
    assert found(project, {"tbpack.part": module})["tbpack.part"].edited_since_import is True
    (project / "tbpack" / "part.py").unlink()
    gone = found(project, {"tbpack.part": module})["tbpack.part"]
    assert (gone.sha256, gone.edited_since_import) == (None, None)
    for name in ("tbpack", "tbpack.part"):
        del sys.modules[name]


def test_an_environment_inside_the_project_is_none_of_it(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", str(project / ".venv"))
    inside = ModuleType("dep")
    inside.__file__ = str(project / ".venv" / "lib" / "dep.py")
    assert found(project, {"dep": inside}) == {}


def test_odd_modules_do_no_harm(project: Path) -> None:
    class Lazy(ModuleType):
        def __getattr__(self, name: str) -> object:
            raise AssertionError(name)

    class Pretends:
        """As a library of cffi's does."""

        __class__ = ModuleType

    numbered, zero, piped = ModuleType("n"), ModuleType("z"), ModuleType("p")
    numbered.__file__, zero.__file__ = 3, "a\0b"  # type: ignore[assignment]
    os.mkfifo(project / "p.py")
    piped.__file__ = str(project / "p.py")
    odd = {"lazy": Lazy("lazy"), "none": None, "n": numbered, "z": zero, "p": piped, "c": Pretends()}
    assert list(found(project, odd)) == ["p"]  # type: ignore[arg-type]
    assert found(project, odd)["p"].sha256 is None  # type: ignore[arg-type]
