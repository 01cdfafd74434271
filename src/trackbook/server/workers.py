"""Several processes that serve one port: made anew where one dies, stopped together.

The parent has the port and looks after the workers (uvicorn's supervisor does); it serves nothing itself.  Each worker
opens the store and is an application of its own.  Nothing that has to be right is kept in one of them: what two
requests could disagree about is settled by the database (`core.changing`), so that workers on other machines are as
good as those here.  Only figures are gathered, through a folder (`watching.Figures`).
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import socket
import tempfile
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.supervisors import Multiprocess

from trackbook.core.ports import Store
from trackbook.errors import InvalidValue
from trackbook.server.app import application
from trackbook.server.options import Options
from trackbook.server.running import keep_pauses_short, log_to_stderr

HEALTH_TIMEOUT_S = 30
"""A worker that does not answer its parent for so long is ended; a busy machine is no reason."""
UNFIT = 3
"""The exit status of a worker that could not begin."""


def run(reopen: Callable[[], Store], options: Options, listening: socket.socket, **config: Any) -> None:
    """Blocks until the server is asked to stop.  `reopen` travels to the workers.

    Raises `InvalidValue` where a worker cannot begin.
    """
    with tempfile.TemporaryDirectory(prefix="trackbook-figures-") as folder:
        level = logging.getLogger().level
        app = partial(_begun, reopen, replace(options, figures=Path(folder)), level)
        made = uvicorn.Config(
            app, factory=True, workers=options.workers, timeout_worker_healthcheck=HEALTH_TIMEOUT_S, **config
        )
        parent = Multiprocess(made, sockets=[listening])
        parent.run()
        if any(worker.exitcode == UNFIT for worker in parent.processes):
            raise InvalidValue("a worker could not begin: what it says stands above")


def _begun(reopen: Callable[[], Store], options: Options, level: int) -> Any:
    """In the worker: the application."""
    log_to_stderr(level)
    threading.Thread(target=_end_with_parent, name="trackbook-parent", daemon=True).start()
    app = application(reopen(), options)
    keep_pauses_short()
    return app


def _end_with_parent() -> None:
    """A worker whose parent was killed would keep the port."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
