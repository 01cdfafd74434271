"""From the syntax tree of a cell to its steps.

Only the module's own scope binds names of the notebook; code of functions, classes and generator expressions becomes a
`Body`, which runs when an object that holds it is used.  The arms of `if`, loops, `try` and `with` are steps that may
happen.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from functools import lru_cache

from trackbook.capture.program.bodies import body_of, keeps_state
from trackbook.capture.program.expressions import (
    Expressions,
    Seen,
    element_of,
    load_targets,
    seen_in,
    stores,
    target_names,
    used,
    value_of,
)
from trackbook.capture.program.magics import PlainCell, parse, plain_cell
from trackbook.capture.program.steps import (
    CALLED,
    FUNCTION,
    SCALAR,
    STAR,
    UNKNOWN,
    Act,
    CellSteps,
    Step,
    Value,
)

WILD_CALLS = frozenset({"exec", "eval", "globals", "locals", "get_ipython", "compile", "__import__"})
"""What they read or write does not stand in the cell; `__import__` of a literal is none of them."""
LETS_PASS = frozenset(
    """open start_run no_grad inference_mode enable_grad autocast errstate catch_warnings option_context config_context
    style_context rc_context printoptions parallel_backend TemporaryDirectory NamedTemporaryFile ZipFile""".split()
)
"""Context managers that suppress no exception."""
OUTPUTS = frozenset({"_", "__", "___", "Out", "In", "_i", "_ii", "_iii", "_ih", "_oh"})
SCALAR_CALLS = frozenset("len int float bool str repr hash id ord chr isinstance issubclass callable hasattr".split())
PLAIN_CALLS = frozenset("list dict set tuple frozenset sorted range bytes bytearray".split())
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_CONTAINERS = (ast.List, ast.Tuple, ast.Set, ast.Dict, ast.ListComp, ast.SetComp, ast.DictComp)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)


@lru_cache(maxsize=2048)
def cell_steps(source: str) -> CellSteps:
    """The steps of a cell as executed, with its `%%` lines."""
    plain = plain_cell(source)
    tree = parse(plain.python) if plain.parses else None
    if tree is None:
        return CellSteps(wild=True, parses=False)
    try:
        return _read(plain, tree)
    except RecursionError:
        return CellSteps(wild=True)


def _read(plain: PlainCell, tree: ast.Module) -> CellSteps:
    reader = Statements()
    reader.block(tree.body, certain=True)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    bound = {name for step in reader.steps for name in step.binds}
    return CellSteps(
        steps=tuple(reader.steps),
        loops=any(isinstance(node, _LOOPS) for node in ast.walk(tree)),
        wild=plain.wild or _is_wild(tree) or "__main__" in names,
        files=plain.files,
        session=plain.session or STAR in bound or _imports_future(tree),
        seeds=plain.seed is not None,
        anonymous=any(
            name in OUTPUTS or (name[:1] == "_" and name[1:].isdigit()) for name in names - bound - _stored(tree)
        ),
        bound=frozenset(bound | {one for step in reader.steps for body in step.bodies for one in body.binds}),
    )


def _pairs(targets: Sequence[ast.expr], value: ast.expr) -> list[tuple[ast.expr, ast.expr]]:
    """The assignments of `x, y = f(a), g(a)`, one by one; none where they are not independent, as in a swap."""
    match targets, value:
        case [ast.Tuple(elts=names) | ast.List(elts=names)], ast.Tuple(elts=values) | ast.List(elts=values):
            plain = all(isinstance(one, ast.Name) for one in names)
            if not plain or len(names) != len(values) or any(isinstance(one, ast.Starred) for one in values):
                return []
            bound = set(target_names(targets[0]))
            read = seen_in(list(values))
            return [] if bound & read.loads else list(zip(names, values, strict=True))
    return []


def _runs_through(node: ast.AST) -> bool:
    """True for a `with` of managers that let each exception pass: what stands in it is done when the cell is."""
    if not isinstance(node, ast.With):
        return False
    called = [one.context_expr.func if isinstance(one.context_expr, ast.Call) else None for one in node.items]
    return all(getattr(one, "attr", getattr(one, "id", "")) in LETS_PASS for one in called)


def _stored(tree: ast.Module) -> set[str]:
    """Also within functions and comprehensions: `for _ in range(3)`."""
    return {one.id for one in ast.walk(tree) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}


def _unpacks(targets: Sequence[ast.expr]) -> bool:
    """True for `x, y = ...`."""
    match targets:
        case [ast.Tuple(elts=names) | ast.List(elts=names)]:
            return all(isinstance(one, ast.Name) for one in names)
    return False


def _defined(function: ast.Lambda) -> Seen:
    """A lambda that gets a name is as good as a `def`: it runs where it is called."""
    seen = seen_in([*function.args.defaults, *(one for one in function.args.kw_defaults if one is not None)])
    seen.bodies += seen_in([function]).bodies
    return seen


def _imports_future(tree: ast.Module) -> bool:
    return any(isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in tree.body)


def _is_wild(tree: ast.Module) -> bool:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        name, given = node.func.id, [*node.args]
        if name == "vars" and not given:
            return True
        if name in WILD_CALLS and not (name == "__import__" and given and isinstance(given[0], ast.Constant)):
            return True
    return False


class Statements:
    """One walk over a module's scope."""

    def __init__(self) -> None:
        self.steps: list[Step] = []

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
                self.iterate(node)
            case _:
                self.compound(node, certain=certain)

    def compound(self, node: ast.AST, *, certain: bool) -> None:
        """Any other statement: its expressions first, then its arms, which may happen."""
        now = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr | ast.keyword)]
        self.expressions(now, certain=certain)
        for child in ast.iter_child_nodes(node):
            match child:
                case ast.withitem():
                    seen = seen_in([child.context_expr])
                    seen.uses += used(Act.CALL, child.context_expr, (), ("__enter__",))
                    names = () if child.optional_vars is None else target_names(child.optional_vars)
                    self.add(seen, names, value_of(child.context_expr) if not names else UNKNOWN, certain=certain)
                case ast.ExceptHandler():
                    self.expressions([child.type] if child.type else [], certain=False)
                    if child.name:
                        self.steps.append(Step(binds=(child.name,), certain=False))
                    self.block(child.body, certain=False)
                case ast.match_case():
                    self.captures(child, node)
                    self.block(child.body, certain=False)
                case ast.stmt():
                    self.statement(child, certain=certain and _runs_through(node))

    def captures(self, case: ast.match_case, node: ast.AST) -> None:
        seen = seen_in([one for one in ast.walk(case.pattern) if isinstance(one, ast.expr)])
        if isinstance(node, ast.Match):
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
        loads, values = frozenset(seen.loads), frozenset(seen.values)
        bodies, uses = tuple(seen.bodies), tuple(seen.uses)
        for name, given in seen.walrus:
            self.steps.append(Step(loads, (name,), value_of(given), values, certain=False, bodies=bodies))
        if binds or loads or bodies or uses:
            self.steps.append(
                Step(loads, binds, value, values, (), in_place, certain, uses=uses, bodies=bodies, unpacks=unpacks)
            )

    # -- statements that bind --------------------------------------------------------------------------------------

    def assign(self, targets: Sequence[ast.expr], value: ast.expr, *, certain: bool) -> None:
        pairs = _pairs(targets, value)
        if pairs:
            for target, one in pairs:
                self.assign([target], one, certain=certain)
            return
        whole = all(isinstance(target, ast.Name) for target in targets)
        seen = _defined(value) if isinstance(value, ast.Lambda) and whole else seen_in([value])
        binds: list[str] = []
        for target in targets:
            binds += target_names(target)
            seen.uses += stores(target, value)
            load_targets(target, seen)
        found = value_of(value) if whole else element_of(value)
        self.add(seen, tuple(binds), found, certain=certain, unpacks=_unpacks(targets))

    def augmented(self, node: ast.AugAssign, *, certain: bool) -> None:
        seen = seen_in([node.value])
        if isinstance(node.target, ast.Name):
            seen.loads.add(node.target.id)
            seen.values.add(node.target.id)
            value = SCALAR if value_of(node.value) == SCALAR else UNKNOWN
            self.add(seen, (node.target.id,), value, certain=certain, in_place=True)
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
        seen.bodies.append(body)
        for decorator in node.decorator_list:
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

    def iterate(self, node: ast.For | ast.AsyncFor) -> None:
        seen = seen_in([node.iter])
        seen.uses += used(Act.ITERATE, node.iter, (), ())
        seen.uses += stores(node.target, node.iter)
        load_targets(node.target, seen)
        counts = (
            isinstance(node.iter, ast.Call) and isinstance(node.iter.func, ast.Name) and node.iter.func.id == "range"
        )
        self.add(seen, tuple(target_names(node.target)), SCALAR if counts else UNKNOWN, certain=False)
        self.block([*node.body, *node.orelse], certain=False)
