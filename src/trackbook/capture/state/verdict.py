"""The verdict on a run: would its notebook, run from top to bottom, run the same code?

The document's cells down to the run's own are sliced as if they had been executed in their order.  Where this gives the
same code as the run's slice, each cell behind those that it needs, the notebook reproduces the code.  Otherwise it
differs, and the reasons say where.  What lies outside of both slices cannot matter, whatever was done to it; nor do
comments, layout, and magics that define nothing (`%load_ext`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace

from trackbook.capture import cells
from trackbook.capture.cells import CellExecution
from trackbook.capture.program.reader import cell_steps
from trackbook.capture.program.slicer import Slice
from trackbook.capture.secrets import redact
from trackbook.capture.sources import body
from trackbook.capture.state.comparing import Order, only_defines, ran_code, same_code
from trackbook.capture.state.document import DocumentCell, positions
from trackbook.capture.state.top import TooLong, Top, code_of

REPRODUCIBLE, DIFFERS, UNKNOWN = "reproducible", "differs", "unknown"

EDITED = "edited"
"""The cell has another source now."""
DELETED = "deleted"
ORDER = "order"
"""It ran after a cell that stands below it, and the order of the two matters."""
RAISED = "raised"
"""It ended with an exception, and what it did before matters: a run from the top would end there."""
INTERRUPTED = "interrupted"
"""The same of an interrupt: a run from the top would do more."""
TWICE = "twice"
"""It ran several times, and more than one of them matters."""
NOT_RUN = "not run"
"""It stands above and would matter, but it was not run, or only before what the run used."""
GONE = "gone"
"""A name is read that no cell of the document defines any more."""
MISSING = "missing"
"""A name is read that no recorded cell defined."""
NO_DOCUMENT = "no document"
TOO_LONG = "too long"
"""There are more cells above than could be looked at in time."""

FIRST_LINE = 60
"""Characters of a cell's first line that a reason shows."""
LONGEST_LINE = 10_000
MOST_CODE = 3


@dataclass(frozen=True, slots=True)
class Reason:
    kind: str
    """One of the words above."""
    cell_id: str | None = None
    execution: int | None = None
    """Index in the history."""
    execution_count: int | None = None
    line: str = ""
    """First line of the cell as executed."""
    names: tuple[str, ...] = ()
    """That are read and gone, or missing."""
    error: str = ""
    """The class of the exception that a cell raised."""
    draws: tuple[str, ...] = ()
    """Of a cell that ran several times: the libraries from whose shared random generator it may draw."""
    code: tuple[str, ...] = ()
    """Of such a cell: what it calls, and what may change the data that it is given."""


@dataclass(frozen=True, slots=True)
class Verdict:
    word: str
    """`reproducible`, `differs` or `unknown`."""
    reasons: tuple[Reason, ...] = ()
    label: str = "static"
    """How the slice was found: `static` or `traced`."""
    executions: tuple[int, ...] = ()
    """Indices of the executions that were judged: the run's slice."""


def verdict_on(
    found: Slice,
    document: Sequence[DocumentCell] | None,
    top: Top | None = None,
    go_on: Callable[[], bool] = lambda: True,
) -> Verdict:
    """The verdict on a run with this slice; `document` are the code cells as of the run, None where unknown.

    `top` is what an earlier verdict on this document has kept; `go_on` ends the work where it says no.
    """
    indices = tuple(one.index for one in found.executions)
    missing = (Reason(MISSING, names=found.missing),) if found.missing else ()
    if document is None:
        return Verdict(UNKNOWN, (Reason(NO_DOCUMENT), *missing), found.label, indices)
    places = positions(found.executions, document)
    raised = tuple(_raised(found, document, places))
    try:
        again = _from_the_top(found, document, places.get(indices[-1]), top or Top(), go_on)
    except TooLong:
        return Verdict(UNKNOWN, (Reason(TOO_LONG), *missing), found.label, indices)
    if again is not None and not raised and same_code(found, again):
        if missing:
            return Verdict(UNKNOWN, missing, found.label, indices)
        return Verdict(REPRODUCIBLE, (), found.label, indices)
    reasons = [*raised, *_reasons(found, document, places, again)]
    if again is not None:
        reasons += _not_run(found, again)
    if not reasons:
        reasons += _reasons(found, document, places, None, every=True)
    return Verdict(DIFFERS, (*reasons, *missing), found.label, indices)


def verdict_json(verdict: Verdict) -> str:
    """`{"schema": 1, "verdict": word, "reasons": [...], "label": ..., "executions": [...]}`."""
    reasons = [
        {name: given for name, given in asdict(one).items() if given not in (None, "", ())} for one in verdict.reasons
    ]
    written = {"schema": 1, "verdict": verdict.word, "reasons": reasons, "label": verdict.label}
    return json.dumps({**written, "executions": verdict.executions}, ensure_ascii=False, indent=1) + "\n"


def _from_the_top(
    found: Slice, document: Sequence[DocumentCell], last: int | None, top: Top, go_on: Callable[[], bool]
) -> Slice | None:
    """The slice that running the document down to the run's cell would give; None where that cell is not in it."""
    if last is None:
        return None
    seen = {_code(one): each for one, each in zip(found.executions, found.seen, strict=True) if each is not None}
    return top.slice(document, last, seen, go_on)


