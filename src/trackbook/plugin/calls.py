"""MLflow's protocol without a wire: a request of its client goes to the handler that a server would give it to."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from mlflow.exceptions import MlflowException, RestException
from mlflow.utils.proto_json_utils import parse_dict

from trackbook.core.acting import acting, myself
from trackbook.errors import TrackbookError
from trackbook.server.backend import SCHEME, Backend, backend
from trackbook.server.handlers import HANDLERS
from trackbook.tracking.session import Session, current_session
from trackbook.wire import codec
from trackbook.wire.endpoints import ENDPOINTS, PREFIXES, Endpoint
from trackbook.wire.faults import fault

_FIELD = re.compile(r"\{(\w+)(?::path)?\}")


@dataclass(frozen=True, slots=True)
class LocalBackend(Backend):
    """Tells where files of this machine lie: they are the caller's own."""

    def _seen(self, uri: str, path: str) -> str:
        del path
        return uri


def answer(path: str, method: str, body: str | None, response: Any) -> Any:
    """`response`, a message of MLflow's, with what the handler of a request gives.  Raises `MlflowException`."""
    endpoint, named = _endpoint(method, path.partition("?")[0])
    session = current_session()
    with translated(), acting(myself()):
        session.flush()
        asked = codec.from_body(endpoint.request, (body or "{}").encode(), named | _query(path))
        found = HANDLERS[endpoint.name](_backend(session), asked)
    parse_dict(_plain(codec.encode(found)), response)
    return response


def source_of(source: str) -> str:
    """A source of a model version as a server is told it: files of this store below its own scheme."""
    with translated():
        root = _backend(current_session()).root
    return f"{SCHEME}{source[len(root) :]}" if source.startswith(f"{root}/") else source


class translated:  # noqa: N801 - a context manager
    """Our errors become MLflow's, with the code that a server would tell."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, TrackbookError):
            code = fault(error)[1].error_code
            raise RestException({"error_code": code, "message": str(error)}) from error


def _backend(session: Session) -> Backend:
    store = session.store
    kept = _backends.get(id(store))
    if kept is None or kept.store is not store:
        made = backend(store)
        kept = _backends[id(store)] = LocalBackend(made.store, made.writer, made.root)
    return kept


_backends: dict[int, Backend] = {}


@cache
def _patterns() -> list[tuple[str, re.Pattern[str], Endpoint]]:
    found = []
    for endpoint in ENDPOINTS:
        pattern = _FIELD.sub(r"(?P<\1>[^/]+)", endpoint.path)
        found.append((endpoint.method, re.compile(f"{re.escape(PREFIXES[0])}{pattern}\\Z"), endpoint))
    return found


def _endpoint(method: str, path: str) -> tuple[Endpoint, dict[str, str]]:
    for one, pattern, endpoint in _patterns():
        if one == method and (match := pattern.match(path)):
            return endpoint, match.groupdict()
    raise MlflowException(f"{method} {path} is not kept by trackbook", error_code=501)


def _query(path: str) -> dict[str, str]:
    return dict(parse_qsl(path.partition("?")[2]))


def _plain(body: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(body)
    return found
