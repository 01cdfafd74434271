"""What the page asks beside what its views ask."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from trackbook.core.access import Kind
from trackbook.widgets.table_live import mark_of
from trackbook.widgets.texts import shorten

if TYPE_CHECKING:
    from trackbook.server.access.gate import Caller
    from trackbook.server.backend import Backend

MOST_EXPERIMENTS = 1000
Question = Callable[["Backend", "Caller"], Any]


def about(backend: Backend, caller: Caller) -> dict[str, Any]:
    """Who asks, and their roles; `user` is null where the server knows no users."""
    from trackbook import __version__

    del backend
    name = None if caller.user is None else caller.user.name
    return {
        "version": __version__,
        "user": name,
        "groups": [] if caller.user is None else list(caller.user.groups),
        "role": caller.rights.everywhere.word,
        "experiments": _roles(caller, Kind.EXPERIMENT),
        "models": _roles(caller, Kind.MODEL),
    }


def _roles(caller: Caller, kind: Kind) -> dict[str, str]:
    return {one.id: role.word for one, role in caller.rights.grants.items() if one.kind is kind}


def mark(backend: Backend, caller: Caller) -> dict[str, str | None]:
    """Another text after every change of the store; null where nothing tells cheaply."""
    del caller
    found = mark_of(backend.store.uri) or backend.store.overview.mark()
    return {"mark": None if found is None else hashlib.sha256(repr(found).encode()).hexdigest()[:16]}


def experiments(backend: Backend, caller: Caller) -> list[dict[str, Any]]:
    """Those that the caller may see, with the number of their runs; whose newest run began last comes first."""
    del caller
    return [
        {
            "experiment_id": one.experiment_id,
            "name": one.name,
            "note": shorten(one.note, 300),
            "runs": one.runs,
            "newest_ms": one.newest,
            "created_ms": one.creation_time,
        }
        for one in backend.store.overview.experiments(MOST_EXPERIMENTS)
    ]


QUESTIONS: Mapping[str, Question] = {"about": about, "mark": mark, "experiments": experiments}
"""`GET /page/<name>`; the gate lets searches see what the caller may see."""
