"""Files that a cell's or script's text names: the last resort for readers whose openings nobody tells of.

`cv2.imread("photo.png")`, or the first `polars.read_parquet` of the cell that also imports polars.  Only whole string
literals are looked at that are names of files; such an input is marked, since naming is not reading.
"""

# Paths are texts in this room: hooks give them so, and thousands are compared.
# ruff: noqa: PTH111, PTH113, PTH118, PTH122
from __future__ import annotations

import ast
import os
from collections.abc import Iterable, Iterator
from functools import lru_cache

from trackbook.capture.parsing import parsed

LONGEST = 400
MOST = 50


def named_files(python: str, folder: str) -> Iterator[str]:
    """Absolute paths of regular files that string literals of this code name, relative ones from `folder`."""
    return there(_literals(python), folder)


def there(texts: Iterable[str], folder: str) -> Iterator[str]:
    """Absolute paths of the regular files that these texts name, each once; the first `MOST`."""
    found: dict[str, None] = {}
    for text in texts:
        if _looks_like_a_file(text):
            path = os.path.normpath(os.path.join(folder, os.path.expanduser(text)))
            if os.path.isfile(path):
                found[path] = None
        if len(found) >= MOST:
            break
    yield from found


@lru_cache(16)
def _literals(python: str) -> tuple[str, ...]:
    """The string literals that may be names of files; remembered, since a script may start a thousand runs."""
    tree = parsed(python)
    nodes = () if tree is None else ast.walk(tree)
    texts = (node.value for node in nodes if isinstance(node, ast.Constant) and type(node.value) is str)
    return tuple(dict.fromkeys(filter(_looks_like_a_file, texts)))


def _looks_like_a_file(text: str) -> bool:
    """It has a suffix, and nothing that no file name has."""
    if not 3 <= len(text) <= LONGEST or "\n" in text or "\0" in text or "://" in text:
        return False
    return 2 <= len(os.path.splitext(text)[1]) <= 12
