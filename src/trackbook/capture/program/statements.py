"""The statements of a scope as steps, in the order in which they run.

Where arms of `if`, loops, `try` and `with` begin and end, a step says no more than that (`Fork`).
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from dataclasses import replace

from trackbook.capture.program.bodies import body_of, keeps_state
from trackbook.capture.program.classes import grad_mode
from trackbook.capture.program.expressions import (
    Expressions,
    Seen,
    load_targets,
    seen_in,
    stores,
    used,
)
from trackbook.capture.program.names import target_names
from trackbook.capture.program.shapes import iterated, never_empty, pairs, runs_through, unpacks
from trackbook.capture.program.steps import (
    CALLED,
    FUNCTION,
    INTEGER,
    SCALAR,
    SEEDED,
    STAR,
    UNKNOWN,
    Act,
    Fork,
    Step,
    Value,
)
from trackbook.capture.program.values import element_of, holds_scalars, is_integer, seed_of, value_of

DOUBLED_LOOPS = 2
"""Loops within one another whose bodies are read twice; what those further in carry on is told by the next pass."""


class Statements:
    """One walk over a module's scope."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.within = 0
        """Loops around the statement."""

    def block(self, statements: Iterable[ast.stmt], *, certain: bool) -> None:
        for statement in statements:
            self.statement(statement, certain=certain)

    def statement(self, node: ast.stmt, *, certain: bool) -> None:
        match node:
            case ast.Assign():
                self.assign(node.targets, node.value, certain=certain)
            case ast.AnnAssign():
                if node.value is not None:
                    self.assign([node.target], node.value, certain=certain)
                else:
                    self.expressions([node.annotation], certain=certain)
            case ast.AugAssign():
                self.augmented(node, certain=certain)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self.definition(node, certain=certain)
            case ast.Import() | ast.ImportFrom():
                self.imported(node, certain=certain)
            case ast.Delete():
                self.delete(node, certain=certain)
            case ast.For() | ast.AsyncFor():
                self.iterate(node, certain=certain)
            case ast.While():
                self.expressions([node.test], certain=certain)
                self.loop(node, lambda: self.block([*node.body, ast.Expr(node.test)], certain=True), whole=False)
            case ast.If():
                self.expressions([node.test], certain=certain)
                self.arms([node.body, node.orelse], whole=True)
            case ast.Match():
                self.expressions([node.subject], certain=certain)
                self.match(node)
            case ast.With() | ast.AsyncWith():
                self.managed(node, certain=certain)
            case ast.Try() | ast.TryStar():
                self.attempt(node, certain=certain)
            case _:
                self.compound(node, certain=certain)

    def compound(self, node: ast.AST, *, certain: bool) -> None:
        """Any other statement: its expressions."""
        self.expressions([one for one in ast.iter_child_nodes(node) if isinstance(one, ast.expr)], certain=certain)

    # -- arms ------------------------------------------------------------------------------------------------------

    def fork(self, what: Fork, value: Value = UNKNOWN) -> None:
        self.steps.append(Step(value=value, fork=what))

    def arms(self, blocks: Sequence[Sequence[ast.stmt]], *, whole: bool, leaves: bool = False) -> None:
        """Blocks of which at most one runs, or, where they are the `whole`, just one."""
        self.fork(Fork.OPEN_LEAVING if leaves else Fork.OPEN)
        for number, block in enumerate(blocks):
            if number:
                self.fork(Fork.OTHER)
            self.block(block, certain=True)
        self.fork(Fork.CLOSE_WHOLE if whole else Fork.CLOSE)

    def loop(
        self,
        node: ast.For | ast.AsyncFor | ast.While,
        once: Callable[[], None],
        *,
        whole: bool,
        element: Value = UNKNOWN,
    ) -> None:
        """Twice, since a round meets what the one before has bound; `element` is what a round is given."""
        leaves = any(isinstance(one, ast.Break | ast.Continue | ast.Return) for one in ast.walk(node))
        self.within += 1
        self.fork(Fork.OPEN_LEAVING if leaves else Fork.OPEN)
        once()
        if self.within <= DOUBLED_LOOPS:
            self.fork(Fork.AGAIN)
            once()
        self.fork(Fork.CLOSE_WHOLE if whole and not leaves else Fork.CLOSE, UNKNOWN if leaves else element)
        self.within -= 1
        if node.orelse:
            self.arms([node.orelse], whole=False)

    def managed(self, node: ast.With | ast.AsyncWith, *, certain: bool) -> None:
        for item in node.items:
            seen = seen_in([item.context_expr])
            seen.uses += used(Act.CALL, item.context_expr, (), ("__enter__",))
            names = () if item.optional_vars is None else target_names(item.optional_vars)
            self.add(seen, names, value_of(item.context_expr) if not names else UNKNOWN, certain=certain)
        if runs_through(node):
            self.block(node.body, certain=certain)
        else:
            self.arms([node.body], whole=False, leaves=True)

    def attempt(self, node: ast.Try | ast.TryStar, *, certain: bool) -> None:
        self.arms([node.body], whole=False, leaves=True)
        for handler in node.handlers:
            self.expressions([handler.type] if handler.type else [], certain=False)
        self.fork(Fork.OPEN_LEAVING)
        for handler in node.handlers:
            if handler.name:
                self.steps.append(Step(binds=(handler.name,)))
            self.block(handler.body, certain=True)
            self.fork(Fork.OTHER)
        self.block(node.orelse, certain=True)
        self.fork(Fork.CLOSE)
        self.block(node.finalbody, certain=certain)

    def match(self, node: ast.Match) -> None:
        self.fork(Fork.OPEN)
        for case in node.cases:
            self.captures(case, node)
            self.block(case.body, certain=True)
            self.fork(Fork.OTHER)
        self.fork(Fork.CLOSE)

    def captures(self, case: ast.match_case, node: ast.Match) -> None:
        """A guard that says no leaves the names bound, so they are not certain."""
        seen = seen_in([one for one in ast.walk(case.pattern) if isinstance(one, ast.expr)])
        Expressions(seen, frozenset(), frozenset()).visit(node.subject)
        names = [getattr(one, "name", None) or getattr(one, "rest", None) for one in ast.walk(case.pattern)]
        self.add(seen, tuple(name for name in names if name), UNKNOWN, certain=False)
        if case.guard is not None:
            self.expressions([case.guard], certain=False)

    def expressions(self, nodes: Sequence[ast.AST], *, certain: bool) -> None:
        if nodes:
            self.add(seen_in(nodes), (), UNKNOWN, certain=certain)

    def add(
        self,
        seen: Seen,
        binds: tuple[str, ...],
        value: Value,
        *,
        certain: bool,
        in_place: bool = False,
        unpacks: bool = False,
    ) -> None:
        loads, values, now = frozenset(seen.loads), frozenset(seen.values), frozenset(seen.now)
        bodies, uses = tuple(seen.bodies), tuple(seen.uses)
        for at, (name, given) in enumerate(seen.walrus):
            later = {other for other, _ in seen.walrus[at:]} - {other for other, _ in seen.walrus[:at]} - seen.early
            made = Step(
                loads - later, (name,), value_of(given), values - later, certain=False, bodies=bodies, now=now - later
            )
            self.steps.append(made)
        if binds or loads or bodies or uses:
            self.steps.append(Step(loads, binds, value, values, (), in_place, certain, uses, bodies, unpacks, now=now))

    # -- statements that bind --------------------------------------------------------------------------------------

    def assign(self, targets: Sequence[ast.expr], value: ast.expr, *, certain: bool) -> None:
        apart = pairs(targets, value)
        if apart:
            for target, one in apart:
                self.assign([target], one, certain=certain)
            return
        first, *others = sorted(targets, key=lambda one: not isinstance(one, ast.Name))
        whole = isinstance(first, ast.Name)
        seen = _defined(value) if isinstance(value, ast.Lambda) and whole else seen_in([value])
        seen.uses += stores(first, value)
        for target in targets:
            load_targets(target, seen)
        found = value_of(value) if whole else element_of(value)
        self.add(seen, target_names(first), found, certain=certain, unpacks=unpacks([first]))
        seed = seed_of(value)
        if whole and (is_integer(value) or seed is not None):
            fact = INTEGER if is_integer(value) else SEEDED if is_integer(seed) else ""
            name = seed.id if isinstance(seed, ast.Name) else ""
            self.steps[-1] = replace(self.steps[-1], fact=fact, seed_name=name)
        for other in others:  # of the same object
            self.assign([other], _read(first), certain=certain)

    def augmented(self, node: ast.AugAssign, *, certain: bool) -> None:
        seen = seen_in([node.value])
        if isinstance(node.target, ast.Name):
            seen.loads.add(node.target.id)
            seen.values.add(node.target.id)
            self.add(seen, (node.target.id,), value_of(node.value), certain=certain, in_place=True)
            return
        seen.uses += stores(node.target, node.value)
        load_targets(node.target, seen)
        self.add(seen, (), UNKNOWN, certain=certain)

    def definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, *, certain: bool) -> None:
        """A class body runs at once, but what it reads it may also read later."""
        now: list[ast.AST] = [*node.decorator_list]
        if isinstance(node, ast.ClassDef):
            now += [*node.bases, *node.keywords]
        else:
            now += [node.args, *([node.returns] if node.returns else [])]  # defaults and annotations
        seen = seen_in(now)
        body = body_of(node)
        if isinstance(node, ast.ClassDef) or node.decorator_list:
            seen.loads |= body.loads if isinstance(node, ast.ClassDef) else set()
            seen.uses += body.uses if isinstance(node, ast.ClassDef) else ()
        seen.now |= body.now
        seen.bodies.append(body)
        for decorator in node.decorator_list:
            if not grad_mode(decorator):
                seen.uses += used(Act.CALL, decorator, (), (CALLED,))
        value = UNKNOWN if keeps_state(node) else FUNCTION
        self.add(seen, (node.name,), value, certain=certain)

    def imported(self, node: ast.Import | ast.ImportFrom, *, certain: bool) -> None:
        for alias in node.names:
            if isinstance(node, ast.ImportFrom):
                name, dotted = alias.asname or alias.name, f"{'.' * node.level}{node.module or ''}.{alias.name}"
            elif alias.asname:
                name, dotted = alias.asname, alias.name
            else:
                name = dotted = alias.name.partition(".")[0]
            self.steps.append(Step(binds=(name,), value=Value("module", dotted), certain=certain and name != STAR))

    def delete(self, node: ast.Delete, *, certain: bool) -> None:
        for target in node.targets:
            if isinstance(target, ast.Name):
                self.steps.append(Step(frozenset({target.id}), deletes=(target.id,), certain=certain))
            else:
                seen = Seen()
                seen.uses += stores(target, None)
                load_targets(target, seen)
                self.add(seen, (), UNKNOWN, certain=certain)

    def iterate(self, node: ast.For | ast.AsyncFor, *, certain: bool) -> None:
        seen = seen_in([node.iter], runs=True)
        seen.uses += used(Act.ITERATE, node.iter, (), ())
        seen.uses += stores(node.target, node.iter)
        load_targets(node.target, seen)
        counts = (
            isinstance(node.iter, ast.Call) and isinstance(node.iter.func, ast.Name) and node.iter.func.id == "range"
        )
        scalars = counts or holds_scalars(node.iter)
        value = SCALAR if scalars else Value("element", parts=(value_of(iterated(node.iter)),))
        loads, names, uses = frozenset(seen.loads), tuple(target_names(node.target)), tuple(seen.uses)
        target = Step(
            loads,
            names,
            value,
            frozenset(seen.values),
            uses=uses,
            bodies=tuple(seen.bodies),
            fact=INTEGER if counts else "",
            now=frozenset(seen.now),
        )
        self.add(seen, (), UNKNOWN, certain=certain)

        def once() -> None:
            self.steps.append(target)
            self.block(node.body, certain=True)

        self.loop(node, once, whole=never_empty(node.iter), element=value)


def _read(target: ast.expr) -> ast.expr:
    """A target as an expression."""
    read = deepcopy(target)
    for node in ast.walk(read):
        if isinstance(node, ast.Name | ast.Attribute | ast.Subscript | ast.Tuple | ast.List | ast.Starred):
            node.ctx = ast.Load()
    return read


def _defined(function: ast.Lambda) -> Seen:
    """A lambda that gets a name is as good as a `def`: it runs where it is called."""
    seen = seen_in([*function.args.defaults, *(one for one in function.args.kw_defaults if one is not None)])
    seen.bodies += seen_in([function]).bodies
    return seen
