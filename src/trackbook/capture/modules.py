"""The project's own modules that a process has imported, with digests of their files.

A module counts whose file lies below one of the project's folders and not among installed packages.  Its `__dict__` is
looked at, never an attribute: a lazy module would import what it stands for.  A file edited after its import is marked,
as far as the compiled file tells (it holds its source's size and time): what ran was the older text.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType

from trackbook.capture.installed import package_folders

MOST = 2000
LARGEST_BYTES = 20_000_000
_PYC_HEAD_BYTES = 16
"""Magic number, flags, time (s) and size of the source, 4 bytes each: PEP 552."""

_elsewhere: dict[tuple[tuple[str, ...], tuple[str, ...]], set[str]] = {}
"""Names of modules known to be no project's, so that thousands are looked at once only; by project."""


@dataclass(frozen=True, slots=True)
class LocalModule:
    name: str
    path: str
    """Below the project's first folder with `/`, else absolute."""
    sha256: str | None
    """None for a file that is gone, or too large."""
    edited_since_import: bool | None = None
    """None where the compiled file does not tell."""


def local_modules(
    modules: Mapping[str, object], folders: Sequence[Path], own: Iterable[Path] = ()
) -> tuple[LocalModule, ...]:
    """Of these modules (`sys.modules`) the ones below `folders`, sorted by name; those below `own` are left out."""
    roots = tuple(sorted({text + os.sep for folder in folders for text in (str(folder), str(folder.resolve()))}))
    outside = (*package_folders(folders[0]), *(str(path) + os.sep for path in own))
    first = str(folders[0].resolve())
    elsewhere = _elsewhere.setdefault((roots, outside), set())
    found: list[LocalModule] = []
    for name in sorted(set(modules) - elsewhere):
        module = modules.get(name)
        path = _file(module)
        if path is None or name == "__main__" or not path.startswith(roots) or path.startswith(outside):
            elsewhere.add(name)
        elif len(found) < MOST:
            found.append(_described(name, path, module, first))
    return tuple(found)


def modules_json(modules: Sequence[LocalModule]) -> str:
    """`{"schema": 1, "modules": [...]}`"""
    return json.dumps({"schema": 1, "modules": [asdict(one) for one in modules]}, indent=1)


def _file(module: object) -> str | None:
    path = _attribute(module, "__file__")
    if not isinstance(path, str) or "\0" in path:
        return None
    return path if path.startswith("/") else os.path.abspath(path)  # noqa: PTH100 - thousands of them


def _attribute(module: object, name: str) -> object:
    is_module = issubclass(type(module), ModuleType)  # `isinstance` believes what claims to be one, as cffi's do
    return ModuleType.__getattribute__(module, "__dict__").get(name) if is_module else None


def _described(name: str, path: str, module: object, root: str) -> LocalModule:
    about: os.stat_result | None = None
    data: bytes | None = None
    try:
        about = os.stat(path)  # noqa: PTH116
        data = Path(path).read_bytes() if about.st_size <= LARGEST_BYTES and os.path.isfile(path) else None  # noqa: PTH113
    except OSError:
        pass
    digest = None if data is None else hashlib.sha256(data).hexdigest()
    edited = None if about is None else _edited(_attribute(module, "__cached__"), about)
    shown = path[len(root) + 1 :].replace(os.sep, "/") if path.startswith(root + os.sep) else path
    return LocalModule(name, shown.encode("utf-8", "replace").decode(), digest, edited)


def _edited(compiled: object, source: os.stat_result) -> bool | None:
    try:
        with Path(str(compiled)).open("rb") as file:
            head = file.read(_PYC_HEAD_BYTES)
    except (OSError, ValueError):
        return None
    if len(head) < _PYC_HEAD_BYTES or head[4:8] != bytes(4):  # checked by hash
        return None
    then, size = int.from_bytes(head[8:12], "little"), int.from_bytes(head[12:16], "little")
    return (then, size) != (int(source.st_mtime) & 0xFFFFFFFF, source.st_size & 0xFFFFFFFF)
