"""What an expression gives, as far as its text tells."""

from __future__ import annotations

import ast

from trackbook.capture.program.steps import CALLED, FUNCTION, ITEM, PLAIN, SCALAR, UNKNOWN, Value
from trackbook.capture.program.torches import OF_LOADERS

SCALAR_CALLS = frozenset("len int float bool str repr hash id ord chr isinstance issubclass callable hasattr".split())
PLAIN_CALLS = frozenset("list dict set tuple frozenset sorted range bytes bytearray".split())
CONTAINERS = (ast.List, ast.Tuple, ast.Set, ast.Dict, ast.ListComp, ast.SetComp, ast.DictComp)


def path_of(node: ast.expr) -> tuple[ast.expr, tuple[str, ...]]:
    """The expression at the root, and the way from there."""
    parts: list[str] = []
    while True:
        match node:
            case ast.Attribute(value=inner, attr=name):
                parts.append(name)
            case ast.Subscript(value=inner):
                parts.append(ITEM)
            case ast.Call(func=inner):
                parts.append(CALLED)
            case ast.Starred(value=inner) | ast.Await(value=inner):
                pass
            case _:
                return node, tuple(reversed(parts))
        node = inner


def value_of(node: ast.expr) -> Value:
    """What an expression gives, as far as its text tells."""
    match node:
        case ast.Constant() | ast.JoinedStr():
            return SCALAR
        case ast.UnaryOp(op=ast.Not()):
            return SCALAR
        case ast.UnaryOp(operand=operand):
            return _common(value_of(operand), SCALAR)
        case ast.BinOp(left=left, right=right):
            return _common(value_of(left), value_of(right))
        case ast.Compare(left=left, comparators=others):
            return _operation(value_of(left), *map(value_of, others))
        case ast.Call(func=ast.Name(id=name)) if name in SCALAR_CALLS:
            return SCALAR
        case ast.Call(func=ast.Name(id=name)) if name in PLAIN_CALLS:
            return PLAIN
        case ast.Call(keywords=keywords) if any(one.arg in _MADE_OTHERWISE for one in keywords):
            return UNKNOWN
        case ast.Call(func=func, keywords=keywords) if getattr(
            func, "attr", getattr(func, "id", "")
        ) == "DataLoader" and (not {one.arg for one in keywords} <= OF_LOADERS):
            return UNKNOWN
        case ast.Call(func=ast.Attribute(attr="item", value=ast.expr() as made), args=[], keywords=[]) if _is_computed(
            made
        ):
            return SCALAR
        case ast.Lambda(args=ast.arguments(defaults=defaults, kw_defaults=others)):
            return FUNCTION if all(map(is_scalar, (*defaults, *others))) else UNKNOWN
        case ast.Name() | ast.Attribute() | ast.Subscript() | ast.Call():
            root, path = path_of(node)
            if isinstance(node, ast.Call) and path and _may_share(node, path):
                path = (*path[:-2], ITEM)
            if isinstance(root, ast.Name):
                return Value("path", root.id, path)
            return Value("part", "", path, (value_of(root),)) if _is_computed(node) else UNKNOWN
    return PLAIN if isinstance(node, CONTAINERS) else UNKNOWN


_MADE_OTHERWISE = frozenset({"chunksize", "iterator", "requires_grad"})
"""With such an argument a function gives another thing than without."""


def _is_computed(node: ast.expr) -> bool:
    """Whether at the root of a path stands a calculation: what comes out of it is no object of the notebook's own."""
    return isinstance(path_of(node)[0], ast.BinOp | ast.Compare | ast.UnaryOp)


def _may_share(call: ast.Call, path: tuple[str, ...]) -> bool:
    """`copy=False`, `deep=False`, `out=x`: what is given back may be no new object."""
    if path[-2:-1] == ("copy",):
        return bool(call.args or call.keywords)
    return any(one.arg in {"copy", "deep", "out"} for one in call.keywords)


def _common(one: Value, other: Value) -> Value:
    """Of a binary operation: numbers give a number, a frame and a number give a frame."""
    if SCALAR in (one, other):
        found = other if one == SCALAR else one
        return found if found == SCALAR else _operation(one, other)
    return _operation(one, other)


def _operation(*parts: Value) -> Value:
    return (
        Value("operation", parts=parts) if all(one.tag in {"path", "scalar", "operation"} for one in parts) else UNKNOWN
    )


def element_of(node: ast.expr) -> Value:
    """What each name of an unpacking gets."""
    if holds_scalars(node):
        return SCALAR
    found = value_of(node)
    return Value("path", found.root, (*found.path, ITEM)) if found.tag == "path" else UNKNOWN


def holds_scalars(node: ast.expr) -> bool:
    """Numbers and texts that are written out one by one: `[2, 4, 8]`."""
    return isinstance(node, ast.Tuple | ast.List) and all(value_of(one) == SCALAR for one in node.elts)


def seed_of(node: ast.expr) -> ast.expr | None:
    """What the calls of a path are given as `random_state=` or `seed=`."""
    while True:
        match node:
            case ast.Call():
                for one in node.keywords:
                    if one.arg in {"random_state", "seed"}:
                        return one.value
                node = node.func
            case ast.Attribute(value=inner) | ast.Subscript(value=inner) | ast.Await(value=inner):
                node = inner
            case _:
                return None


def is_integer(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int)


def is_scalar(node: ast.expr | None) -> bool:
    """True for nothing, and for a constant."""
    return node is None or value_of(node) == SCALAR
