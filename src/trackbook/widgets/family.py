"""Whom a card's run belongs to: the run that it was started in, the runs started in it, the baseline, and the goal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.core import tags
from trackbook.core.filters.tree import quoted_text
from trackbook.core.ports import RunQuery
from trackbook.errors import NotFound
from trackbook.widgets.card_payloads import CardGoal, CardValue, RelatedRun
from trackbook.widgets.heads import SYSTEM
from trackbook.widgets.payloads import num

if TYPE_CHECKING:
    from trackbook.core.entities import Run, RunInfo
    from trackbook.core.ports import Store

MAX_CHILDREN = 20


def goal_of(run: Run) -> CardGoal | None:
    """The metric that counts, and which way, where that was said."""
    key, _, direction = run.data.tags.get(tags.GOAL, "").rpartition(":")
    return CardGoal(key=key, direction=direction) if key and direction in ("max", "min") else None


def baseline_of(store: Store, run: RunInfo) -> Run | None:
    """The newest run of the experiment that is marked as its baseline; None where that is the run itself."""
    query = RunQuery([run.experiment_id], f"tags.`{tags.BASELINE}` = 'true'", limit=1, count=False)
    found = store.runs.search(query).items
    return found[0] if found and found[0].info.run_id != run.run_id else None


def parent_of(store: Store, run: Run) -> RelatedRun | None:
    parent_id = run.data.tags.get(tags.PARENT_RUN_ID)
    if not parent_id:
        return None
    try:
        return related(store.runs.get(parent_id))
    except NotFound:
        return RelatedRun(run_id=parent_id, name="", status="", metric=None)


def children_of(store: Store, run: Run) -> tuple[list[RelatedRun], int]:
    """The first runs that were started inside this one, oldest first, and how many they are."""
    wanted = f"tags.`{tags.PARENT_RUN_ID}` = {quoted_text(run.info.run_id)}"
    query = RunQuery(None, wanted, ("attributes.start_time ASC",), limit=MAX_CHILDREN)
    page = store.runs.search(query)
    return [related(one, goal_of(run)) for one in page.items], page.total or len(page.items)


def related(run: Run, goal: CardGoal | None = None) -> RelatedRun:
    """A line about another run: its status, and the metric that counts, else its first."""
    wanted = goal or goal_of(run)
    found = run.data.aggregates
    keys = [wanted["key"]] if wanted is not None and wanted["key"] in found else []
    keys += [key for key in found if not key.startswith(SYSTEM)]
    metric = CardValue(key=keys[0], value=num(found[keys[0]].last)) if keys else None
    return RelatedRun(run_id=run.info.run_id, name=run.info.run_name, status=str(run.info.status), metric=metric)
