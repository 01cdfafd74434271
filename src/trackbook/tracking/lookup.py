"""The run that a person names: by its id, by the beginning of its id as tables show it, or by its name."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from trackbook.core.entities import ViewType
from trackbook.core.filters.tree import quoted_text
from trackbook.core.ports import RunQuery
from trackbook.errors import InvalidValue, NotFound, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.core.entities import Run
    from trackbook.core.ports import Store

SHORTEST_BEGINNING = 4
SEVERAL = 5
NEWEST = 500
"""So many runs' names are compared with one that nobody has."""
_BEGINNING = re.compile(r"[A-Za-z0-9-]+")


def find_run(store: Store, text: str) -> Run:
    """The run of this id, whose id begins so (4 characters or more), or whose name this is.

    An id is that of any run, deleted or not; a name is that of an active one.
    Raises `NotFound`, which names the nearest names, and `InvalidValue` where several runs are meant.
    """
    wanted = text.strip()
    whole = _by_id(store, wanted)
    if whole is not None:
        return whole
    found = {run.info.run_id: run for run in (*_beginning(store, wanted), *_named(store, wanted))}
    if not found:
        raise NotFound("run", wanted, _advice(store, wanted))
    if len(found) > 1:
        count = f"{SEVERAL} runs or more" if len(found) >= SEVERAL else f"{len(found)} runs"
        several = ", ".join(f"{run_id[:12]} {run.info.run_name}" for run_id, run in list(found.items())[:SEVERAL])
        raise InvalidValue(f"{shown(wanted)} names {count}: give an id ({several})")
    return store.runs.get(next(iter(found)))


def _by_id(store: Store, wanted: str) -> Run | None:
    try:
        return store.runs.get(wanted)
    except (NotFound, InvalidValue):
        return None


def _beginning(store: Store, wanted: str) -> Sequence[Run]:
    if len(wanted) < SHORTEST_BEGINNING or not _BEGINNING.fullmatch(wanted):
        return ()
    return _search(store, f"attributes.run_id LIKE {quoted_text(wanted.lower() + '%')}", ViewType.ALL)


def _named(store: Store, wanted: str) -> Sequence[Run]:
    return _search(store, f"attributes.run_name = {quoted_text(wanted)}", ViewType.ACTIVE_ONLY) if wanted else ()


def _search(store: Store, filter: str, view: ViewType) -> Sequence[Run]:
    return store.runs.search(RunQuery(filter=filter, view=view, limit=SEVERAL, columns=(), count=False)).items


def _advice(store: Store, wanted: str) -> str:
    newest = store.runs.search(RunQuery(limit=NEWEST, columns=(), count=False)).items
    if not newest:
        return "the store holds no runs"
    near = difflib.get_close_matches(wanted, {run.info.run_name for run in newest}, 3, 0.5)
    if near:
        return f"did you mean {' or '.join(map(shown, near))}?"
    return f"give a run's id, {SHORTEST_BEGINNING} or more of its first characters, or its name"
