"""Real servers in processes of their own, that are stopped and started again at the same address."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

PEERS = Path(os.environ.get("TRACKBOOK_PEERS", Path(__file__).parents[2] / ".venv" / "peers")) / "bin"

START_S = 180.0
"""MLflow's takes some seconds of a core that is its own."""


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Server:
    """Not started yet; `kind` is "trackbook" or "mlflow"."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind, self.folder, self.port = kind, folder, free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def home(self) -> Path:
        return self.folder / "served"

    def start(self) -> Server:
        alone = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW", "TRACKBOOK"))}
        quiet = {**alone, "PATH": f"{PEERS}:{os.environ['PATH']}", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
        with (self.folder / "server.log").open("a") as log:
            self.process = subprocess.Popen(
                self._command(), stdout=log, stderr=log, env=quiet, cwd=self.folder, start_new_session=True
            )
        until = time.monotonic() + START_S
        while time.monotonic() < until and self.process.poll() is None:
            try:
                urllib.request.urlopen(f"{self.url}/health", timeout=10).close()
            except OSError:
                time.sleep(0.1)
            else:
                return self
        self.stop()
        raise TimeoutError((self.folder / "server.log").read_text())

    def stop(self, signal: int = 9) -> None:
        if self.process is not None:
            os.killpg(self.process.pid, signal)
            self.process.wait(60)
            self.process = None

    def _command(self) -> list[str]:
        place = ["--host", "127.0.0.1", "--port", str(self.port)]
        if self.kind == "trackbook":
            return [sys.executable, "-m", "trackbook.cli", "server", "--backend-store-uri", str(self.home), *place]
        kept = ["--backend-store-uri", f"sqlite:///{self.folder}/mlflow.db"]
        return [
            str(PEERS / "mlflow"),
            "server",
            *place,
            *kept,
            "--artifacts-destination",
            str(self.folder / "files"),
            "--workers",
            "1",
        ]
