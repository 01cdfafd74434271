"""Bytes and query strings into messages, and messages into bytes.

Reading is lenient as proto2's JSON is: numbers may be text, unknown fields are ignored, null is a field that is not
set.  What cannot be read raises `InvalidValue` in MLflow's words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any, TypeVar, get_origin

import msgspec

from trackbook.errors import InvalidValue
from trackbook.wire.faults import missing
from trackbook.wire.messages import Message

M = TypeVar("M", bound=Message)
NONE: Mapping[str, str] = MappingProxyType({})
_encoder = msgspec.json.Encoder()
_UNREADABLE = (msgspec.DecodeError, ValueError, RecursionError)
_ABSENT = re.compile(r"missing required field `(\w+)`")
_NO_DIGITS = re.compile(r"matching regex '\^\[0-9\]\+\$' - at `\$(?:.*\.)?(\w+)")
_EMPTY = re.compile(r"of length >= 1 - at `\$(?:.*\.)?(\w+)`")


def encode(message: Message) -> bytes:
    return _encoder.encode(message)


def from_body(kind: type[M], body: bytes, named: Mapping[str, str] = NONE) -> M:
    """A message of a JSON object; no body is an empty object.  `named` are the fields that the path gives.

    Raises `InvalidValue`.
    """
    body = body or b"{}"
    try:
        if not named:
            message: M = _decoder(kind).decode(body)
            return message
    except _UNREADABLE:
        pass  # a null, perhaps: rare, so that it is looked for only now
    try:
        fields = _without_null(msgspec.json.decode(body))
        if named and isinstance(fields, dict):
            fields |= named
        return msgspec.convert(fields, kind, strict=False)
    except _UNREADABLE as error:
        raise _refused(error) from None


def from_query(kind: type[M], query: Mapping[str, Sequence[str]]) -> M:
    """A message of a query's values, by name; a list's items are repeated.  Raises `InvalidValue`."""
    lists = _lists(kind)
    fields = {name: list(values) if name in lists else values[-1] for name, values in query.items() if values}
    try:
        return msgspec.convert(fields, kind, strict=False)
    except _UNREADABLE as error:
        raise _refused(error) from None


@cache
def _decoder(kind: type[M]) -> msgspec.json.Decoder[M]:
    return msgspec.json.Decoder(kind, strict=False)


@cache
def _lists(kind: type[Message]) -> frozenset[str]:
    """The fields that are lists."""
    fields = msgspec.structs.fields(kind)
    return frozenset(field.name for field in fields if get_origin(_bare(field.type)) is list)


def _bare(kind: Any) -> Any:
    """A type without what is annotated on it."""
    return getattr(kind, "__origin__", kind) if hasattr(kind, "__metadata__") else kind


def _without_null(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_null(one) for key, one in value.items() if one is not None}
    return [_without_null(one) for one in value] if isinstance(value, list) else value


def _refused(error: Exception) -> InvalidValue:
    text = str(error)
    found = _ABSENT.search(text) or _EMPTY.search(text)
    if found is not None:
        return InvalidValue(missing(found[1]))
    if found := _NO_DIGITS.search(text):
        return InvalidValue(f"Invalid value for parameter '{found[1]}': give its number, in digits")
    if isinstance(error, msgspec.ValidationError):
        return InvalidValue(f"Invalid value for a parameter: {text}")
    return InvalidValue(f"The request is no JSON object: {text}")
