"""From what a request says to the functions that answer it; these are loaded with the first request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from trackbook.core.names import check_run_id
from trackbook.errors import InvalidValue, NotFound, shown
from trackbook.jupyter.serving.handlers import Query
from trackbook.jupyter.serving.stores import Place

T = TypeVar("T")


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


def versions(place: Place, _named: str, query: Query) -> Any:
    from trackbook.jupyter.serving.versions import line_versions

    return line_versions(place, _last(query, "line"))


def diff(place: Place, asked: Mapping[str, Any]) -> Any:
    from trackbook.jupyter.serving.versions import version_diff

    return version_diff(place, check_run_id(asked.get("run_id")), str(asked.get("text", "")))


def table(place: Place, asked: Mapping[str, Any]) -> Any:
    from trackbook.jupyter.serving.tables import answer_table

    return answer_table(place, asked, *_question(asked))


def compare(place: Place, asked: Mapping[str, Any]) -> Any:
    from trackbook.jupyter.serving.compares import answer_compare

    return answer_compare(place, asked.get("run_ids") or (), *_question(asked), asked.get("group_by"))


def chart(place: Place, asked: Mapping[str, Any]) -> Any:
    from trackbook.widgets.run_answers import OF_CHART

    method, params = _question(asked)
    return _one_of(OF_CHART, method)(place.store, [check_run_id(one) for one in asked.get("run_ids") or ()], params)


def one_card(place: Place, asked: Mapping[str, Any]) -> Any:
    from trackbook.widgets.card_answers import OF_CARD

    method, params = _question(asked)
    return _one_of(OF_CARD, method)(place.store, check_run_id(asked.get("run_id")), params)


def registry(place: Place, asked: Mapping[str, Any]) -> Any:
    from trackbook.widgets.registry_answers import OF_REGISTRY

    method, params = _question(asked)
    return _one_of(OF_REGISTRY, method)(place.store, params)


def _question(asked: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    return str(asked.get("method")), asked.get("params") or {}


def _one_of(table: Mapping[str, T], method: str) -> T:
    if method not in table:
        raise InvalidValue(f"request {shown(method)} is none of {', '.join(table)}")
    return table[method]


def _last(query: Query, name: str) -> str:
    return "".join(query.get(name, [])[-1:])
