"""Runs in groups: by params and tags of the user's choice, or by everything but the seed.

A group's key never holds a seed: runs that differ in their seed alone are repetitions of one thing, and what is asked
for is their mean and how far they spread.  Each group carries the filter that finds its members, so that unfolding one
is an ordinary page of rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from trackbook.charts.columns import is_seed
from trackbook.core.filters.tree import Attribute, Metric, Param, Tag, quoted_text
from trackbook.errors import InvalidValue
from trackbook.widgets import columns as column_names
from trackbook.widgets.payloads import num
from trackbook.widgets.table_payloads import Group, Groups, GroupValue

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trackbook.core.ports import Store
    from trackbook.widgets.table_query import TableQuery

SEEDS = "seeds"
"""In the place of columns to group by: all params but the seeds."""
MAX_GROUPS = 2000
"""Of one answer, those with most runs; a view of more says nothing."""
MAX_KEYS = 200
"""Params that make up a key."""


def groups(store: Store, query: TableQuery, by: Sequence[str], columns: Sequence[str]) -> Groups:
    """Groups with n, mean and sample standard deviation (None for one run) of the metrics among `columns`.

    NaN is left out of these, and counts in no n.  Raises `FilterSyntaxError`, `InvalidValue`.
    """
    everything = query.page(1)
    counted = store.runs.keys(query.experiment_ids)
    params = [item for item in counted if item.kind == "params"]
    seeds = [item.key for item in params if is_seed(item.key)]
    if SEEDS in by:
        common = sorted((item for item in params if not is_seed(item.key)), key=lambda item: -item.runs)
        by = [column_names.key_of("params", item.key) for item in common[:MAX_KEYS]]
    if numbers := [key for key in by if not isinstance(column_names.field_of(key), Param | Tag | Attribute)]:
        raise InvalidValue(f"{numbers[0]} is a number: group by params, tags or attributes")
    runs = np.sort(store.runs.values(everything, "attributes.run_id").runs)
    keys = [_codes(store, query, column, runs) for column in by]
    keys, by = _telling(keys, by)
    firsts, members = _distinct([codes for codes, _ in keys], len(runs))
    sizes = np.bincount(members, minlength=len(firsts))
    kept = np.argsort(-sizes, kind="stable")[:MAX_GROUPS]
    found = {column: _statistics(store, query, column, runs, members, len(firsts)) for column in _metrics(columns)}
    listed = []
    for group in kept.tolist():
        key = [names[codes[firsts[group]]] for codes, names in keys]
        values = {column: stats[group] for column, stats in found.items() if stats[group]["n"]}
        listed.append(Group(key=key, filter=_filter(by, key), runs=int(sizes[group]), values=values))
    return Groups(
        by=list(by), seeds=sorted(seeds), total=len(runs), groups=listed, more=max(0, len(firsts) - len(kept))
    )


def _metrics(columns: Sequence[str]) -> list[str]:
    return [
        key for key in columns if column_names.step_of(key) is None and isinstance(column_names.field_of(key), Metric)
    ]


def _codes(
    store: Store, query: TableQuery, column: str, runs: NDArray[np.int64]
) -> tuple[NDArray[np.int64], list[str | None]]:
    """A number for each run's value, and what the numbers mean; the last one: no value."""
    found = store.runs.values(query.page(1), column)
    at = np.searchsorted(runs, found.runs)
    known = at < len(runs)
    known[known] = runs[at[known]] == found.runs[known]  # a run may have come since
    texts = [str(value) for value in found.values.tolist()]
    names: list[str | None] = [*dict.fromkeys(texts)]
    numbers = {name: number for number, name in enumerate(names)}
    codes = np.full(len(runs), len(names), np.int64)
    codes[at[known]] = np.fromiter((numbers[text] for text in texts), np.int64, len(texts))[known]
    return codes, [*names, None]


def _telling(
    keys: list[tuple[NDArray[np.int64], list[str | None]]], by: Sequence[str]
) -> tuple[list[tuple[NDArray[np.int64], list[str | None]]], list[str]]:
    """Without those columns that are the same everywhere; all of them where none differs."""
    differing = [n for n, (codes, _) in enumerate(keys) if len(codes) and (codes != codes[0]).any()]
    chosen = differing or list(range(min(1, len(keys))))
    return [keys[n] for n in chosen], [by[n] for n in chosen]


def _distinct(columns: list[NDArray[np.int64]], n: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The index of a first run of each group, and each run's group; one group where nothing tells runs apart."""
    if not columns:
        return np.zeros(min(1, n), np.int64), np.zeros(n, np.int64)
    members = np.zeros(n, np.int64)
    firsts = np.zeros(0, np.int64)
    for codes in columns:
        pairs = members * (int(codes.max(initial=0)) + 1) + codes
        _, firsts, members = np.unique(pairs, return_index=True, return_inverse=True)
    return firsts, members


def _statistics(
    store: Store, query: TableQuery, column: str, runs: NDArray[np.int64], members: NDArray[np.int64], groups: int
) -> list[GroupValue]:
    found = store.runs.values(query.page(1), column)
    values = found.values.astype(np.float64)
    at = np.searchsorted(runs, found.runs).clip(max=max(0, len(runs) - 1))
    known = (runs[at] == found.runs) & ~np.isnan(values) if len(runs) else np.zeros(0, np.bool_)
    group, values = members[at[known]], values[known]
    order = np.argsort(group, kind="stable")
    counts = np.bincount(group, minlength=groups)
    pieces = np.split(values[order], np.cumsum(counts)[:-1]) if groups else []
    return [_of_piece(piece) for piece in pieces]


def _of_piece(values: NDArray[np.float64]) -> GroupValue:
    if not len(values):
        return GroupValue(n=0, mean="NaN", std=None, min="NaN", max="NaN")
    with np.errstate(all="ignore"):
        mean, std = float(values.mean()), float(values.std(ddof=1)) if len(values) > 1 else None
    low, high = num(float(values.min())), num(float(values.max()))
    return GroupValue(n=len(values), mean=num(mean), std=None if std is None else num(std), min=low, max=high)


def _filter(by: Sequence[str], key: Sequence[str | None]) -> str:
    """What finds the members of a group."""
    parts = [
        f"{column} IS NULL" if value is None else f"{column} = {quoted_text(value)}"
        for column, value in zip(by, key, strict=True)
    ]
    return " AND ".join(parts)
