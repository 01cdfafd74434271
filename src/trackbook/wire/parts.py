"""Transfers past the server, as MLflow's proxy has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta

from trackbook.wire.messages import Message, Text

NO_UPLOAD = "Multipart upload is not supported for the current artifact repository"
NO_DOWNLOAD = "Presigned download is not supported for the current artifact repository"
"""By the first words of these MLflow's client knows that it has to send or fetch the file whole."""


class Begin(Message):
    """`path` is the file's on the client's machine: only its name counts; its folder is in the request's path."""

    path: Text
    num_parts: int


class Credential(Message, omit_defaults=False):
    url: str
    part_number: int
    headers: Mapping[str, str] = {}


class Begun(Message):
    upload_id: str
    credentials: list[Credential]


class SentPart(Message):
    part_number: Annotated[int, Meta(ge=1)]
    etag: str = ""
    url: str = ""


class End(Message):
    path: Text
    upload_id: Text
    parts: list[SentPart]


class Drop(Message):
    path: Text
    upload_id: Text


class Signed(Message, omit_defaults=False):
    url: str
    headers: Mapping[str, str]
    file_size: int
