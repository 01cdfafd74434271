"""One request to a webhook, signed as MLflow signs: HMAC-SHA256 over `<delivery id>.<time>.<payload>`, in base64.

The connection goes to an address that was checked (`addresses`); no proxy and no redirect leads it elsewhere.  All of
it, whatever the receiver does, takes `TIMEOUT_S` at most, and of the answer only a little is read.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from trackbook.core.webhooks import Webhook
from trackbook.errors import TrackbookError
from trackbook.server.webhooks.addresses import addresses_of, checked_url
from trackbook.server.webhooks.sealing import opened

TIMEOUT_S = 10.0
MOST_ANSWER = 4096
"""Bytes of an answer that are read and told."""
SIGNATURE, TIMESTAMP, DELIVERY_ID = "X-MLflow-Signature", "X-MLflow-Timestamp", "X-MLflow-Delivery-Id"


@dataclass(frozen=True, slots=True)
class Sent:
    """How it went: the answer's status and the beginning of its body, or why there is none."""

    status: int = 0
    body: str = ""
    error: str = ""

    @property
    def arrived(self) -> bool:
        return 200 <= self.status < 300

    def __str__(self) -> str:
        return self.error or f"it answered {self.status}"


@dataclass(frozen=True, slots=True)
class Sender:
    allow_private: bool = False
    """Whether to go to addresses of this network, and without TLS."""
    key: str = field(default="", repr=False)
    """What secrets are sealed with."""
    timeout_s: float = TIMEOUT_S

    def check(self, url: str) -> str:
        """Raises `InvalidValue` for a URL that nothing would be sent to.  Blocks."""
        addresses_of(checked_url(url, allow_private=self.allow_private), allow_private=self.allow_private)
        return url

    def send(self, webhook: Webhook, delivery_id: str, body: str) -> Sent:
        """Blocks.  Never raises for what the receiver or the network do."""
        try:
            secret = None if webhook.secret is None else opened(webhook.secret, self.key)
            parts = checked_url(webhook.url, allow_private=self.allow_private)
            places = addresses_of(parts, allow_private=self.allow_private)
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            with _connection(parts.scheme, parts.hostname or "", places, self.timeout_s) as connection:
                connection.request("POST", target, body.encode(), headers(delivery_id, body, secret))
                answer = connection.getresponse()
                return Sent(answer.status, answer.read(MOST_ANSWER).decode("utf-8", "replace"))
        except (OSError, http.client.HTTPException, TrackbookError) as error:
            return Sent(error=f"{type(error).__name__}: {error}"[:300])


def headers(delivery_id: str, body: str, secret: str | None, now_s: float | None = None) -> dict[str, str]:
    now = str(int(time.time() if now_s is None else now_s))
    found = {
        "Content-Type": "application/json",
        "User-Agent": "trackbook",
        "Connection": "close",
        DELIVERY_ID: delivery_id,
        TIMESTAMP: now,
    }
    if secret:
        digest = hmac.digest(secret.encode(), f"{delivery_id}.{now}.{body}".encode(), hashlib.sha256)
        found[SIGNATURE] = f"v1,{base64.b64encode(digest).decode()}"
    return found


@contextmanager
def _connection(
    scheme: str, host: str, places: list[tuple[str, int]], timeout_s: float
) -> Iterator[http.client.HTTPConnection]:
    """To the first of these addresses that takes it; the name is the request's, and the certificate's.

    It is ended after the time-out: a receiver that sends a byte now and then would else hold the thread for hours.
    """
    kind = http.client.HTTPConnection if scheme == "http" else http.client.HTTPSConnection
    connection = kind(host, places[0][1], timeout=timeout_s)
    connection.sock = _connected(places, timeout_s)

    over = threading.Event()

    def end() -> None:
        over.set()
        with suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(timeout_s, end)
    timer.daemon = True
    timer.start()
    try:
        if scheme == "https":
            context = ssl.create_default_context()
            secure = context.wrap_socket(connection.sock, server_hostname=host, do_handshake_on_connect=False)
            connection.sock = secure
            secure.do_handshake()
        yield connection
        if over.is_set():  # half an answer would count as one
            raise TimeoutError(f"there was no whole answer within {timeout_s:g} s")
    finally:
        timer.cancel()
        connection.close()


def _connected(places: list[tuple[str, int]], timeout_s: float) -> socket.socket:
    for place in places[:-1]:
        with suppress(OSError):
            return socket.create_connection(place, timeout_s / len(places))
    return socket.create_connection(places[-1], timeout_s / len(places))
