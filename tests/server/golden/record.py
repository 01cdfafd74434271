"""Makes the golden files anew: the genuine client's traffic with a genuine `mlflow server`, one file a noun.

    .venv/peers/bin/python -W ignore tests/server/golden/record.py [experiments runs ...]

Each file is a server's whole life, from an empty database on; so it can be replayed against another server.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

os.environ.update(MLFLOW_HTTP_REQUEST_MAX_RETRIES="0", MLFLOW_ENABLE_ASYNC_LOGGING="false", GIT_PYTHON_REFRESH="quiet")

import mlflow
import requests
from shapes import Names
from traffic import SCENES

FOLDER = Path(__file__).parent
MUTE: Any = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
SPOKEN = mlflow.__version__


@contextmanager
def genuine(folder: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [Path(sys.executable).with_name("mlflow"), "server", "--port", str(port), "--workers", "1"]
    command += ["--backend-store-uri", f"sqlite:///{folder}/mlflow.db"]
    command += ["--artifacts-destination", str(folder / "files")]
    quiet = {**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    server = subprocess.Popen(command, env=quiet, cwd=folder, start_new_session=True, **MUTE)
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=10).close()
                break
            except OSError:
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(server.pid, 15)
        server.wait(60)


@contextmanager
def recording() -> Iterator[list[dict[str, Any]]]:
    """What this process asks meanwhile, whoever in it asks."""
    found: list[dict[str, Any]] = []
    send = requests.Session.send

    def noting(session: Any, request: Any, **given: Any) -> Any:
        if hasattr(request.body, "read"):
            request.body = request.body.read()
        answer = send(session, request, **given)
        found.append(exchange(request, answer))
        return answer

    requests.Session.send = noting  # type: ignore[method-assign]
    try:
        yield found
    finally:
        requests.Session.send = send  # type: ignore[method-assign]


def exchange(request: Any, answer: Any) -> dict[str, Any]:
    """A request and its answer; a path as it was sent, since how it is encoded matters."""
    url = urlsplit(request.url)
    noted: dict[str, Any] = {"ask": f"{request.method} {url.path}"}
    if url.query:
        noted["query"] = [list(pair) for pair in parse_qsl(url.query, keep_blank_values=True)]
    body = request.body if isinstance(request.body, bytes | str | None) else b""
    text = body.decode() if isinstance(body, bytes) else body or ""
    kind = request.headers.get("Content-Type", "")
    if kind and kind != "application/json":
        noted["type"] = kind
    if text:
        noted["json" if kind == "application/json" and is_json(text) else "body"] = (
            json.loads(text) if kind == "application/json" and is_json(text) else text
        )
    noted["status"] = answer.status_code
    noted["answer"] = told(answer)
    return noted


def told(answer: Any) -> Any:
    """Of an error only its code: the words are each server's own."""
    if not is_json(answer.text):
        return {"text": answer.text if answer.status_code < 400 else ""}
    found = answer.json()
    if answer.status_code >= 400 and isinstance(found, dict) and "error_code" in found:
        return {"error_code": found["error_code"]}
    return found


def is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict | list)
    except ValueError:
        return False


def record(name: str, scene: Callable[..., None]) -> None:
    with tempfile.TemporaryDirectory() as folder, genuine(Path(folder)) as url, recording() as found:
        mlflow.set_tracking_uri(url)
        scene(mlflow.MlflowClient(), lambda method, path, **given: requests.request(method, url + path, **given))
    names = Names()
    lines = []
    for one in found:
        masked = names.masked(json.loads(json.dumps(one).replace(SPOKEN, "<version>")))
        line = json.dumps(masked, ensure_ascii=False)
        if line not in lines[-1:]:
            lines.append(line)
    (FOLDER / f"{name}.jsonl").write_text("\n".join(lines) + "\n")
    print(f"{name}: {len(lines)} exchanges, from {unquote(found[0]['ask'])}")


if __name__ == "__main__":
    for name in sys.argv[1:] or SCENES:
        record(name, SCENES[name])
