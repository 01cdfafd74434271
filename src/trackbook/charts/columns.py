"""Values of runs as columns of a chart: params, metrics and tags by name, numbers where all of them are numbers."""

from __future__ import annotations

import difflib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeGuard

from trackbook.charts import labels
from trackbook.core import tags
from trackbook.errors import InvalidValue, shown

if TYPE_CHECKING:
    import pandas as pd

    from trackbook.core.entities import Run

SYSTEM = "system/"
KINDS = ("params", "metrics", "tags")
SEEDS = frozenset({"seed", "random_state", "random_seed", "rng_seed", "rng", "seeds", tags.SEED})
"""Params that tell repetitions of one thing apart."""
MISSING = "–"
WIDE = 300.0
"""Numbers that are this many times each other are drawn on a log axis."""


@dataclass(frozen=True, slots=True)
class RunColumn:
    """One value a run, in the runs' order; None where a run has none."""

    kind: str
    """"params", "metrics" or "tags"."""
    key: str
    values: tuple[float | str | None, ...]
    numeric: bool

    @property
    def title(self) -> str:
        return labels.cut(self.key)

    @property
    def differs(self) -> bool:
        return len({value for value in self.values if value is not None}) > 1

    @property
    def positive(self) -> bool:
        """Whether all its finite numbers are above 0."""
        return self.numeric and all(value > 0 for value in self.values if is_finite(value))

    @property
    def wide(self) -> bool:
        """Whether its numbers are positive and so far apart that a log axis shows them better."""
        finite = [value for value in self.values if is_finite(value)]
        return self.positive and bool(finite) and max(finite) / min(finite) >= WIDE


def is_finite(value: float | str | None) -> TypeGuard[float]:
    return isinstance(value, float) and math.isfinite(value)


def is_seed(key: str) -> bool:
    """Whether a param's name says that it is a seed: `seed`, `train.seed`, `random_state`."""
    return key.lower().replace("__", ".").rpartition(".")[2] in SEEDS or key.lower() in SEEDS


def column(runs: Sequence[Run], name: str) -> RunColumn:
    """A column by name: `params.C`, `metrics.loss`, `tags.team`, or the bare key, looked for in that order.

    Raises `InvalidValue` where no run has it.
    """
    kind, dot, key = name.partition(".")
    if dot and kind in KINDS and any(key in getattr(run.data, kind) for run in runs):
        return _column(runs, kind, key)
    for each in KINDS:
        if any(name in getattr(run.data, each) for run in runs):
            return _column(runs, each, name)
    known = [key for each in KINDS for run in runs for key in getattr(run.data, each) if not tags.is_system(key)]
    near = difflib.get_close_matches(key if dot and kind in KINDS else name, dict.fromkeys(known), n=3, cutoff=0.4)
    hint = f"nearest: {', '.join(map(shown, near))}" if near else "name a param, a metric or a tag of these runs"
    raise InvalidValue(f"none of the {len(runs)} runs has {shown(name)}; {hint}")


def _column(runs: Sequence[Run], kind: str, key: str) -> RunColumn:
    values = [getattr(run.data, kind).get(key) for run in runs]
    if kind == "metrics":
        return RunColumn(kind, key, tuple(None if value is None else float(value) for value in values), True)
    numbers = [None if value is None else _number(value) for value in values]
    numeric = all(number is not None or value is None for number, value in zip(numbers, values, strict=True))
    return RunColumn(kind, key, tuple(numbers) if numeric else tuple(values), numeric)


def _number(text: str) -> float | None:
    try:
        return float(text) if text.strip().lower() not in ("true", "false") else None
    except ValueError:
        return None


def varying_params(runs: Sequence[Run], limit: int = 12) -> list[RunColumn]:
    """Params that differ among the runs, seeds last, most often given first."""
    keys = dict.fromkeys(key for run in runs for key in run.data.params)
    found = [one for key in keys if (one := _column(runs, "params", key)).differs]
    found.sort(key=lambda one: (is_seed(one.key), sum(value is None for value in one.values)))
    return found[:limit]


def chosen_metric(runs: Sequence[Run], name: str | None) -> RunColumn:
    """The metric named, else the runs' goal, else the one that most runs have and that differs.

    Raises `InvalidValue` where there is none.
    """
    if name is not None:
        return column(runs, name)
    goals = [run.data.tags[tags.GOAL].rpartition(":")[0] for run in runs if tags.GOAL in run.data.tags]
    for goal in dict.fromkeys(reversed(goals)):
        if any(goal in run.data.metrics for run in runs):
            return _column(runs, "metrics", goal)
    keys = sorted({key for run in runs for key in run.data.metrics if not key.startswith(SYSTEM)})
    found = [_column(runs, "metrics", key) for key in keys]
    if not found:
        raise InvalidValue(f"none of the {len(runs)} runs has a metric: log one, or name what to draw")
    return max(found, key=lambda one: (one.differs, sum(map(is_finite, one.values))))


def categories(values: Sequence[float | str | None], limit: int = 24) -> list[str]:
    """The different values as labels, numbers in their order, then text; what is beyond `limit` is left to `…`."""
    numbers = sorted({value for value in values if isinstance(value, float)})
    texts = sorted({value for value in values if isinstance(value, str)})
    found = [*map(number_label, numbers), *texts, *([MISSING] if None in values else [])]
    return found if len(found) <= limit else [*found[: limit - 1], "…"]


def label_of(value: float | str | None) -> str:
    return MISSING if value is None else value if isinstance(value, str) else number_label(value)


def number_label(value: float) -> str:
    """Six digits at most, whole numbers without a point."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e9 else f"{value:.6g}"


def run_names(runs: Sequence[Run]) -> dict[str, str]:
    """Short names by run id, each different."""
    return labels.unique({run.info.run_id: run.info.run_name for run in runs})


def starts_of(runs: Sequence[Run]) -> dict[str, int]:
    """When each run began, ms, by its id: the order in which runs choose their colours."""
    return {run.info.run_id: run.info.start_time for run in runs}


def table_of(runs: Sequence[Run], columns: Sequence[RunColumn]) -> pd.DataFrame:
    """One row a run: its name, and these columns."""
    import pandas as pd

    names = run_names(runs)
    data: dict[str, list[object]] = {"run": [names[run.info.run_id] for run in runs]}
    for one in columns:
        title = one.title if one.title not in data else f"{one.title} ({one.kind})"
        data[title] = list(one.values)
    return pd.DataFrame(data)
