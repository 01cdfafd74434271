"""What tables of predictions tell: the confusion matrix, and the curves of ROC and of precision and recall.

The tables are those that runs logged with `log_table`: one row an example, a column with the true label, one with the
prediction or with a score.  Areas are computed over all thresholds (ties at once), precision by steps as scikit-learn's
`average_precision_score` does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from trackbook.charts import columns, labels, marks
from trackbook.charts.figure import Figure, empty
from trackbook.charts.palette import colour, run_slots
from trackbook.core.names import check_artifact_path
from trackbook.errors import InvalidValue, NotFound, shown

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from trackbook.core.entities import Run
    from trackbook.core.ports import Store

MAX_CLASSES = 24
MAX_BYTES = 64_000_000
CURVE_POINTS = 200
TABLES_TAG = "mlflow.loggedArtifacts"
LABELS = ("label", "target", "y_true", "true", "y", "actual", "truth", "class")
PREDICTIONS = ("prediction", "predicted", "y_pred", "pred", "predictions")
SCORES = ("score", "probability", "proba", "y_score", "y_prob", "prob", "confidence")


def read_table(store: Store, run: Run, path: str | None) -> tuple[str, pd.DataFrame]:
    """A table that the run logged, the only one where none is named, and its path.

    Raises `NotFound`, `InvalidValue`.
    """
    import pandas as pd

    paths = _tables(run)
    if path is None:
        if len(paths) != 1:
            hint = f"name one of {', '.join(map(shown, paths))}" if paths else "log one with tb.log_table()"
            raise NotFound("table of run", run.info.run_name, hint)
        path = paths[0]
    with store.artifacts.open(run.info.run_id, check_artifact_path(path)) as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise InvalidValue(f"table {shown(path)} is larger than {MAX_BYTES // 1_000_000} MB")
    try:
        kept = json.loads(data)
        return path, pd.DataFrame(kept["data"], columns=kept["columns"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InvalidValue(f"{shown(path)} is no table that log_table wrote: {error}") from None


def _tables(run: Run) -> list[str]:
    try:
        listed = json.loads(run.data.tags.get(TABLES_TAG, "[]"))
    except (ValueError, RecursionError):
        return []
    found = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return list(dict.fromkeys(str(one["path"]) for one in found if one.get("type") == "table" and "path" in one))


def _named(table: pd.DataFrame, given: str | None, usual: Sequence[str], what: str) -> str:
    """A column's name: the one given, else the first usual one.  Raises `InvalidValue`."""
    names = {str(name).lower(): str(name) for name in table.columns}
    if given is not None and given in table.columns:
        return given
    found = None if given is not None else next((names[one] for one in usual if one in names), None)
    if found is None:
        listed = ", ".join(shown(str(name)) for name in list(table.columns)[:12])
        raise InvalidValue(f"which column holds the {what}? {shown(given)} is none of {listed}")
    return found


def confusion(
    table: pd.DataFrame, x: str | None = None, y: str | None = None, *, name: str = "", size: int = 300
) -> Figure:
    """Counts of each true label (rows, `y`) by prediction (columns, `x`)."""
    import pandas as pd

    truth, said = _named(table, y, LABELS, "true label"), _named(table, x, PREDICTIONS, "prediction")
    title = f"Confusion matrix of {labels.cut(name)}" if name else "Confusion matrix"
    if table.empty:
        return empty("confusion", title, "The table has no rows. Choose another with table=.")
    actual, predicted = (table[one].map(_label) for one in (truth, said))
    classes = sorted(set(actual) | set(predicted), key=_natural)
    if len(classes) > MAX_CLASSES:
        why = f"{len(classes)} different labels are too many for a matrix: {MAX_CLASSES} at most."
        return empty("confusion", title, why)
    counts: Any = pd.crosstab(actual, predicted).reindex(index=classes, columns=classes, fill_value=0)
    totals = counts.sum(axis=1)
    rows = [
        (
            row,
            column,
            int(counts.loc[row, column]),
            float(counts.loc[row, column] / totals[row]) if totals[row] else 0.0,
        )
        for row in classes
        for column in classes
    ]
    frame = pd.DataFrame(rows, columns=["label", "prediction", "count", "share"])

    def chart() -> Any:
        import altair as alt

        base = alt.Chart(frame).encode(
            x=alt.X("prediction:N", title=labels.cut(said), sort=classes),
            y=alt.Y("label:N", title=labels.cut(truth), sort=classes),
        )
        tiles = base.mark_rect().encode(
            color=alt.Color("share:Q", title="share of the label", scale=alt.Scale(domain=[0, 1]))
        )
        ink = alt.condition("datum.share > 0.5", alt.value("white"), alt.value("black"))
        return (tiles + base.mark_text().encode(text="count:Q", color=ink)).properties(width=size, height=size)

    accuracy = float((actual == predicted).mean())
    text = f"{title}: {len(classes)} classes, {len(table)} examples"
    note = f"{len(table)} examples, accuracy {accuracy:.4g}; shaded by the share of each true label."
    drawn = _matrix(frame, classes, labels.cut(truth), labels.cut(said))
    shown_table = counts.rename_axis(None, axis=1).rename_axis("label").reset_index()
    return Figure("confusion", title, text, chart, frame, shown_table, drawn, note)


