"""Every error trackbook raises, on one page.

Each leaf carries the wire code that MLflow's REST protocol gives the same situation, builds its message from
typed arguments, keeps them as attributes, and pickles (errors cross processes).  A message says what was wrong,
with which value, and what to do next.

    TrackbookError                              INTERNAL_ERROR
     |- InvalidValue (ValueError)               INVALID_PARAMETER_VALUE
     |   |- InvalidName                         a key or name outside the rules of `core.names`
     |   |- UnstorableValue                     a value of a type or size that cannot be kept
     |   |- ParamConflict                       a param logged again with another value
     |   |- FilterSyntaxError                   the search language, with position and hint
     |   |- UnknownArgument (TypeError)         a keyword that a public function does not have
     |   `- UnsafePath                          a path that would leave its root
     |- NotFound (LookupError)                  RESOURCE_DOES_NOT_EXIST
     |- AlreadyExists                           RESOURCE_ALREADY_EXISTS
     |- InvalidState                            INVALID_STATE
     |   `- ChangedMeanwhile                    by another, since the caller looked
     |- StoreUnavailable (OSError)              TEMPORARILY_UNAVAILABLE
     |   |- StoreUnreadable                     a file that is no database, or cannot be opened
     |   |- StoreReadOnly
     |   |- StoreBusy                           locked by another program past the time-out
     |   |- StoreAway                           a server that does not answer now
     |   |- ServerRefused                       a server that does not let this user in
     |   `- SchemaTooNew                        written by a newer trackbook
     |- NotSupported                            NOT_IMPLEMENTED
     |- JournalDamaged                          INTERNAL_ERROR
     |- MissingDependency (ImportError)         INTERNAL_ERROR
     |- UntrustedModel                          PERMISSION_DENIED
     |- Unauthenticated (PermissionError)       UNAUTHENTICATED
     `- NotAllowed (PermissionError)            PERMISSION_DENIED
         `- ApprovalNeeded                      a change of a protected model: it waits as a request

    NotRecorded (UserWarning)                   what an InvalidValue becomes inside a tracked cell
"""

from __future__ import annotations

from typing import Any, ClassVar

__all__ = [
    "AlreadyExists",
    "ApprovalNeeded",
    "ChangedMeanwhile",
    "FilterSyntaxError",
    "InvalidName",
    "InvalidState",
    "InvalidValue",
    "JournalDamaged",
    "MissingDependency",
    "NotAllowed",
    "NotFound",
    "NotRecorded",
    "NotSupported",
    "ParamConflict",
    "SchemaTooNew",
    "ServerRefused",
    "StoreAway",
    "StoreBusy",
    "StoreReadOnly",
    "StoreUnavailable",
    "StoreUnreadable",
    "TrackbookError",
    "Unauthenticated",
    "UnknownArgument",
    "UnsafePath",
    "UnstorableValue",
    "UntrustedModel",
]

SHOWN_CHARACTERS = 80
"""How much of an offending value a message repeats."""


def text_of(error: BaseException) -> str:
    """What an error says of itself, whole; a user's own may not be able to."""
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - a user's own __str__
        return "<its text cannot be had>"


def shown(value: object) -> str:
    """`repr` of a value, cut to a length that fits a one-line message; never raises."""
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - a user's own __repr__
        text = f"<{type(value).__name__} whose repr fails>"
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"


class TrackbookError(Exception):
    """Base of all errors raised by trackbook."""

    wire_code: ClassVar[str] = "INTERNAL_ERROR"

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.args, self.__dict__.copy())


def _rebuild(kind: type[TrackbookError], args: tuple[Any, ...], state: dict[str, Any]) -> TrackbookError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(state)
    return error


class InvalidValue(TrackbookError, ValueError):
    """A value that the called function cannot take."""

    wire_code = "INVALID_PARAMETER_VALUE"


class InvalidName(InvalidValue):
    """A key or a name outside the rules of `trackbook.core.names`."""

    def __init__(self, kind: str, name: object, rule: str) -> None:
        super().__init__(f"{kind} name {shown(name)} cannot be used: {rule}")
        self.kind, self.name, self.rule = kind, name, rule


