"""Bytes of the journal: lines with a checksum, slots with a marker, and the names of files.

What each field means is told in `trackbook.journal`; this module only packs and unpacks.
"""

from __future__ import annotations

import json
import re
import struct
import sys
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trackbook.errors import JournalDamaged

FORMAT = 1
HEADER_SIZE = 4096
MAGIC = b"TBSLOTS\0"
SLOT = struct.Struct("dqqII")
"""Native order: value, step, time (ms), series, marker.  `pack_into` zeroes the slot, then writes fields in order."""
NATIVE_ORDER = "<" if sys.byteorder == "little" else ">"
CARRIED = "carried"
"""Kind of the line that heads a later segment of events; not an event of a run."""

_HEADER = struct.Struct("<8sIIIIQQq32sc")
_CRC = struct.Struct("<I")
_LINES_NAME = re.compile(r"events-(\d{6,})\.jsonl\Z")
_SLOTS_NAME = re.compile(r"points-(\d{6,})\.slots\Z")


def lines_name(number: int) -> str:
    return f"events-{number:06d}.jsonl"


def slots_name(number: int) -> str:
    return f"points-{number:06d}.slots"


def lines_number(name: str) -> int | None:
    """The number of a segment of events; None for another file."""
    match = _LINES_NAME.match(name)
    return int(match[1]) if match else None


def slots_number(name: str) -> int | None:
    """The number of a segment of points; None for another file."""
    match = _SLOTS_NAME.match(name)
    return int(match[1]) if match else None


def encode_line(fields: Mapping[str, Any]) -> bytes:
    """One line with its newline.  ASCII, so that no text in it can hold a newline or fail to encode."""
    body = json.dumps(fields, separators=(",", ":"), default=str).encode("ascii")
    return b"%08x %b\n" % (zlib.crc32(body), body)


def decode_line(line: bytes) -> dict[str, Any] | None:
    """The object of a line (without its newline); None where the checksum or the form is wrong."""
    try:
        if line[8:9] != b" " or int(line[:8], 16) != zlib.crc32(line[9:]):
            return None
        fields = json.loads(line[9:])
    except ValueError:
        return None
    return fields if isinstance(fields, dict) else None


@dataclass(frozen=True, slots=True)
class Header:
    """The head of a segment of points."""

    marker: int
    first: int
    """Slots in all segments before this one."""
    capacity: int
    created: int
    journal_id: str
    order: str = NATIVE_ORDER
    """ "<" or ">": the byte order of the slots."""

    def pack(self) -> bytes:
        head = _HEADER.pack(
            MAGIC,
            FORMAT,
            SLOT.size,
            HEADER_SIZE,
            self.marker,
            self.first,
            self.capacity,
            self.created,
            self.journal_id.encode("ascii"),
            self.order.encode("ascii"),
        ).ljust(HEADER_SIZE - _CRC.size, b"\0")
        return head + _CRC.pack(zlib.crc32(head))


def read_header(path: object, data: bytes) -> Header | None:
    """The header of a segment; None for one whose header was never written (all zero).

    `path` is for the message.  Raises `JournalDamaged` for a foreign, damaged or newer file.
    """
    if not data.strip(b"\0"):
        return None
    if len(data) < HEADER_SIZE or not data.startswith(MAGIC):
        raise JournalDamaged(path, "it is no segment of metric points")
    if _CRC.unpack_from(data, HEADER_SIZE - _CRC.size)[0] != zlib.crc32(data[: HEADER_SIZE - _CRC.size]):
        raise JournalDamaged(path, "the checksum of its header is wrong")
    _, version, slot_size, header_size, marker, first, capacity, created, journal_id, order = _HEADER.unpack_from(data)
    if version > FORMAT or slot_size != SLOT.size or header_size != HEADER_SIZE or order not in (b"<", b">"):
        raise JournalDamaged(path, f"format {version} is newer than this trackbook reads ({FORMAT}); upgrade trackbook")
    return Header(marker, first, capacity, created, journal_id.decode("ascii", "replace"), order.decode("ascii"))
