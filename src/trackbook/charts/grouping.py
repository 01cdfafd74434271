"""Groups of runs that are repetitions of one thing: equal in their params but for the seed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from trackbook.charts import columns, labels
from trackbook.core import tags

if TYPE_CHECKING:
    from trackbook.core.entities import Run

SEED = "seed"


def groups_of(runs: Sequence[Run], by: str | Sequence[str]) -> dict[str, str]:
    """Run id -> group, a short text such as `lr 0.1, depth 3`.

    `by` are params, metrics or tags; "seed" stands for all params that differ except seeds.  Raises `InvalidValue`
    for a key that no run has.
    """
    names = [by] if isinstance(by, str) else list(by)
    if names == [SEED]:
        chosen = [one for one in columns.varying_params(runs, 50) if not columns.is_seed(one.key)]
    else:
        chosen = [columns.column(runs, name) for name in names]
    said = [
        ", ".join(f"{one.title} {columns.label_of(one.values[index])}" for one in chosen) for index in range(len(runs))
    ]
    short = labels.unique({text: text or "all runs" for text in dict.fromkeys(said)})
    return {run.info.run_id: short[text] for run, text in zip(runs, said, strict=True)}


def seed_of(run: Run) -> str | None:
    """The run's seed: what `--seed` set, else the param that is called so."""
    if tags.SEED in run.data.tags:
        return run.data.tags[tags.SEED]
    return next((value for key, value in run.data.params.items() if columns.is_seed(key)), None)
