"""A trackbook server in a thread of the tests' process, with a fresh store below a path of its own for each test."""

from __future__ import annotations

import asyncio
import itertools
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from trackbook.connect import connect
from trackbook.server.app import application
from trackbook.server.options import Options

_numbers = itertools.count()


class Served:
    """`home(folder)` serves the store in a folder, and gives its address."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._apps: dict[str, Any] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        _, name, rest = scope["path"].split("/", 2)
        await self._apps[name]({**scope, "path": f"/{rest}", "raw_path": f"/{rest}".encode()}, receive, send)

    @contextmanager
    def home(self, folder: Path) -> Iterator[str]:
        store, name = connect(folder), f"s{next(_numbers)}"
        self._apps[name] = application(store, Options())
        try:
            yield f"{self._address}/{name}"
        finally:
            del self._apps[name]
            store.close()


@contextmanager
def serving() -> Iterator[Served]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        served = Served(f"http://127.0.0.1:{listening.getsockname()[1]}")
        server = uvicorn.Server(uvicorn.Config(served, log_config=None, access_log=False))
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])), daemon=True)
        thread.start()
        try:
            yield served
        finally:
            server.should_exit = True
            thread.join(20)
