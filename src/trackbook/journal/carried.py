"""What the events of a journal left open: runs that have not ended, and the series in use.

The head of each segment of events repeats it, so that no segment needs an earlier one.  A run's series are carried
once more after its end, for points that were under way.  For one thread at a time.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from trackbook.core.events import Event, RunEnded, RunResumed, RunStarted, SeriesDefined, to_json
from trackbook.journal.format import CARRIED


class Carried:
    """Outlives a journal: series numbers stay good in the next one of the same process, or of its forked child."""

    def __init__(self) -> None:
        self._series: dict[int, tuple[str, str]] = {}
        self._numbers: dict[tuple[str, str], int] = {}
        self._next_number = itertools.count(1).__next__
        self._started: dict[str, RunStarted] = {}
        self._ended: set[str] = set()
        self.begin()

    def begin(self) -> None:
        """A new journal: runs that are open are not its to end."""
        self._open_runs: dict[str, None] = {}

    @property
    def open_runs(self) -> Mapping[str, None]:
        """Ids of runs started or resumed in this journal and not ended, in that order."""
        return self._open_runs

    def number(self, run_id: str, key: str) -> int | None:
        """The series of this run's metric `key`, where it is defined."""
        return self._numbers.get((run_id, key))

    def new_number(self) -> int:
        return self._next_number()

    def named(self, series: int) -> tuple[str, str]:
        """Run id and key of a series; "" for one that is not known."""
        return self._series.get(series, ("", ""))

    def follow(self, event: Event) -> None:
        """An event was written."""
        match event:
            case SeriesDefined(run_id, series, key):
                self._series[series] = run_id, key
                self._numbers[run_id, key] = series
            case RunStarted() | RunResumed():
                if isinstance(event, RunStarted):
                    self._started[event.run_id] = event
                self._open_runs[event.run_id] = None
                self._ended.discard(event.run_id)
            case RunEnded():
                self._open_runs.pop(event.run_id, None)
                self._started.pop(event.run_id, None)
                self._ended.add(event.run_id)

    def records(self) -> list[dict[str, Any]]:
        """The lines of a head; none in a fresh journal."""
        if not self._open_runs and not self._series and not self._started:
            return []
        started = [to_json(event) for event in self._started.values()]
        records: list[dict[str, Any]] = [{"kind": CARRIED, "runs": list(self._open_runs), "started": started}]
        for series, (run_id, key) in self._series.items():
            records.append(to_json(SeriesDefined(run_id, series, key)))
        return records

    def forget_ended(self) -> None:
        """A head was written: the series of runs that have ended need not be carried any more."""
        for series in [number for number, (run_id, _) in self._series.items() if run_id in self._ended]:
            self._numbers.pop(self._series.pop(series), None)
        self._ended.clear()