def _matrix(frame: pd.DataFrame, classes: list[str], truth: str, said: str) -> marks.Plot:
    names = [labels.cut(one, 20) for one in classes]
    drawn = marks.plot(
        marks.axis(said, labels=names),
        marks.axis(truth, labels=names[::-1]),
        shade=marks.PlotShade(title="share of the label", low="0", high="1", share=True),
        square=True,
    )
    at_x = [float(classes.index(one)) for one in frame["prediction"]]
    at_y = [float(len(classes) - 1 - classes.index(one)) for one in frame["label"]]
    said_of = [
        f"{row.label} taken for {row.prediction}: {row.count_}, {row.share:.1%} of {row.label}"
        for row in frame.rename(columns={"count": "count_"}).itertuples()
    ]
    drawn["rects"].append(
        marks.rects(
            ([one - 0.5 for one in at_x], [one + 0.5 for one in at_x]),
            ([one - 0.5 for one in at_y], [one + 0.5 for one in at_y]),
            said_of,
            texts=[str(one) for one in frame["count"]],
            shades=[round(one, 3) for one in frame["share"]],
        )
    )
    return drawn


def curves(
    kind: str,
    tables: Mapping[str, pd.DataFrame],
    names: Mapping[str, str],
    starts_ms: Mapping[str, int],
    x: str | None = None,
    y: str | None = None,
    positive: object = None,
    *,
    size: int = 300,
) -> Figure:
    """`kind` "roc" or "pr": one curve for each run's table; `x` names the column of scores, `y` that of labels."""
    import pandas as pd

    title = "ROC curves" if kind == "roc" else "Precision and recall"
    parts, rows, told = [], [], ""
    for run_id, table in tables.items():
        score, truth = _named(table, x, SCORES, "score"), _named(table, y, LABELS, "true label")
        hits, told = _hits(table[truth], positive)
        scores = pd.to_numeric(table[score], errors="coerce").to_numpy(float)
        known = ~np.isnan(scores)
        hits, scores = hits[known], scores[known]
        if not hits.any() or hits.all():
            continue
        across, up, area = (_roc if kind == "roc" else _precision)(scores, hits)
        kept = np.unique(np.linspace(0, len(across) - 1, min(CURVE_POINTS, len(across))).astype(int))
        parts.append(pd.DataFrame({"run_id": run_id, "run": names[run_id], "x": across[kept], "y": up[kept]}))
        rows.append((names[run_id], area, len(hits), int(hits.sum())))
    area_name = "area under the curve" if kind == "roc" else "average precision"
    table = pd.DataFrame(rows, columns=["run", area_name, "examples", "positive"])
    if not parts:
        return empty(kind, title, "Both classes are needed in the table. Choose another with table=.")
    frame = pd.concat(parts, ignore_index=True)
    heads = ("false positive rate", "true positive rate") if kind == "roc" else ("recall", "precision")
    runs, ids = list(dict.fromkeys(frame["run"])), list(dict.fromkeys(frame["run_id"]))
    begun = {run_id: starts_ms[run_id] for run_id in ids}
    slots = run_slots(begun)

    def chart() -> Any:
        import altair as alt

        scale = alt.Scale(domain=runs, range=[colour(slots[run_id]) for run_id in ids])
        unit = alt.Scale(domain=[0, 1])
        return (
            alt.Chart(frame)
            .mark_line(strokeWidth=1.8)
            .encode(
                x=alt.X("x:Q", title=heads[0], scale=unit),
                y=alt.Y("y:Q", title=heads[1], scale=unit),
                color=alt.Color("run:N", title=None, scale=scale, sort=runs),
                order="index:Q",
            )
            .transform_window(index="row_number()", groupby=["run"])
            .properties(width=size, height=size)
        )

    drawn = _drawn(frame, heads, kind, begun)
    areas = ", ".join(f"{row[1]:.4f} ({row[0]})" for row in rows[:6])
    note = (
        f"{area_name[0].upper()}{area_name[1:]}: {areas}{'' if len(rows) <= 6 else ', …'}. Positive is {shown(told)}."
    )
    return Figure(
        kind, title, f"{title} of {len(rows)} {'run' if len(rows) == 1 else 'runs'}", chart, frame, table, drawn, note
    )


