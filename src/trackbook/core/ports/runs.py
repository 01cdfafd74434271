"""Runs: the port, what it is asked and what it answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from trackbook.core.entities import Page, Run, ViewType

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class RunQuery:
    """Which runs, in which order, which part of them.

    `filter` is text of the search language (`trackbook.core.filters`), `order_by` are MLflow's clauses
    (`"metrics.loss ASC"`), without any: newest first.  `experiment_ids` None means all experiments.
    `offset` is for views that jump; `page_token` for walks that must not skip or repeat while runs arrive.

    `columns` are the params, metrics and tags that the runs carry, in the search language's spelling (`metrics.loss`,
    ``params.`batch size` ``); None: all.  An aggregate (`metrics.loss.min`) brings its metric.  `count` False spares
    the exact number of all that match, which costs more than a page where most runs match.
    """

    experiment_ids: Sequence[str] | None = None
    filter: str = ""
    order_by: Sequence[str] = ()
    view: ViewType = ViewType.ACTIVE_ONLY
    limit: int = 100
    offset: int = 0
    page_token: str | None = None
    columns: Sequence[str] | None = None
    count: bool = True


@dataclass(frozen=True, slots=True)
class RunColumns:
    """Runs column by column, for frames; every column has one entry a run, in the order of the query.

    `params` and `tags` are columns of objects (None: the run has no value), `metrics` are latest values (NaN: none).
    """

    run_ids: Sequence[str]
    experiment_ids: Sequence[str]
    statuses: Sequence[str]
    artifact_uris: Sequence[str]
    start_times: Sequence[int]
    end_times: Sequence[int | None]
    params: Mapping[str, NDArray[np.object_]]
    metrics: Mapping[str, NDArray[np.float64]]
    tags: Mapping[str, NDArray[np.object_]]


@dataclass(frozen=True, slots=True)
class ColumnValues:
    """One value a run, of those runs that have one, in no order; two arrays of shape (n_runs,)."""

    runs: NDArray[np.int64]
    """Numbers that name runs in every answer of the same store, so that columns can be joined."""
    values: NDArray[np.float64] | NDArray[np.object_]
    """Numbers of a metric or a number attribute (NaN among them), texts of all others."""


@dataclass(frozen=True, slots=True)
class KeyCount:
    """A param, metric or tag key and the number of runs that have it."""

    kind: str
    """"params", "metrics" or "tags"."""
    key: str
    runs: int


class Runs(Protocol):
    def get(self, run_id: str) -> Run:
        """With its params, tags, latest metrics, aggregates and inputs.  Raises `NotFound`; finds deleted ones too."""

    def search(self, query: RunQuery) -> Page[Run]:
        """With inputs; `total` is exact, None where the query spares it.  Raises `FilterSyntaxError`."""

    def columns(self, query: RunQuery) -> RunColumns:
        """What `search` finds, as columns; `limit` may be any number here, and nothing is counted."""

    def values(self, query: RunQuery, column: str) -> ColumnValues:
        """One column of all that the query's filter finds, whatever its order, offset and limit.

        `column` is a field of the search language: `metrics.loss.min`, `params.C`, `attributes.duration` (ms).
        Raises `FilterSyntaxError`, `InvalidValue` for a dataset's field.
        """

    def keys(self, experiment_ids: Sequence[str] | None = None) -> Sequence[KeyCount]:
        """Every param, metric and tag key of these experiments, for column choosers and completion."""

    def delete(self, run_id: str) -> None:
        """Soft; its children stay, as in MLflow."""

    def restore(self, run_id: str) -> None: ...

    def move(self, run_ids: Sequence[str], experiment_id: str) -> None:
        """Move runs to another experiment, all or none; children do not go along.

        Their artifacts stay where they are, so that their addresses keep their meaning.  Raises `NotFound`;
        `InvalidState` for a deleted experiment.
        """


def walk(runs: Runs, query: RunQuery) -> Iterator[Run]:
    """Every run of a query, page by page, uncounted."""
    rest = replace(query, offset=0, count=False)
    while True:
        page = runs.search(rest)
        yield from page.items
        if page.next_page_token is None:
            return
        rest = replace(rest, page_token=page.next_page_token)
