"""What the expressions of a statement load, bind and use: one walk, with the scopes of lambdas and comprehensions."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from trackbook.capture.program.steps import (
    CALLED,
    FUNCTION,
    INTEGER,
    ITEM,
    PLAIN,
    SCALAR,
    UNKNOWN,
    Act,
    Argument,
    Body,
    Use,
    Value,
)
from trackbook.capture.program.torches import OF_LOADERS

SCALAR_CALLS = frozenset("len int float bool str repr hash id ord chr isinstance issubclass callable hasattr".split())
PLAIN_CALLS = frozenset("list dict set tuple frozenset sorted range bytes bytearray".split())
CONTAINERS = (ast.List, ast.Tuple, ast.Set, ast.Dict, ast.ListComp, ast.SetComp, ast.DictComp)
FILLS = frozenset("append add insert pop clear discard remove sort reverse get items keys values copy".split())
"""Methods of a new local container that reach nothing outside of it."""


@dataclass(slots=True)
class Seen:
    """What the expressions of one statement do."""

    loads: set[str] = field(default_factory=set)
    values: set[str] = field(default_factory=set)
    uses: list[Use] = field(default_factory=list)
    bodies: list[Body] = field(default_factory=list)
    walrus: list[tuple[str, ast.expr]] = field(default_factory=list)


class Expressions(ast.NodeVisitor):
    """What expressions load and use, below the scopes that hold them."""

    def __init__(self, seen: Seen, local: frozenset[str], fresh: frozenset[str]) -> None:
        self.seen, self.local, self.fresh = seen, local, fresh
        self.sure = True
        """What is visited is evaluated whenever the statement is."""

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load) and node.id not in self.local:
            self.seen.loads.add(node.id)
            self.seen.values.add(node.id)

    def visit_Call(self, node: ast.Call) -> None:
        """What is called comes after what it is given, as when it runs."""
        if isinstance(node.func, ast.Name):
            if node.func.id not in self.local:
                self.seen.loads.add(node.func.id)
        else:
            self.visit(node.func)
        for given in (*node.args, *node.keywords):
            self.visit(given)
        self.seen.uses += used(Act.CALL, node.func, tuple(self.local), (), node, self.fresh, sure=self.sure)

    def visit_YieldFrom(self, node: ast.YieldFrom) -> None:
        self.seen.uses += used(Act.ITERATE, node.value, tuple(self.local), ())
        self.generic_visit(node)

    def visit_Starred(self, node: ast.Starred) -> None:
        self.seen.uses += used(Act.ITERATE, node.value, tuple(self.local), ())
        self.generic_visit(node)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        if node.target.id not in self.local:
            self.seen.walrus.append((node.target.id, node.value))

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        self._perhaps(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self._perhaps(node)

    def _perhaps(self, node: ast.AST) -> None:
        before, self.sure = self.sure, False
        self.generic_visit(node)
        self.sure = before

    def visit_Lambda(self, node: ast.Lambda) -> None:
        for default in (*node.args.defaults, *(one for one in node.args.kw_defaults if one is not None)):
            self.visit(default)
        inner = Seen()
        reader = Expressions(inner, self.local | argument_names(node.args), frozenset())
        reader.sure = False
        reader.visit(node.body)
        self._later(inner, None if self.local else node)

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> None:
        own = frozenset(name for part in node.generators for name in target_names(part.target))
        inner = Seen()
        reader = Expressions(inner, self.local | own, self.fresh - own)
        reader.sure = False
        first = node.generators[0]
        self.visit(first.iter)  # evaluated outside: `[x for x in x]`
        self.seen.uses += used(Act.ITERATE, first.iter, tuple(self.local), ())
        for part in node.generators[1:]:
            inner.uses += used(Act.ITERATE, part.iter, tuple(reader.local), ())
            reader.visit(part.iter)
        for child in (*(one for part in node.generators for one in (part.target, *part.ifs)), *_elements(node)):
            reader.visit(child)
        self.seen.walrus += inner.walrus
        if isinstance(node, ast.GeneratorExp):
            self._later(inner)
        else:
            self.seen.bodies += inner.bodies
        self.seen.loads |= inner.loads
        self.seen.values |= inner.values
        self.seen.uses += inner.uses

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension  # noqa: N815

    def _later(self, inner: Seen, function: ast.Lambda | None = None) -> None:
        """Code that may run within this statement, and later through whatever keeps it."""
        values, lasting = frozenset(inner.values), function is None or bool(inner.bodies)
        body = Body(frozenset(inner.loads), frozenset(), tuple(inner.uses), values, lasting, function=function)
        self.seen.bodies += [body, *inner.bodies]
        self.seen.loads |= inner.loads
        self.seen.values |= inner.values
        self.seen.uses += inner.uses


def _elements(node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> tuple[ast.expr, ...]:
    return (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,)


def seen_in(nodes: Iterable[ast.AST]) -> Seen:
    seen = Seen()
    reader = Expressions(seen, frozenset(), frozenset())
    for node in nodes:
        reader.visit(node)
    return seen


# -- uses -------------------------------------------------------------------------------------------------------------


def used(
    act: Act,
    node: ast.expr,
    local: tuple[str, ...],
    more: tuple[str, ...],
    call: ast.Call | None = None,
    fresh: frozenset[str] = frozenset(),
    *,
    sure: bool = False,
) -> list[Use]:
    """How the object at the root of a path is used; nothing for a new container that is only filled."""
    root, path = _path(node)
    name = root.id if isinstance(root, ast.Name) else ""
    path += more
    if name in fresh and len(path) == 1 and path[0] in FILLS and act is Act.CALL:
        return []
    given: list[ast.expr] = [] if call is None else [*call.args, *(one.value for one in call.keywords)]
    keywords = {} if call is None else {one.arg: one.value for one in call.keywords if one.arg}
    seed = seed_of(node if call is None else call)
    args = frozenset().union(*(loaded(one, local) for one in given)) if given else frozenset()
    if not isinstance(root, ast.Name):
        args |= loaded(root, local)
    return [
        Use(
            act,
            "" if name in local else name,
            path,
            local=name in local,
            args=args,
            local_args=any(_has_local(one, local) for one in given),
            texts=tuple(one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)),
            open_ended=any(not isinstance(one, ast.Constant) for one in given),
            keywords=frozenset(keywords),
            seeded=is_integer(seed),
            seed_name=seed.id if isinstance(seed, ast.Name) and seed.id not in local else "",
            given=() if call is None or path or name in local else _arguments(call, local),
            value=value_of(given[0]) if path[-1:] in {("append",), ("add",)} and len(given) == 1 else UNKNOWN,
            of=UNKNOWN if isinstance(root, ast.Name) or _has_local(root, local) else value_of(root),
            sure=sure,
        )
    ]


def _arguments(call: ast.Call, local: tuple[str, ...]) -> tuple[Argument, ...]:
    named = [(one, "") for one in call.args] + [(one.value, one.arg or "**") for one in call.keywords]
    return tuple(
        Argument(
            UNKNOWN if isinstance(node, ast.Starred) else value_of(node),
            loaded(node, local),
            loaded(node, local) - _only_called(node),
            keyword.strip("*"),
            isinstance(node, ast.Starred) or keyword == "**",
            _has_local(node, local),
            INTEGER if is_integer(node) else "",
        )
        for node, keyword in named
    )


def _only_called(node: ast.expr) -> frozenset[str]:
    """Names that stand nowhere but before the parentheses of a call."""
    calls = [one.func for one in ast.walk(node) if isinstance(one, ast.Call)]
    called = {id(one): one.id for one in calls if isinstance(one, ast.Name)}
    values = {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and id(one) not in called}
    return frozenset(called.values()) - values


def _path(node: ast.expr) -> tuple[ast.expr, tuple[str, ...]]:
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


def stores(
    target: ast.expr, value: ast.expr | None, local: tuple[str, ...] = (), fresh: frozenset[str] = frozenset()
) -> list[Use]:
    """The item and attribute stores of a target."""
    match target:
        case ast.Tuple() | ast.List():
            return [use for part in target.elts for use in stores(part, value, local, fresh)]
        case ast.Starred():
            return stores(target.value, value, local, fresh)
        case ast.Attribute() | ast.Subscript():
            root, path = _path(target)
            name = root.id if isinstance(root, ast.Name) else ""
            if name in fresh and path == (ITEM,):
                return []
            args = frozenset() if value is None else loaded(value, local)
            if not isinstance(root, ast.Name):
                args |= loaded(root, local)
            inside = name in local
            made = UNKNOWN if value is None else value_of(value)
            return [Use(Act.STORE, "" if inside else name, path, inside, args, local_args=bool(local), value=made)]
    return []


def load_targets(target: ast.expr, seen: Seen) -> None:
    """The names that an item or attribute store reads."""
    reader = Expressions(seen, frozenset(), frozenset())
    for part in parts_of(target):
        if not isinstance(part, ast.Name):
            reader.visit(part)


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


def loaded(node: ast.expr, local: tuple[str, ...]) -> frozenset[str]:
    return frozenset(
        part.id
        for part in ast.walk(node)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load) and part.id not in local
    )


def _has_local(node: ast.expr, local: tuple[str, ...]) -> bool:
    return bool(local) and any(isinstance(part, ast.Name) and part.id in local for part in ast.walk(node))


def argument_names(given: ast.arguments) -> frozenset[str]:
    several = (one.arg for one in (given.vararg, given.kwarg) if one is not None)
    return frozenset([*(one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)), *several])


# -- values -----------------------------------------------------------------------------------------------------------


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
            root, path = _path(node)
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
    return isinstance(_path(node)[0], ast.BinOp | ast.Compare | ast.UnaryOp)


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
    if isinstance(node, ast.Tuple | ast.List) and all(value_of(one) == SCALAR for one in node.elts):
        return SCALAR
    found = value_of(node)
    return Value("path", found.root, (*found.path, ITEM)) if found.tag == "path" else UNKNOWN


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
