"""What the expressions of a statement load, bind and use: one walk, with the scopes of lambdas and comprehensions."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

from trackbook.capture.program.dormant import is_dormant
from trackbook.capture.program.filenames import file_of
from trackbook.capture.program.names import argument_names, has_local, loaded, only_called, parts_of, target_names
from trackbook.capture.program.steps import (
    INTEGER,
    ITEM,
    NO_COPY,
    UNKNOWN,
    Act,
    Argument,
    Body,
    Use,
)
from trackbook.capture.program.values import is_integer, path_of, seed_of, value_of

_LAZY = frozenset("map filter zip enumerate iter partial".split())
_KEEPERS = frozenset("append add insert setdefault".split())
_IN_PLACE = frozenset({NO_COPY})
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
    early: set[str] = field(default_factory=set)
    """Names that a walrus binds and that were read before it."""
    now: set[str] = field(default_factory=set)
    """Of those loaded, what the statement itself reads, and no code that may run later."""


class Expressions(ast.NodeVisitor):
    """What expressions load and use, below the scopes that hold them."""

    def __init__(self, seen: Seen, local: frozenset[str], fresh: frozenset[str]) -> None:
        self.seen, self.local, self.fresh = seen, local, fresh
        self.own = local
        """The local names with those of a class's own scope, which the scopes within it do not see."""
        self.sure = True
        """What is visited is evaluated whenever the statement is."""
        self.runs = False
        """It is given to a call or loop, which runs the code of lambdas and generators at once."""

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load) and node.id not in self.own:
            self.seen.loads.add(node.id)
            self.seen.values.add(node.id)
            self.seen.now.add(node.id)

    def visit_Call(self, node: ast.Call) -> None:
        """What is called comes after what it is given, as when it runs."""
        before, self.runs = self.runs, self.runs or not waits(*path_of(node.func))
        if isinstance(node.func, ast.Name):
            if node.func.id not in self.own:
                self.seen.loads.add(node.func.id)
                self.seen.now.add(node.func.id)
        else:
            self.visit(node.func)
        for given in (*node.args, *node.keywords):
            self.visit(given)
        self.runs = before
        self.seen.uses += used(Act.CALL, node.func, tuple(self.own), (), node, self.fresh, sure=self.sure)
        match node:
            case ast.Call(func=ast.Name(id="setattr" | "delattr"), args=[changed, _, *value]):
                target = ast.Attribute(changed, "", ast.Store())
                self.seen.uses += stores(target, value[0] if value else None, tuple(self.own), self.fresh)

    def visit_YieldFrom(self, node: ast.YieldFrom) -> None:
        self.seen.uses += used(Act.ITERATE, node.value, tuple(self.own), ())
        self.generic_visit(node)

    def visit_Starred(self, node: ast.Starred) -> None:
        self.seen.uses += used(Act.ITERATE, node.value, tuple(self.own), ())
        before, self.runs = self.runs, True
        self.generic_visit(node)
        self.runs = before

    def visit_arg(self, node: ast.arg) -> None:
        self.annotation(node.annotation)

    def annotation(self, node: ast.expr | None) -> None:
        """It may stay a text, as `from __future__ import annotations` has it."""
        if node is not None:
            now = set(self.seen.now)
            self.visit(node)
            self.seen.now = now

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        name = node.target.id
        if name not in self.own:
            if name in self.seen.loads and all(one != name for one, _ in self.seen.walrus):
                self.seen.early.add(name)
            self.seen.walrus.append((name, node.value))

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
        self._later(inner, None if self.local else node, dormant=is_dormant(node))

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> None:
        own = frozenset(name for part in node.generators for name in target_names(part.target))
        inner = Seen()
        reader = Expressions(inner, self.local | own, self.fresh - own)
        reader.sure = False
        first = node.generators[0]
        reader.runs, before = self.runs, self.runs
        self.runs = self.runs or not isinstance(node, ast.GeneratorExp)
        self.visit(first.iter)  # evaluated outside: `[x for x in x]`
        self.runs = before
        self.seen.uses += used(Act.ITERATE, first.iter, tuple(self.own), ())
        for part in node.generators[1:]:
            inner.uses += used(Act.ITERATE, part.iter, tuple(reader.local), ())
            reader.visit(part.iter)
        for child in (*(one for part in node.generators for one in (part.target, *part.ifs)), *_elements(node)):
            reader.visit(child)
        self.seen.early |= inner.early | {name for name, _ in inner.walrus if name in self.seen.loads}
        self.seen.walrus += inner.walrus
        if isinstance(node, ast.GeneratorExp):
            self._later(inner)
        else:
            self.seen.bodies += inner.bodies
            self.seen.now |= inner.now
        self.seen.loads |= inner.loads
        self.seen.values |= inner.values
        self.seen.uses += inner.uses

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension  # noqa: N815

    def _later(self, inner: Seen, function: ast.Lambda | None = None, *, dormant: bool = False) -> None:
        """Code that may run within this statement, and later through whatever keeps it."""
        values, lasting = frozenset(inner.values), function is None or bool(inner.bodies)
        loads, uses = frozenset(inner.loads), tuple(inner.uses)
        body = Body(loads, frozenset(), uses, values, dormant=dormant, lasting=lasting, function=function)
        self.seen.bodies += [body, *inner.bodies]
        self.seen.now |= inner.now if self.runs else set()
        self.seen.loads |= inner.loads
        self.seen.values |= inner.values
        self.seen.uses += inner.uses


def _elements(node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> tuple[ast.expr, ...]:
    return (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,)


def waits(root: ast.expr | str, path: tuple[str, ...]) -> bool:
    """Whether a call only keeps the code that it is given, or runs it later: `map(f, x)`, `found.append(f)`."""
    name = root.id if isinstance(root, ast.Name) else root
    return name in _LAZY if not path else path[-1] in _KEEPERS


def seen_in(nodes: Iterable[ast.AST], *, runs: bool = False) -> Seen:
    seen = Seen()
    reader = Expressions(seen, frozenset(), frozenset())
    reader.runs = runs
    for node in nodes:
        reader.visit(node)
    return seen


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
    root, path = path_of(node)
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
            local_args=any(has_local(one, local) for one in given),
            texts=tuple(one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)),
            file="" if call is None else file_of(call),
            open_ended=any(not isinstance(one, ast.Constant) for one in given),
            keywords=frozenset(keywords) | (_IN_PLACE if _is_false(keywords.get("copy")) else frozenset()),
            positional=0 if call is None else len(call.args),
            seeded=is_integer(seed),
            seed_name=seed.id if isinstance(seed, ast.Name) and seed.id not in local else "",
            given=() if call is None or path or name in local else _arguments(call, local),
            value=value_of(given[0]) if path[-1:] in {("append",), ("add",)} and len(given) == 1 else UNKNOWN,
            of=UNKNOWN if isinstance(root, ast.Name) or has_local(root, local) else value_of(root),
            sure=sure,
        )
    ]


def _is_false(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def _arguments(call: ast.Call, local: tuple[str, ...]) -> tuple[Argument, ...]:
    named = [(one, "") for one in call.args] + [(one.value, one.arg or "**") for one in call.keywords]
    return tuple(
        Argument(
            UNKNOWN if isinstance(node, ast.Starred) else value_of(node),
            loaded(node, local),
            loaded(node, local) - only_called(node),
            keyword.strip("*"),
            isinstance(node, ast.Starred) or keyword == "**",
            has_local(node, local),
            INTEGER if is_integer(node) else "",
        )
        for node, keyword in named
    )


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
            root, path = path_of(target)
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
