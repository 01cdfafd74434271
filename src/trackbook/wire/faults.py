"""Errors and what they are on the wire: one table, one JSON shape.

MLflow's client repeats 408, 429 and most 5xx seven times, over minutes.  So an error that the caller made is a 4xx
here, also where the genuine server answers 500 (INVALID_STATE).
"""

from __future__ import annotations

from collections.abc import Mapping

from trackbook.errors import ChangedMeanwhile, StoreReadOnly, TrackbookError
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
