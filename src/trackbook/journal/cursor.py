"""Up to where a journal is applied: small, immutable, JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from trackbook.errors import JournalDamaged

VERSION = 1


@dataclass(frozen=True, slots=True)
class Place:
    """How far one segment of points is read: all slots below `position` but the holes, which may still be filled."""

    position: int = 0
    holes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Cursor:
    """Events are read up to `offset` (bytes) of segment `lines`; points as `places` say.

    Segments of points up to number `done` are read to the end; those above that are not in `places` are untouched.
    """

    lines: int = 1
    offset: int = 0
    done: int = 0
    places: Mapping[int, Place] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        places = {str(number): [place.position, list(place.holes)] for number, place in self.places.items()}
        return {"v": VERSION, "lines": [self.lines, self.offset], "done": self.done, "places": places}

    @classmethod
    def from_json(cls, fields: Mapping[str, Any] | None) -> Cursor:
        """The start for None.  Raises `JournalDamaged` for what is no cursor, or a newer one."""
        if fields is None:
            return cls()
        try:
            if int(fields["v"]) > VERSION:
                raise JournalDamaged("cursor", f"version {fields['v']} is newer than {VERSION}; upgrade trackbook")
            lines, offset = fields["lines"]
            places = {
                int(number): Place(int(position), tuple(int(hole) for hole in holes))
                for number, (position, holes) in fields["places"].items()
            }
            return cls(int(lines), int(offset), int(fields["done"]), places)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise JournalDamaged("cursor", f"it cannot be read ({type(error).__name__})") from None
