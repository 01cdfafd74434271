"""Which params go with a metric among these runs, and how far that can be believed.

With scikit-learn and ten runs or more: permutation importance of a random forest, measured on runs that the forest has
not seen (`FOLDS`-fold), beside the R² that it reaches there.  Else each param by itself: the rank correlation of
numbers, the correlation ratio of categories.  Both describe; neither says what causes what.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from trackbook.capture.training.watching import unseen
from trackbook.charts import columns, marks
from trackbook.charts.columns import RunColumn, is_finite
from trackbook.charts.figure import Figure, empty
from trackbook.charts.palette import COLOURS

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from trackbook.core.entities import Run

FOREST_RUNS = 10
"""Fewer runs are too few for a forest."""
FOLDS, TREES, REPEATS = 5, 60, 5
MAX_PARAMS = 20
POOR_R2 = 0.2
TOO_FEW = "Importance needs three runs or more with this metric. Track more, or choose another."
NOTHING_DIFFERS = "No param differs among these runs. Choose runs with different params."
CAUTION = "This says what goes together among these runs, not what causes it; params that change together share it."


def importance(runs: Sequence[Run], value: RunColumn, *, width: int = 420) -> Figure:
    """Bars of importance, most important first, with the method and its limits as the note."""

    title = f"Importance of params for {value.title}"
    kept = [index for index, number in enumerate(value.values) if is_finite(number)]
    params = columns.varying_params([runs[index] for index in kept], MAX_PARAMS)
    if len(kept) < 3 or not params:
        return empty("importance", title, TOO_FEW if len(kept) < 3 else NOTHING_DIFFERS)
    target = np.array([value.values[index] for index in kept], dtype=float)
    if float(target.min()) == float(target.max()):
        return empty("importance", title, "The metric is the same in all runs. Choose another.")
    frame, note = _measured(params, target)
    names = frame["param"].tolist()

    def chart() -> Any:
        import altair as alt

        return (
            alt.Chart(frame)
            .mark_bar(color=COLOURS[0])
            .encode(
                x=alt.X("importance:Q", title=frame.attrs["measure"]),
                y=alt.Y("param:N", title=None, sort=names, axis=alt.Axis(labelLimit=220)),
                tooltip=[
                    "param:N",
                    alt.Tooltip("importance:Q", format=".3f"),
                    alt.Tooltip("correlation:Q", format=".2f"),
                ],
            )
            .properties(width=width, height=max(80, 24 * len(names)))
        )

    text = f"{title} over {len(kept)} runs: {', '.join(names[:3])}"
    return Figure("importance", title, text, chart, frame, frame, _bars(frame), note)


def _bars(frame: pd.DataFrame) -> marks.Plot:
    names = frame["param"].tolist()[::-1]
    values = [float(value) for value in frame["importance"]][::-1]
    drawn = marks.plot(marks.axis(frame.attrs["measure"], low=min(0.0, *values)), marks.axis("", labels=names))
    at = [float(index) for index in range(len(names))]
    ends = ([min(0.0, value) for value in values], [max(0.0, value) for value in values])
    labels = [f"{name}: {value:.3f}" for name, value in zip(names, values, strict=True)]
    drawn["rects"].append(marks.rects(ends, ([one - 0.32 for one in at], [one + 0.32 for one in at]), labels))
    return drawn


def _measured(params: Sequence[RunColumn], target: NDArray[np.float64]) -> tuple[pd.DataFrame, str]:
    """Columns `param, importance, correlation`, the measure's name among its `attrs`; and the note."""
    import pandas as pd

    alone = [_correlation(one, target) for one in params]
    forest = _forest(params, target) if len(target) >= FOREST_RUNS else None
    n = len(target)
    if forest is None:
        measured, measure = [abs(one) for one in alone], "correlation with the metric, each param by itself"
        why = f"{n} runs are too few for a model" if n < FOREST_RUNS else "scikit-learn is not installed"
        note = f"Rank correlation of numbers, correlation ratio of categories, n = {n} ({why}). {CAUTION}"
    else:
        measured, r2 = forest
        measure = "loss of R² when the param is shuffled"
        trust = " That is little: do not read much into the order." if r2 < POOR_R2 else ""
        note = (
            f"Permutation importance of a random forest ({TREES} trees), on runs that it has not seen "
            f"({FOLDS} folds), n = {n}, R² = {r2:.2f}.{trust} {CAUTION}"
        )
    named = columns_named(params)
    frame = pd.DataFrame({"param": named, "importance": measured, "correlation": alone})
    frame = frame.sort_values("importance", ascending=False, kind="stable", ignore_index=True)
    frame.attrs["measure"] = measure
    return frame, note


