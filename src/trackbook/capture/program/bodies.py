"""What functions and classes do with the notebook's names when they run."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from trackbook.capture.program.classes import grad_mode, plain_class
from trackbook.capture.program.dormant import is_dormant
from trackbook.capture.program.expressions import (
    Expressions,
    Seen,
    stores,
    used,
)
from trackbook.capture.program.names import argument_names, loaded, target_names
from trackbook.capture.program.steps import CALLED, SCALAR, Act, Body, Use
from trackbook.capture.program.values import CONTAINERS, is_scalar, value_of

Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_INNER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_LASTING = (*_INNER, ast.GeneratorExp, ast.Yield, ast.YieldFrom, ast.Await)


def body_of(scope: Scope, outer: frozenset[str] = frozenset()) -> Body:
    """The body of a scope, with those of the scopes in it; `outer` are the local names around it."""
    own, declared, fresh = own_names(scope)
    local = outer - declared if isinstance(scope, ast.ClassDef) else (outer | own) - declared
    seen = Seen()
    reader = _Bodies(seen, local, fresh, declared)
    for statement in scope.body:
        if isinstance(scope, ast.ClassDef):
            reader.own -= frozenset(_deleted(statement)) - local
        reader.visit(statement)
        if isinstance(scope, ast.ClassDef):
            reader.own |= frozenset(_surely_bound(statement)) - declared
    binds = declared & own | reader.binds
    loads = frozenset(seen.loads).union(*(body.loads for body in seen.bodies))
    is_class = isinstance(scope, ast.ClassDef)
    lasting = is_class or any(isinstance(one, _LASTING) for statement in scope.body for one in ast.walk(statement))
    uses = tuple(dict.fromkeys(seen.uses))
    function = scope if isinstance(scope, ast.FunctionDef) and not outer else None
    plain = plain_class(scope) if isinstance(scope, ast.ClassDef) and not outer else None
    return Body(
        loads,
        frozenset(binds),
        uses,
        frozenset(seen.values),
        dormant=is_dormant(scope),
        lasting=lasting,
        is_class=is_class,
        now=frozenset(seen.now) if is_class else frozenset(),
        plain=plain,
        function=function,
    )


def _surely_bound(node: ast.stmt) -> Iterator[str]:
    """Names that a statement of a class has bound when the next one runs: `epochs = 3`, `steps = epochs * 10`."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Assign(targets=targets):
            for target in targets:
                yield from target_names(target)
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr()):
            yield name
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            yield from ((one.asname or one.name).partition(".")[0] for one in names)


def _deleted(node: ast.stmt) -> Iterator[str]:
    """Names that a statement of a class may take out again: from then on they are the notebook's."""
    for one in _walk_within([node]):
        match one:
            case ast.Name(id=name, ctx=ast.Del()) | ast.ExceptHandler(name=str(name)):
                yield name


