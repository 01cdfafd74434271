"""Classes of the notebook that PyTorch calls: modules and datasets whose text shows that they are well behaved.

Such a class changes nothing but itself: its methods neither change what they are given nor keep it (but for
`__init__`).  Only then is a call of its objects no more than that of one of PyTorch's own.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from trackbook.capture.program import torches, vocabulary
from trackbook.capture.program.expressions import FILLS
from trackbook.capture.program.names import argument_names
from trackbook.capture.program.values import is_scalar

_NOT_PLAIN = (
    ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.Global, ast.Nonlocal, ast.Delete, ast.Yield, ast.YieldFrom,
    ast.Await, ast.NamedExpr, ast.Import, ast.ImportFrom, ast.Match,
)  # fmt: skip
_DECORATORS = frozenset({"staticmethod", "property", *torches.GRAD_MODES})


@dataclass(frozen=True, slots=True)
class PlainClass:
    """A class whose own text is well behaved; what it derives from and calls is still to be looked up."""

    base: tuple[str, ...]
    """The name that the path of its one base begins with, and how that goes on."""
    called: frozenset[tuple[str, bool]]
    """Names of the notebook that its methods call, and whether by an attribute (`F.relu`)."""


def plain_class(node: ast.ClassDef) -> PlainClass | None:
    base = _dotted(node.bases[0]) if len(node.bases) == 1 else ()
    if not base or node.keywords or node.decorator_list:
        return None
    called: set[tuple[str, bool]] = set()
    for statement in node.body:
        match statement:
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                pass
            case ast.Assign(value=value) | ast.AnnAssign(value=value) if is_scalar(value):
                pass
            case ast.FunctionDef():
                if not _Method(statement).is_plain(called):
                    return None
            case _:
                return None
    return PlainClass(base, frozenset(called))


def _dotted(node: ast.expr) -> tuple[str, ...]:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return (node.id, *reversed(parts)) if isinstance(node, ast.Name) else ()


def grad_mode(decorator: ast.expr) -> bool:
    """True for `@torch.no_grad()` and its like: the function is called as if it stood alone."""
    path = _dotted(decorator.func if isinstance(decorator, ast.Call) else decorator)
    return bool(path) and path[-1] in torches.GRAD_MODES


class _Method:
    def __init__(self, node: ast.FunctionDef) -> None:
        self.node, self.makes = node, node.name == "__init__"
        self.given = argument_names(node.args)
        self.me = node.args.args[0].arg if node.args.args else ""
        self.local = self.given | {
            one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
        }
        self.values: dict[str, list[ast.expr | None]] = {}
        for name, value in _bindings(node):
            self.values.setdefault(name, []).append(value)

    def is_plain(self, called: set[tuple[str, bool]]) -> bool:
        node = self.node
        if any((_dotted(one) or ("",))[-1] not in _DECORATORS and not grad_mode(one) for one in node.decorator_list):
            return False
        if not all(map(is_scalar, (*node.args.defaults, *(one for one in node.args.kw_defaults if one is not None)))):
            return False
        return all(self._allows(one, called) for statement in node.body for one in ast.walk(statement))

    def _allows(self, node: ast.AST, called: set[tuple[str, bool]]) -> bool:
        match node:
            case ast.Attribute(ctx=ast.Store()) | ast.Subscript(ctx=ast.Store()):
                return self.makes and isinstance(node, ast.Attribute) and self._is_me(node.value)
            case ast.AugAssign(target=ast.Name(id=name)):
                return self._is_new(name, (ast.Call, ast.BinOp, ast.Constant))
            case ast.AugAssign() | ast.FunctionDef():
                return False
            case ast.Call():
                return self._allows_call(node, called)
        return not isinstance(node, _NOT_PLAIN)

    def _allows_call(self, node: ast.Call, called: set[tuple[str, bool]]) -> bool:
        if any(one.arg in {"out", "inplace", None} for one in node.keywords):
            return False
        match node.func:
            case ast.Name(id=name):
                if name not in self.local:
                    called.add((name, False))
                return name not in self.given
            case ast.Attribute(value=value, attr=method):
                root = _root(value)
                if isinstance(root, ast.Name) and root.id not in self.local:
                    called.add((root.id, True))
                    return method not in vocabulary.CHANGES_ARGUMENTS and (self.makes or not _in_place(method))
                if isinstance(root, ast.Name) and self._is_new(root.id, (ast.List, ast.Dict)) and method in FILLS:
                    return True
                if isinstance(root, ast.Name) and root.id == self.me:
                    return self.makes or (method not in torches.HOLDING and not _in_place(method))
                return _is_super(root) or method in torches.READERS
        return isinstance(node.func, ast.Subscript) and _is_me_or_part(node.func, self.me)

    def _is_me(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and node.id == self.me

    def _is_new(self, name: str, kinds: tuple[type[ast.expr], ...]) -> bool:
        """Whether a local name is only ever bound to such expressions, which make new objects."""
        values = self.values.get(name)
        return bool(values) and name not in self.given and all(isinstance(one, kinds) for one in values or ())


def _bindings(node: ast.FunctionDef) -> Iterator[tuple[str, ast.expr | None]]:
    """Each name that is bound, with its value where that is told."""
    told: set[int] = set()
    for one in ast.walk(node):
        if isinstance(one, ast.Assign):
            for target in one.targets:
                if isinstance(target, ast.Name):
                    told.add(id(target))
                    yield target.id, one.value
        elif isinstance(one, ast.AugAssign):
            told.add(id(one.target))
        elif isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store) and id(one) not in told:
            yield one.id, None


def _root(node: ast.expr) -> ast.expr:
    """Where a path of attributes, items and calls begins; a call of a plain name, as `super()`, is a beginning too."""
    while True:
        match node:
            case ast.Attribute(value=inner) | ast.Subscript(value=inner):
                node = inner
            case ast.Call(func=inner) if not isinstance(inner, ast.Name):
                node = inner
            case _:
                return node


def _is_super(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"


def _is_me_or_part(node: ast.expr, me: str) -> bool:
    root = _root(node)
    return isinstance(root, ast.Name) and root.id == me


def _in_place(method: str) -> bool:
    return method.endswith("_") and not method.startswith("__")
