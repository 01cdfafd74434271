"""What the ports speak (`core.ports`), as bytes: MessagePack, in which columns of numbers travel as they lie in memory.

A thousand points are three columns of 8,000 bytes, not a thousand JSON objects.  Events are the journal's own JSON.
What comes in is data of plain types until `built` makes it what the port's annotation says; nothing is unpickled.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from types import NoneType
from typing import Any, get_args, get_origin

import msgspec
import numpy as np

from trackbook.core import events
from trackbook.core.events import Batch, Points
from trackbook.core.ports import ColumnValues, Curve, RunColumns
from trackbook.core.trash import Emptied
from trackbook.errors import InvalidValue

MEDIA_TYPE = "application/vnd.trackbook+msgpack"
"""No form and no foreign page can send it without asking the server first."""
_COLUMN = 1
"""The extension of MessagePack that is a column: [type, bytes], or ["O", texts]."""
_TYPES = {"<i8": np.dtype("<i8"), "<f8": np.dtype("<f8")}
_COLUMNAR = (Points, Curve, ColumnValues, RunColumns)
"""What holds columns; all its other fields are of plain types."""


def packed(value: Any) -> bytes:
    """Raises `InvalidValue` for an integer beyond 64 bits."""
    try:
        return _encoder.encode(value)
    except UnicodeEncodeError:  # half a character: rare, so that it is looked for only now
        return _encoder.encode(_encodable(value))
    except OverflowError as error:
        raise InvalidValue(f"a value cannot be sent to the server: {error}") from None


def sent(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments as they travel: of a batch its events as text."""
    return {name: _batch_fields(value) if isinstance(value, Batch) else value for name, value in arguments.items()}


def unpacked(data: bytes) -> Any:
    """Plain types and columns.  Raises `InvalidValue`."""
    try:
        return _decoder.decode(data)
    except (msgspec.MsgspecError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise InvalidValue(f"The body cannot be read: {error}") from None


def built(hint: Any, value: Any) -> Any:
    """What an annotation of a port says, of plain types.  Raises `InvalidValue`."""
    try:
        return _built(hint, value)
    except (msgspec.MsgspecError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise InvalidValue(f"Invalid value for a parameter: {error}") from None


def _built(hint: Any, value: Any) -> Any:
    if hint is None or hint is NoneType:
        return None
    if hint is Batch:
        return _batch(value)
    if hint in _COLUMNAR:
        return hint(**value)
    inner = get_args(hint)
    if get_origin(hint) is Sequence and inner[0] in _COLUMNAR:
        return [inner[0](**one) for one in value]
    found = msgspec.convert(value, hint)
    if isinstance(found, Emptied):
        return replace(found, run_ids=tuple(found.run_ids), experiments=tuple(found.experiments))
    return found


def _encodable(value: Any) -> Any:
    """With what UTF-8 cannot write replaced, as stores do."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, Mapping):
        return {_encodable(key): _encodable(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_encodable(one) for one in value]
    is_data = is_dataclass(value) and not isinstance(value, type)
    return {one.name: _encodable(getattr(value, one.name)) for one in fields(value)} if is_data else value


def _batch_fields(batch: Batch) -> dict[str, Any]:
    return {
        "journal_id": batch.journal_id,
        "events": json.dumps([events.to_json(event) for event in batch.events]),
        "points": list(batch.points),
        "cursor": json.dumps(dict(batch.cursor)),
    }


def _batch(given: Mapping[str, Any]) -> Batch:
    read = [events.from_json(one) for one in json.loads(given["events"])]
    return Batch(
        str(given["journal_id"]),
        [event for event in read if event is not None],
        [Points(**one) for one in given["points"]],
        dict(json.loads(given["cursor"])),
    )


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return msgspec.msgpack.Ext(_COLUMN, _encoder.encode(_column(value)))
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Mapping):
        return dict(value)
    raise NotImplementedError(f"{type(value).__name__} is not spoken by the ports")


def _column(values: np.ndarray[Any, Any]) -> list[Any]:
    if values.dtype == object:
        return ["O", values.tolist()]
    kind = "<f8" if values.dtype.kind == "f" else "<i8"
    return [kind, np.ascontiguousarray(values, _TYPES[kind]).tobytes()]


def _column_of(code: int, data: memoryview) -> Any:
    if code != _COLUMN:
        raise ValueError(f"extension {code} is unknown")
    kind, values = msgspec.msgpack.decode(data)
    if kind != "O":
        return np.frombuffer(values, _TYPES[kind]).copy()
    column = np.empty(len(values), object)
    column[:] = values
    return column


_encoder = msgspec.msgpack.Encoder(enc_hook=_plain)
_decoder = msgspec.msgpack.Decoder(ext_hook=_column_of)
