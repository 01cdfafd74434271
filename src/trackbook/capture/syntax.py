"""The names of a cell, read from its syntax tree: nothing is executed and no value is looked at.

What becomes of them is told in `cellnames`.

Only the module's own scope binds names of the notebook.  Loads count wherever they stand, since a function that the
cell defines reads the notebook's names when it is called; names local to that function do not count.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import lru_cache
from itertools import takewhile

from trackbook.capture.cellnames import NOTHING, CellNames, Stored
from trackbook.capture.literals import is_literal
from trackbook.capture.parsing import parsed

FIT_METHODS = frozenset({"fit", "partial_fit", "fit_transform", "fit_predict"})
MOST_REMEMBERED = 32
"""Cells whose names are remembered."""
COUNTERS = frozenset({"i", "j", "k"})
"""Names that, only ever counted up, are loop counters and no result."""

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def parse(source: str) -> ast.Module | None:
    """The tree of a cell in plain Python (magics already translated); None where it does not parse."""
    return parsed(source)


def cell_names(source: str) -> CellNames:
    """The names of a cell; `NOTHING` for a source that does not parse."""
    try:
        return _remembered_names(source)
    except (SyntaxError, RecursionError):
        return NOTHING


@lru_cache(maxsize=MOST_REMEMBERED)
def _remembered_names(source: str) -> CellNames:
    """A cell waits for them, and most cells are run again as they are.  Raises `SyntaxError`, and `RecursionError`."""
    tree = parse(source)
    if tree is None:
        raise SyntaxError
    reader = _Reader()
    reader.block(tree.body)
    return reader.names()


class _Reader:
    """One walk over the module scope, in the order in which Python evaluates."""

    def __init__(self) -> None:
        self.literals: dict[str, ast.expr] = {}
        self.expressions: dict[str, None] = {}
        self.others: set[str] = set()
        self.bound: dict[str, None] = {}
        self.counted: dict[str, bool] = {}
        self.early: dict[str, None] = {}
        self.late: dict[str, None] = {}
        self.fitted: dict[str, None] = {}
        self.stored: list[Stored] = []
        self.given: dict[str, ast.expr] = {}
        self.lines: dict[str, int] = {}
        self.line = 1

    def names(self) -> CellNames:
        only_counted = {name for name, yes in self.counted.items() if yes and name in COUNTERS}
        computed = tuple(n for n in self.expressions if n not in self.others and n not in only_counted)
        assigned = tuple(
            (name, node)
            for name, node in self.literals.items()
            if name not in self.others and name not in self.expressions
        )
        everywhere = {**self.bound, **dict.fromkeys(self.others)}
        read = dict.fromkeys(n for n in self.early if n not in self.expressions)
        read.update(dict.fromkeys(n for n in self.late if n not in everywhere))
        return CellNames(
            assigned,
            computed,
            tuple(read),
            tuple(self.bound),
            tuple(self.fitted),
            tuple(self.stored),
            self.given,
            self.lines,
            frozenset(self.others),
        )

    # -- statements -----------------------------------------------------------------------------------------------

    def block(self, statements: Iterable[ast.stmt]) -> None:
        for statement in statements:
            self.statement(statement)

    def statement(self, node: ast.stmt) -> None:
        self.line = node.lineno
        match node:
            case ast.Assign():
                self.loads(node.value)
                for target in node.targets:
                    self.target(target, node.value)
            case ast.AnnAssign():
                if node.value is not None:
                    self.loads(node.value)
                    self.target(node.target, node.value)
            case ast.AugAssign():
                self.augmented(node)
            case ast.For() | ast.AsyncFor():
                self.loads(node.iter)
                self.other_target(node.target)
                self.block(node.body)
                self.block(node.orelse)
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    self.loads(item.context_expr)
                    if item.optional_vars is not None:
                        self.other_target(item.optional_vars)
                self.block(node.body)
            case ast.Import() | ast.ImportFrom():
                for alias in node.names:
                    self.others.add(alias.asname or alias.name.partition(".")[0])
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self.definition(node)
            case _:
                self.compound(node)

    def compound(self, node: ast.AST) -> None:
        """Any other statement (or part of one): its expressions and inner statements in their order."""
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.stmt):
                self.statement(child)
            elif isinstance(child, ast.expr):
                self.loads(child)
            else:  # except handlers, match cases
                if isinstance(child, ast.ExceptHandler) and child.name:
                    self.others.add(child.name)
                if isinstance(child, ast.MatchAs | ast.MatchStar) and child.name:
                    self.others.add(child.name)
                self.compound(child)

    def augmented(self, node: ast.AugAssign) -> None:
        self.loads(node.value)
        if not isinstance(node.target, ast.Name):
            self.loads(node.target)
            self.store(node.target, node.target)
            return
        name = node.target.id
        self.load(name)
        self.bound.setdefault(name)
        self.expressions.setdefault(name)
        self.note(name, node.value)
        self.counted.setdefault(name, True)
        self.counted[name] &= isinstance(node.value, ast.Constant)

    def definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        for outside in node.decorator_list:
            self.loads(outside)
        if isinstance(node, ast.ClassDef):
            for base in (*node.bases, *(keyword.value for keyword in node.keywords)):
                self.loads(base)
        else:
            for default in (*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)):
                self.loads(default)
        self.inner(node)
        self.others.add(node.name)

    # -- targets --------------------------------------------------------------------------------------------------

    def target(self, target: ast.expr, value: ast.expr) -> None:
        """A target of an assignment, with the expression it is given."""
        match target:
            case ast.Name():
                self.bound.setdefault(target.id)
                self.note(target.id, value)
                if is_literal(value):
                    self.literals[target.id] = value
                else:
                    self.expressions.setdefault(target.id)
                    self.counted[target.id] = False
            case ast.Tuple() | ast.List():
                for part, given in zip(target.elts, _parts(value, target.elts), strict=True):
                    self.target(part, given)
            case ast.Starred():
                self.other_target(target.value)
            case _:  # an item or an attribute: no name is bound
                self.loads(target)
                self.store(target, value)

    def note(self, name: str, value: ast.expr) -> None:
        """Where and by what a name is bound."""
        self.given[name] = value
        self.lines[name] = self.line

    def store(self, target: ast.expr, value: ast.expr) -> None:
        """An item or attribute of a name is given a value."""
        parts: list[str | None] = []
        while not isinstance(target, ast.Name):
            if isinstance(target, ast.Attribute):
                parts.append(target.attr)
            elif isinstance(target, ast.Subscript):
                index = target.slice
                written = isinstance(index, ast.Constant) and type(index.value) in (str, int)
                parts.append(str(index.value) if written else None)  # type: ignore[attr-defined]
            else:
                return
            target = target.value
        path = tuple(takewhile(lambda part: part is not None, reversed(parts)))
        whole = len(path) == len(parts)
        self.stored.append(Stored(target.id, path, value, self.line, whole))  # type: ignore[arg-type]

    def other_target(self, target: ast.expr) -> None:
        for node in ast.walk(target):
            if isinstance(node, ast.Name):
                if isinstance(node.ctx, ast.Store):
                    self.others.add(node.id)
                else:
                    self.load(node.id)

    # -- expressions ----------------------------------------------------------------------------------------------

    def load(self, name: str) -> None:
        (self.late if name in self.bound or name in self.others else self.early).setdefault(name)

    def loads(self, node: ast.expr) -> None:
        """Every name that an expression reads or, by `:=`, binds."""
        match node:
            case ast.Name():
                if isinstance(node.ctx, ast.Load):
                    self.load(node.id)
            case ast.NamedExpr():
                self.loads(node.value)
                self.target(node.target, node.value)
            case ast.Lambda():
                self.inner(node)
            case _ if isinstance(node, _COMPREHENSIONS):
                self.comprehension(node)
            case _:
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    on = node.func.value
                    if node.func.attr in FIT_METHODS and isinstance(on, ast.Name):
                        self.fitted.setdefault(on.id)
                for child in ast.iter_child_nodes(node):
                    if isinstance(child, ast.expr):
                        self.loads(child)
                    else:  # keywords, slices' parts, format specifications
                        self.compound(child)

    def comprehension(self, node: ast.AST) -> None:
        """A comprehension runs where it stands, but its targets are its own."""
        own = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        walrus = [n for n in ast.walk(node) if isinstance(n, ast.NamedExpr)]
        own -= {n.target.id for n in walrus}
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load) and part.id not in own:
                self.load(part.id)
        for named in walrus:
            self.target(named.target, named.value)

    def inner(self, scope: ast.AST) -> None:
        """The notebook's names that a function or class reads when it runs; `global` ones that it binds."""
        own, declared = _locals(scope)
        for name in declared & {n.id for n in ast.walk(scope) if isinstance(n, ast.Name) and _stores(n)}:
            self.others.add(name)
        for node in ast.walk(scope):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in own:
                self.late.setdefault(node.id)


