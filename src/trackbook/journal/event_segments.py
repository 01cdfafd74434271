"""The segments of events of a journal being written, in order; the last one is in use.

They are on disk, or in memory while it refuses.  For one thread at a time: the journal's lock is held in all calls.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

from trackbook.core.events import Event, RunEnded, RunResumed, RunStarted, SeriesDefined, to_json
from trackbook.journal.carried import Carried
from trackbook.journal.folder import JournalFolder
from trackbook.journal.format import encode_line
from trackbook.journal.lines import FileLines, MemoryLines, copy_rest
from trackbook.journal.trouble import MEMORY_LINES_BYTES, DiskTrouble

LINES_BYTES = 1 << 18
"""A segment of events is closed beyond this, and goes when all of it is applied; so much stays until then."""
VITAL_BYTES = 1 << 20
"""Memory beyond its bound for the events without which others mean nothing: a run's start and end, a series."""
_VITAL = (RunStarted, RunResumed, RunEnded, SeriesDefined)


class EventSegments:
    """Of no files until the first event."""

    def __init__(self, folder: JournalFolder, trouble: DiskTrouble, carried: Carried) -> None:
        self._folder, self._trouble, self._carried = folder, trouble, carried
        self._segments: list[FileLines | MemoryLines] = []
        self._seq = 0

    @property
    def all(self) -> Sequence[FileLines | MemoryLines]:
        """As they are now; a copy."""
        return tuple(self._segments)

    def write(self, event: Event) -> bool:
        """False where the line is dropped: the disk refuses it, and memory is full.  `follow` the event afterwards."""
        lines = self.begun()
        if lines.size > LINES_BYTES and isinstance(lines, FileLines):  # not sooner: a head repeats what was followed
            lines = self._roll()
        fields = to_json(event)
        data = self._encoded(fields)
        if isinstance(lines, FileLines):
            try:
                lines.append(data)
            except OSError as error:
                self._trouble.report(error, self._folder.path)
                lines = self._roll()
                data = self._encoded(fields)  # the head took numbers
        if isinstance(lines, MemoryLines):
            kept = sum(one.size for one in self._segments if isinstance(one, MemoryLines)) + len(data)
            if kept > MEMORY_LINES_BYTES + VITAL_BYTES * isinstance(event, _VITAL):
                return False
            lines.append(data)
        self._seq += 1
        return True

    def begun(self) -> FileLines | MemoryLines:
        """The segment in use; the first one, with its head, where there is none yet."""
        return self._segments[-1] if self._segments else self._roll()

    def _encoded(self, fields: dict[str, Any], ahead: int = 1) -> bytes:
        return encode_line({**fields, "seq": self._seq + ahead})

    def _roll(self) -> FileLines | MemoryLines:
        """Begin the next segment, on disk if it can be; once in memory, only `Journal.heal` leads back."""
        number = self._segments[-1].number + 1 if self._segments else 1
        lines: FileLines | MemoryLines | None = None
        if self._trouble.error is None:
            try:
                lines = self._on_disk(number)
            except OSError as error:
                self._trouble.report(error, self._folder.path)
        if lines is None:
            lines = MemoryLines(number)
            self._head(lines)
        self._segments.append(lines)
        return lines

    def _on_disk(self, number: int) -> FileLines:
        """A segment with its head; raises `OSError` and leaves nothing behind."""
        lines = self._folder.lines(number)
        try:
            self._head(lines)
        except OSError:
            with contextlib.suppress(OSError):
                lines.unlink()
            raise
        return lines

    def _head(self, lines: FileLines | MemoryLines) -> None:
        """Repeat what a segment needs of earlier ones; nothing in a fresh journal.  Raises `OSError`."""
        records = self._carried.records()
        if not records:
            return
        lines.append(b"".join(self._encoded(fields, ahead) for ahead, fields in enumerate(records, 1)))
        self._seq += len(records)
        self._carried.forget_ended()

    def replace(self, copies: Mapping[int, FileLines]) -> Sequence[FileLines]:
        """Put copies, by number, in place of their segments; those whose segment is gone.  Raises `OSError`."""
        rest = dict(copies)
        for place, old in enumerate(self._segments):
            if old.number in rest:
                copy_rest(old, rest[old.number])
                self._segments[place] = rest.pop(old.number)
                old.close()
        return tuple(rest.values())

    def take_out(self, below: int) -> Sequence[FileLines | MemoryLines]:
        """Segments with smaller numbers, which are not its own any more; never the one in use."""
        out = [one for one in self._segments[:-1] if one.number < below]
        self._segments = [one for one in self._segments if one not in out]
        return out

    def close(self) -> None:
        for one in self._segments:
            one.close()
