"""A server that wants to write on its clients' machines: it tells of files outside of the folder that was asked for."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from trackbook.remote.link import Link
from trackbook.remote.ours import OurArtifacts
from trackbook.remote.proxied import ProxiedArtifacts
from trackbook.wire.packing import packed

NAMES = ("../up", "../../up", "/absolute", "a/b", "a\\b", "C:drive", "..", ".", "", "a\0b", "good")


class Hostile(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        is_listing = "?" in self.path
        files = [{"path": name, "is_dir": False, "file_size": 4} for name in NAMES]
        self.say(json.dumps({"files": files}).encode() if is_listing else b"evil")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.say(packed([{"path": name, "is_dir": False, "file_size": 4} for name in NAMES]))

    def say(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        del format, args


@pytest.fixture
def address() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Hostile) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


class Unchecked(OurArtifacts):
    def _digest_to_be(self, run_id: str, path: str) -> None:
        del run_id, path


@pytest.mark.parametrize("kind", [ProxiedArtifacts, Unchecked])
def test_a_download_stays_in_its_folder(address: str, tmp_path: Path, kind: Any) -> None:
    artifacts = kind(Link(address))
    assert [one.path for one in artifacts.list("r")] == ["good"]
    into = tmp_path / "some" / "folder"
    artifacts.download("r", "", into)
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == [into / "good"]
