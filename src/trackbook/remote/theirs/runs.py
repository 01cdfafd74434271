"""Runs of a foreign server.

A search that the server can judge itself is its own, page by page.  Any other is judged here, over all runs of the
experiments asked for; so is what it has no question for at all: columns, values, keys and exact counts.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from trackbook.core.entities import Page, Run, ViewType
from trackbook.core.filters import RUNS, And, Condition, DatasetField, Order, parse, parse_orders
from trackbook.core.filters.fields import read_field
from trackbook.core.filters.tree import Attribute, Metric, Param, Tag
from trackbook.core.ports import ColumnValues, KeyCount, RunColumns, RunQuery, Runs
from trackbook.errors import InvalidValue, NotSupported, shown
from trackbook.remote.link import Link
from trackbook.remote.theirs import known, said
from trackbook.remote.theirs.experiments import TheirExperiments
from trackbook.remote.theirs.ids import Ids
from trackbook.remote.theirs.matching import Seen, holds, ordered, values
from trackbook.remote.theirs.translating import translated, translated_order
from trackbook.wire import runs as wire
from trackbook.wire.messages import MOST_RUNS, Nothing, mapping
from trackbook.wire.tokens import offset, token

V = TypeVar("V")
AT_ONCE = 1000
"""Runs a request, where all are read."""


class TheirRuns:
    def __init__(self, link: Link, ids: Ids, experiments: TheirExperiments) -> None:
        self._link, self._ids, self._experiments = link, ids, experiments

    def get(self, run_id: str) -> Run:
        found = self._ids.read(self._ids.theirs(run_id))
        self._ids.learn(found)
        return said.run(found, self._ids.ours)

    def search(self, query: RunQuery) -> Page[Run]:
        _check(query)
        condition, orders = parse(query.filter, RUNS), parse_orders(query.order_by, RUNS)
        start = query.offset if query.page_token is None else offset(query.page_token)
        page = self._judged_there(query, condition, orders, start)
        if page is None:
            found = ordered(list(self._all(query, condition)), orders)
            part = [one.run for one in found[start : start + query.limit]]
            more = token(start + query.limit) if start + query.limit < len(found) else None
            page = Page(part, more, len(found) if query.count else None)
        if query.columns is None:
            return page
        wanted = [read_field(RUNS, column, 0, column) for column in query.columns]
        return replace(page, items=[_projected(run, wanted) for run in page.items])

    def columns(self, query: RunQuery) -> RunColumns:
        rest = replace(query, count=False, limit=AT_ONCE)
        found: list[Run] = []
        while True:
            page = self.search(rest)
            found += page.items
            if page.next_page_token is None or len(found) >= query.limit:
                return _columns(found[: query.limit])
            rest = replace(rest, page_token=page.next_page_token)

    def values(self, query: RunQuery, column: str) -> ColumnValues:
        field = read_field(RUNS, column, 0, column)
        if isinstance(field, DatasetField):
            raise InvalidValue(f"{column} has several values a run")
        pairs = [
            (_number(one.run.info.run_id), value)
            for one in self._all(query, parse(query.filter, RUNS))
            for value in values(field, one)
        ]
        is_number = isinstance(field, Metric) or (isinstance(field, Attribute) and field.number)
        numbers = np.array([number for number, _ in pairs], np.int64)
        if is_number:
            return ColumnValues(numbers, np.array([value for _, value in pairs], np.float64))
        return ColumnValues(numbers, np.array([value for _, value in pairs], np.object_))

    def keys(self, experiment_ids: Sequence[str] | None = None) -> Sequence[KeyCount]:
        counts: Counter[tuple[int, str]] = Counter()
        kinds = ("params", "metrics", "tags")
        for one in self._all(RunQuery(experiment_ids), None):
            data = one.run.data
            counts.update(
                (kind, key) for kind, part in enumerate((data.params, data.metrics, data.tags)) for key in part
            )
        return [KeyCount(kinds[kind], key, counts[kind, key]) for kind, key in sorted(counts)]

    def delete(self, run_id: str) -> None:
        self._link.ask("delete_run", wire.One(run_id=self._ids.theirs(run_id)), Nothing, again=True)

    def restore(self, run_id: str) -> None:
        self._link.ask("restore_run", wire.One(run_id=self._ids.theirs(run_id)), Nothing, again=True)

    def move(self, run_ids: Sequence[str], experiment_id: str) -> None:
        del run_ids, experiment_id
        raise NotSupported("moving runs to another experiment", f"the server {self._link.address}")

    def told(self, query: RunQuery, text: str) -> Iterator[wire.Run]:
        """All runs of the query's experiments that pass a filter of the server's own."""
        asked = wire.Search(
            experiment_ids=self._asked(query), filter=text, run_view_type=query.view, max_results=AT_ONCE
        )
        while asked.experiment_ids:
            page = self._link.ask("search_runs", asked, wire.Page)
            for one in page.runs:
                self._ids.learn(one)
            yield from page.runs
            if not page.next_page_token:
                return
            asked.page_token = page.next_page_token

    def _judged_there(
        self, query: RunQuery, condition: Condition | None, orders: Sequence[Order], start: int
    ) -> Page[Run] | None:
        """None where the server cannot."""
        text, clauses = translated(condition), [translated_order(order) for order in orders]
        if text is None or None in clauses:
            return None
        asked = wire.Search(
            experiment_ids=self._asked(query),
            filter=text,
            run_view_type=query.view,
            max_results=query.limit,
            order_by=[clause for clause in clauses if clause is not None],
            page_token=token(start) if start else "",
        )
        if not asked.experiment_ids:
            return Page([], None, 0)
        page = self._link.ask("search_runs", asked, wire.Page)
        for one in page.runs:
            self._ids.learn(one)
        found = [said.run(one, self._ids.ours) for one in page.runs]
        more = token(start + len(found)) if page.next_page_token else None
        total = self._total(query, text, start + len(found), more) if query.count else None
        return Page(found, more, total)

    def _total(self, query: RunQuery, text: str, known_so_far: int, more: str | None) -> int:
        if more is None:
            return known_so_far
        return sum(1 for _ in self.told(query, text))

    def _all(self, query: RunQuery, condition: Condition | None) -> Iterator[Seen]:
        """The runs of the query's experiments for which a condition holds; told apart by the server where it can."""
        names = {one.experiment_id: one.name for one in self._experiments.search(view=ViewType.ALL, limit=MOST_RUNS)}
        for one in self.told(query, _necessary(condition)):
            run = said.run(one, self._ids.ours)
            cell = known.cell_of(run.info.run_id, mapping(one.data.tags))
            seen = Seen(run, names.get(run.info.experiment_id, ""), cell)
            if holds(condition, seen):
                yield seen

    def _asked(self, query: RunQuery) -> list[str]:
        if query.experiment_ids is not None:
            return list(query.experiment_ids)
        return self._ids.all_experiments()


