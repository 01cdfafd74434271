"""The run that a person names: by its id, by the beginning of its id as tables show it, or by its name."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from trackbook.core.entities import ViewType
from trackbook.core.filters.tree import quoted_text
from trackbook.core.names import MAX_EXPERIMENT_NAME
from trackbook.core.ports import RunQuery
from trackbook.errors import InvalidValue, NotFound, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.core.entities import Run
    from trackbook.core.ports import Store

SHORTEST_BEGINNING = 4
SHOWN_OF_ID = 8
SEVERAL = 10
"""So many runs are named where one is not enough."""
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
    may_be = len(wanted) <= MAX_EXPERIMENT_NAME  # a search takes no text of any length
    found = {run.info.run_id: run for run in (*_beginning(store, wanted), *_named(store, wanted))} if may_be else {}
    if not found:
        raise NotFound("run", wanted, _advice(store, wanted))
    if len(found) > 1:
        raise InvalidValue(f"{shown(wanted)} names {_listed(store, list(found.values()))}")
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


def _begun_so(store: Store, wanted: str) -> Sequence[Run]:
    """Whose names begin so, in any case."""
    found = _search(store, f"attributes.run_name ILIKE {quoted_text(wanted + '%')}", ViewType.ACTIVE_ONLY)
    return [run for run in found if run.info.run_name.casefold().startswith(wanted.casefold())]


def _listed(store: Store, found: Sequence[Run]) -> str:
    """How many they are, and each in a line: what of its id is enough, its name and experiment."""
    count = f"{SEVERAL} runs or more" if len(found) >= SEVERAL else f"{len(found)} runs"
    length = _telling(found[:SEVERAL])
    names: dict[str, str] = {}
    lines = []
    for run in found[:SEVERAL]:
        of = run.info.experiment_id
        if of not in names:
            names[of] = store.experiments.get(of).name
        lines.append(f"\n  {run.info.run_id[:length]}  {run.info.run_name}  in {names[of]}")
    return f"{count}: give an id{''.join(lines)}"


def _telling(found: Sequence[Run]) -> int:
    """So many first characters tell these runs' ids from each other."""
    ids = {run.info.run_id for run in found}
    longest = max(map(len, ids))
    return next((n for n in range(SHOWN_OF_ID, longest) if len({one[:n] for one in ids}) == len(ids)), longest)


def _advice(store: Store, wanted: str) -> str:
    begun = _begun_so(store, wanted) if 0 < len(wanted) <= MAX_EXPERIMENT_NAME else ()
    if len(begun) > 1:
        return f"so begin the names of {_listed(store, begun)}"
    newest = store.runs.search(RunQuery(limit=NEWEST, columns=(), count=False)).items
    if not newest:
        return "the store holds no runs"
    names = {run.info.run_name for run in begun or newest}
    near = names if begun else difflib.get_close_matches(wanted, names, 3, 0.5)
    if near:
        return f"did you mean {' or '.join(map(shown, near))}?"
    return f"give a run's id, {SHORTEST_BEGINNING} or more of its first characters, or its name"
