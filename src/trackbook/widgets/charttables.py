"""The table of a chart: what it shows as rows of text and numbers, for the view and for pages without a kernel."""

from __future__ import annotations

import numbers
from typing import TYPE_CHECKING, Any

from trackbook.charts.figure import TABLE_ROWS
from trackbook.widgets.chart_payloads import ChartTable
from trackbook.widgets.payloads import Num, num
from trackbook.widgets.texts import shorten

if TYPE_CHECKING:
    import pandas as pd

MAX_TEXT = 200


def chart_table(frame: pd.DataFrame) -> ChartTable:
    """The first `TABLE_ROWS` rows of a frame; a column is numeric where all that it has are numbers."""
    shown = frame.head(TABLE_ROWS)
    columns = [[_value(one) for one in shown.iloc[:, place]] for place in range(shown.shape[1])]
    return ChartTable(
        heads=[shorten(str(name), MAX_TEXT) for name in frame.columns],
        numeric=[all(one is None or not isinstance(one, str) or one in SPECIAL for one in each) for each in columns],
        rows=[list(row) for row in zip(*columns, strict=True)],
        total=len(frame),
    )


SPECIAL = ("NaN", "Infinity", "-Infinity")


def _value(value: Any) -> str | Num | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        return shorten(str(value), MAX_TEXT)
    return num(float(value)) if not isinstance(value, numbers.Integral) or abs(int(value)) < 1 << 53 else str(value)