class _Bodies(Expressions):
    """As of expressions, and the statements around them."""

    def __init__(self, seen: Seen, local: frozenset[str], fresh: frozenset[str], declared: frozenset[str]) -> None:
        super().__init__(seen, local, fresh)
        self.declared = declared
        self.binds: set[str] = set()

    def visit_Assign(self, node: ast.Assign) -> None:  # noqa: N802 - the visitor's protocol
        for target in node.targets:
            self.stored(target, node.value)
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:  # noqa: N802
        self.stored(node.target, node.value)
        self.visit(node.target)
        self.annotation(node.annotation)
        if node.value is not None:
            self.visit(node.value)

    def visit_Delete(self, node: ast.Delete) -> None:  # noqa: N802
        for target in node.targets:
            self.stored(target, None)
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:  # noqa: N802
        if isinstance(node.target, ast.Name):
            self.added(node.target.id, node.value)
        else:
            self.stored(node.target, node.value)
        self.generic_visit(node)

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:  # noqa: N802
        self.seen.uses += used(Act.ITERATE, node.iter, tuple(self.own), ())
        self.stored(node.target, node.iter)
        self.generic_visit(node)

    visit_AsyncFor = visit_For  # noqa: N815

    def visit_withitem(self, node: ast.withitem) -> None:
        self.seen.uses += used(Act.CALL, node.context_expr, tuple(self.own), ("__enter__",))
        if node.optional_vars is not None:
            self.stored(node.optional_vars, node.context_expr)
        self.generic_visit(node)

    def visit_FunctionDef(self, node: Scope) -> None:  # noqa: N802
        for decorator in node.decorator_list:
            self.visit(decorator)
            self.seen.uses += used(Act.CALL, decorator, tuple(self.own), (CALLED,))
        if not isinstance(node, ast.ClassDef):
            self.visit(node.args)  # defaults belong to the scope around
        inner = body_of(node, self.local)
        self.seen.loads |= inner.loads
        self.seen.now |= inner.now
        self.seen.values |= inner.values
        self.seen.uses += inner.uses
        self.binds |= inner.binds

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815

    def visit_ClassDef(self, node: ast.ClassDef) -> None:  # noqa: N802
        for outside in (*node.bases, *node.keywords):
            self.visit(outside)
        self.visit_FunctionDef(node)

    def stored(self, target: ast.expr, value: ast.expr | None) -> None:
        self.seen.uses += stores(target, value, tuple(self.own), self.fresh)

    def added(self, name: str, value: ast.expr) -> None:
        """`a += b`: a list that came from outside changes, a local number that is counted up does not."""
        local = name in self.own
        if not local:
            self.seen.loads.add(name)
            self.seen.values.add(name)
            self.seen.now.add(name)
        if name in self.fresh or (local and value_of(value) == SCALAR):
            return
        args = loaded(value, tuple(self.own))
        self.seen.uses.append(Use(Act.STORE, "" if local else name, ("+=",), local=local, args=args))


def own_names(scope: Scope) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Names that this scope binds, those of them declared global, and those that only ever hold a new container."""
    own: set[str] = set() if isinstance(scope, ast.ClassDef) else set(argument_names(scope.args))
    declared: set[str] = set()
    outside: set[str] = set(own)
    containers: dict[str, int] = {}
    stored: dict[str, int] = {}
    for node in scope_walk(scope):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                own.add(name)
                stored[name] = stored.get(name, 0) + 1
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                own.add(name)
                outside.add(name)
            case ast.MatchMapping(rest=str(name)):
                own.add(name)
                outside.add(name)
            case ast.Global(names=names):
                declared.update(names)
            case ast.Nonlocal(names=names):
                outside.update(names)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                own.add(name)
                outside.add(name)
            case ast.alias():
                own.add((node.asname or node.name).partition(".")[0])
                outside.add((node.asname or node.name).partition(".")[0])
            case ast.Assign(targets=targets, value=value) if isinstance(value, (*CONTAINERS, ast.Constant)):
                for target in targets:
                    if isinstance(target, ast.Name):
                        containers[target.id] = containers.get(target.id, 0) + 1
    fresh = {name for name, count in containers.items() if stored[name] == count} - outside - declared
    return frozenset(own), frozenset(declared), frozenset(fresh)


def scope_walk(scope: Scope) -> Iterator[ast.AST]:
    """The nodes of a scope's statements, without what stands in the scopes within; comprehensions give their walrus."""
    return _walk_within(scope.body)


def _walk_within(statements: Sequence[ast.stmt]) -> Iterator[ast.AST]:
    waiting: list[ast.AST] = list(statements)
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            yield from (part.target for part in ast.walk(node) if isinstance(part, ast.NamedExpr))
        elif not isinstance(node, _INNER):
            waiting += ast.iter_child_nodes(node)


def keeps_state(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    """True where an earlier call may be felt by a later one: by a default, a decorator, an attribute of a class."""
    if not all(map(grad_mode, node.decorator_list)):
        return True
    if isinstance(node, ast.ClassDef):
        if any(isinstance(one, ast.Assign | ast.AnnAssign) and not is_scalar(one.value) for one in node.body):
            return True
        words = {getattr(one, "id", getattr(one, "arg", getattr(one, "attr", ""))) for one in ast.walk(node)}
        return not words.isdisjoint({"cls", "__class__"}) or bool(node.keywords)
    defaults = [*node.args.defaults, *(one for one in node.args.kw_defaults if one is not None)]
    return not all(is_scalar(one) for one in defaults)
