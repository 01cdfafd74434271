"""From the syntax tree of a cell to its steps.

Only the module's own scope binds names of the notebook; code of functions, classes and generator expressions becomes a
`Body`, which runs when an object that holds it is used.  Where arms of `if`, loops, `try` and `with` begin and end, a
step says no more than that (`Fork`).
"""

from __future__ import annotations

import ast
from dataclasses import replace
from functools import lru_cache

from trackbook.capture.program.magics import PlainCell, parse, plain_cell
from trackbook.capture.program.statements import Statements
from trackbook.capture.program.steps import (
    STAR,
    CellSteps,
    Step,
)

WILD_CALLS = frozenset({"exec", "eval", "globals", "locals", "get_ipython", "compile", "__import__"})
"""What they read or write does not stand in the cell; `__import__` of a literal is none of them."""
OUTPUTS = frozenset({"_", "__", "___", "Out", "In", "_i", "_ii", "_iii", "_ih", "_oh"})
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


@lru_cache(maxsize=256)
def steps_until(source: str, line: int, column: int) -> CellSteps:
    """The steps of a cell that an exception ended in the statement at this place, of which a part may have been done.

    The place is that in the code that IPython made of the cell.  All steps where it is not found: none is certain then.
    """
    whole, plain = cell_steps(source), plain_cell(source)
    tree = parse(plain.python) if plain.parses and plain.shift is not None else None
    if tree is None or plain.shift is None:
        return whole
    at = (line + plain.shift, column)
    ended = next((one for one in tree.body if _begin(one) <= at < _end(one)), None)
    if ended is None:
        return whole
    before = tree.body[: tree.body.index(ended)]
    done: ast.stmt = ended
    value = ended.value if isinstance(ended, ast.Assign | ast.AnnAssign) else None
    if value is not None and _begin(value) <= at < _end(value):  # what is assigned was not there yet
        done = ast.copy_location(ast.Expr(value), ended)
    caught = ast.ExceptHandler(body=[ast.Pass()])
    left = ast.Module([*before, ast.copy_location(ast.Try([done], [caught], [], []), ended)], [])
    try:
        return replace(_read(plain, left), stops=True)
    except RecursionError:
        return whole


def _begin(node: ast.stmt | ast.expr) -> tuple[int, int]:
    return min((one.lineno, one.col_offset) for one in (node, *getattr(node, "decorator_list", ())))


def _end(node: ast.stmt | ast.expr) -> tuple[int, int]:
    return node.end_lineno or node.lineno, node.end_col_offset or 0


def _read(plain: PlainCell, tree: ast.Module) -> CellSteps:
    reader = Statements()
    reader.block(tree.body, certain=True)
    if plain.captured:
        reader.steps.append(Step(binds=(plain.captured,)))
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


def _stored(tree: ast.Module) -> set[str]:
    """Also within functions and comprehensions: `for _ in range(3)`."""
    return {one.id for one in ast.walk(tree) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}


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
