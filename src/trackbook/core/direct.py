"""Files that travel between a client and an object store past the server, which signs addresses for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

MOST_PARTS = 10_000
"""Of one upload, by S3's own rule."""


@dataclass(frozen=True, slots=True)
class PartsUpload:
    """An upload that was begun: its id, and where each part goes by `PUT`, the first first."""

    upload_id: str
    urls: Sequence[str]


@dataclass(frozen=True, slots=True)
class Part:
    number: int
    """From 1."""
    etag: str
    """What the store said when it took the part."""


@dataclass(frozen=True, slots=True)
class SignedFile:
    url: str
    size_bytes: int


class DirectFiles(Protocol):
    """Beside `Artifacts`.  Addresses are good for `store.files.signed.GOOD_S`, for this file alone.

    All calls raise `NotSupported` for a place that signs none, and `NotFound` for an owner or a file that is not there.
    """

    def begin_parts(self, run_id: str, path: str, parts: int) -> PartsUpload:
        """Raises `InvalidValue` for no parts, or too many; `UnsafePath`."""

    def end_parts(self, run_id: str, path: str, upload_id: str, parts: Sequence[Part]) -> None:
        """The file is there, whole, instead of what was.  Raises `InvalidValue` where the store lacks a part."""

    def drop_parts(self, run_id: str, path: str, upload_id: str) -> None:
        """What was sent is forgotten.  An upload that is not there (any more) is no error."""

    def signed(self, run_id: str, path: str) -> SignedFile:
        """An address to fetch the file from."""
