"""Importing skops, which looks at every estimator of scikit-learn, and so into every package of it.

Among these are adapters that import PyTorch, Dask and CuPy: seconds, and hundreds of megabytes, in a kernel that uses
none of them.  While skops is imported their places are taken where the library is not there yet.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from trackbook.errors import MissingDependency

ADAPTERS = {f"sklearn.externals.array_api_compat.{library}": library for library in ("torch", "dask", "cupy")}
"""Package of scikit-learn -> what importing it imports."""


def skops_io(purpose: str = "keeping a scikit-learn model") -> Any:
    """The module `skops.io`.  Raises `MissingDependency`, which names the `purpose`."""
    try:
        import sklearn  # noqa: F401 - skops imports it late, with a less helpful message

        with _places_taken():
            import skops.io
    except ImportError as error:
        raise MissingDependency(error.name or "skops", purpose, "'trackbook[sklearn]'") from None
    return skops.io


@contextmanager
def _places_taken() -> Iterator[None]:
    taken: dict[str, ModuleType] = {}
    if "skops.io" not in sys.modules:
        for name, library in ADAPTERS.items():
            if name not in sys.modules and library not in sys.modules:
                taken[name] = ModuleType(name)
                taken[name].__path__ = []
    sys.modules.update(taken)
    try:
        yield
    finally:
        for name, module in taken.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]
