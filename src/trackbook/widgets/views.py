"""What users call: `runs`, `compare`, `registry`."""

from __future__ import annotations

from collections.abc import Sequence

from trackbook.charts.selection import run_ids_of
from trackbook.errors import InvalidValue, NotFound
from trackbook.tracking.session import Session, current_session
from trackbook.widgets.columns import key_of, order_of
from trackbook.widgets.comparison import Comparison
from trackbook.widgets.newest import two_newest
from trackbook.widgets.registry import RegistryView, registry
from trackbook.widgets.table import RunTable, last_table
from trackbook.widgets.table_groups import SEEDS
from trackbook.widgets.table_reading import FIRST_ROWS

__all__ = ["RegistryView", "compare", "registry", "runs"]


def runs(
    filter: str = "",
    order_by: str | Sequence[str] | None = None,
    experiment_names: str | Sequence[str] | None = None,
    max_rows: int = FIRST_ROWS,
    *,
    columns: str | Sequence[str] | None = None,
    group_by: str | Sequence[str] = (),
    baseline: object = None,
) -> RunTable:
    """A table of runs; a filter of the search language, order clauses such as `"metrics.loss ASC"`.

    `columns` are keys such as `"params.C"` and `"metrics.loss.min"`, or the name of a set that was saved.  `group_by`
    is `"seed"` (runs that differ in their seed alone are a group), or params and tags.  `baseline` is the run (or its
    id) that others are compared with; without, the newest that is marked as one, and "" for none.

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
        columns=columns,
        group_by=_group_by(group_by),
        baseline=_baseline(baseline, session),
        max_rows=max_rows,
        session=session,
    )


def compare(runs: object = None, *, baseline: object = None, group_by: str | Sequence[str] | None = None) -> Comparison:
    """Compare runs: ids or names, runs, a frame with a `run_id` column, a table or chart (its selection), or several.

    Without: what is selected in the table made last, else the two newest runs (of this notebook where it is known),
    which is said.  `baseline` is the run that the others are measured against, else the first.  Runs that are equal but
    for their seed are compared as groups, with a paired test; `group_by` names params or tags that make groups instead.
    Raises `InvalidValue` where that is less than two runs, `NotFound` for a run that is not there.
    """
    session = current_session()
    first = _baseline(baseline, session) or None
    if runs is not None:
        return Comparison(run_ids_of(runs, session.reading), session, baseline=first, group_by=group_by)
    table = last_table()
    if table is not None and len(table.selected) == 1:
        raise InvalidValue("one run is selected: select at least two in the run table (%runs), or name them")
    if table is not None and table.selected:
        return Comparison(list(table.selected), table.session, baseline=first, group_by=group_by)
    newest, where = two_newest(session)
    if len(newest) < 2:
        raise InvalidValue("no runs to compare: select two or more in a run table (%runs), or name them")
    print(f"trackbook: no run is selected in a table, so these are the two newest {where}")
    return Comparison(newest, session, baseline=first, group_by=group_by)


def _group_by(group_by: str | Sequence[str]) -> list[str]:
    keys = [group_by] if isinstance(group_by, str) else list(group_by)
    return [SEEDS if key in ("seed", SEEDS) else key if "." in key else key_of("params", key) for key in keys if key]


def _baseline(run: object, session: Session) -> str | None:
    """The id of the run that others are compared with; None and "" as they are."""
    return run if run is None or run == "" else run_ids_of(run, session.reading)[0]


def _experiment_id(name: str) -> str:
    found = current_session().store.experiments.get_by_name(name)
    if found is None:
        raise NotFound("experiment", name, "see tb.search_experiments() for the names there are")
    return found.experiment_id
