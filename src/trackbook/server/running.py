"""A server on a port, until it is asked to stop: then running requests are finished and the store is closed."""

from __future__ import annotations

import gc
import logging
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from trackbook.errors import InvalidValue, MissingDependency
from trackbook.server.options import Options

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackbook.core.ports import Store

KEEP_ALIVE_S = 30
COLLECT_EACH = 10_000
"""New objects after which the collector looks for garbage; Python's 700 are those of some ten requests."""
QUEUE = 512
"""Connections that may wait to be taken."""


def serve(reopen: Callable[[], Store], options: Options, ready: Callable[[str], None] = print) -> None:
    """Blocks.  `reopen` gives the store, to each worker one; `ready` is called with the address once connections are
    taken.

    Raises `InvalidValue` for a port that cannot be had; `MissingDependency`.
    """
    try:
        import uvicorn

        from trackbook.server import workers
        from trackbook.server.app import application
    except ImportError as error:
        raise MissingDependency(error.name or "uvicorn", "trackbook server", "'trackbook[server]'") from error
    store = reopen()
    app = application(store, options)
    with _listening(options) as listening:
        config: dict[str, Any] = {
            "log_config": None,
            "access_log": False,
            "server_header": False,
            "timeout_keep_alive": KEEP_ALIVE_S,
            "timeout_graceful_shutdown": options.stop_timeout_s,
        }
        ready(_address(options.host, listening.getsockname()[1]))
        if options.workers > 1:
            store.close()  # it was opened, and made or migrated, before there were several
            workers.run(reopen, options, listening, **config)
            return
        keep_pauses_short()
        with suppress(KeyboardInterrupt):  # raised anew once everything is closed
            uvicorn.Server(uvicorn.Config(app, **config)).run(sockets=[listening])


def keep_pauses_short() -> None:
    """Of the garbage collector, in which all requests wait: what there is now stays and is not looked at again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_EACH, 10, 10)


def log_to_stderr(level: int) -> None:
    logging.basicConfig(format="%(asctime)s %(message)s", level=level)
    for library in ("httpx", "authlib"):
        logging.getLogger(library).setLevel(logging.WARNING)  # they would log addresses with codes in them
    logging.getLogger("trackbook.access").setLevel(level)


def _listening(options: Options) -> socket.socket:
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    try:
        return socket.create_server((options.host, options.port), family=family, backlog=QUEUE)
    except OSError as error:
        raise InvalidValue(
            f"port {options.port} of {options.host} cannot be had ({error.strerror}): give another with --port"
        ) from error


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
