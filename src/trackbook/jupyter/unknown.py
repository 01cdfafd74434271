"""What `%runs` says of a filter that asks for a metric or param which no run has: a slip of the pen finds nothing."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

from trackbook.core.filters import RUNS, parse
from trackbook.core.filters.tree import Metric, Param

if TYPE_CHECKING:
    from trackbook.core.ports import KeyCount

MOST_NAMED = 3


def unknown_keys(filter: str, known: Sequence[KeyCount]) -> list[str]:
    """A sentence for each metric and param of the filter that is not among the known keys.

    Raises `FilterSyntaxError`.
    """
    keys = {kind: [one.key for one in known if one.kind == kind] for kind in ("metrics", "params")}
    sentences: dict[str, None] = {}
    for field in _fields(parse(filter, RUNS)):
        kind, names = ("metrics", {field.key, getattr(field, "plain", None)})
        if isinstance(field, Param):
            kind = "params"
        if names.isdisjoint(keys[kind]):
            sentences.setdefault(_sentence(kind.removesuffix("s"), field.key, keys[kind]))
    return list(sentences)


def _sentence(kind: str, key: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(key, known, MOST_NAMED, 0.5)
    if near:
        return f"no run has a {kind} {key!r}: did you mean {' or '.join(map(repr, near))}?"
    some = [one for one in known if not one.startswith("system/")][:MOST_NAMED]
    return f"no run has a {kind} {key!r}" + (f": there are {', '.join(map(repr, some))}" if some else "")


def _fields(node: Any) -> Iterator[Metric | Param]:
    """The metrics and params that a tree names, in its order."""
    if isinstance(node, Metric | Param):
        yield node
    elif isinstance(node, tuple | list):
        for one in node:
            yield from _fields(one)
    elif is_dataclass(node):
        for field in fields(node):
            yield from _fields(getattr(node, field.name))
