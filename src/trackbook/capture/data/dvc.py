"""What DVC knows of a file: its hash, the stage that makes it, and the remote that keeps it; DVC itself is not needed.

`<file>.dvc` and `dvc.lock` are YAML (https://dvc.org/doc/user-guide/project-structure), `.dvc/config` is INI.  A file
below a folder that is tracked as a whole has the folder's hash, which ends in `.dir`.
"""

from __future__ import annotations

import configparser
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trackbook.settings import without_credentials

LARGEST_BYTES = 5_000_000
HASHES = ("md5", "etag", "checksum")


@dataclass(frozen=True, slots=True)
class DvcEntry:
    file: str
    """The `.dvc` or `dvc.lock` file that says so, below the DVC project's root."""
    path: str
    """What is tracked: the file, or a folder around it."""
    hash: str
    hash_name: str
    stage: str = ""
    """The stage of `dvc.lock` that makes it; "" for a `.dvc` file."""
    size_bytes: int | None = None
    remote: str = ""
    """The address of the default remote, without credentials."""


@dataclass(slots=True)
class DvcFiles:
    """Answers for many files; reads each of DVC's own files once."""

    _read: dict[Path, Mapping[str, Any]] = field(default_factory=dict)
    _roots: dict[Path, Path | None] = field(default_factory=dict)

    def entry(self, path: Path) -> DvcEntry | None:
        """What DVC knows of this file; None for one that it does not track."""
        root = self._root(path.parent)
        if root is None:
            return None
        for around in (path, *path.parents):
            if around == root:
                break
            found = self._beside(around, root) or self._locked(around, root)
            if found is not None:
                return found
        return None

    def _root(self, folder: Path) -> Path | None:
        if folder not in self._roots:
            self._roots[folder] = next((one for one in (folder, *folder.parents) if (one / ".dvc").is_dir()), None)
        return self._roots[folder]

    def _beside(self, path: Path, root: Path) -> DvcEntry | None:
        """By `<path>.dvc`."""
        file = path.with_name(path.name + ".dvc")
        for out in _list(self._yaml(file).get("outs")):
            if out.get("path") == path.name:
                return _entry(out, file, path, root, "", self._remote(root))
        return None

    def _locked(self, path: Path, root: Path) -> DvcEntry | None:
        """By a stage's output in a `dvc.lock` of a folder above; else by what a stage depends on."""
        for kind in ("outs", "deps"):
            for file, stage, out in self._locks(path, root, kind):
                if (file.parent / str(out.get("path"))) == path:
                    return _entry(out, file, path, root, stage if kind == "outs" else "", self._remote(root))
        return None

    def _locks(self, path: Path, root: Path, kind: str) -> Iterator[tuple[Path, str, Mapping[str, Any]]]:
        for folder in path.parents:
            file = folder / "dvc.lock"
            stages = self._yaml(file).get("stages")
            for name, stage in (stages if isinstance(stages, dict) else {}).items():
                for out in _list(stage.get(kind) if isinstance(stage, dict) else None):
                    yield file, str(name), out
            if folder == root:
                return

    def _yaml(self, file: Path) -> Mapping[str, Any]:
        if file not in self._read:
            self._read[file] = _load(file)
        return self._read[file]

    def _remote(self, root: Path) -> str:
        config = configparser.ConfigParser(interpolation=None, strict=False)
        try:
            config.read_string((root / ".dvc" / "config").read_text("utf-8", "replace"))
        except (OSError, configparser.Error):
            return ""
        name = config.get("core", "remote", fallback="")
        return without_credentials(config.get(f"'remote \"{name}\"'", "url", fallback=name))


def _load(file: Path) -> Mapping[str, Any]:
    try:
        if not file.is_file() or file.stat().st_size > LARGEST_BYTES:
            return {}
        import yaml

        # Compiled where it is there: a large lock takes seconds in Python.
        loaded = yaml.load(file.read_text("utf-8", "replace"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    except Exception:  # noqa: BLE001 - someone else's file in any state
        return {}
    return loaded if isinstance(loaded, dict) else {}


def _list(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _entry(out: Mapping[str, Any], file: Path, path: Path, root: Path, stage: str, remote: str) -> DvcEntry | None:
    name = next((one for one in HASHES if out.get(one)), None)
    if name is None:
        return None
    size = out.get("size")
    return DvcEntry(
        file.relative_to(root).as_posix(),
        path.relative_to(root).as_posix(),
        str(out[name]),
        name,
        stage,
        size if isinstance(size, int) else None,
        remote,
    )
