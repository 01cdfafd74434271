"""The thread that delivers what waits: at most one delivery of a webhook at a time, so that none holds up the others.

Attempts and times are in the store, so that a restarted server goes on where the last one was, and servers of one
store share the work.  A receiver that cannot be reached is tried again after 5 s, 10 s, 20 s and so on up to an hour,
`MOST_ATTEMPTS` times in about 8 hours.  Redirects and all 4xx but 408, 425 and 429 count too: a receiver may be
mended meanwhile.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool

from trackbook.core.clock import now_ms
from trackbook.core.webhooks import Delivery, Webhooks
from trackbook.server.webhooks.sending import Sender

logger = logging.getLogger(__name__)
EVERY_S = 1.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 5.0, 3600.0
MOST_ATTEMPTS = 18
AT_ONCE = 8
AWAY_S = 15.0
"""Between looks at a database that cannot be had."""
LEASE_S = 120.0
"""How long a delivery is one server's alone, should that die over it."""


def pause_s(attempts: int) -> float:
    """After so many failed attempts, 1 or more, give or take a tenth."""
    whole = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(attempts - 1, 30))
    return whole * random.uniform(0.9, 1.1)  # noqa: S311 - so that many do not come at once


@dataclass(slots=True)
class Deliverer:
    webhooks: Webhooks
    sender: Sender
    every_s: float = EVERY_S
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="trackbook-webhooks", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """What is being sent is finished; the rest waits in the store."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        with ThreadPoolExecutor(AT_ONCE, "trackbook-webhook") as pool:
            while not self._stop.wait(self.every_s):
                try:
                    while not self._stop.is_set() and self._round(pool):
                        pass
                except Exception as error:  # noqa: BLE001 - the database may be away for a while
                    logger.warning("webhooks are delivered later: %s: %s", type(error).__name__, error)
                    self._stop.wait(AWAY_S)

    def _round(self, pool: ThreadPoolExecutor) -> bool:
        """Whether there was something to deliver."""
        now = now_ms()
        due = self.webhooks.due(now, now + int(LEASE_S * 1000), AT_ONCE)
        list(pool.map(self._deliver, due))
        return bool(due)

    def _deliver(self, delivery: Delivery) -> None:
        hook = delivery.webhook
        sent = self.sender.send(hook, delivery.delivery_id, delivery.body)
        if sent.arrived:
            self.webhooks.delivered(delivery)
        elif delivery.attempts >= MOST_ATTEMPTS:
            self.webhooks.failed(delivery, None)
            logger.error("webhook %s (%s): %s is given up: %s", hook.name, hook.webhook_id, delivery.delivery_id, sent)
        else:
            after_s = pause_s(delivery.attempts)
            self.webhooks.failed(delivery, now_ms() + int(after_s * 1000))
            logger.warning("webhook %s (%s): again in %.0f s: %s", hook.name, hook.webhook_id, after_s, sent)


@asynccontextmanager
async def delivering(webhooks: Webhooks, sender: Sender) -> AsyncIterator[None]:
    """While this lasts."""
    deliverer = Deliverer(webhooks, sender)
    deliverer.start()
    try:
        yield
    finally:
        await run_in_threadpool(deliverer.stop)
