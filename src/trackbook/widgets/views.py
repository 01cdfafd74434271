"""What users call: `runs`, `compare`, `registry`."""

from __future__ import annotations

from collections.abc import Sequence

from trackbook.charts.selection import run_ids_of
from trackbook.errors import InvalidValue, NotFound
from trackbook.tracking.session import current_session
from trackbook.widgets.columns import order_of
from trackbook.widgets.comparison import Comparison
from trackbook.widgets.newest import two_newest
from trackbook.widgets.registry import RegistryPage, registry
from trackbook.widgets.table import FIRST_ROWS, RunTable, last_table

__all__ = ["RegistryPage", "compare", "registry", "runs"]


def runs(
    filter: str = "",
    order_by: str | Sequence[str] | None = None,
    experiment_names: str | Sequence[str] | None = None,
    max_rows: int = FIRST_ROWS,
) -> RunTable:
    """A table of runs; a filter of the search language, order clauses such as `"metrics.loss ASC"`.

    Without experiments: those of the experiment chosen by `set_experiment`, else of all.  `max_rows` is how many rows
    travel with the table (50 at most); all others are fetched as it is scrolled.  Raises `FilterSyntaxError`,
    `InvalidValue`, `NotFound` (an experiment).
    """
    session = current_session()
    clauses = [order_by] if isinstance(order_by, str) else list(order_by or ())
    names = [experiment_names] if isinstance(experiment_names, str) else list(experiment_names or ())
    ids: list[str] | None = None
    if names:
        ids = [_experiment_id(name) for name in names]
    elif session.experiment is not None:
        ids, names = [session.experiment.experiment_id], [session.experiment.name]
    return RunTable(
        filter=filter,
        order_by=[order_of(clause) for clause in clauses],
        experiment_ids=ids,
        title=", ".join(names) or "all experiments",
        max_rows=max_rows,
        session=session,
    )


def compare(runs: object = None) -> Comparison:
    """Compare runs: ids, runs, a frame with a `run_id` column, a table (its selection), or an iterable of these.

    Without: what is selected in the table made last, else the two newest runs (of this notebook where it is known),
    which is said.  Raises `InvalidValue` where that is less than two runs.
    """
    if runs is not None:
        return Comparison(run_ids_of(runs))
    table = last_table()
    if table is not None and len(table.selected) == 1:
        raise InvalidValue("one run is selected: select at least two in the run table (%runs), or name them")
    if table is not None and table.selected:
        return Comparison(list(table.selected), table.session)
    session = current_session()
    newest, where = two_newest(session)
    if len(newest) < 2:
        raise InvalidValue("no runs to compare: select two or more in a run table (%runs), or name them")
    print(f"trackbook: no run is selected in a table, so these are the two newest {where}")
    return Comparison(newest, session)


def _experiment_id(name: str) -> str:
    found = current_session().store.experiments.get_by_name(name)
    if found is None:
        raise NotFound("experiment", name, "see tb.search_experiments() for the names there are")
    return found.experiment_id
