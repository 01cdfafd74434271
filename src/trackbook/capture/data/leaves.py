"""Readers written in C++ or Rust, whose openings no audit event tells of: pyarrow, polars, h5py.

Each has a small function of its own through which every path goes on its way down: a leaf, see `capture.leaves`; a
frame of ours stands in a traceback only where the path itself is refused.  Whether a file is read or written is not
known there; its time of change tells later.  A version without the function has its files found only where the cell
names them (see `named`).
"""

from __future__ import annotations

import functools
import sys
from types import FrameType
from typing import Any

from trackbook.capture.data import opens
from trackbook.capture.leaves import Leaf, Swapped

LEAVES = (
    Leaf("pyarrow", "pyarrow.util", "_stringify_path"),
    Leaf("polars", "polars._utils.various", "normalize_filepath"),
    Leaf("h5py", "h5py._hl.compat", "filename_encode"),
    Leaf("fsspec", "fsspec.utils", "stringify_path"),
)
ONLY_URLS = frozenset({"fsspec"})
"""Packages whose paths on this machine are seen otherwise."""


def watch_imported() -> None:
    """Replace the leaves of the packages that are imported by now.

    Each package is looked through once: what is imported later takes the function from where ours stands by then.
    """
    _swapped.place()


def restore() -> None:
    """Put the packages' own functions back."""
    _swapped.restore()


def _noting(where: Leaf, original: Any) -> Any:
    note, url, only_urls = opens.note, opens.URL, where.package in ONLY_URLS

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


_swapped = Swapped(LEAVES, _noting)
