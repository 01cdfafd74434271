"""A real JupyterLab and a real Chromium.

`lab` is one server for the session, with config, data, runtime and IPython folders of its own, so that nothing of the
user's set-up leaks in; `opener` copies a notebook into a fresh project folder below the server's root, opens it in a
workspace of its own, and gives a `LabNotebook` to drive.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from labdriver import LabNotebook
from playwright.sync_api import Browser, BrowserContext, Request, sync_playwright

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
START_TIMEOUT_S = 60
USER_SETTINGS = {
    "@jupyterlab/docmanager-extension/plugin.jupyterlab-settings": {"autosave": False},
    "@jupyterlab/notebook-extension/tracker.jupyterlab-settings": {"windowingMode": "none"},
}


@dataclass(frozen=True)
class LabServer:
    url: str
    token: str
    folder: Path
    """The server's root."""
    log: Path


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _write_config(folder: Path) -> None:
    page = folder / "labconfig" / "page_config.json"
    page.parent.mkdir(parents=True)
    page.write_text(json.dumps({"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}))
    for name, value in USER_SETTINGS.items():
        path = folder / "lab" / "user-settings" / name
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(value))


def _environment(folder: Path) -> dict[str, str]:
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("TRACKBOOK_", "MLFLOW_", "JUPYTER"))}
    return kept | {name: str(folder / name.lower()) for name in names}


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    state = tmp_path_factory.mktemp("jupyter")
    root = tmp_path_factory.mktemp("lab-root")
    environment = _environment(state)
    _write_config(Path(environment["JUPYTER_CONFIG_DIR"]))
    server = LabServer(f"http://127.0.0.1:{_free_port()}", uuid.uuid4().hex, root, state / "server.log")
    options = [
        "--allow-root",
        "--no-browser",
        "--ip=127.0.0.1",
        f"--port={server.url.rpartition(':')[2]}",
        "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={server.token}",
        f"--ServerApp.root_dir={root}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
        "--expose-app-in-browser",
    ]
    command = [sys.executable, "-m", "jupyterlab", *options]
    with server.log.open("wb") as log:
        process = subprocess.Popen(command, cwd=root, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        _wait_until_up(server, process)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_up(server: LabServer, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{server.url}/api?token={server.token}", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError(f"JupyterLab did not come up:\n{server.log.read_text()[-4000:]}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if path is None:
        pytest.fail("the browser tests need Chromium: sudo apt-get install chromium", pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, headless=True, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        yield browser
        browser.close()


class Opener:
    """Opens notebooks of one server in pages of one browser; remembers every request that left this machine."""

    def __init__(self, lab: LabServer, chromium: Browser) -> None:
        self.lab, self.chromium = lab, chromium
        self.contexts: list[BrowserContext] = []
        self.outside: list[str] = []

    def copy(self, notebook: Path) -> LabNotebook:
        """A copy in a project folder of its own, where its home will be."""
        folder = self.lab.folder / uuid.uuid4().hex[:8]
        folder.mkdir()
        (folder / "pyproject.toml").touch()
        return self.open(Path(shutil.copyfile(notebook, folder / notebook.name)))

    def open(self, path: Path) -> LabNotebook:
        """A file below the server's root, in a new page and workspace."""
        context = self.chromium.new_context(viewport={"width": 1360, "height": 1000}, device_scale_factor=1.5)
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("request", self._note)
        place = path.relative_to(self.lab.folder).as_posix()
        page.goto(f"{self.lab.url}/lab/workspaces/{uuid.uuid4().hex}/tree/{place}?token={self.lab.token}&reset")
        notebook = LabNotebook(page, path)
        notebook.wait_until_idle()
        return notebook

    def _note(self, request: Request) -> None:
        ours = (self.lab.url, self.lab.url.replace("http", "ws", 1), "data:", "blob:")
        if not request.url.startswith(ours):
            self.outside.append(request.url)


@pytest.fixture
def opener(lab: LabServer, chromium: Browser) -> Iterator[Opener]:
    opened = Opener(lab, chromium)
    yield opened
    for context in opened.contexts:
        context.close()
    assert opened.outside == [], "a page asked another host"
