"""Do two slices run the same code?  And does it matter which of two cells ran first?"""

from __future__ import annotations

import ast
from collections import Counter
from functools import lru_cache

from trackbook.capture.cells import CellExecution
from trackbook.capture.program.magics import QUIET, parse, plain_cell
from trackbook.capture.program.slicer import Slice
from trackbook.capture.sources import body

Label = tuple[str, int]
"""Of an execution: its code, and how many ran the same before it."""


@lru_cache(maxsize=2048)
def ran_code(source: str) -> str:
    """What counts of a cell: not its `%%track` line, comments, layout, and magics that define nothing."""
    plain = plain_cell(source)
    tree = parse(plain.python) if plain.parses else None
    if tree is None:
        return body(source).strip()
    magics = [one for one in plain.untranslated if one.lstrip("%").partition(" ")[0] not in QUIET]
    if any(one.startswith("%%") for one in magics):  # another language: the tree has nothing of it
        return "\n".join([*magics, body(source).strip()])
    tree.body = [one for one in tree.body if not _is_nothing(one)]
    try:
        return "\n".join([*magics, *filter(None, (plain.captured, ast.unparse(tree)))])
    except RecursionError:
        return body(source).strip()


def _is_nothing(node: ast.stmt) -> bool:
    """What a magic that does nothing leaves behind."""
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


@lru_cache(maxsize=2048)
def only_defines(source: str) -> bool:
    """Whether a cell does the same each time: functions, classes and constants."""
    plain = plain_cell(source)
    tree = parse(plain.python) if plain.parses and not plain.session else None
    return tree is not None and all(map(_defines, tree.body))


def _defines(node: ast.stmt) -> bool:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            given = [] if isinstance(node, ast.ClassDef) else [*node.args.defaults, *node.args.kw_defaults]
            return not node.decorator_list and all(one is None or isinstance(one, ast.Constant) for one in given)
        case ast.Assign(targets=targets, value=ast.Constant()):
            return all(isinstance(one, ast.Name) for one in targets)
    return _is_nothing(node)


def same_code(one: Slice, other: Slice) -> bool:
    """Whether both run the same code in the same order, or in another one that gives each cell what it needs.

    How often a cell ran that only defines is no matter, where it needed the same each time.
    """
    codes = [[code for each in found.executions if (code := ran_code(each.source))] for found in (one, other)]
    return codes[0] == codes[1] or (set(codes[0]) == set(codes[1]) and _links(one) == _links(other))


def _links(found: Slice) -> dict[Label, frozenset[frozenset[Label]]]:
    """What each execution needs, but for those of no code."""
    labels: list[Label] = []
    times: Counter[str] = Counter()
    for one in found.executions:
        code = ran_code(one.source)
        labels.append((code, times[code]))
        times[code] += not only_defines(one.source)
    needs: list[frozenset[Label]] = []
    for one, places in zip(found.executions, found.chain.needs(settings=False), strict=True):
        every = places if only_defines(one.source) else places | found.chain.settings_before(len(needs))
        needs.append(frozenset(labels[other] for other in every if labels[other][0]))
    found_needs: dict[Label, frozenset[frozenset[Label]]] = {}
    for label, needed in zip(labels, needs, strict=True):
        if label[0]:
            found_needs[label] = found_needs.get(label, frozenset()) | {needed}
    return found_needs


class Order:
    """Of two executions, the second of which stands above: would running that first make a difference?"""

    def __init__(self, found: Slice, again: Slice | None, places: dict[int, int]) -> None:
        self._places = places
        self._found = _needs_by_place(found, places)
        self._again = None if again is None else _needs_by_place(again, {})

    def __call__(self, later: CellExecution, earlier: CellExecution) -> bool:
        """True where that cannot be told."""
        one, other = self._places[later.index], self._places[earlier.index]
        found, again = self._found, self._again
        if again is None or not {one, other} <= again.keys():
            return True
        if other in found.get(one, ()) or one in again[other]:
            return True
        pair = {one, other}
        return any(pair & needed != pair & again.get(reader, pair) for reader, needed in found.items())


def _needs_by_place(found: Slice, places: dict[int, int]) -> dict[int, frozenset[int]]:
    """Place in the document -> those that its cell needs; the slice from the top has its places as indices."""
    at = [places.get(one.index, one.index if not places else -1) for one in found.executions]
    needs: dict[int, frozenset[int]] = {}
    for place, needed in zip(at, found.chain.needs(), strict=True):
        if place >= 0:
            needs[place] = needs.get(place, frozenset()) | {at[other] for other in needed}
    return needs
