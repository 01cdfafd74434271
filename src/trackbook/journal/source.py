"""What a reader reads: a journal in use (`writer.Journal`), or the folder of one that has ended."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from trackbook.errors import JournalDamaged
from trackbook.journal.folder import staged_file
from trackbook.journal.format import HEADER_SIZE, SLOT, Header, lines_number, read_header, slots_number
from trackbook.journal.lines import Lines
from trackbook.journal.slots import Slots


class Source(Protocol):
    """Segments in the order of their numbers."""

    @property
    def journal_id(self) -> str: ...
    @property
    def ended(self) -> bool:
        """Nobody writes any more."""

    @property
    def damage(self) -> Sequence[JournalDamaged]:
        """Files that cannot be read at all."""

    def lines(self) -> Sequence[Lines]: ...
    def slots(self) -> Sequence[Slots]: ...
    def staged_path(self, name: str) -> Path:
        """Raises `UnsafePath`."""

    def release_lines(self, below: int) -> None: ...
    def release_slots(self, below: int) -> None: ...


class StoredLines:
    """A segment of events in a file."""

    def __init__(self, path: Path, number: int) -> None:
        self.path, self.number = path, number
        self.size = path.stat().st_size

    def read(self, offset: int, size: int) -> bytes:
        """Raises `OSError`."""
        with self.path.open("rb") as file:
            file.seek(offset)
            return file.read(size)


class StoredSlots:
    """A segment of points in a file; read, not mapped, so that a file cut short by somebody is no SIGBUS."""

    sealed = True

    def __init__(self, path: Path, number: int, header: Header) -> None:
        self.path, self.number = path, number
        self.capacity, self.marker, self.order = header.capacity, header.marker, header.order

    def read(self, start: int, stop: int) -> bytes:
        """Raises `OSError`."""
        with self.path.open("rb") as file:
            file.seek(HEADER_SIZE + start * SLOT.size)
            return file.read((stop - start) * SLOT.size)


class StoredJournal:
    """The folder of a journal that nobody writes to."""

    ended = True

    def __init__(self, folder: Path, journal_id: str) -> None:
        """Raises `OSError`."""
        self.folder, self.journal_id = folder, journal_id
        self.damage: list[JournalDamaged] = []
        self._lines: list[Lines] = []
        self._slots: list[Slots] = []
        for path in sorted(folder.iterdir()):
            self._take(path)
        self._lines.sort(key=lambda one: one.number)
        self._slots.sort(key=lambda one: one.number)

    def _take(self, path: Path) -> None:
        number = lines_number(path.name)
        if number is not None and path.is_file():
            self._lines.append(StoredLines(path, number))
        number = slots_number(path.name)
        if number is None or not path.is_file():
            return
        try:
            with path.open("rb") as file:
                header = read_header(path, file.read(HEADER_SIZE))
        except (OSError, JournalDamaged) as error:
            self.damage.append(error if isinstance(error, JournalDamaged) else JournalDamaged(path, str(error)))
        else:
            if header is not None and header.journal_id != self.journal_id:
                self.damage.append(JournalDamaged(path, f"it belongs to journal {header.journal_id}"))
            elif header is not None:
                self._slots.append(StoredSlots(path, number, header))

    def lines(self) -> Sequence[Lines]:
        return self._lines

    def slots(self) -> Sequence[Slots]:
        return self._slots

    def staged_path(self, name: str) -> Path:
        return staged_file(self.folder, name)

    def release_lines(self, below: int) -> None:
        """The folder goes as a whole."""

    def release_slots(self, below: int) -> None:
        """The folder goes as a whole."""
