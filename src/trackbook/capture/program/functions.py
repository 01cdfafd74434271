"""Functions of the notebook whose calls are followed: their statements as steps, with local names of their own.

Whoever calls such a function binds its parameters, takes its steps, and gets what it returns.  Each local name gets a
mark that no name of a notebook can have (`x@3`), so that the steps stand among those of the cell.  A function that
awaits or yields, or binds names of a function around it, is not followed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import count

from trackbook.capture.program.bodies import own_names, scope_walk
from trackbook.capture.program.statements import Statements
from trackbook.capture.program.steps import INTEGER, PLAIN, SCALAR, UNKNOWN, Argument, Step, Use
from trackbook.capture.program.values import is_integer

MARK = "@"
_RETURNED = "return"
"""No local name can be this one."""
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_NOT_FOLLOWED = (ast.Yield, ast.YieldFrom, ast.Await, ast.Nonlocal, ast.AsyncFor, ast.AsyncWith)
_numbers = count()


@dataclass(frozen=True, slots=True)
class Function:
    """All names are marked."""

    number: int
    positional: tuple[str, ...]
    keywords: tuple[str, ...]
    """By which an argument can be given, those of `positional` too."""
    rest: tuple[str, ...]
    """`*several` and `**named`."""
    steps: tuple[Step, ...]
    loops: bool
    leaves: bool
    """It may return before its last statement."""
    locals: frozenset[str]
    returned: str
    integers: frozenset[str]
    """Parameters whose default is a whole number."""
    elements: tuple[str, ...]
    """The parts of what it returns, where that is a tuple of this length at each `return`."""


def is_local(name: str) -> bool:
    return MARK in name


@lru_cache(maxsize=1024)
def function_of(node: ast.FunctionDef | ast.Lambda) -> Function | None:
    """None for a function that is not followed."""
    scope = _as_definition(node)
    own, declared, _ = own_names(scope)
    local = own - declared
    if any(isinstance(one, _NOT_FOLLOWED) for one in scope_walk(scope)) or any(
        isinstance(one, ast.Nonlocal) or (isinstance(one, ast.Global) and local.intersection(one.names))
        for one in ast.walk(scope)
    ):
        return None
    number = next(_numbers)
    names = {name: f"{name}{MARK}{number}" for name in local}
    size = _size_of_tuples(scope)
    returned = f"{_RETURNED}{MARK}{number}"
    elements = tuple(f"{_RETURNED}{position}{MARK}{number}" for position in range(size))
    marked = _Marking(names, returned, elements)
    body = [one for statement in scope.body for one in marked.statements(deepcopy(statement))]
    reader = Statements()
    reader.block(body, certain=True)
    given = scope.args
    return Function(
        number,
        tuple(names[one.arg] for one in (*given.posonlyargs, *given.args)),
        tuple(names[one.arg] for one in (*given.args, *given.kwonlyargs)),
        tuple(names[one.arg] for one in (given.vararg, given.kwarg) if one is not None),
        tuple(_returning(step, {returned, *elements}) for step in reader.steps),
        any(isinstance(one, ast.For | ast.While) for one in scope_walk(scope)),
        any(isinstance(one, ast.Return) and one is not scope.body[-1] for one in scope_walk(scope)),
        frozenset({*names.values(), returned, *elements}),
        returned,
        frozenset(names[name] for name in _integers(given)),
        elements,
    )


def _as_definition(node: ast.FunctionDef | ast.Lambda) -> ast.FunctionDef:
    if isinstance(node, ast.FunctionDef):
        return node
    body = ast.copy_location(ast.Return(node.body), node)
    return ast.copy_location(ast.FunctionDef("", node.args, [body], []), node)


def _integers(given: ast.arguments) -> Iterator[str]:
    positional = [*given.posonlyargs, *given.args][::-1]
    pairs = [
        *zip(positional, given.defaults[::-1], strict=False),
        *zip(given.kwonlyargs, given.kw_defaults, strict=True),
    ]
    for one, default in pairs:
        if is_integer(default):
            yield one.arg


def _size_of_tuples(scope: ast.FunctionDef) -> int:
    returned = [one.value for one in scope_walk(scope) if isinstance(one, ast.Return) and one.value is not None]
    sizes = {
        len(one.elts)
        if isinstance(one, ast.Tuple) and not any(isinstance(part, ast.Starred) for part in one.elts)
        else 0
        for one in returned
    }
    return sizes.pop() if len(sizes) == 1 else 0


def _returning(step: Step, returned: set[str]) -> Step:
    """Any `return` may be the one that is taken."""
    return replace(step, certain=False) if returned.intersection(step.binds) else step


class _Marking(ast.NodeTransformer):
    """Marks the local names, also where functions within read them, and makes `return` a binding."""

    def __init__(self, names: dict[str, str], returned: str, elements: tuple[str, ...]) -> None:
        self.names, self.returned, self.elements = names, returned, elements
        self.within = 0

    def statements(self, node: ast.stmt) -> list[ast.stmt]:
        made = self.visit(node)
        return made if isinstance(made, list) else [made]

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, _SCOPES):
            self.within += 1
        for name in ("id", "arg", "name", "rest"):
            held = getattr(node, name, None)
            if isinstance(held, str) and held in self.names and not isinstance(node, ast.keyword | ast.alias):
                setattr(node, name, self.names[held])
        super().generic_visit(node)
        if isinstance(node, _SCOPES):
            self.within -= 1
        return node

    def visit_alias(self, node: ast.alias) -> ast.alias:
        name = (node.asname or node.name).partition(".")[0]
        if name in self.names:
            node.name, node.asname = node.name if node.asname else _bound_module(node), self.names[name]
        return node

    def visit_Return(self, node: ast.Return) -> ast.AST | list[ast.stmt]:
        self.generic_visit(node)
        if self.within or node.value is None:
            return node
        if not self.elements:
            return _assignment([self.returned], node.value, node)
        names = ast.copy_location(ast.Tuple([_name(one, node, ast.Load()) for one in self.elements], ast.Load()), node)
        return [_assignment([*self.elements], node.value, node), _assignment([self.returned], names, node)]


def _bound_module(node: ast.alias) -> str:
    return node.name.partition(".")[0]


def _name(name: str, at: ast.AST, context: ast.expr_context) -> ast.expr:
    return ast.copy_location(ast.Name(name, context), at)


def _assignment(names: list[str], value: ast.expr, at: ast.AST) -> ast.stmt:
    targets = [_name(name, at, ast.Store()) for name in names]
    target = targets[0] if len(targets) == 1 else ast.copy_location(ast.Tuple(targets, ast.Store()), at)
    return ast.copy_location(ast.Assign([target], value), at)


def given_to(function: Function, use: Use, around: frozenset[str]) -> Iterator[tuple[str, Argument]]:
    """Each parameter, and what a call gives it; `around` are the names that one of a comprehension may stand for."""
    arguments = [replace(one, value=UNKNOWN, values=around) if one.local else one for one in use.given]
    by_position = [one for one in arguments if not one.keyword]
    known = {name.partition(MARK)[0]: name for name in function.keywords}
    if any(one.spread for one in arguments) or len(by_position) > len(function.positional) + len(function.rest):
        for name in {*function.positional, *function.keywords, *function.rest}:
            yield name, _together(arguments)
        return
    given = dict(zip(function.positional, by_position, strict=False))
    given |= {known[one.keyword]: one for one in arguments if one.keyword in known}
    others = [one for one in arguments if not any(one is other for other in given.values())]
    for name in dict.fromkeys((*function.positional, *function.keywords)):
        yield name, given.get(name, replace(_DEFAULT, fact=INTEGER) if name in function.integers else _DEFAULT)
    for name in function.rest:
        yield name, replace(_together(others), value=PLAIN)


_DEFAULT = Argument(SCALAR)
"""A function with any other default keeps state, and is not followed."""


def _together(arguments: Iterable[Argument]) -> Argument:
    every = list(arguments)
    return Argument(UNKNOWN, _all(one.loads for one in every), _all(one.values for one in every))


def _all(names: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*names)
