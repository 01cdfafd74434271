"""Params and metrics found in a cell: what its syntax says, with the values that the namespace holds.

| found as          | what                                                                      | origin     |
|-------------------|---------------------------------------------------------------------------|------------|
| param             | a name that the cell binds by literals only; small flat dicts by their keys | "assigned" |
| param             | a scalar of the notebook that the cell reads, as it was before the cell   | "read"     |
| metric            | one real number that the cell bound by an expression, as it was at the end | "computed" |

Objects of a user are never asked anything: a value is looked at only after its exact type is known to be harmless, so
a `__repr__`, `__eq__` or `__len__` that raises or takes a minute is not met.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from trackbook.capture.secrets import looks_secret
from trackbook.capture.syntax import CellNames
from trackbook.core.names import MAX_PARAM_VALUE, check_key
from trackbook.errors import InvalidName

LIMIT = 100
"""The most params, and the most metrics, that are taken from one cell."""
LONGEST_TEXT = MAX_PARAM_VALUE
"""Of a text that the cell reads; a longer one is data.  One that it assigns is cut to this, and that is said."""
MOST_ITEMS = 20
"""A literal list or dict with more is data, not a setting."""
SHELL_NAMES = frozenset({"In", "Out", "exit", "quit", "get_ipython", "open"})

ASSIGNED, READ, COMPUTED = "assigned", "read", "computed"

_SCALARS = frozenset({int, float, bool, str, type(None)})


@dataclass(frozen=True, slots=True)
class Found:
    """One param or metric; `value` is a plain scalar (or the text of a flat list)."""

    key: str
    value: Any
    origin: str


@dataclass(frozen=True, slots=True)
class Findings:
    params: tuple[Found, ...] = ()
    metrics: tuple[Found, ...] = ()
    left_out: tuple[str, ...] = ()
    """A sentence for each thing that was left out on purpose."""


def scalar(value: object) -> tuple[bool, Any]:
    """Whether a value is a scalar that a param can keep, and that scalar in plain Python."""
    kind = type(value)
    if kind in _SCALARS:
        return (len(value) <= LONGEST_TEXT, value) if kind is str else (True, value)  # type: ignore[arg-type]
    numpy = sys.modules.get("numpy")
    if numpy is not None and kind.__module__ == "numpy" and issubclass(kind, numpy.generic):
        plain = value.item()  # type: ignore[attr-defined]
        return (True, plain) if type(plain) in _SCALARS else (False, None)
    return False, None


def _literal_scalar(value: object) -> tuple[bool, Any]:
    """As `scalar`, for what the cell itself writes down: there a text may be of any length."""
    return (True, value) if type(value) is str else scalar(value)


def real_number(value: object) -> tuple[bool, float]:
    """Whether a value is one real number (bool is none), and that number."""
    kind = type(value)
    if kind is float:
        return True, value  # type: ignore[return-value]
    if kind is int or kind is Decimal:
        try:
            return True, float(value)  # type: ignore[arg-type]
        except (OverflowError, ValueError):
            return False, 0.0
    numpy = sys.modules.get("numpy")
    if numpy is None or kind.__module__ != "numpy":
        return False, 0.0
    if issubclass(kind, numpy.integer | numpy.floating) and not issubclass(kind, numpy.timedelta64):
        return True, float(value)  # type: ignore[arg-type]
    if kind is numpy.ndarray and value.ndim == 0 and value.dtype.kind in "iuf":  # type: ignore[attr-defined]
        return True, float(value)  # type: ignore[arg-type]
    return False, 0.0


def before(names: CellNames, namespace: Mapping[str, Any]) -> dict[str, Any]:
    """The scalars that the cell's names hold before it runs.  Only scalars are kept, so nothing is held alive."""
    kept: dict[str, Any] = {}
    for name in (*names.read, *names.computed):
        if name in namespace:
            value = namespace[name]
            if scalar(value)[0] or type(value) is Decimal:
                kept[name] = value
    return kept


def find(
    names: CellNames, earlier: Mapping[str, Any], namespace: Mapping[str, Any], *, complete: bool = True
) -> Findings:
    """What the cell says about itself.

    `earlier` is what `before` gave, `namespace` the user's after the cell.  `complete` false (the cell failed or was
    interrupted) leaves out metrics that were not bound anew.
    """
    left_out: list[str] = []
    params = [found for found in (*_assigned(names, namespace), *_read(names, earlier)) if is_allowed(found, left_out)]
    metrics = [found for found in _computed(names, earlier, namespace, complete) if is_allowed(found, left_out)]
    for kind, group in (("params", params), ("metrics", metrics)):
        if len(group) > LIMIT:
            left_out.append(f"{len(group) - LIMIT} more {kind} were found than the {LIMIT} that are kept")
    return Findings(tuple(params[:LIMIT]), tuple(metrics[:LIMIT]), tuple(left_out))


def is_allowed(found: Found, left_out: list[str]) -> bool:
    """Whether it may be kept; what is left out or cut is added to `left_out`, a sentence each."""
    last = found.key.rpartition(".")[2]
    if looks_secret(last, found.value):
        left_out.append(f"{found.key} looks like a secret and was left out")
        return False
    try:
        check_key("param", found.key)
    except InvalidName as error:
        left_out.append(str(error))
        return False
    if type(found.value) is str and len(found.value) > LONGEST_TEXT:
        left_out.append(f"{found.key} has {len(found.value)} characters: the first {LONGEST_TEXT - 1} were kept")
    return True


def is_private(name: str) -> bool:
    """A name that is nobody's param: with an underscore first, or the shell's own."""
    return name.startswith("_") or name in SHELL_NAMES


def _assigned(names: CellNames, namespace: Mapping[str, Any]) -> Iterator[Found]:
    for name, node in names.assigned:
        if is_private(name) or name not in namespace:
            continue
        value = namespace[name]
        fits, plain = _literal_scalar(value)
        if fits:
            yield Found(name, plain, ASSIGNED)
        elif isinstance(node, ast.List | ast.Tuple | ast.Dict):
            yield from _collection(name, node, value)


def _collection(name: str, node: ast.expr, value: object) -> Iterator[Found]:
    """A small flat literal, as it was written; a dict's keys with the values that they have now."""
    try:
        written = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return
    if not written or len(written) > MOST_ITEMS:
        return
    if isinstance(written, dict):
        now: Mapping[Any, Any] = value if type(value) is dict else written
        for key, item in written.items():
            fits, plain = _literal_scalar(now.get(key, item))
            if fits and type(key) in (str, int):
                yield Found(f"{name}.{key}", plain, ASSIGNED)
    elif all(_literal_scalar(item)[0] for item in written):
        yield Found(name, repr(written), ASSIGNED)


def _read(names: CellNames, earlier: Mapping[str, Any]) -> Iterator[Found]:
    assigned = {name for name, _ in names.assigned}
    for name in names.read:
        if name in earlier and name not in assigned and not is_private(name):
            fits, plain = scalar(earlier[name])
            if fits:
                yield Found(name, plain, READ)


def _computed(
    names: CellNames, earlier: Mapping[str, Any], namespace: Mapping[str, Any], complete: bool
) -> Iterator[Found]:
    for name in names.computed:
        if is_private(name) or name not in namespace:
            continue
        value = namespace[name]
        fits, number = real_number(value)
        if fits and (complete or name not in earlier or earlier[name] is not value):
            yield Found(name, number, COMPUTED)
