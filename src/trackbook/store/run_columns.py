"""Values of many runs column by column, for frames: no object for a run or a value is made on the way.

Texts come one row a run, its values in one text with a separator, since fetching a row costs more than splitting
one.  Runs with the same keys are turned into columns together.  A run with the separator in a value is read alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import Select, Text, cast, func, select

from trackbook.store import keys, schema, values
from trackbook.store.dialect import fetched, one_of
from trackbook.store.schema import METRIC

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sqlalchemy import Connection

AT_ONCE = 5_000
"""Runs of one query."""
SEPARATOR = "\x1f"
"""ASCII's unit separator."""


class RunValues:
    """Reads columns of these runs (`runs.id`), of all keys or of `columns` as in `RunQuery`."""

    def __init__(self, connection: Connection, runs: Sequence[int], columns: Sequence[str] | None = None) -> None:
        self.connection, self.runs = connection, runs
        self.chosen = None if columns is None else keys.find(connection, values.wanted(columns))

    def texts(self, kind: int) -> dict[str, NDArray[np.object_]]:
        """Params or tags by name, each of shape (n_runs,), None where a run has no value."""
        alike: dict[str, tuple[list[int], list[list[str]]]] = {}
        odd: list[int] = []
        places = {run: n for n, run in enumerate(self.runs)}
        table = keys.TABLES[kind].c
        joined = select(
            table.run,
            func.aggregate_strings(cast(table.key, Text), ","),
            func.aggregate_strings(table.value, SEPARATOR),
            func.count(),
        ).group_by(table.run)
        for run, of_keys, text, count in self._rows(joined, kind):
            split = text.split(SEPARATOR)
            if len(split) == count:
                here, lists = alike.setdefault(of_keys, ([], []))
                here.append(places[run])
                lists.append(split)
            else:
                odd.append(run)
        columns: dict[int, NDArray[np.object_]] = {}
        for of_keys, (here, lists) in alike.items():
            for key, column in zip(map(int, of_keys.split(",")), zip(*lists, strict=True), strict=True):
                self._column(columns, key, None)[here] = np.array(column, dtype=object)
        for rows, _ in values.blocks(self.connection, kind, odd, self.chosen):
            for run, key, value in rows:
                self._column(columns, key, None)[places[run]] = value
        return self._named(columns)

    def metrics(self) -> dict[str, NDArray[np.float64]]:
        """Latest values by name, each of shape (n_runs,), NaN where a run has none."""
        table = schema.metrics.c
        rows = list(self._rows(select(table.run, table.key, table.last), METRIC))
        if not rows:
            return {}
        of_runs, of_keys, lasts = zip(*rows, strict=True)
        order = np.argsort(self.runs)
        places = order[np.searchsorted(self.runs, of_runs, sorter=order)]
        numbers, last = np.array(of_keys), np.array(lasts, np.float64)
        columns: dict[int, NDArray[np.float64]] = {}
        for key in np.unique(numbers).tolist():
            here = numbers == key
            self._column(columns, key, np.nan)[places[here]] = last[here]
        return self._named(columns)

    def _rows(self, query: Select[Any], kind: int) -> Iterator[Any]:
        """The driver's rows of a query over a kind's table."""
        table = keys.TABLES[kind].c
        query, bound = query.where(one_of(table.run, "runs")), {}
        if self.chosen is not None:
            query = query.where(one_of(table.key, "keys"))
            bound = {"keys": [n for (one, _), n in self.chosen.items() if one == kind]}
        for start in range(0, len(self.runs), AT_ONCE):
            yield from fetched(self.connection, query, {"runs": self.runs[start : start + AT_ONCE], **bound})

    def _column(self, columns: dict[int, NDArray[Any]], key: int, missing: float | None) -> NDArray[Any]:
        if key not in columns:
            columns[key] = np.full(len(self.runs), missing, dtype=object if missing is None else np.float64)
        return columns[key]

    def _named(self, columns: dict[int, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """In the order in which keys came to the store."""
        names = values.key_names(self.connection, set(columns))
        return {names[key]: columns[key] for key in sorted(columns)}