def _code(one: CellExecution) -> str:
    return code_of(one.source)


def _raised(found: Slice, document: Sequence[DocumentCell], places: dict[int, int]) -> Iterator[Reason]:
    """Cells that did not run to their end, though what they did counts; the run's own is told by its status."""
    for one, seen in zip(found.executions[:-1], found.seen, strict=False):
        place = places.get(one.index)
        if one.outcome == cells.INTERRUPTED:
            yield _about(INTERRUPTED, one)
        elif one.outcome == cells.ERROR and (place is None or not document[place].may_raise):
            error = "" if seen is None or seen.stop is None else seen.stop.error
            yield replace(_about(RAISED, one), error=error)


def _reasons(
    found: Slice,
    document: Sequence[DocumentCell],
    places: dict[int, int],
    again: Slice | None,
    *,
    every: bool = False,
) -> Iterator[Reason]:
    """Also of what should make no difference, where `every` reason is asked for."""
    executions = [one for one in found.executions if ran_code(one.source)]
    now = {one.index: document[places[one.index]] for one in executions if one.index in places}
    last_at = {places[one.index]: one for one in executions if one.index in places}
    matters = Order(found, again, places)
    before: list[CellExecution] = []
    ran: set[int] = set()
    for one in executions:
        if one.index not in places:
            yield _about(DELETED, one)
            continue
        place = places[one.index]
        earlier = [other for other in before if places[other.index] == place]
        matter = [other for other in earlier if every or not _is_no_matter(other, one, document[place])]
        if matter and last_at[place] is one:
            yield _twice(found, one, {one.index, *(other.index for other in earlier)})
        elif not earlier and any(matters(place, other) for other in ran if other > place):
            yield _about(ORDER, one)
        if last_at[place] is one and ran_code(now[one.index].source) != ran_code(one.source):
            yield _about(EDITED, one)
        before.append(one)
        ran.add(place)
    yield from _gone(found, document, now)


def _is_no_matter(one: CellExecution, last: CellExecution, cell: DocumentCell) -> bool:
    """Whether an earlier execution did what the last one does again, or is told already since it did not end."""
    if one.outcome == cells.INTERRUPTED or (one.outcome == cells.ERROR and not cell.may_raise):
        return True
    return only_defines(one.source) and ran_code(one.source) == ran_code(last.source)


def _gone(found: Slice, document: Sequence[DocumentCell], now: dict[int, DocumentCell]) -> Iterator[Reason]:
    """Names whose cell was deleted, or defines them no more, and that no other cell of the document defines."""
    anywhere = {name for cell in document for name in cell_steps(cell.source).bound}
    codes = {one.index: ran_code(one.source) for one in found.executions}
    by_reader: dict[int, dict[str, None]] = {}
    for name, reader, definer in found.defined_by:
        # Of `exec` and `import *` the text does not tell which names they bind.
        same = definer in now and ran_code(now[definer].source) == codes[definer]
        still = same or (definer in now and name in cell_steps(now[definer].source).bound)
        if not still and name not in anywhere:
            by_reader.setdefault(reader, {})[name] = None
    for one in found.executions:
        if one.index in by_reader:
            yield _about(GONE, one, tuple(sorted(by_reader[one.index])))


def _not_run(found: Slice, again: Slice) -> Iterator[Reason]:
    """Cells of the document that would matter to what was run, in a run from the top, and are not what was run.

    What only these need is not told: whoever looks at them finds it.
    """
    executed = {ran_code(one.source) for one in found.executions}
    known = {one.cell_id for one in found.executions if one.cell_id}
    codes = [ran_code(one.source) for one in again.executions]
    new = [
        bool(code) and code not in executed and one.cell_id not in known
        for one, code in zip(again.executions, codes, strict=True)
    ]
    needed = {
        other
        for needs, by_new, code in zip(again.chain.needs(), new, codes, strict=True)
        if code and not by_new
        for other in needs
    }
    for place, one in enumerate(again.executions):
        if new[place] and place in needed:
            yield Reason(NOT_RUN, one.cell_id, line=_first_line(one))


def _twice(found: Slice, one: CellExecution, all_of_it: set[int]) -> Reason:
    doubts = [doubt for doubt in found.doubts if doubt.earlier in all_of_it and doubt.later in all_of_it]
    draws = {name: None for doubt in doubts for name in doubt.draws}
    code = {text: None for doubt in doubts for text in doubt.code}
    return replace(_about(TWICE, one), draws=tuple(draws), code=tuple(sorted(code, key=_is_chain))[:MOST_CODE])


def _is_chain(text: str) -> bool:
    """Whether it is a step of a longer expression: `float().mean`; what has a name of its own tells more."""
    return "()" in text or text == "a call"


def _about(kind: str, one: CellExecution, names: tuple[str, ...] = ()) -> Reason:
    return Reason(kind, one.cell_id, one.index, one.execution_count, _first_line(one), names)


def _first_line(one: CellExecution) -> str:
    """Searched as a whole: of a secret that is cut in two nothing could be told any more."""
    line = next((line for line in body(one.source).splitlines() if line.strip()), "")
    return redact(line[:LONGEST_LINE]).text[:FIRST_LINE]