def _drawn(frame: pd.DataFrame, heads: tuple[str, str], kind: str, starts_ms: Mapping[str, int]) -> marks.Plot:
    drawn = marks.plot(marks.axis(heads[0], low=0, high=1), marks.axis(heads[1], low=0, high=1), square=True)
    if kind == "roc":
        drawn["lines"].append(marks.line([0.0, 1.0], [0.0, 1.0], name="chance", quiet=True))
    slots = run_slots(starts_ms)
    for run_id, one in frame.groupby("run_id", sort=False):
        places = [[float(f"{value:.4g}") for value in one[axis]] for axis in ("x", "y")]
        named: Any = {"name": str(one["run"].iloc[0]), "run": run_id, "start_ms": starts_ms[str(run_id)]}
        drawn["lines"].append(marks.line(*places, **named, series=slots[str(run_id)]))
    return drawn


def _hits(truth: pd.Series[Any], positive: object) -> tuple[NDArray[np.bool_], str]:
    """Which rows are of the positive class, and its label: the one given, else the greater of the two.

    Raises `InvalidValue` where there are more than two and none is given.
    """
    said = truth.map(_label)
    classes = sorted(set(said), key=_natural)
    if positive is None:
        if len(classes) > 2:
            listed = ", ".join(classes[:8])
            raise InvalidValue(
                f"{len(classes)} labels ({listed}): say which is positive, as in positive={classes[0]!r}"
            )
        label = classes[-1] if classes else ""
    else:
        label = _label(positive)
        if label not in classes:
            raise InvalidValue(f"positive={shown(positive)} is none of the labels {', '.join(classes[:12])}")
    return (said == label).to_numpy(bool), label


def _roc(
    scores: NDArray[np.float64], hits: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """False and true positive rates at falling thresholds, from (0, 0) to (1, 1), and the area."""
    true, false = _counted(scores, hits)
    up, across = np.r_[0.0, true / true[-1]], np.r_[0.0, false / false[-1]]
    return across, up, float(np.sum(np.diff(across) * (up[1:] + up[:-1]) / 2))


def _precision(
    scores: NDArray[np.float64], hits: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Recall and precision at falling thresholds, in steps, and the average precision: the area below these."""
    true, false = _counted(scores, hits)
    recall, precision = true / true[-1], true / (true + false)
    area = float(np.sum(np.diff(np.r_[0.0, recall]) * precision))
    return np.repeat(np.r_[0.0, recall], 2)[1:-1], np.repeat(precision, 2), area


def _counted(scores: NDArray[np.float64], hits: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """True and false positives at each distinct score, from the highest."""
    order = np.argsort(-scores, kind="stable")
    ordered = scores[order]
    ends = np.r_[np.flatnonzero(ordered[1:] != ordered[:-1]), len(ordered) - 1]
    true = np.cumsum(hits[order])[ends].astype(float)
    return true, (ends + 1) - true


def _label(value: object) -> str:
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    return columns.number_label(float(value)) if isinstance(value, int | float | np.number) else str(value)


def _natural(label: str) -> tuple[int, float, str]:
    try:
        return 0, float(label), label
    except ValueError:
        return 1, 0.0, label
