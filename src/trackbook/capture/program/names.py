"""Which names stand in the text of an expression or target."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from functools import lru_cache


@lru_cache(maxsize=8192)
def _names(node: ast.AST) -> tuple[frozenset[str], frozenset[str]]:
    """All names, and those that are read; kept, since each expression is asked for all that is in it."""
    if isinstance(node, ast.Name):
        itself = frozenset({node.id})
        return itself, itself if isinstance(node.ctx, ast.Load) else frozenset()
    every: frozenset[str] = frozenset()
    read: frozenset[str] = frozenset()
    for child in ast.iter_child_nodes(node):
        more, of_them = _names(child)
        every, read = every | more, read | of_them
    return every, read


def loaded(node: ast.expr, local: Collection[str]) -> frozenset[str]:
    return _names(node)[1].difference(local)


def has_local(node: ast.expr, local: Collection[str]) -> bool:
    return not _names(node)[0].isdisjoint(local)


def only_called(node: ast.expr) -> frozenset[str]:
    """Names that stand nowhere but before the parentheses of a call."""
    calls = [one.func for one in ast.walk(node) if isinstance(one, ast.Call)]
    called = {id(one): one.id for one in calls if isinstance(one, ast.Name)}
    values = {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and id(one) not in called}
    return frozenset(called.values()) - values


def parts_of(target: ast.expr) -> Iterator[ast.expr]:
    if isinstance(target, ast.Tuple | ast.List):
        for part in target.elts:
            yield from parts_of(part)
    elif isinstance(target, ast.Starred):
        yield from parts_of(target.value)
    else:
        yield target


def target_names(target: ast.expr) -> tuple[str, ...]:
    return tuple(part.id for part in parts_of(target) if isinstance(part, ast.Name))


def argument_names(given: ast.arguments) -> frozenset[str]:
    several = (one.arg for one in (given.vararg, given.kwarg) if one is not None)
    return frozenset([*(one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)), *several])
