"""One request: signed, to the address that was checked, and never longer than it may take."""

from __future__ import annotations

import base64
import hashlib
import hmac
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from trackbook.core.webhooks import Webhook
from trackbook.errors import InvalidState
from trackbook.server.webhooks import sending
from trackbook.server.webhooks.sealing import opened, sealed
from trackbook.server.webhooks.sending import Sender

INSIDE = Sender(allow_private=True, timeout_s=5)


def hook(url: str, secret: str | None = None) -> Webhook:
    return Webhook("w", "ci", url, ("model_version.created",), secret=secret and sealed(secret, ""))


def test_a_request_is_signed(receiver: Any) -> None:
    sent = INSIDE.send(hook(f"{receiver.url}?a=1", "s3cret"), "d-1", '{"a": "ü"}')
    assert (sent.arrived, sent.status, sent.body) == (True, 200, "thanks")
    ((headers, body),) = receiver.came
    signed = f"d-1.{headers['X-MLflow-Timestamp']}.{body}".encode()
    digest = hmac.digest(b"s3cret", signed, hashlib.sha256)
    assert headers["X-MLflow-Signature"] == f"v1,{base64.b64encode(digest).decode()}"
    assert (headers["X-MLflow-Delivery-Id"], headers["Content-Type"]) == ("d-1", "application/json")
    assert abs(int(headers["X-MLflow-Timestamp"]) - time.time()) < 60


def test_without_a_secret_nothing_is_signed(receiver: Any) -> None:
    assert INSIDE.send(hook(receiver.url), "d", "{}").arrived
    assert "X-MLflow-Signature" not in receiver.came[0][0]


def test_a_redirect_is_not_followed(receiver: Any) -> None:
    receiver.answers.append((307, {"Location": f"{receiver.url}/elsewhere"}, b""))
    sent = INSIDE.send(hook(receiver.url), "d", "{}")
    assert (sent.arrived, sent.status, len(receiver.came)) == (False, 307, 1)


def test_a_name_is_resolved_once_and_its_checked_address_connected_to(
    receiver: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second question would get another answer: the name is rebound."""
    asked, resolve = [], socket.getaddrinfo

    def answered(host: Any, port: Any, *given: Any, **named: Any) -> Any:
        if host != "rebound.example":
            return resolve(host, port, *given, **named)
        asked.append(host)
        place = "127.0.0.1" if len(asked) == 1 else "10.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (place, port))]

    monkeypatch.setattr(socket, "getaddrinfo", answered)
    url = receiver.url.replace("127.0.0.1", "rebound.example")
    assert INSIDE.send(hook(url), "d", "{}").arrived
    assert asked == ["rebound.example"]
    assert receiver.came[0][0]["Host"].startswith("rebound.example:")


def test_nothing_goes_inside_unless_allowed(receiver: Any) -> None:
    for url in (receiver.url, receiver.url.replace("http:", "https:")):
        sent = Sender().send(hook(url), "d", "{}")
        assert not sent.arrived
        assert "InvalidValue" in sent.error
    assert receiver.came == []


def test_a_proxy_of_the_environment_is_not_used(receiver: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert INSIDE.send(hook(receiver.url), "d", "{}").arrived


def test_of_an_answer_only_the_beginning_is_read(receiver: Any) -> None:
    receiver.answers.append((200, {}, b"x" * 10_000_000))
    assert len(INSIDE.send(hook(receiver.url), "d", "{}").body) == sending.MOST_ANSWER


@contextmanager
def dripping() -> Iterator[int]:
    """A receiver that sends one byte of its headers every now and then; its port."""
    stop = threading.Event()

    def drip() -> None:
        taken, _ = listening.accept()
        with taken:
            try:
                taken.sendall(b"HTTP/1.1 200 OK\r\nX-A: ")
                while not stop.wait(0.05):
                    taken.sendall(b"a")
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=drip)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            stop.set()
            thread.join()


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_receiver_that_drips_is_left_after_the_time_out(scheme: str) -> None:
    with dripping() as port:
        begun = time.monotonic()
        sent = Sender(allow_private=True, timeout_s=0.5).send(hook(f"{scheme}://127.0.0.1:{port}/"), "d", "{}")
        assert not sent.arrived
        assert time.monotonic() - begun < 20


def test_who_is_not_there_is_an_error_and_no_exception() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert "Refused" in INSIDE.send(hook(f"http://127.0.0.1:{port}/"), "d", "{}").error


def test_a_certificate_that_nobody_signed_is_refused(receiver: Any) -> None:
    assert INSIDE.send(hook(receiver.url.replace("http:", "https:")), "d", "{}").error


def test_a_sealed_secret_opens_with_its_key_alone() -> None:
    key = "k" * 16
    text = sealed("s3cret", key)
    assert "s3cret" not in text
    assert opened(text, key) == "s3cret"
    with pytest.raises(InvalidState, match="TRACKBOOK_WEBHOOK_KEY"):
        opened(text, "x" * 16)
    with pytest.raises(InvalidState):
        opened(text, "")