def _stores(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


def _parts(value: ast.expr, targets: list[ast.expr]) -> list[ast.expr]:
    """The expression of each part of an unpacking: its own element where both sides are written out, else the whole."""
    written = isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(targets)
    if written and not any(isinstance(part, ast.Starred) for part in (*targets, *value.elts)):  # type: ignore[attr-defined]
        return list(value.elts)  # type: ignore[attr-defined]
    # An unpacked literal ("a, b = 'xy'") is rare: its parts are read from the namespace, as computed.
    unknown = ast.Name(id="", ctx=ast.Load())
    return [unknown] * len(targets)


def _locals(scope: ast.AST) -> tuple[set[str], set[str]]:
    """Names that a function, lambda or class binds for itself (inner scopes included), and those declared global."""
    own: set[str] = set()
    declared: set[str] = set()
    for node in ast.walk(scope):
        if isinstance(node, ast.Name) and _stores(node):
            own.add(node.id)
        elif isinstance(node, ast.arg):
            own.add(node.arg)
        elif isinstance(node, ast.Global):
            declared.update(node.names)
        elif isinstance(node, _SCOPES) and node is not scope and not isinstance(node, ast.Lambda):
            own.add(node.name)
        elif isinstance(node, ast.alias):
            own.add(node.asname or node.name.partition(".")[0])
        elif isinstance(node, ast.ExceptHandler) and node.name:
            own.add(node.name)
    return own - declared, declared