def _necessary(condition: Condition | None) -> str:
    """What the server can judge of a condition whose parts must all hold."""
    parts = condition.parts if isinstance(condition, And) else ()
    texts = [text for text in map(translated, parts) if text]
    return " AND ".join(texts) if texts else translated(condition) or ""


def _check(query: RunQuery) -> None:
    if not 1 <= query.limit <= MOST_RUNS:
        raise InvalidValue(f"limit of a page is 1 to {MOST_RUNS}, not {shown(query.limit)}")
    if query.offset < 0:
        raise InvalidValue(f"offset is not negative: {shown(query.offset)}")


def _projected(run: Run, wanted: Sequence[object]) -> Run:
    params = {field.key for field in wanted if isinstance(field, Param)}
    tags = {field.key for field in wanted if isinstance(field, Tag)}
    metrics = {key for field in wanted if isinstance(field, Metric) for key in (field.key, field.plain)}
    data = run.data
    return replace(
        run,
        data=replace(
            data,
            params=_only(data.params, params),
            tags=_only(data.tags, tags),
            metrics=_only(data.metrics, metrics),
            aggregates=_only(data.aggregates, metrics),
        ),
    )


def _only(found: Mapping[str, V], wanted: Iterable[str | None]) -> dict[str, V]:
    return {key: found[key] for key in wanted if key is not None and key in found}


def _number(run_id: str) -> int:
    """A number that names a run."""
    data = run_id.encode()
    return zlib.crc32(data) << 31 | zlib.adler32(data) >> 1


def _columns(found: Sequence[Run]) -> RunColumns:
    params = dict.fromkeys(key for run in found for key in run.data.params)
    metrics = dict.fromkeys(key for run in found for key in run.data.metrics)
    tags = dict.fromkeys(key for run in found for key in run.data.tags)
    return RunColumns(
        run_ids=[run.info.run_id for run in found],
        experiment_ids=[run.info.experiment_id for run in found],
        statuses=[run.info.status for run in found],
        artifact_uris=[run.info.artifact_uri for run in found],
        start_times=[run.info.start_time for run in found],
        end_times=[run.info.end_time for run in found],
        params={key: np.array([run.data.params.get(key) for run in found], object) for key in sorted(params)},
        metrics={key: np.array([run.data.metrics.get(key, np.nan) for run in found]) for key in sorted(metrics)},
        tags={key: np.array([run.data.tags.get(key) for run in found], object) for key in sorted(tags)},
    )


def _fits(runs: TheirRuns) -> Runs:
    return runs
