"""Readers written in C++ or Rust, whose openings no audit event tells of: pyarrow, polars, h5py.

Each has a small function of its own through which every path goes on its way down.  These are replaced, in the modules
that hold them, by ones that note the path first: they are leaves, so that no frame of ours stands in a traceback unless
the path itself is refused.  Whether a file is read or written is not known there; its time of change tells later.

Only what the process has imported already is looked at, and each package once; a version without the function is left
alone, and its files are then found only where the cell names them (see `named`).
"""

from __future__ import annotations

import functools
import sys
from dataclasses import dataclass
from types import FrameType, ModuleType
from typing import Any

from trackbook.capture.data import opens


@dataclass(frozen=True, slots=True)
class Leaf:
    package: str
    module: str
    function: str
    only_urls: bool = False


LEAVES = (
    Leaf("pyarrow", "pyarrow.util", "_stringify_path"),
    Leaf("polars", "polars._utils.various", "normalize_filepath"),
    Leaf("h5py", "h5py._hl.compat", "filename_encode"),
    Leaf("fsspec", "fsspec.utils", "stringify_path", only_urls=True),
)

_replaced: dict[Leaf, tuple[Any, Any]] = {}
"""Leaf -> the package's own function, and ours."""


def watch_imported() -> None:
    """Replace the leaves of the packages that are imported by now.

    Each package is looked through once: what is imported later takes the function from where ours stands by then.
    """
    for leaf in LEAVES:
        if leaf not in _replaced and leaf.module in sys.modules:
            original = getattr(sys.modules[leaf.module], leaf.function, None)
            ours = _noting(original, leaf.only_urls) if callable(original) else original
            _replaced[leaf] = (original, ours)
            _swap_all(leaf, original, ours)


def restore() -> None:
    """Put the packages' own functions back."""
    while _replaced:
        leaf, (original, ours) = _replaced.popitem()
        _swap_all(leaf, ours, original)


def _swap_all(leaf: Leaf, old: Any, new: Any) -> None:
    if old is new:
        return
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == leaf.package:
            _swap(module, leaf.function, old, new)


def _swap(module: object, name: str, old: Any, new: Any) -> None:
    if isinstance(module, ModuleType) and module.__dict__.get(name) is old:
        setattr(module, name, new)


def _noting(original: Any, only_urls: bool) -> Any:
    note, url = opens.note, opens.URL

    @functools.wraps(original)
    def leaf(path: Any, *args: Any, **kwargs: Any) -> Any:
        if opens._watching:  # noqa: SLF001 - the same room; called for each path
            try:
                if type(path) is str and "://" in path:
                    if not _writes(sys._getframe(1)):  # noqa: SLF001 - its `mode`
                        note(path, url)
                elif not only_urls and (isinstance(path, (str, bytes)) or hasattr(path, "__fspath__")):
                    note(path)
            except Exception:  # noqa: BLE001, S110 - the user's read goes on
                pass
        return original(path, *args, **kwargs)

    return leaf


def _writes(caller: FrameType | None) -> bool:
    """True where the function of fsspec that asked for an address is to write there."""
    while caller is not None and str(caller.f_globals.get("__name__")).startswith("fsspec"):
        options = caller.f_locals.get("kwargs")
        mode = caller.f_locals.get("mode") or (options.get("mode") if isinstance(options, dict) else None)
        if isinstance(mode, str):
            return any(letter in mode for letter in "wax")
        caller = caller.f_back
    return False
