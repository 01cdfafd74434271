"""One function an endpoint of `wire.endpoints`, by its name: (backend, request) -> answer.  They block."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from trackbook.server.backend import Backend
from trackbook.server.handlers import (
    artifacts,
    experiments,
    logged_models,
    logging,
    metrics,
    models,
    runs,
    versions,
    webhooks,
)
from trackbook.wire.messages import Message

Handler = Callable[[Backend, Any], Message]

HANDLERS: Mapping[str, Handler] = {
    **experiments.HANDLERS,
    **runs.HANDLERS,
    **logging.HANDLERS,
    **metrics.HANDLERS,
    **artifacts.HANDLERS,
    **logged_models.HANDLERS,
    **models.HANDLERS,
    **versions.HANDLERS,
    **webhooks.HANDLERS,
}
LOGGED = logging.LOGGED
"""Of those of `HANDLERS` that log into a run: what they log, told without waiting for anything."""
