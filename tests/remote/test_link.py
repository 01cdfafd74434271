"""Who asks, and what is done where nobody answers."""

from __future__ import annotations

import random
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from tests.remote.servers import Server, free_port

from trackbook.connect import connect
from trackbook.errors import StoreAway, TrackbookError
from trackbook.remote import link
from trackbook.remote.link import Link, credentials


def test_credentials_come_from_the_address_else_from_mlflows_variables() -> None:
    variables = {"MLFLOW_TRACKING_USERNAME": "ann", "MLFLOW_TRACKING_PASSWORD": "secret"}
    assert credentials("http://bo:p%40ss@host", variables).headers == {"authorization": "Basic Ym86cEBzcw=="}
    assert credentials("http://host", variables).headers == {"authorization": "Basic YW5uOnNlY3JldA=="}
    assert credentials("http://host", {"MLFLOW_TRACKING_TOKEN": "t"}).headers == {"authorization": "Bearer t"}
    assert credentials("http://host", {}).headers == {}


def test_a_password_is_in_no_address_that_is_shown() -> None:
    assert Link("https://ann:secret@host/base/").address == "https://host/base"


def test_requests_are_no_news_for_whoever_listens_to_libraries(
    trackbook: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    store = connect(trackbook.url)
    assert store.experiments.get("0").name == "Default"
    store.close()
    assert caplog.records == []


def test_a_token_goes_to_nobody_else_and_not_over_a_line_that_nobody_vouches_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "a token")
    monkeypatch.setattr(link, "PAUSES_S", ())
    with asked() as (other, heard), asked(to=f"http://127.0.0.1:{other}/") as (first, _):
        with pytest.raises(TrackbookError):
            connect(f"http://127.0.0.1:{first}").experiments.get("0")
        assert heard == []
    with asked(certificate=self_signed(tmp_path)) as (port, heard):
        with pytest.raises(StoreAway):
            connect(f"https://127.0.0.1:{port}").experiments.get("0")
        assert heard == []


@contextmanager
def asked(to: str = "", certificate: Path | None = None) -> Iterator[tuple[int, list[str]]]:
    """A server on a port of its own that sends everybody `to` another; what it was asked, with whose token."""
    heard: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(f"{self.path} {self.headers.get('authorization')}")
            self.rfile.read(int(self.headers.get("content-length") or 0))
            self.send_response(307 if to else 404)
            self.send_header("Location", to)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_GET

        def log_message(self, *given: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *given: None  # type: ignore[method-assign]
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_port, heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_what_a_server_takes_slowly_moves_and_is_sent_again_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than what the kernel keeps of it is sent, so that the sender waits for the reader."""
    monkeypatch.setattr(link, "PAUSES_S", (0.01,))
    content = random.Random(7).randbytes(1 << 25)
    begun, half, goes_on = [], threading.Event(), threading.Event()
    got: list[object] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            read = self.rfile.read(1 << 20)
            begun.append(time.monotonic())
            if len(begun) == 1:
                self.close_connection = True
                return
            read += self.rfile.read(len(content) // 2)
            half.set()
            goes_on.wait(60)
            read += self.rfile.read(len(content) - len(read))
            got.extend([read == content, self.headers["content-length"], self.headers["transfer-encoding"]])
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *given: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    there = Link(f"http://127.0.0.1:{server.server_port}")
    threads = [
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}),
        threading.Thread(target=lambda: there.request("POST", "/", again=True, content=content)),
    ]
    for one in threads:
        one.start()
    try:
        assert half.wait(60)
        assert there._moved_at > begun[1]
        goes_on.set()
        threads[1].join()
        assert got == [True, str(len(content)), None]
    finally:
        goes_on.set()
        threads[1].join()
        server.shutdown()
        threads[0].join()
        server.server_close()
        there.close()


def self_signed(folder: Path) -> Path:
    """A certificate that only itself vouches for, with its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "here")])
    now, day = datetime.now(UTC), timedelta(days=1)
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now - day, now + day).add_extension(names, False)
    signed = made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
    file = folder / "server.pem"
    file.write_bytes(signed + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return file


def test_an_answer_is_waited_for_as_long_as_mlflows_variable_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "1")
    began = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as mute:
        store = connect(f"http://127.0.0.1:{mute.getsockname()[1]}")
        with pytest.raises(StoreAway, match="timed out"):
            store.runs.get("r")
        assert time.monotonic() - began < link.ANSWER_S / 2
        store.close()


def test_a_server_that_is_away_is_told_as_that() -> None:
    store = connect(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(StoreAway, match="check that the server runs"):
        store.runs.get("r")
    store.close()