class UnstorableValue(InvalidValue):
    """A value whose type or size cannot be kept."""

    def __init__(self, kind: str, key: str, value: object, remedy: str) -> None:
        super().__init__(f"{kind} {key!r} of type {type(value).__name__} cannot be stored ({shown(value)}): {remedy}")
        self.kind, self.key, self.remedy = kind, key, remedy


class ParamConflict(InvalidValue):
    """A param logged a second time with another value."""

    def __init__(self, run_id: str, key: str, old: str, new: str) -> None:
        super().__init__(
            f"Changing param values is not allowed. Param {key!r} of run {run_id} is {shown(old)}, "
            f"and cannot become {shown(new)}; log it under another key or in a new run"
        )
        self.run_id, self.key, self.old, self.new = run_id, key, old, new


class FilterSyntaxError(InvalidValue):
    """A text of the search language that does not parse.

    `position` counts characters from 0; `expected` names what could stand there; `hint` is a whole sentence or "".
    """

    def __init__(self, text: str, position: int, expected: str, hint: str = "") -> None:
        excerpt, at = _around(text, position)
        message = f"filter does not parse at position {position}: expected {expected}\n  {excerpt}\n  {' ' * at}^"
        super().__init__(f"{message}\n{hint}" if hint else message)
        self.text, self.position, self.expected, self.hint = text, position, expected, hint


class UnknownArgument(InvalidValue, TypeError):
    """A keyword that the called function does not have."""

    def __init__(self, function: str, argument: str, value: object, remedy: str) -> None:
        super().__init__(f"{function}() has no argument {argument!r} (given {shown(value)}): {remedy}")
        self.function, self.argument, self.remedy = function, argument, remedy


