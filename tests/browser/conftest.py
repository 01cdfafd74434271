"""A real JupyterLab and a real Chromium.

`lab` is one server for the session, with config, data, runtime and IPython folders of its own, so that nothing of the
user's set-up leaks in; `opener` copies a notebook into a fresh project folder below the server's root, opens it in a
workspace of its own, and gives a `LabNotebook` to drive.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from labdriver import LabServer, Opener
from labserver import running_chromium, running_lab
from playwright.sync_api import Browser, expect

expect.set_options(timeout=20_000)  # a busy machine's kernel answers later than the 5 s that are usual


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    with running_lab(tmp_path_factory.mktemp("jupyter"), tmp_path_factory.mktemp("lab-root")) as server:
        yield server


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Closed before other folders' tests: while it is open, Playwright keeps an event loop running in this thread."""
    try:
        with running_chromium() as browser:
            yield browser
    except FileNotFoundError as missing:
        pytest.fail(str(missing), pytrace=False)


@pytest.fixture
def opener(lab: LabServer, chromium: Browser) -> Iterator[Opener]:
    opened = Opener(lab, chromium)
    yield opened
    opened.close()
