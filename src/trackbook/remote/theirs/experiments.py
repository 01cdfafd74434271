"""Experiments of a foreign server.  There a deleted one keeps its name, and cannot be replaced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from trackbook.core.entities import Experiment, LifecycleStage, Page, Run, RunData, RunInfo, ViewType
from trackbook.core.filters import EXPERIMENTS, And, Comparison, Condition, parse
from trackbook.core.names import check_experiment_name
from trackbook.core.ports import Experiments
from trackbook.errors import AlreadyExists, InvalidState, InvalidValue, NotFound, shown
from trackbook.remote.link import Link
from trackbook.remote.theirs import said
from trackbook.remote.theirs.matching import Seen, holds
from trackbook.wire import experiments as wire
from trackbook.wire.messages import MOST_RUNS, Nothing, pairs
from trackbook.wire.tokens import offset, token

DEFAULT_ID = "0"
LONGEST_ID = 18
"""Digits of an id that a database's integer holds."""


class TheirExperiments:
    def __init__(self, link: Link) -> None:
        self._link = link

    def create(self, name: str, artifact_location: str | None = None, tags: Mapping[str, str] | None = None) -> str:
        name = check_experiment_name(name)
        asked = wire.Create(name=name, artifact_location=artifact_location or "", tags=pairs(tags or {}))
        try:
            return self._link.ask("create_experiment", asked, wire.Created).experiment_id
        except AlreadyExists:
            holder = self.get_by_name(name)
            is_deleted = holder is not None and holder.lifecycle_stage == LifecycleStage.DELETED
            remedy = "it is deleted, and keeps its name on this server: restore it, or choose another name"
            raise AlreadyExists("experiment", name, remedy if is_deleted else "choose another name") from None

    def get(self, experiment_id: str) -> Experiment:
        if not experiment_id.isascii() or not experiment_id.isdecimal() or len(experiment_id) > LONGEST_ID:
            raise NotFound("experiment", experiment_id)
        try:
            found = self._link.ask("get_experiment", wire.One(experiment_id=experiment_id), wire.Found)
        except (NotFound, InvalidValue):
            raise NotFound("experiment", experiment_id) from None
        return said.experiment(found.experiment)

    def get_by_name(self, name: str) -> Experiment | None:
        try:
            found = self._link.ask("get_experiment_by_name", wire.ByName(experiment_name=name), wire.Found)
        except NotFound:
            return None
        return said.experiment(found.experiment)

    def search(
        self,
        filter: str = "",
        order_by: Sequence[str] = (),
        view: ViewType = ViewType.ACTIVE_ONLY,
        limit: int = 1000,
        page_token: str | None = None,
    ) -> Page[Experiment]:
        condition = parse(filter, EXPERIMENTS)  # its mistakes are told with their place
        if not 1 <= limit <= MOST_RUNS:
            raise InvalidValue(f"limit of a page is 1 to {MOST_RUNS}, not {shown(limit)}")
        if not _is_plain(condition):
            found = [one for one in self._told("", order_by, view, MOST_RUNS, None) if _holds(condition, one)]
            start = offset(page_token or "")
            more = token(start + limit) if start + limit < len(found) else None
            return Page(found[start : start + limit], more, len(found))
        return self._told(filter, order_by, view, limit, page_token)

    def _told(
        self, filter: str, order_by: Sequence[str], view: ViewType, limit: int, page_token: str | None
    ) -> Page[Experiment]:
        asked = wire.Search(
            max_results=limit, page_token=page_token or "", filter=filter, order_by=list(order_by), view_type=view
        )
        page = self._link.ask("search_experiments", asked, wire.Page)
        found = [said.experiment(one) for one in page.experiments]
        total = len(found) if page_token is None and not page.next_page_token else None
        return Page(found, page.next_page_token or None, total)

    def rename(self, experiment_id: str, name: str) -> None:
        if self.get(experiment_id).lifecycle_stage != LifecycleStage.ACTIVE:
            raise InvalidState(f"experiment {experiment_id} is deleted: restore it before it is renamed")
        holder = self.get_by_name(check_experiment_name(name))
        if holder is not None and holder.experiment_id != experiment_id:
            raise AlreadyExists("experiment", name)
        self._link.ask("update_experiment", wire.Update(experiment_id=experiment_id, new_name=name), Nothing)

    def delete(self, experiment_id: str) -> None:
        if experiment_id == DEFAULT_ID:
            raise InvalidState("the experiment Default stays: what names no other goes there")
        if self.get(experiment_id).lifecycle_stage == LifecycleStage.ACTIVE:
            self._link.ask("delete_experiment", wire.One(experiment_id=experiment_id), Nothing)

    def restore(self, experiment_id: str) -> None:
        if self.get(experiment_id).lifecycle_stage == LifecycleStage.DELETED:
            self._link.ask("restore_experiment", wire.One(experiment_id=experiment_id), Nothing)

    def set_tag(self, experiment_id: str, key: str, value: str) -> None:
        asked = wire.SetTag(experiment_id=experiment_id, key=key, value=value)
        self._link.ask("set_experiment_tag", asked, Nothing, again=True)

    def delete_tag(self, experiment_id: str, key: str) -> None:
        if key not in self.get(experiment_id).tags:
            raise NotFound("tag", key, f"experiment {experiment_id} has no such tag")
        self._link.ask("delete_experiment_tag", wire.DeleteTag(experiment_id=experiment_id, key=key), Nothing)

    def named(self, name: str) -> str:
        """The id of the active experiment of this name, made where there is none.  Raises `InvalidName`."""
        found = self.get_by_name(check_experiment_name(name))
        if found is not None and found.lifecycle_stage == LifecycleStage.ACTIVE:
            return found.experiment_id
        try:
            return self.create(name)
        except AlreadyExists:  # another process was quicker
            found = self.get_by_name(name)
            if found is None:
                raise
            return found.experiment_id


def _is_plain(condition: Condition | None) -> bool:
    """Whether the server's own filters say it: comparisons that all hold."""
    parts = condition.parts if isinstance(condition, And) else (condition,)
    return all(part is None or (isinstance(part, Comparison) and part.operator != "CONTAINS") for part in parts)


def _holds(condition: Condition | None, one: Experiment) -> bool:
    """Judged as a run is: with the experiment's attributes in the place of a run's."""
    return holds(condition, Seen(Run(cast(RunInfo, one), RunData(tags=one.tags)), one.name, None))


def _fits(experiments: TheirExperiments) -> Experiments:
    return experiments
