"""Expressions that are made of constants alone."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

CONVERSIONS = frozenset({"int", "float", "bool", "str"})
_LITERAL_NODES = (
    ast.expr_context,
    ast.Constant,
    ast.List,
    ast.Tuple,
    ast.Dict,
    ast.Set,
    ast.BinOp,
    ast.UnaryOp,
    ast.operator,
    ast.unaryop,
)


def is_literal(node: ast.expr) -> bool:
    """True for an expression made of constants alone: `-1`, `2**10`, `[1, 2]`, `float("inf")`."""
    return all(isinstance(part, _LITERAL_NODES) for part in _literal_parts(node))


def _literal_parts(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of an expression; a conversion of literals counts as its arguments."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CONVERSIONS:
        children: Iterable[ast.AST] = [*node.args, *node.keywords]
    else:
        yield node
        children = ast.iter_child_nodes(node)
    for child in children:
        yield from _literal_parts(child)