def columns_named(params: Sequence[RunColumn]) -> list[str]:
    """Short titles that stay apart."""
    from trackbook.charts.labels import unique

    return list(unique({one.key: one.key for one in params}).values())


def _correlation(one: RunColumn, target: NDArray[np.float64]) -> float:
    """Spearman's rank correlation (signed) of numbers, the correlation ratio of categories; 0 where none is defined."""
    ranks = _ranks(target)
    if one.numeric:
        numbers = np.array([value if is_finite(value) else np.nan for value in one.values], dtype=float)
        both = ~np.isnan(numbers)
        if both.sum() < 3 or len(set(numbers[both])) < 2:
            return 0.0
        found = np.corrcoef(_ranks(numbers[both]), _ranks(target[both]))[0, 1]
        return float(found) if np.isfinite(found) else 0.0
    codes = _codes(one)
    total = float(((ranks - ranks.mean()) ** 2).sum())
    between = sum((codes == code).sum() * (ranks[codes == code].mean() - ranks.mean()) ** 2 for code in set(codes))
    return float(np.sqrt(between / total)) if total else 0.0


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks from 1; ties share their mean."""
    _distinct, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    middles: NDArray[np.float64] = (ends - (counts - 1) / 2)[places]
    return middles


def _codes(one: RunColumn) -> NDArray[np.float64]:
    names = sorted({columns.label_of(value) for value in one.values})
    return np.array([names.index(columns.label_of(value)) for value in one.values], dtype=float)


def _forest(params: Sequence[RunColumn], target: NDArray[np.float64]) -> tuple[list[float], float] | None:
    """Mean loss of R² by param and the R² itself, on the runs left out of each fold; None without scikit-learn."""
    try:
        from sklearn.ensemble import RandomForestRegressor
    except ImportError:
        return None
    table = np.column_stack([_numbers(one) for one in params])
    order = np.random.default_rng(0).permutation(len(target))
    losses, scores = [], []
    with unseen():
        for fold in np.array_split(order, FOLDS):
            rest = np.setdiff1d(order, fold)
            model = RandomForestRegressor(TREES, random_state=0, min_samples_leaf=2).fit(table[rest], target[rest])
            scores.append((fold, model.predict(table[fold])))
            losses.append(_shuffled(model, table[fold], target[fold]))
    spread = float(((target - target.mean()) ** 2).sum())
    wrong = sum(float(((target[fold] - said) ** 2).sum()) for fold, said in scores)
    return [float(one) for one in np.sum(losses, axis=0) / spread], 1 - wrong / spread


def _shuffled(model: Any, table: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much the squared error grows when a column is shuffled, shape (params,); the mean of `REPEATS`."""
    rng = np.random.default_rng(0)
    before = float(((target - model.predict(table)) ** 2).sum())
    mixed = np.repeat(table[None], table.shape[1] * REPEATS, axis=0)
    for place in range(len(mixed)):
        mixed[place, :, place // REPEATS] = rng.permutation(mixed[place, :, place // REPEATS])
    said = model.predict(mixed.reshape(-1, table.shape[1])).reshape(len(mixed), len(table))
    wrong = ((target - said) ** 2).sum(axis=1).reshape(-1, REPEATS)
    grown: NDArray[np.float64] = wrong.mean(axis=1) - before
    return grown


def _numbers(one: RunColumn) -> NDArray[np.float64]:
    """Numbers for a tree: what is missing or not finite lies below all others."""
    if not one.numeric:
        return _codes(one)
    numbers = np.array([value if is_finite(value) else np.nan for value in one.values], dtype=float)
    low = float(np.nanmin(numbers)) if not np.isnan(numbers).all() else 0.0
    made: NDArray[np.float64] = np.nan_to_num(np.clip(numbers, -1e38, 1e38), nan=max(low - abs(low) - 1, -1e38))
    return made
