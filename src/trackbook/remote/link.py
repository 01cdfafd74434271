"""HTTP to one server: its address, who asks, repeating what may be repeated, and errors as ours.

What may be repeated is: after a connection that was refused or broke, 429 and 5xx, with growing pauses.  What changes
something and may have reached the server is not, but by those who can tell whether it did.  A server that was just
found away is not waited for again, nor is one that took the whole time for no answer: the recorder has pauses of its
own.  Where a script waits (`core.patience`), the whole time is short.
"""

from __future__ import annotations

import base64
import logging
import math
import os
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

import httpx
import msgspec

from trackbook.core import patience
from trackbook.core.acting import act
from trackbook.errors import InvalidValue, StoreAway, TrackbookError
from trackbook.settings import YES, without_credentials
from trackbook.wire import codec
from trackbook.wire.calls import Call
from trackbook.wire.endpoints import ENDPOINTS, Endpoint
from trackbook.wire.faults import Told, heard
from trackbook.wire.messages import Message
from trackbook.wire.packing import MEDIA_TYPE, built, packed, sent, unpacked

M = TypeVar("M", bound=Message)
PAUSES_S = (0.2, 0.6, 1.5)
"""Between the tries of what may be repeated."""
LONGEST_ASKED_S = 5.0
"""Of a pause that the server asks for."""
ANSWER_S, CONNECT_S = 60.0, 5.0
"""What an answer, and a connection, are waited for; the first where MLFLOW_HTTP_REQUEST_TIMEOUT gives no other."""
PIECE_BYTES = 1 << 16
AGAIN = (408, 425, 429, 500, 502, 503, 504)
_ENDPOINTS: Mapping[str, Endpoint] = {one.name: one for one in reversed(ENDPOINTS)}


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who asks: a user with a password, or a token."""

    user: str = ""
    password: str = ""
    token: str = ""

    @property
    def headers(self) -> Mapping[str, str]:
        if self.user or self.password:
            pair = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
            return {"authorization": f"Basic {pair}"}
        return {"authorization": f"Bearer {self.token}"} if self.token else {}


def credentials(address: str, environ: Mapping[str, str] = os.environ) -> Credentials:
    """Of the address, else of MLflow's variables."""
    parts = urlsplit(address)
    if parts.username is not None:
        return Credentials(unquote(parts.username), unquote(parts.password or ""))
    return Credentials(
        environ.get("MLFLOW_TRACKING_USERNAME", ""),
        environ.get("MLFLOW_TRACKING_PASSWORD", ""),
        environ.get("MLFLOW_TRACKING_TOKEN", ""),
    )


