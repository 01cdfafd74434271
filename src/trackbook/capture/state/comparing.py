"""Do two slices run the same code?  And does it matter which of two cells ran first?"""

from __future__ import annotations

import ast
from collections import Counter
from functools import lru_cache

from trackbook.capture.program.magics import QUIET, parse, plain_cell
from trackbook.capture.program.slicer import Slice
from trackbook.capture.sources import body

Label = tuple[str, int]
"""Of an execution: its code, and how many ran the same before it."""
Needs = tuple[frozenset[Label], frozenset[tuple[Label, ...]]]
"""What an execution needs, and of names that several of these may have bound, in which order these ran."""


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


def _links(found: Slice) -> dict[Label, frozenset[Needs]]:
    """What each execution needs, but for those of no code."""
    labels: list[Label] = []
    times: Counter[str] = Counter()
    for one in found.executions:
        code = ran_code(one.source)
        labels.append((code, times[code]))
        times[code] += not only_defines(one.source)
    found_needs: dict[Label, frozenset[Needs]] = {}
    each = zip(found.executions, found.chain.needs(settings=False), found.chain.binders(), strict=True)
    for place, (one, places, orders) in enumerate(each):
        every = places if only_defines(one.source) else places | found.chain.settings_before(place)
        needed = frozenset(labels[other] for other in every if labels[other][0])
        in_turn = (tuple(labels[other] for other in order if labels[other][0]) for order in orders)
        if labels[place][0]:
            needs = needed, frozenset(order for order in in_turn if len(order) > 1)
            found_needs[labels[place]] = found_needs.get(labels[place], frozenset()) | {needs}
    return found_needs


class Order:
    """Of two cells, the second of which stands above: would running that first make a difference?"""

    def __init__(self, found: Slice, again: Slice | None, places: dict[int, int]) -> None:
        """`places` are those in the document, by the index of the execution."""
        at = [places.get(one.index, -1) for one in found.executions]
        self._found = _needs_by_place(found, at)
        self._again = None if again is None else _needs_by_place(again, [one.index for one in again.executions])
        self._in_turn = _bound_in_turn(found, at)
        self._differing: frozenset[int] = frozenset()
        """Those that some cell needs in one of the slices alone."""
        self._by_all: frozenset[int] | None = None
        """Those that each cell needs that is not in the slice from the top; None where all are in it."""
        for reader, needed in self._found.items():
            if self._again is not None and reader in self._again:
                self._differing |= needed ^ self._again[reader]
            else:
                self._by_all = needed if self._by_all is None else self._by_all & needed

    def __call__(self, later: int, earlier: int) -> bool:
        """By their places in the document; True where that cannot be told."""
        found, again = self._found, self._again
        if again is None or later not in again or earlier not in again:
            return True
        if earlier in found.get(later, ()) or later in again[earlier]:
            return True
        pair = frozenset((later, earlier))
        return (
            not pair.isdisjoint(self._differing)
            or (self._by_all is not None and not pair <= self._by_all)
            or earlier in self._in_turn.get(later, ())
        )


def _needs_by_place(found: Slice, at: list[int]) -> dict[int, frozenset[int]]:
    """Place in the document -> the others that its cell needs; executions are `at` these, -1 for one without."""
    needs: dict[int, frozenset[int]] = {}
    for place, needed in zip(at, found.chain.needs(), strict=True):
        if place >= 0:
            needs[place] = needs.get(place, frozenset()) | {at[other] for other in needed} - {place}
    return needs


def _bound_in_turn(found: Slice, at: list[int]) -> dict[int, set[int]]:
    """Place -> those that may have bound a name beside its cell as another reads it: the last that did counts."""
    beside: dict[int, set[int]] = {}
    for order in {order for orders in found.chain.binders() for order in orders}:
        places = {at[one] for one in order}
        for place in places:
            beside.setdefault(place, set()).update(places)
    return beside
