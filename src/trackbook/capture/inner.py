"""Python that a cell runs by its name or as a text: `%run train.py`, `get_ipython().run_cell("...")`.

Its top level is bound in the notebook's namespace, so what it assigns and computes is found as if it stood in the cell.
"""

from __future__ import annotations

import ast
import os
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from trackbook.capture.cellnames import CellNames
from trackbook.capture.files import regular_bytes
from trackbook.capture.program.magics import plain_cell
from trackbook.capture.syntax import cell_names, parse

LARGEST_BYTES = 200_000
CELL = "the cell that it runs"
_CALLS = ("run_line_magic('run'", "run_cell(")
_OWN_RUN = ("start_run(", "%%track")
"""What such a text gives belongs to the run that it makes itself."""


@dataclass(frozen=True, slots=True)
class Inner:
    names: CellNames
    where: str
    """As in "assigned in line 3 of train.py"."""


def inner_names(python: str) -> list[Inner]:
    """Those that a cell in plain Python runs at its top level or in blocks of it; scripts are read as they are now."""
    if not any(call in python for call in _CALLS):
        return []
    tree = parse(python)
    return [] if tree is None else list(_found(tree))


def _found(tree: ast.Module) -> Iterator[Inner]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Call(func=ast.Name(id="get_ipython")), attr="run_line_magic"),
                args=[ast.Constant(value="run"), ast.Constant(value=str(line))],
            ):
                yield from _of_script(line)
            case ast.Call(func=ast.Attribute(attr="run_cell"), args=[ast.Constant(value=str(source)), *_]):
                yield from _of_text(source, CELL)


def _of_script(line: str) -> Iterator[Inner]:
    """Of `%run [-i] train[.py] arguments`; nothing for other options, for notebooks, or where a name expands."""
    try:
        words = shlex.split(line)
    except ValueError:
        return
    in_notebook = words[:1] == ["-i"]
    name = next(iter(words[in_notebook:]), "")
    if not name or name.startswith(("-", "$", "{")) or name.endswith((".ipy", ".ipynb")):
        return
    path = Path(os.path.expanduser(name if name.endswith(".py") else f"{name}.py"))  # noqa: PTH111 - "~nobody" is none
    data = regular_bytes(path, LARGEST_BYTES)
    for one in () if data is None else _of_text(data.decode("utf-8", "replace"), path.name):
        yield one if in_notebook else replace(one, names=replace(one.names, read=()))  # it finds nothing there


def _of_text(source: str, where: str) -> Iterator[Inner]:
    if not any(mark in source for mark in _OWN_RUN):
        yield Inner(cell_names(plain_cell(source).python), where)
