"""An S3 endpoint for tests of whatever folder."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An S3 endpoint with the bucket `bucket`, in a process of its own: the log of its requests.

    It proves that what we ask s3fs to do goes over HTTP and comes back: requests, ranges, parts, listings, names.  It
    is not Amazon's: nothing is shown here of permissions, encryption, throttling, slow or failing networks, or of
    parts below 5 MiB being refused.
    """
    import s3fs  # type: ignore[import-untyped]

    log = tmp_path_factory.mktemp("s3") / "log"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with log.open("wb") as output, pytest.MonkeyPatch.context() as patch:
        server = subprocess.Popen(command, stdout=output, stderr=output)
        try:
            patch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
            patch.setenv("AWS_ACCESS_KEY_ID", "test")
            patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
            patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
            _wait_for(f"http://127.0.0.1:{port}/moto-api/")
            s3fs.S3FileSystem().call_s3("create_bucket", Bucket="bucket")
            yield log
        finally:
            server.terminate()
            server.wait()


def _wait_for(url: str) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(url, timeout=10).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(url)
