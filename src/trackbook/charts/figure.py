"""A chart as this room hands it on: the Altair chart, what it draws as a frame, and what its table says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

    from trackbook.charts.marks import Plot

TABLE_ROWS = 200
"""Of the table view; the frame has all."""


@dataclass(frozen=True, slots=True)
class Figure:
    """`altair` makes the user's chart, `frame` has one row a mark, `table` is the chart as rows of text and numbers.

    Altair is heavy and a view does without: it is imported where somebody takes the chart.
    """

    kind: str
    title: str
    text: str
    """The chart in a few words, the same each time the same cell gives the same result."""
    altair: Callable[[], alt.TopLevelMixin]
    frame: pd.DataFrame
    table: pd.DataFrame
    plot: Plot | None = None
    note: str = ""
    """How it was computed, and its limits."""
    extra: Any = None
    """What a view of its own kind needs beside, as JSON."""


def empty(kind: str, title: str, why: str, frame: pd.DataFrame | None = None) -> Figure:
    """A chart with nothing to draw, which says why, and what to do: a sentence each."""
    import pandas as pd

    def chart() -> Any:
        import altair as alt

        drawn = alt.Chart(pd.DataFrame({"at": [0]})).mark_text(fontSize=13, color="#808080", text=wrap(why, 60))
        return drawn.properties(width=420, height=60)

    text = why if title == why else f"{title}: {why}"
    nothing = pd.DataFrame()
    return Figure(kind, title, text, chart, nothing if frame is None else frame, nothing, None, why)
