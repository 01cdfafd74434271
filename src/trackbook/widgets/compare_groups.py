"""Groups of seeds in a comparison: their means, and what a paired test says of each metric."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from trackbook.charts import grouping, paired
from trackbook.widgets.compare_payloads import CompareGroup, CompareGroups, GroupRow, GroupTest, GroupValue
from trackbook.widgets.heads import SYSTEM
from trackbook.widgets.payloads import num

if TYPE_CHECKING:
    from trackbook.core.entities import Run

MAX_GROUPS, MAX_KEYS = 8, 60


def groups_of(runs: Sequence[Run], by: str | Sequence[str] | None) -> CompareGroups | None:
    """Groups of runs that are equal but for the seed, or in what `by` names; None where nothing is repeated."""
    asked = by if by is not None else grouping.SEED
    named = grouping.groups_of(runs, asked)
    members: dict[str, list[Run]] = {}
    for run in runs:
        members.setdefault(named[run.info.run_id], []).append(run)
    repeated = len(members) >= 2 and max(map(len, members.values())) >= 2
    seeded = by is not None or any(grouping.seed_of(run) is not None for run in runs)
    if not repeated or not seeded or len(members) > MAX_GROUPS:
        return None
    groups = list(members.values())
    keys = sorted({key for run in runs for key in run.data.metrics if not key.startswith(SYSTEM)})[:MAX_KEYS]
    rows = [_row(key, groups) for key in keys]
    tests = sum(test is not None and test["p"] is not None for row in rows for test in row["tests"])
    return CompareGroups(
        by="seed" if asked == grouping.SEED else ", ".join([asked] if isinstance(asked, str) else asked),
        groups=[
            CompareGroup(name=name, runs=[run.info.run_id for run in some], seeds=len(_seeds(some)))
            for name, some in members.items()
        ],
        rows=rows,
        note=_note(tests),
    )


def _seeds(runs: Sequence[Run]) -> list[str]:
    return list(dict.fromkeys(seed for run in runs if (seed := grouping.seed_of(run)) is not None))


def _row(key: str, groups: Sequence[Sequence[Run]]) -> GroupRow:
    values = [_by_seed(key, some) for some in groups]
    return GroupRow(
        key=key,
        values=[_value([value for many in one.values() for value in many]) for one in values],
        tests=[None, *(_test(values[0], one) for one in values[1:])],
    )


def _by_seed(key: str, runs: Sequence[Run]) -> Mapping[str, list[float]]:
    """Last values by seed; a run without a seed is paired with none."""
    found: dict[str, list[float]] = {}
    for run in runs:
        if key in run.data.metrics:
            found.setdefault(grouping.seed_of(run) or f"run {run.info.run_id}", []).append(run.data.metrics[key])
    return found


def _value(values: Sequence[float]) -> GroupValue | None:
    found = paired.spread(values)
    if found.n == 0:
        return None
    return GroupValue(
        n=found.n,
        mean=num(found.mean),
        deviation=_or_none(found.deviation),
        low=_or_none(found.low),
        high=_or_none(found.high),
    )


def _test(first: Mapping[str, list[float]], other: Mapping[str, list[float]]) -> GroupTest | None:
    if not first or not other:
        return None
    found = paired.compare(first, other)
    return GroupTest(
        n=found.n, difference=num(found.mean), p=found.p, effect=_or_none(found.effect), verdict=found.verdict
    )


def _or_none(value: float | None) -> float | None:
    return value if value is not None and abs(value) < float("inf") else None


def _note(tests: int) -> str:
    said = (
        "Mean ± standard deviation over seeds; differences are those of the same seeds, against the first group. "
        "p is that of the exact two-sided sign-flip test, the effect size Hedges' g of the differences."
    )
    if tests < 2:
        return said
    return f"{said} {tests} tests were made: of 20 where nothing differs, about one falls below p = 0.05 by chance."
