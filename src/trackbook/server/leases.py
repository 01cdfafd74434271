"""Runs whose process answers for them no longer are ended, as a journal's recovery does where it can see the process.

A client says in a tag how long it answers for a run, and says so again in time (`core.tags.LEASE`).  A run without that
tag is ended by nobody: MLflow's clients have no leases.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import AbstractAsyncContextManager

from starlette.concurrency import run_in_threadpool

from trackbook.core.clock import now_ms
from trackbook.core.ports import RunQuery, Store, walk
from trackbook.core.tags import LEASE
from trackbook.server.beside import beside

logger = logging.getLogger(__name__)
EVERY_S = 15.0
DIGITS = 15
"""Of a time in ms since the epoch, at most.  Who may write to a run may write anything into the tag."""
_OPEN = RunQuery(filter=f"status = 'RUNNING' AND tags.`{LEASE}` IS NOT NULL", limit=1000, columns=[f"tags.`{LEASE}`"])


def end_expired(store: Store, now: int) -> None:
    """End the runs whose lease was over at `now` (ms) as KILLED, at that time."""
    for run in list(walk(store.runs, _OPEN)):
        until = run.data.tags.get(LEASE, "")
        if until.isdecimal() and len(until) <= DIGITS and int(until) < now:
            for run_id in store.recording.end_abandoned([run.info.run_id], int(until)):
                logger.info("run %s is over: its process was not heard in time", run_id)


def watching(store: Store) -> AbstractAsyncContextManager[None]:
    """Look again and again while this lasts."""
    return beside(_watch(store))


async def _watch(store: Store) -> None:
    while True:
        await asyncio.sleep(EVERY_S)
        try:
            await run_in_threadpool(end_expired, store, now_ms())
        except Exception as error:  # noqa: BLE001 - a task that has ended would end no run any more
            logger.warning("expired leases are looked for again later: %s: %s", type(error).__name__, error)
