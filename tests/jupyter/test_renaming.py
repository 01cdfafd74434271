"""A notebook that was renamed while its kernel ran is found by its server's session, by this machine's server alone."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from trackbook.core import tags
from trackbook.jupyter import renaming

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Notebook

KERNEL, PID, TOKEN = "1234-abcd", "4242", "t0ken"
TRACKED = "%%track --quiet\nx = 0.5"


class Sessions(BaseHTTPRequestHandler):
    path_now = "a.ipynb"

    def do_GET(self) -> None:
        allowed = self.headers["Authorization"] == f"token {TOKEN}"
        found = [{"path": self.path_now, "kernel": {"id": KERNEL}}, {"path": "b.ipynb", "kernel": {"id": "other"}}]
        self.send_response(200 if allowed and self.path == "/lab/api/sessions" else 403)
        self.end_headers()
        self.wfile.write(json.dumps(found).encode())

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """What a running server wrote down of itself, in this process's runtime folder."""
    serving = ThreadingHTTPServer(("127.0.0.1", 0), Sessions)
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    runtime = tmp_path / "runtime"
    runtime.mkdir()
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(runtime))
    monkeypatch.setenv("JPY_PARENT_PID", PID)
    known = {"url": f"http://127.0.0.1:{serving.server_port}/lab/", "token": TOKEN, "root_dir": str(tmp_path)}
    (runtime / f"jpserver-{PID}.json").write_text(json.dumps(known))
    yield known
    serving.shutdown()
    serving.server_close()


def test_the_server_s_session_tells_the_path(server: dict[str, Any], tmp_path: Path) -> None:
    assert renaming.session_path(KERNEL) == tmp_path / "a.ipynb"
    assert renaming.session_path("unknown") is None


@pytest.mark.parametrize(
    "change", [{"url": "http://192.0.2.1:8888/"}, {"url": "file:///etc/"}, {"token": "wrong"}, {"root_dir": 3}]
)
def test_nobody_else_is_asked_and_nobody_s_no_is_an_error(
    server: dict[str, Any], tmp_path: Path, change: dict[str, Any]
) -> None:
    (tmp_path / "runtime" / f"jpserver-{PID}.json").write_text(json.dumps(server | change))
    assert renaming.session_path(KERNEL) is None


def test_runs_after_a_rename_carry_the_new_path_and_say_so(
    notebook: Notebook, server: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renaming, "kernel_id", lambda: KERNEL)  # this process is no kernel
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "a.ipynb"))
    (tmp_path / "a.ipynb").write_text("{}")
    notebook.ran(TRACKED, "c")
    assert notebook.hooks.workers.wait(20)
    (tmp_path / "below").mkdir()
    (tmp_path / "a.ipynb").rename(tmp_path / "below" / "z.ipynb")
    monkeypatch.setattr(Sessions, "path_now", "below/z.ipynb")
    notebook.ran(TRACKED, "c")
    assert notebook.hooks.workers.wait(20)
    notebook.ran(TRACKED, "c")
    first, second, third = notebook.runs
    assert (first.data.tags[tags.NOTEBOOK], tags.RENAMED_FROM in first.data.tags) == ("a.ipynb", False)
    for later in (second, third):
        assert later.data.tags[tags.NOTEBOOK] == later.data.tags[tags.SOURCE_NAME] == "below/z.ipynb"
        assert later.data.tags[tags.RENAMED_FROM] == "a.ipynb"
    assert [notebook.cell(one).version for one in (first, second, third)] == [1, 2, 3]
    assert notebook.cell(third).notebook == "below/z.ipynb"
