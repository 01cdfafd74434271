"""Functions of libraries that are replaced by ones that note the call first: how to see without being seen.

A *leaf* is a small function that each call of interest goes through on its way and that does not raise for what the
user gave, so that no frame of ours ever stands in a traceback: it notes, and then calls the library's own.  It is
replaced in the modules that hold it, by name.  Only what the process has imported is looked at, and each leaf once;
where a version lacks the function it is left alone.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import Any


@dataclass(frozen=True, slots=True)
class Leaf:
    package: str
    module: str
    """Where the function is looked up."""
    function: str
    holders: tuple[str, ...] = ()
    """The modules in which it is replaced; all of the package that hold it, if none is named."""


class Swapped:
    """The leaves of one table: those of imported packages are in place, until they are put back."""

    def __init__(self, leaves: Iterable[Leaf], noting: Callable[[Leaf, Any], Any]) -> None:
        """`noting(leaf, original)` makes the function that takes the place of the package's own."""
        self._noting = noting
        self._lock = threading.Lock()
        self._all = tuple(leaves)
        self._waiting = self._all
        self._replaced: dict[Leaf, tuple[Any, Any]] = {}

    @property
    def is_complete(self) -> bool:
        """True where no leaf waits for its package."""
        return not self._waiting

    def place(self) -> None:
        """Replace the leaves whose modules are fully imported by now.  Never waits for another thread that does."""
        if not any(leaf.module in sys.modules for leaf in self._waiting) or not self._lock.acquire(blocking=False):
            return
        try:
            for leaf in self._waiting:
                if is_imported(leaf.module):
                    self._place(leaf)
            self._waiting = tuple(leaf for leaf in self._waiting if leaf not in self._replaced)
        finally:
            self._lock.release()

    def restore(self) -> None:
        """Put the packages' own functions back."""
        with self._lock:
            while self._replaced:
                leaf, (original, ours) = self._replaced.popitem()
                _swap_all(leaf.package, leaf.function, ours, original)
            self._waiting = self._all

    def _place(self, leaf: Leaf) -> None:
        original = getattr(sys.modules[leaf.module], leaf.function, None)
        ours = self._noting(leaf, original) if callable(original) else original
        self._replaced[leaf] = (original, ours)
        if leaf.holders:
            for name in leaf.holders:
                _swap(sys.modules.get(name), leaf.function, original, ours)
        else:
            _swap_all(leaf.package, leaf.function, original, ours)


def is_imported(name: str) -> bool:
    """True for a module whose code has run to its end."""
    module = sys.modules.get(name)
    return module is not None and not getattr(getattr(module, "__spec__", None), "_initializing", False)


def _swap_all(package: str, function: str, old: Any, new: Any) -> None:
    if old is new:
        return
    for name, module in sys.modules.copy().items():  # a list of its items could meet an import elsewhere
        if name.partition(".")[0] == package:
            _swap(module, function, old, new)


def _swap(module: object, name: str, old: Any, new: Any) -> None:
    if isinstance(module, ModuleType) and module.__dict__.get(name) is old:
        setattr(module, name, new)
