"""Metrics that have one value a run: a bar for each run, since a curve of one point says nothing.

With groups there is a bar for each group's mean, and a rule of one standard deviation on each side.  What is not finite
has no bar and is written in its place.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from trackbook.charts import marks, palette

if TYPE_CHECKING:
    import pandas as pd

MAX_BARS = 50
ROW = 20
"""Pixels of a bar with the space around it, in an Altair chart."""
THICK = 0.36
"""Half of a bar, in rows."""
NOISE = 1e-12
"""Share of their mean by which equal values spread, since their sum is rounded."""


def single(frame: pd.DataFrame, keys: Sequence[str]) -> list[str]:
    """Those of the keys that no run has more than one point of."""
    most = frame.groupby(["metric", "run_id"], sort=False).size().groupby("metric", sort=False).max()
    return [key for key in keys if most.get(key, 0) == 1]


def values(
    rows: pd.DataFrame, slots: Mapping[str, int], *, log: bool = False, groups: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """One row a bar of one metric: `name, value, low, high, n, base, edge, said, slot, run_id`.

    `slots` are the numbers of the runs' colours; bars reach from `base` to `value`, and `said` stands at `edge`.
    """
    found = _of_groups(rows, groups) if groups else _of_runs(rows, slots)
    base = _base(found["value"].to_numpy(float), log)
    ends = found[["value", "high"]].max(axis=1).fillna(base)
    low = found["low"].clip(lower=base) if base > 0 else found["low"]
    return found.assign(base=base, edge=np.maximum(ends, base), low=low)


def _of_runs(rows: pd.DataFrame, slots: Mapping[str, int]) -> pd.DataFrame:
    made: list[tuple[object, ...]] = [
        (str(run), _finite(value), None, None, 1, _said(value), slots[str(run_id)], str(run_id))
        for run, value, run_id in zip(rows["run"], rows["value"].astype(float), rows["run_id"], strict=True)
    ]
    return _frame(made)


def _of_groups(rows: pd.DataFrame, groups: Mapping[str, str]) -> pd.DataFrame:
    made: list[tuple[object, ...]] = []
    for slot, (group, one) in enumerate(rows.groupby(rows["run_id"].map(groups), sort=False)):
        found = one["value"].to_numpy(float)
        n, mean, spread = _mean(found[np.isfinite(found)])
        low, high = (None, None) if mean is None or spread is None else (mean - spread, mean + spread)
        about = "" if spread is None else f" ± {_said(spread, 2)}"
        said = f"{_said(math.nan if mean is None else mean)}{about}, n = {n}"
        made.append((str(group), mean, low, high, n, said, slot, None))
    return _frame(made)


def _mean(kept: np.ndarray) -> tuple[int, float | None, float | None]:
    """How many, their mean, one standard deviation; None without, and where its squares are too great for a number."""
    n = len(kept)
    if n == 0:
        return 0, None, None
    with np.errstate(over="ignore"):
        mean = float(kept.mean())
        mean = mean if math.isfinite(mean) else float((kept / n).sum())
        squares = float(((kept - mean) ** 2).sum())
    if n == 1 or not math.isfinite(squares):
        return n, mean, None
    spread = math.sqrt(squares / (n - 1))
    return n, mean, 0.0 if spread < NOISE * abs(mean) else spread


def _frame(made: list[tuple[object, ...]]) -> pd.DataFrame:
    import pandas as pd

    frame = pd.DataFrame(made, columns=["name", "value", "low", "high", "n", "said", "slot", "run_id"])
    return frame.astype({"value": float, "low": float, "high": float})


def _base(found: np.ndarray, log: bool) -> float:
    """Where bars begin: at 0; on a log axis at the power of ten below the least."""
    finite = found[np.isfinite(found)]
    if not log or not len(finite) or not (finite > 0).all():
        return 0.0
    return float(f"1e{math.ceil(math.log10(finite.min())) - 1}")


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _said(value: float, digits: int = 4) -> str:
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "∞" if value > 0 else "−∞"
    return f"{value:.{digits}g}".replace("-", "−")


def plot(bars: pd.DataFrame, title: str, *, log: bool = False) -> marks.Plot:
    """The bars of `values` from above to below, named at the left."""
    base = float(bars["base"].iloc[0])
    below = bool((bars["value"] < base).any())
    x = marks.axis(title, log=log, positive=base > 0, low=None if below else base)
    drawn = marks.plot(x, marks.axis("", labels=bars["name"].tolist()[::-1]))
    for place, bar in enumerate(bars[::-1].to_dict("records")):
        value = base if math.isnan(bar["value"]) else bar["value"]
        across = ([min(base, value), bar["edge"]], [max(base, value), bar["edge"]])
        along = ([place - THICK] * 2, [place + THICK] * 2)
        said = {"labels": [f"{bar['name']}: {bar['said']}"], "ends": ["", bar["said"]]}
        drawn["rects"].append(marks.rects(across, along, **said, run=bar["run_id"], series=bar["slot"]))
        if not math.isnan(bar["high"]):
            drawn["lines"].append(marks.line([bar["low"], bar["high"]], [float(place)] * 2, quiet=True))
    return drawn


def chart(bars: pd.DataFrame, title: str, width: int, *, log: bool = False) -> Any:
    """The same as an Altair chart."""
    import altair as alt

    names = bars["name"].tolist()
    rows = bars.assign(tone=bars["slot"].map(palette.colour)).drop(columns=["slot", "run_id"])
    kind: Any = "linear" if not log else "log" if bars["base"].iloc[0] > 0 else "symlog"
    scale = alt.Scale(type=kind) if kind == "log" else alt.Scale(type=kind, zero=True)
    x: dict[str, Any] = {"title": title, "axis": alt.Axis(grid=False), "scale": scale}
    axis = alt.Axis(labelLimit=220, ticks=False, labelPadding=6)
    base = alt.Chart(rows).encode(y=alt.Y("name:N", title=None, sort=names, axis=axis))
    tips = [alt.Tooltip("name:N", title="run"), alt.Tooltip("said:N", title=title)]
    drawn = base.mark_bar(height={"band": 2 * THICK}).encode(
        x=alt.X("base:Q", **x), x2="value:Q", color=alt.Color("tone:N", scale=None), tooltip=tips
    )
    spread = base.mark_rule().encode(x=alt.X("low:Q", **x), x2="high:Q")
    told = base.mark_text(align="left", dx=5).encode(x=alt.X("edge:Q", **x), text="said:N")
    layers: list[Any] = [drawn, *([spread] if bars["low"].notna().any() else []), told]
    return alt.layer(*layers, view=alt.ViewBackground(strokeOpacity=0)).properties(width=width, height={"step": ROW})
