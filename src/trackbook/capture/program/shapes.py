"""What the shape of a statement tells: a loop that has a round, a `with` that no exception leaves, an unpacking."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from trackbook.capture.program.expressions import seen_in
from trackbook.capture.program.names import target_names

LETS_PASS = frozenset(
    """open start_run no_grad inference_mode enable_grad autocast errstate catch_warnings option_context config_context
    style_context rc_context printoptions parallel_backend TemporaryDirectory NamedTemporaryFile ZipFile""".split()
)
"""Context managers that suppress no exception."""


def pairs(targets: Sequence[ast.expr], value: ast.expr) -> list[tuple[ast.expr, ast.expr]]:
    """The assignments of `x, y = f(x), g(y)`, one by one; none where a later one reads what an earlier one binds."""
    match targets, value:
        case [ast.Tuple(elts=names) | ast.List(elts=names)], ast.Tuple(elts=values) | ast.List(elts=values):
            plain = all(isinstance(one, ast.Name) for one in names)
            if not plain or len(names) != len(values) or any(isinstance(one, ast.Starred) for one in values):
                return []
            bound = target_names(targets[0])
            apart = all(seen_in([one]).loads.isdisjoint(bound[:before]) for before, one in enumerate(values))
            return list(zip(names, values, strict=True)) if apart else []
    return []


def iterated(node: ast.expr) -> ast.expr:
    """What the items come from: that of `enumerate(loader)` and `tqdm(loader)`."""
    while isinstance(node, ast.Call) and node.args:
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called not in {"enumerate", "tqdm", "trange", "islice", "track"}:
            break
        node = node.args[0]
    return node


def never_empty(node: ast.expr) -> bool:
    """True for what surely has an item: `range(3)`, `[1, 2]`."""
    match node:
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return any(not isinstance(one, ast.Starred) for one in elements)
        case ast.Call(func=ast.Name(id="range"), args=[ast.Constant(value=int(count))]):
            return count > 0
    return False


def runs_through(node: ast.AST) -> bool:
    """True for a `with` of managers that let each exception pass: what stands in it is done when the cell is."""
    if not isinstance(node, ast.With):
        return False
    called = [one.context_expr.func if isinstance(one.context_expr, ast.Call) else None for one in node.items]
    return all(getattr(one, "attr", getattr(one, "id", "")) in LETS_PASS for one in called)


def unpacks(targets: Sequence[ast.expr]) -> bool:
    """True for `x, y = ...`."""
    match targets:
        case [ast.Tuple(elts=names) | ast.List(elts=names)]:
            return all(isinstance(one, ast.Name) for one in names)
    return False
