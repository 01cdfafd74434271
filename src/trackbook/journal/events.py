"""Read event lines from a position: tolerant of a torn end, of damaged lines and of kinds not known yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trackbook.core.events import ArtifactStaged, Event, RunEnded, RunResumed, RunStarted, SeriesDefined, from_json
from trackbook.errors import JournalDamaged
from trackbook.journal.format import CARRIED, decode_line
from trackbook.journal.lines import Lines


class Knowledge:
    """What the events so far say about the journal as a whole."""

    def __init__(self) -> None:
        self.series: dict[int, tuple[str, str]] = {}
        """number -> (run id, key)"""
        self.open_runs: dict[str, None] = {}
        """Started or resumed here, and not ended; in order."""
        self.started: set[str] = set()
        """Runs whose start was read."""
        self.inherited: set[str] = set()
        """Started by the process that this one was forked from."""
        self.staged: list[ArtifactStaged] = []
        """In order; the reader's user takes out what it has adopted."""
        self.ended: set[str] = set()
        """Runs whose end was read, as long as lines from before it are there."""
        self._defined_in: dict[int, int] = {}
        """series -> number of the segment that defined it last"""
        self._first_segment = 1
        self.last_seen = 0
        """The latest time that an event or a point names, ms."""

    def learn(self, event: Event) -> None:
        if isinstance(event, RunStarted):
            self.started.add(event.run_id)
            self.ended.discard(event.run_id)
            if event.run_id not in self.inherited:
                self.open_runs[event.run_id] = None
            self.last_seen = max(self.last_seen, event.start_time)
        elif isinstance(event, RunResumed):
            self.ended.discard(event.run_id)
            self.open_runs[event.run_id] = None
            self.last_seen = max(self.last_seen, event.time)
        elif isinstance(event, RunEnded):
            self.open_runs.pop(event.run_id, None)
            self.ended.add(event.run_id)
            self.last_seen = max(self.last_seen, event.end_time)
        elif isinstance(event, ArtifactStaged):
            self.staged.append(event)

    def define(self, event: SeriesDefined, segment: int) -> None:
        """Each segment's head defines anew what is still in use."""
        self._defined_in[event.series] = segment
        self.series[event.series] = event.run_id, event.key

    def forget_before(self, segment: int) -> None:
        """Lines of earlier segments are gone: know what a reader would know that begins at this one."""
        if segment <= self._first_segment:
            return
        self._first_segment = segment
        for series in [series for series, number in self._defined_in.items() if number < segment]:
            del self._defined_in[series]
            self.series.pop(series, None)
        over = self.ended - {run_id for run_id, _ in self.series.values()}
        self.ended -= over
        self.started -= over

    def carry(self, runs: Sequence[Any], started: Sequence[Any]) -> list[Event]:
        """The head of a segment names what is open; the starts among it that were not read before."""
        self.open_runs.update(dict.fromkeys(str(run) for run in runs))
        events = [event for event in map(from_json, started) if isinstance(event, RunStarted)]
        fresh = [event for event in events if event.run_id not in self.started]
        self.inherited.update(event.run_id for event in fresh if event.run_id not in self.open_runs)
        return [*fresh]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Events read, and the place behind them."""

    events: Sequence[Event]
    lines: int
    offset: int
    more: bool
    """The stretch was cut at its size; there is more already."""


class EventReader:
    """Reads segments in order; what it cannot read goes to `report` and is skipped."""

    def __init__(self, knowledge: Knowledge, report: Callable[[JournalDamaged], None]) -> None:
        self._knowledge, self._report = knowledge, report
        self._seq = 0

    def read(self, segments: Sequence[Lines], lines: int, offset: int, max_bytes: int, ended: bool) -> Stretch:
        """About `max_bytes` of events from that place on.  Raises `OSError`."""
        events: list[Event] = []
        for place, segment in enumerate(segments):
            if segment.number < lines:
                continue
            if segment.number > lines:
                lines, offset = segment.number, 0
            complete = ended or place < len(segments) - 1
            while max_bytes > 0:
                data = _whole_lines(segment, offset, max_bytes, complete)
                if not data:
                    break
                events.extend(self._events(segment, data))
                offset, max_bytes = offset + len(data), max_bytes - len(data)
            if max_bytes <= 0:
                return Stretch(events, lines, offset, True)
        return Stretch(events, lines, offset, False)

    def _events(self, segment: Lines, data: bytes) -> Iterator[Event]:
        damaged = 0
        for line in data.split(b"\n")[:-1]:  # behind the last newline: nothing, or a torn line
            fields = decode_line(line)
            if fields is not None:
                yield from self._understood(segment, fields)
            damaged += fields is None
        if damaged:
            self._report(JournalDamaged(_name(segment), f"{damaged} damaged lines"))

    def _understood(self, segment: Lines, fields: Mapping[str, Any]) -> Sequence[Event]:
        seq = fields.get("seq")
        if isinstance(seq, int):
            if self._seq and seq > self._seq + 1:
                self._report(JournalDamaged(_name(segment), f"lines {self._seq + 1} to {seq - 1} are missing"))
            self._seq = max(seq, self._seq)
        try:
            if fields.get("kind") == CARRIED:
                return self._knowledge.carry(fields["runs"], fields["started"])
            event = from_json(fields)
            if isinstance(event, SeriesDefined):
                self._knowledge.define(event, segment.number)
            return () if event is None else (event,)
        except (TypeError, KeyError, AttributeError) as error:
            self._report(
                JournalDamaged(_name(segment), f"an event of kind {fields.get('kind')!r} lacks fields: {error}")
            )
            return ()


def _whole_lines(segment: Lines, offset: int, size: int, complete: bool) -> bytes:
    """Bytes up to a newline, at least one line; with `complete`, a torn end too, so that it is passed over."""
    while True:
        data = segment.read(offset, size)
        end = data.rfind(b"\n") + 1
        if end:
            return data[:end]
        if len(data) < size:
            return data if complete else b""
        size *= 4


def _name(segment: Lines) -> str:
    return str(getattr(segment, "path", f"segment {segment.number} of events"))