def _around(text: str, position: int, most: int = 400) -> tuple[str, int]:
    """A text, and a position in it, without what is far from there."""
    if len(text) <= most:
        return text, position
    start = max(0, min(position - most // 2, len(text) - most))
    before, after = "…" if start else "", "…" if start + most < len(text) else ""
    return f"{before}{text[start : start + most]}{after}", position - start + len(before)


class UnsafePath(InvalidValue):
    """A path that would leave the folder it belongs to, or that its place cannot have."""

    def __init__(
        self, path: object, reason: str = "give a relative path without '..' that stays inside its root"
    ) -> None:
        super().__init__(f"path {shown(path)} is refused: {reason}")
        self.path, self.reason = path, reason


class NotFound(TrackbookError, LookupError):
    """Something that was asked for by name or id is not there."""

    wire_code = "RESOURCE_DOES_NOT_EXIST"
    remedy: str = ""
    """The end of the message, after what is not there and a colon; not known of what another server told."""

    def __init__(self, kind: str, name: object = None, remedy: str = "") -> None:
        """Without a name where it is not for the asker."""
        missing = f"no {kind}" if name is None else f"no {kind} {shown(name)}"
        super().__init__(f"{missing}: {remedy}" if remedy else missing)
        self.kind, self.name, self.remedy = kind, name, remedy


class AlreadyExists(TrackbookError):
    """A name that must be unique is taken."""

    wire_code = "RESOURCE_ALREADY_EXISTS"

    def __init__(self, kind: str, name: object, remedy: str = "choose another name") -> None:
        super().__init__(f"{kind} {shown(name)} already exists: {remedy}")
        self.kind, self.name = kind, name


class InvalidState(TrackbookError):
    """The thing is there, but not in a state that allows this."""

    wire_code = "INVALID_STATE"


class ChangedMeanwhile(InvalidState):
    """Another has changed a registered model since the caller looked at it."""

    def __init__(self, name: str, by: str) -> None:
        who = f" by {by}" if by else ""
        super().__init__(f"registered model {name!r} was changed meanwhile{who}: look at it again")
        self.name, self.by = name, by


class StoreUnavailable(TrackbookError, OSError):
    """The store cannot be used now; the message names it and the remedy."""

    wire_code = "TEMPORARILY_UNAVAILABLE"

    def __init__(self, location: object, reason: str, remedy: str) -> None:
        super().__init__(f"store {location}: {reason}; {remedy}")
        self.location, self.reason, self.remedy = str(location), reason, remedy

    def __str__(self) -> str:
        return str(self.args[0])


class StoreUnreadable(StoreUnavailable):
    """The file is no database, or cannot be opened."""


class StoreReadOnly(StoreUnavailable):
    """The store can be read but not written."""


class StoreBusy(StoreUnavailable):
    """Another program held the database's lock past the time-out."""


class StoreAway(StoreUnavailable):
    """A server does not answer now; what is logged waits in the journal."""

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(address, reason, "check that the server runs; what is logged meanwhile waits in the journal")


class ServerRefused(StoreUnavailable):
    """A server does not let this user in, or not do this."""

    wire_code = "PERMISSION_DENIED"

    def __init__(self, address: str, status: int, reason: str) -> None:
        remedy = (
            "set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN"
            if status == 401
            else "ask who runs the server for the right"
        )
        super().__init__(address, reason or f"it answered {status}", remedy)


class SchemaTooNew(StoreUnavailable):
    """The store was written by a newer trackbook."""


class NotSupported(TrackbookError):
    """The place where runs are kept cannot do this."""

    wire_code = "NOT_IMPLEMENTED"

    def __init__(self, what: str, place: str, remedy: str = "") -> None:
        super().__init__(f"{what} is not supported by {place}" + (f": {remedy}" if remedy else ""))
        self.what, self.place = what, place


class JournalDamaged(TrackbookError):
    """A journal file that is not ours or cannot be read on."""

    def __init__(self, path: object, reason: str) -> None:
        super().__init__(f"journal {path}: {reason}; it is left in place, and what could be read was recovered")
        self.path, self.reason = str(path), reason


class MissingDependency(TrackbookError, ImportError):
    """An optional library is needed for this call."""

    def __init__(self, module: str, purpose: str, install: str) -> None:
        checkout = install.replace("trackbook[", ".[")
        near = f" (in a checkout of it: pip install {checkout})" if checkout != install else ""
        super().__init__(f"{purpose} needs {module}: pip install {install}{near}")
        self.module, self.purpose, self.install = module, purpose, install


class NotRecorded(UserWarning):
    """Inside a tracked cell: something could not be recorded, and the cell's own work goes on."""


class UntrustedModel(TrackbookError):
    """Loading would run code that the caller has not said to trust."""

    wire_code = "PERMISSION_DENIED"

    def __init__(self, location: object, types: list[str]) -> None:
        super().__init__(
            f"model {location} holds types outside the trusted list: {', '.join(types)}; "
            f"if you trust where it came from, load it with trust={types!r}"
        )
        self.location, self.types = str(location), types


class Unauthenticated(TrackbookError, PermissionError):
    """The server does not know who asks.  `wait_s`: how long it looks at no further attempt."""

    wire_code = "UNAUTHENTICATED"

    def __init__(self, reason: str, wait_s: float = 0.0) -> None:
        super().__init__(reason)
        self.reason, self.wait_s = reason, wait_s


class NotAllowed(TrackbookError, PermissionError):
    """The server knows who asks, and this user may not."""

    wire_code = "PERMISSION_DENIED"


class ApprovalNeeded(NotAllowed):
    """A change of a protected registered model by somebody who is no approver: it waits as a request."""

    def __init__(self, name: str, change: str, request_id: int, approvers: list[str]) -> None:
        super().__init__(
            f"registered model {name!r} is protected: {change!r} waits as request {request_id}.  One of its approvers "
            f"({', '.join(approvers)}) decides, in the registry's view, with `trackbook registry approve {request_id}` "
            f"or TrackbookClient().approve_registry_request({request_id})"
        )
        self.name, self.change, self.request_id, self.approvers = name, change, request_id, approvers

    def __str__(self) -> str:
        return str(self.args[0])