class _Quiet(logging.Filter):
    """Our requests are no news for a user who listens to what libraries log."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self._address = address

    def filter(self, record: logging.LogRecord) -> bool:
        return not any(str(one).startswith(self._address) for one in record.args or ())


class Link:
    """Thread-safe; connections are opened by the first request, and anew in a forked child."""

    def __init__(self, address: str) -> None:
        self.address = without_credentials(address).rstrip("/")
        """As it may be shown."""
        self._headers = dict(credentials(address).headers)
        self._lock = threading.Lock()
        self._opened: httpx.Client | None = None
        self._pid = 0
        self._is_away = False
        self._waiting = 0
        """Requests without an answer."""
        self._moved_at = -math.inf
        """When the server last took or gave something."""
        self._quiet = _Quiet(self.address)

    @property
    def is_silent(self) -> bool:
        """As `patience.Distant`."""
        limit_s = patience.AWAY_S if self._is_away else patience.OPENING_S
        return self._waiting > 0 and time.monotonic() - self._moved_at > limit_s

    @property
    def is_moving(self) -> bool:
        """As `patience.Distant`."""
        return time.monotonic() - self._moved_at <= patience.OPENING_S

    def call(self, call: Call, arguments: Mapping[str, Any]) -> Any:
        """One method of a port on a trackbook server."""
        body: dict[str, Any] = {"arguments": sent(arguments)}
        done = act() if call.is_acted else None
        if done is not None:
            body |= {"actor": done.actor, "seen": done.seen}
        answer = self.request(
            "POST", call.path, again=call.repeatable, content=packed(body), headers={"content-type": MEDIA_TYPE}
        )
        found = unpacked(answer.content)
        if done is not None:
            done.seen, found = found["seen"], found["answer"]
        return built(call.answer, found)

    def ask(self, name: str, message: Message, answer: type[M], *, again: bool | None = None) -> M:
        """One endpoint of MLflow's protocol; `again` where it may be repeated although it changes something."""
        endpoint = _ENDPOINTS[name]
        fields = msgspec.to_builtins(message)
        repeatable = not endpoint.changes if again is None else again
        path = endpoint.paths[0]
        if endpoint.method == "GET":
            found = self.request("GET", path, again=repeatable, params=fields)
        else:
            body, kind = msgspec.json.encode(message), {"content-type": "application/json"}
            found = self.request(endpoint.method, path, again=repeatable, content=body, headers=kind)
        return codec.from_body(answer, found.content)

    def request(
        self,
        method: str,
        path: str,
        *,
        again: bool,
        body: Callable[[], Iterator[bytes]] | None = None,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
        **fields: Any,
    ) -> httpx.Response:
        """`body` makes the pieces of one, for each try anew; `content` is one, and is handed over in pieces, too.

        So a server that takes it slowly is no silent one.

        Raises leaves of `trackbook.errors`: `StoreAway` where the server does not answer.
        """
        limits = self._limits()
        headers = dict(headers or {})
        if content:
            body, headers["content-length"] = partial(_pieces, content), str(len(content))
        for pause_s in (*(() if self._is_away else PAUSES_S), None):
            if body is not None:
                fields["content"] = self._seen(body())
            try:
                with self._asking():
                    answer = self._client.request(method, path, timeout=limits, headers=headers, **fields)
            except (httpx.TransportError, OSError) as error:
                unsent = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
                if pause_s is None or not (again or unsent) or _waited(error):
                    self._is_away = True
                    raise StoreAway(self.address, _reason(error)) from None
                time.sleep(_jittered(pause_s))
                continue
            if answer.status_code in AGAIN and pause_s is not None and again:
                time.sleep(_asked(answer) or _jittered(pause_s))
                continue
            self._is_away = False
            if answer.status_code >= 400:
                raise self._fault(answer)
            return answer
        raise AssertionError("unreachable")

    @contextmanager
    def _asking(self) -> Iterator[None]:
        with self._lock:
            if not self._waiting:
                self._moved_at = time.monotonic()
            self._waiting += 1
        try:
            yield
            self._moved_at = time.monotonic()
        finally:
            with self._lock:
                self._waiting -= 1

    def _seen(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            self._moved_at = time.monotonic()
            yield piece

    @contextmanager
    def stream(self, path: str, headers: Mapping[str, str] | None = None) -> Iterator[httpx.Response]:
        """The answer to GET as it comes."""
        try:
            with self._client.stream("GET", path, headers=dict(headers or {})) as answer:
                if answer.status_code >= 400:
                    answer.read()
                    raise self._fault(answer)
                yield answer
        except httpx.TransportError as error:
            raise StoreAway(self.address, _reason(error)) from None

    def close(self) -> None:
        with self._lock:
            opened, self._opened = self._opened, None
        logging.getLogger("httpx").removeFilter(self._quiet)
        if opened is not None and self._pid == os.getpid():
            opened.close()

    def _limits(self) -> httpx.Timeout:
        limit_s = patience.limit_s()
        if limit_s is None:
            return _longest()
        limit_s = min(limit_s, patience.AWAY_S) if self._is_away else limit_s
        return httpx.Timeout(limit_s, connect=min(limit_s, CONNECT_S))

    def _fault(self, answer: httpx.Response) -> TrackbookError:
        try:
            told = codec.from_body(Told, answer.content)
        except InvalidValue:
            told = Told(error_code="ENDPOINT_NOT_FOUND" if answer.status_code == 404 else "", message="")
        return heard(answer.status_code, told, self.address)

    @property
    def _client(self) -> httpx.Client:
        with self._lock:
            if self._opened is None or self._pid != os.getpid():
                self._pid = os.getpid()
                logging.getLogger("httpx").addFilter(self._quiet)
                self._opened = httpx.Client(
                    base_url=self.address, headers=self._headers, timeout=_longest(), verify=_verified()
                )
            return self._opened


def _pieces(content: bytes) -> Iterator[bytes]:
    return (content[start : start + PIECE_BYTES] for start in range(0, len(content), PIECE_BYTES))


def _longest() -> httpx.Timeout:
    given = os.environ.get("MLFLOW_HTTP_REQUEST_TIMEOUT", "")
    return httpx.Timeout(float(given) if given.isdecimal() and int(given) else ANSWER_S, connect=CONNECT_S)


def _waited(error: Exception) -> bool:
    """Whether it had all the time that whoever asks has."""
    is_timeout = isinstance(error, httpx.TimeoutException)
    return is_timeout and (patience.limit_s() is not None or not isinstance(error, httpx.ConnectTimeout))


def _verified() -> bool | str:
    """As MLflow's client."""
    if os.environ.get("MLFLOW_TRACKING_INSECURE_TLS", "").lower() in YES:
        return False
    return os.environ.get("MLFLOW_TRACKING_SERVER_CERT_PATH") or True


def _jittered(pause_s: float) -> float:
    return pause_s * random.uniform(0.7, 1.3)  # noqa: S311 - so that many clients do not come back at once


def _asked(answer: httpx.Response) -> float:
    given = answer.headers.get("retry-after", "")
    return min(float(given), LONGEST_ASKED_S) if given.isdecimal() else 0.0


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
