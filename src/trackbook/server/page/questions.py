"""What the page asks beside what its views ask."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from trackbook.core import tags
from trackbook.core.access import Kind
from trackbook.core.entities import Experiment
from trackbook.core.ports import RunQuery
from trackbook.widgets.table_live import mark_of
from trackbook.widgets.texts import shorten

if TYPE_CHECKING:
    from trackbook.core.ports import Store
    from trackbook.server.access.gate import Caller

MOST_EXPERIMENTS = 1000
Params = Mapping[str, Any]
Question = Callable[["Store", "Caller", Params], Any]


def about(store: Store, caller: Caller, asked: Params) -> dict[str, Any]:
    """Who asks, and their roles; `user` is null where the server knows no users."""
    from trackbook import __version__

    del store, asked
    name = None if caller.user is None else caller.user.name
    return {
        "version": __version__,
        "user": name,
        "role": caller.rights.everywhere.word,
        "experiments": _roles(caller, Kind.EXPERIMENT),
        "models": _roles(caller, Kind.MODEL),
    }


def _roles(caller: Caller, kind: Kind) -> dict[str, str]:
    return {one.id: role.word for one, role in caller.rights.grants.items() if one.kind is kind}


def mark(store: Store, caller: Caller, asked: Params) -> dict[str, str | None]:
    """Another text after every change of the store; null where nothing tells cheaply."""
    del caller, asked
    found = mark_of(store.uri)
    return {"mark": None if found is None else hashlib.sha256(repr(found).encode()).hexdigest()[:16]}


def experiments(store: Store, caller: Caller, asked: Params) -> list[dict[str, Any]]:
    """Those that the caller may see, with the number of their runs; whose newest run began last comes first."""
    del caller, asked
    rows = [_row(store, one) for one in store.experiments.search(limit=MOST_EXPERIMENTS).items]
    return sorted(rows, key=lambda row: (row["newest_ms"] is None, -(row["newest_ms"] or row["created_ms"])))


def _row(store: Store, one: Experiment) -> dict[str, Any]:
    page = store.runs.search(RunQuery([one.experiment_id], limit=1, columns=()))
    newest = next(iter(page.items), None)
    return {
        "experiment_id": one.experiment_id,
        "name": one.name,
        "note": shorten(one.tags.get(tags.NOTE, ""), 300),
        "runs": page.total or 0,
        "newest_ms": None if newest is None else newest.info.start_time,
        "created_ms": one.creation_time,
    }


QUESTIONS: Mapping[str, Question] = {"about": about, "mark": mark, "experiments": experiments}
"""`GET /page/<name>`"""
