"""Searching experiments and runs."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from trackbook.core.entities import Experiment, Run, ViewType
from trackbook.core.ports import RunQuery, walk
from trackbook.errors import InvalidValue, NotFound
from trackbook.tracking.session import current_session
from trackbook.tracking.views import view_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd


PAGE = 1000


def search_experiments(
    view_type: ViewType | int | str = ViewType.ACTIVE_ONLY,
    max_results: int | None = None,
    filter_string: str | None = None,
    order_by: Sequence[str] | None = None,
) -> list[Experiment]:
    """Experiments that match, newest first."""
    experiments = current_session().store.experiments
    found: list[Experiment] = []
    token = None
    while max_results is None or len(found) < max_results:
        limit = PAGE if max_results is None else min(PAGE, max_results - len(found))
        page = experiments.search(filter_string or "", tuple(order_by or ()), view_of(view_type), limit, token)
        found += page.items
        token = page.next_page_token
        if token is None:
            break
    return found


def search_runs(
    experiment_ids: Sequence[str] | None = None,
    filter_string: str = "",
    run_view_type: ViewType | int | str = ViewType.ACTIVE_ONLY,
    max_results: int = 100_000,
    order_by: Sequence[str] | None = None,
    output_format: str = "pandas",
    search_all_experiments: bool = False,
    experiment_names: Sequence[str] | None = None,
) -> pd.DataFrame | list[Run]:
    """Runs that match a filter of the search language, as a pandas frame or a list of `Run`.

    Without experiments: those of the experiment chosen by `set_experiment`, else of all.  The frame has one row a run
    and the columns `run_id, experiment_id, status, artifact_uri, start_time, end_time, metrics.*, params.*, tags.*`;
    times are UTC, a value that a run lacks is NaN (metrics) or None.
    """
    if experiment_ids and experiment_names:
        raise InvalidValue("give search_runs either experiment_ids or experiment_names, not both")
    session = current_session()
    store = session.reading
    chosen: list[str] | None = list(experiment_ids) if experiment_ids else None
    if experiment_names:
        chosen = []
        for name in experiment_names:
            found = store.experiments.get_by_name(name)
            if found is None:
                raise NotFound("experiment", name, "see tb.search_experiments() for the names there are")
            chosen.append(found.experiment_id)
    elif chosen is None and session.experiment is not None and not search_all_experiments:
        chosen = [session.experiment.experiment_id]
    if output_format not in ("pandas", "list"):
        raise InvalidValue(f"output_format {output_format!r} is neither 'pandas' nor 'list'")
    query = RunQuery(chosen, filter_string or "", tuple(order_by or ()), view_of(run_view_type), max_results)
    if output_format == "list":
        return list(islice(walk(store.runs, replace(query, limit=min(PAGE, max_results))), max_results))
    from trackbook.tracking.frames import runs_frame

    return runs_frame(store.runs.columns(query))
