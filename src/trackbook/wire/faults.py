"""Errors and what they are on the wire: one table, one JSON shape.

MLflow's client repeats 408, 429 and most 5xx seven times, over minutes.  So an error that the caller made is a 4xx
here, also where the genuine server answers 500 (INVALID_STATE).
"""

from __future__ import annotations

from collections.abc import Mapping

from trackbook import errors
from trackbook.errors import (
    AlreadyExists,
    ChangedMeanwhile,
    InvalidState,
    InvalidValue,
    NotFound,
    NotSupported,
    ServerRefused,
    StoreAway,
    StoreReadOnly,
    TrackbookError,
)
from trackbook.wire.messages import Message

INTERNAL_ERROR = "INTERNAL_ERROR"
STATUSES: Mapping[str, int] = {
    "INVALID_PARAMETER_VALUE": 400,
    "RESOURCE_ALREADY_EXISTS": 400,
    "BAD_REQUEST": 400,
    "INVALID_STATE": 400,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "RESOURCE_DOES_NOT_EXIST": 404,
    "ENDPOINT_NOT_FOUND": 404,
    "RESOURCE_CONFLICT": 409,
    INTERNAL_ERROR: 500,
    "NOT_IMPLEMENTED": 501,
    "TEMPORARILY_UNAVAILABLE": 503,
}
_CODES: Mapping[type[TrackbookError], str] = {
    ChangedMeanwhile: "RESOURCE_CONFLICT",
    StoreReadOnly: "PERMISSION_DENIED",  # waiting and asking again changes nothing
}
"""Leaves that have another code on the wire than their branch."""
_RAISED: Mapping[str, type[TrackbookError]] = {
    "INVALID_PARAMETER_VALUE": InvalidValue,
    "BAD_REQUEST": InvalidValue,
    "RESOURCE_ALREADY_EXISTS": AlreadyExists,
    "RESOURCE_DOES_NOT_EXIST": NotFound,
    "INVALID_STATE": InvalidState,
    "RESOURCE_CONFLICT": InvalidState,
    "ENDPOINT_NOT_FOUND": NotSupported,
    "NOT_IMPLEMENTED": NotSupported,
}
"""What a client raises for a code."""


class Fault(Message):
    error_code: str
    message: str


def fault(error: Exception) -> tuple[int, Fault]:
    """The HTTP status and the body of an error; of one that is not ours nothing is told but that it happened."""
    if not isinstance(error, TrackbookError):
        return 500, Fault(error_code=INTERNAL_ERROR, message="the server failed; its log says why")
    code = _CODES.get(type(error), error.wire_code)
    return STATUSES.get(code, 500), Fault(error_code=code, message=str(error))


def missing(parameter: str) -> str:
    """MLflow's words for a field that must be there."""
    return f"Missing value for required parameter '{parameter}'."


class Told(Fault):
    """An error as a trackbook server tells it to a trackbook client: with all that it takes to raise it again."""

    kind: str = ""
    """Its class in `trackbook.errors`."""
    details: dict[str, str | int | list[str] | None] = {}
    """Its attributes."""


def told(error: TrackbookError) -> tuple[int, Told]:
    """The HTTP status and the body."""
    status, body = fault(error)
    details = {name: _simple(value) for name, value in vars(error).items()}
    return status, Told(error_code=body.error_code, message=body.message, kind=type(error).__name__, details=details)


def heard(status: int, fault: Told, address: str) -> TrackbookError:
    """The error that a server told: of its class, else of its code, else of the HTTP status."""
    kind = getattr(errors, fault.kind, None) if fault.kind in errors.__all__ else None
    if kind is None or not issubclass(kind, TrackbookError):
        return _of_code(status, fault, address)
    error: TrackbookError = kind.__new__(kind, fault.message)
    error.args = (fault.message,)
    vars(error).update(fault.details)
    return error


def _of_code(status: int, fault: Told, address: str) -> TrackbookError:
    code = fault.error_code
    if code in ("UNAUTHENTICATED", "PERMISSION_DENIED") or status in (401, 403):
        return ServerRefused(address, status, fault.message)
    if code == "INTERNAL_ERROR" or status in (408, 429) or (status >= 500 and code not in _RAISED):
        return StoreAway(address, fault.message or f"it answered {status}")
    if code not in _RAISED:
        return InvalidValue(fault.message or f"{address} answered {status}")
    error = _RAISED[code].__new__(_RAISED[code], fault.message)
    error.args = (fault.message,)
    return error


def _simple(value: object) -> str | int | list[str] | None:
    if isinstance(value, list | tuple):
        return [str(one) for one in value]
    return value if value is None or isinstance(value, str | int) else str(value)
