"""From what a request says to the functions that answer it; these are loaded with the first request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from trackbook.core.names import check_run_id
from trackbook.errors import InvalidState, InvalidValue, NotFound, shown
from trackbook.jupyter.serving.handlers import Query
from trackbook.jupyter.serving.stores import Place

CHANGING = frozenset({"register", "tag", "move", "trash", "restore", "export", "undo", "save_set", "delete_set"})
NOTHING: Mapping[str, Any] = {"experiments": [], "watch": None}


def card(place: Place, run_id: str, _query: Query) -> Any:
    from trackbook.widgets.cards import card_of

    return card_of(place.store, check_run_id(run_id))


def curves(place: Place, run_id: str, query: Query) -> Any:
    from trackbook.widgets.curves import curve_pieces

    buckets = _last(query, "buckets") or "500"
    if not buckets.isdecimal() or len(buckets) > 9:
        raise InvalidValue(f"buckets={shown(buckets)} is no whole number")
    place.store.runs.get(check_run_id(run_id))  # an unknown run has no curves rather than none
    return curve_pieces(place.store, run_id, query.get("key", []), int(buckets))


def program(place: Place, run_id: str, _query: Query) -> Any:
    """The minimal program as text.  Raises `NotFound`."""
    from trackbook.core import tags
    from trackbook.tracking.executions import last
    from trackbook.widgets import files

    run = place.store.runs.get(check_run_id(run_id))
    data = files.read(place.store, run_id, last(run.data.tags, tags.PROGRAM_FILE))
    if data is None:
        raise NotFound("program of run", run.info.run_name, "it was not recorded, or is still being made")
    return {"text": data.decode("utf-8", "replace")}


def runs(place: Place, _named: str, query: Query) -> Any:
    from trackbook.jupyter.serving.runs import experiment_runs, notebook_runs

    experiment = _last(query, "experiment")
    return experiment_runs(place, experiment) if experiment else notebook_runs(place)


def no_runs(path: str, query: Query) -> Any:
    """As `runs`, of a notebook whose project has no home.  Raises `NotFound` for an experiment."""
    from trackbook.jupyter.serving.runs import nothing

    experiment = _last(query, "experiment")
    if experiment:
        raise NotFound("experiment", experiment)
    return nothing(path)


def versions(place: Place, _named: str, query: Query) -> Any:
    from trackbook.jupyter.serving.versions import line_versions

    return line_versions(place, _last(query, "line"))


def diff(place: Place, asked: Mapping[str, Any]) -> Any:
    from trackbook.jupyter.serving.versions import version_diff

    return version_diff(place, check_run_id(asked.get("run_id")), str(asked.get("text", "")))


def table(place: Place, asked: Mapping[str, Any]) -> Any:
    """What changes runs needs a kernel, where the user's own settings and undo are: it is refused, and said so."""
    from trackbook.widgets.column_sets import ColumnSets
    from trackbook.widgets.table_answers import reading_of

    method = str(asked.get("method"))
    if method in CHANGING:
        raise InvalidState(f"{method}: this table only reads; do it in the table that %runs shows in a notebook")
    if method == "sets":
        title = reading_of(place.store, asked).title
        return ColumnSets(place.settings.home, place.settings.user, title).all()
    return NOTHING[method] if method in NOTHING else stored("table")(place, asked)


def stored(view: str) -> Callable[[Place, Mapping[str, Any]], Any]:
    """What a view asks."""

    def answered(place: Place, asked: Mapping[str, Any]) -> Any:
        from trackbook.widgets.stored import answer

        return answer(view, place.store, asked)

    return answered


def _last(query: Query, name: str) -> str:
    return "".join(query.get(name, [])[-1:])
