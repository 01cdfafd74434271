"""Values of many runs column by column, for frames: no object for a run or a value is made on the way.

Fetching a row costs more than reading it, so columns come as few rows: the runs that have a key as one text, and the
values of a text column as another with a separator between them.  A column with the separator in a value is read row
by row.  Numbers would lose digits on the way through text: they come as rows of one column, in the same order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import Select, Text, cast, func, select

from trackbook.store import keys, schema, values
from trackbook.store.dialect import each_of, fetched, one_of
from trackbook.store.schema import METRIC

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sqlalchemy import Connection

AT_ONCE = 20_000
"""Runs of one query."""
DENSE = 0.5
"""Runs among all numbers between the first and the last from which on the whole stretch is read: looking each run up
costs more than leaving some out."""
SEPARATOR = "\x1f"
"""ASCII's unit separator."""
NO_RUNS = np.empty(0, np.int64)


class RunValues:
    """Reads columns of these runs (`runs.id`), of all keys or of `columns` as in `RunQuery`."""

    def __init__(self, connection: Connection, runs: Sequence[int], columns: Sequence[str] | None = None) -> None:
        self.connection, self.runs = connection, np.array(runs, np.int64)
        self.chosen = None if columns is None else keys.find(connection, values.wanted(columns))
        self._order = np.argsort(self.runs)
        self._sorted = self.runs[self._order]

    def texts(self, kind: int) -> dict[str, NDArray[np.object_]]:
        """Params or tags by name, each of shape (n_runs,), None where a run has no value."""
        columns: dict[int, NDArray[np.object_]] = {}
        table = keys.TABLES[kind].c
        rows = select(table.key, _listed(table.run), func.aggregate_strings(table.value, SEPARATOR))
        for some in self._parts():
            odd = []
            for key, of_runs, text in self._rows(rows.group_by(table.key), kind, some):
                runs, split = _integers(of_runs), text.split(SEPARATOR)
                if len(split) == len(runs):
                    self._fill(columns, key, None, runs, np.array(split, dtype=object))
                else:
                    odd.append(key)
            if odd:
                query = select(table.run, table.key, table.value).where(table.key.in_(odd))
                for run, key, value in self._rows(query, kind, some):
                    self._fill(columns, key, None, np.array([run]), np.array([value], dtype=object))
        return self._named(columns)

    def metrics(self) -> dict[str, NDArray[np.float64]]:
        """Latest values by name, each of shape (n_runs,), NaN where a run has none."""
        columns: dict[int, NDArray[np.float64]] = {}
        table = schema.metrics.c
        lasts = select(table.last).order_by(table.run, table.key)  # as they lie: the database need not sort
        for some in self._parts():
            found = self._rows(select(table.key, _listed(table.run)).group_by(table.key), METRIC, some)
            runs = [_integers(of_runs) for _, of_runs in found]
            numbers = np.array([last for (last,) in self._rows(lasts, METRIC, some)], np.float64)
            of_keys = np.repeat([key for key, _ in found], [len(one) for one in runs])
            in_turn = np.empty_like(numbers)
            in_turn[np.lexsort((of_keys, np.concatenate([*runs, NO_RUNS])))] = numbers
            start = 0
            for (key, _), one in zip(found, runs, strict=True):
                self._fill(columns, key, np.nan, one, in_turn[start : start + len(one)])
                start += len(one)
        return self._named(columns)

    def _parts(self) -> Iterator[NDArray[np.int64]]:
        for start in range(0, len(self.runs), AT_ONCE):
            yield self._sorted[start : start + AT_ONCE]

    def _rows(self, query: Select[Any], kind: int, runs: NDArray[np.int64]) -> Sequence[Any]:
        """The driver's rows of a query over a kind's table; perhaps with those of other runs in between."""
        table = keys.TABLES[kind].c
        if self.chosen is not None:
            chosen = [n for (one, _), n in self.chosen.items() if one == kind]
            query = query.where(each_of(table.run, "runs", table.key, "keys"))
            return fetched(self.connection, query, {"runs": runs.tolist(), "keys": chosen}) if chosen else []
        first, last = int(runs[0]), int(runs[-1])
        if len(runs) >= DENSE * (last - first + 1):
            return fetched(self.connection, query.where(table.run.between(first, last)), {})
        return fetched(self.connection, query.where(one_of(table.run, "runs")), {"runs": runs.tolist()})

    def _fill(
        self,
        columns: dict[int, NDArray[Any]],
        key: int,
        missing: float | None,
        runs: NDArray[np.int64],
        values: NDArray[Any],
    ) -> None:
        """Put values of some runs into a key's column; those of runs that were not asked for are left out."""
        if key not in columns:
            columns[key] = np.full(len(self.runs), missing, dtype=object if missing is None else np.float64)
        at = np.searchsorted(self._sorted, runs).clip(max=len(self._sorted) - 1)
        asked = self._sorted[at] == runs
        columns[key][self._order[at[asked]]] = values[asked]

    def _named(self, columns: dict[int, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """In the order in which keys came to the store."""
        names = keys.names_of(self.connection, set(columns))
        return {names[key]: columns[key] for key in sorted(columns)}


def _listed(column: Any) -> Any:
    return func.aggregate_strings(cast(column, Text), ",")


def _integers(text: str) -> NDArray[np.int64]:
    return np.fromstring(text, np.int64, sep=",")
