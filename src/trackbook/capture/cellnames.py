"""What a cell does with names, as far as its text tells.

A name's bindings decide what it is.  All of them literals: *assigned*, a param.  Any of them an expression: *computed*,
perhaps a metric.  A loop variable, an import, a function, a class, a `with` or `except` target: *other*, left alone.
A name that the cell loads before it binds it, or loads and never binds, is *read* from the notebook.
An item or attribute of a name that is given a value (`cfg.lr = 0.1`, `scores["acc"] = f()`) is *stored*.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Stored:
    """One `name.a["b"] = value` of the notebook's scope."""

    name: str
    path: tuple[str, ...]
    """As far as it is written out; shorter where an index is not a text or whole number."""
    value: ast.expr
    line: int
    whole: bool = True
    """Whether `path` is all of it."""


@dataclass(frozen=True, slots=True)
class CellNames:
    """What a cell does with names; each tuple in order of first appearance, without repetition."""

    assigned: tuple[tuple[str, ast.expr], ...] = ()
    """Bound by literals only, each with the literal that was bound last in the text."""
    computed: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    bound: tuple[str, ...] = ()
    """All that an assignment binds, whatever it becomes."""
    fitted: tuple[str, ...] = ()
    """Names on which a fitting method is called."""
    stored: tuple[Stored, ...] = ()
    given: Mapping[str, ast.expr] = field(default_factory=dict)
    """Assigned or computed name -> the expression that it was given last in the text; of an unpacking, the whole."""
    lines: Mapping[str, int] = field(default_factory=dict)
    """Name -> the line of that expression, from 1."""
    others: frozenset[str] = frozenset()
    """What is bound otherwise: imports, functions, classes, targets of loops."""


NOTHING = CellNames()
