"""Params that a cell's text makes certain before it runs, so that a run whose kernel is killed has them too.

Certain is a constant that a statement of the cell's top level gives to a name which nothing else in the cell binds,
changes or deletes.  All the rest (a name bound in a branch or loop, lists and dicts, what the cell reads) waits for the
end of the cell, where `values.find` looks at everything.

A cell that may log params itself gets none early: what it logs stands, and must not meet another value.
"""

from __future__ import annotations

import ast
import types
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from trackbook.capture.syntax import MOST_REMEMBERED, parse
from trackbook.capture.values import LIMIT, Found, is_allowed, is_private, origins

OWN_CALLS = ("log_param", "autolog")
"""In a text or among the names of a function: it may log params itself."""
_BINDERS = frozenset(
    {
        ast.FunctionDef,
        ast.AsyncFunctionDef,
        ast.ClassDef,
        ast.alias,
        ast.ExceptHandler,
        ast.MatchAs,
        ast.MatchStar,
        ast.Global,
    }
)
_DEEPEST = 3
"""How many functions inside of one another are looked into."""


def early_params(source: str, namespace: Mapping[str, Any], lines_above: int = 0) -> list[Found]:
    """What a cell in plain Python makes certain; nothing where the cell may log params itself.

    `lines_above` are those of the cell that stand above this source.
    """
    if any(call in source for call in OWN_CALLS):
        return []
    try:
        constants, bound, read = _told(source)
    except SyntaxError:
        return []
    functions = [one for one in map(namespace.get, read) if type(one) is types.FunctionType]
    if any(_may_log(one, _DEEPEST) for one in functions):
        return []
    found = [
        Found(name, value, origins.assigned(line + lines_above))
        for name, (value, line) in constants.items()
        if bound.get(name) == 1 and not is_private(name)
    ]
    return [one for one in found if is_allowed(one, [])][:LIMIT]


@lru_cache(maxsize=MOST_REMEMBERED)
def _told(source: str) -> tuple[dict[str, tuple[Any, int]], dict[str, int], set[str]]:
    """Constants, and what is touched and read; nothing where there are no constants.  Raises `SyntaxError`."""
    tree = parse(source)
    if tree is None:
        raise SyntaxError
    constants = _constants(tree)
    return (constants, *_touched(tree)) if constants else ({}, {}, set())


def _constants(tree: ast.Module) -> dict[str, tuple[Any, int]]:
    """Names that statements of the top level give a constant, with the one that is given last and its line."""
    certain: dict[str, tuple[Any, int]] = {}
    for statement in tree.body:
        value = getattr(statement, "value", None)
        if isinstance(statement, ast.Assign):
            targets: Iterable[ast.expr] = statement.targets
        elif isinstance(statement, ast.AnnAssign):
            targets = [statement.target]
        else:
            continue
        if value is not None and _is_constant(value):
            given = ast.literal_eval(value), statement.lineno
            certain.update({one.id: given for one in targets if isinstance(one, ast.Name)})
    return certain


def _is_constant(node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        return isinstance(node.operand, ast.Constant) and type(node.operand.value) in (int, float)
    return isinstance(node, ast.Constant) and type(node.value) in (int, float, bool, str, type(None))


def _touched(tree: ast.Module) -> tuple[dict[str, int], set[str]]:
    """How often each name is bound, changed or deleted, in whatever scope; the names that are read.  One walk."""
    counted: dict[str, int] = {}
    read: set[str] = set()
    for node in ast.walk(tree):
        kind = type(node)
        if kind is ast.Name:
            if type(node.ctx) is ast.Load:  # type: ignore[attr-defined]
                read.add(node.id)  # type: ignore[attr-defined]
            else:
                counted[node.id] = counted.get(node.id, 0) + 1  # type: ignore[attr-defined]
        elif kind in _BINDERS:
            for name in _bound_by(node):
                counted[name] = counted.get(name, 0) + 1
    return counted, read


def _bound_by(node: ast.AST) -> Iterable[str]:
    if isinstance(node, ast.Global):
        return node.names
    if isinstance(node, ast.alias):
        return ((node.asname or node.name).partition(".")[0],)
    name = getattr(node, "name", None)
    return () if name is None else (name,)


def _may_log(function: types.FunctionType, depth: int) -> bool:
    names: set[str] = set()
    waiting = [function.__code__]
    while waiting:
        code = waiting.pop()
        names.update(code.co_names)
        waiting += [one for one in code.co_consts if isinstance(one, types.CodeType)]
    if any(call in name for name in names for call in OWN_CALLS):
        return True
    called = [function.__globals__.get(name) for name in names] if depth > 1 else []
    return any(_may_log(one, depth - 1) for one in called if type(one) is types.FunctionType)
