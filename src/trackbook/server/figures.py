"""Figures for Prometheus: how many requests, how long they took.

Whoever asks a server of several workers reaches one of them.  So each writes what it has counted into a file once a
second, and the one that is asked adds the files up; those of workers that have died stay, since counts only grow.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec

from trackbook.core.clock import new_id
from trackbook.server.beside import beside

BOUNDS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
EVERY_S = 1.0


class Figures:
    """Counts since the start.  Touched by the event loop alone."""

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, str, int]] = Counter()
        self.buckets: Counter[tuple[str, int]] = Counter()
        self.seconds: Counter[str] = Counter()
        self.in_flight = 0

    def add(self, endpoint: str, method: str, status: int, took_s: float) -> None:
        self.requests[endpoint, method, status] += 1
        self.buckets[endpoint, bisect_left(BOUNDS_S, took_s)] += 1
        self.seconds[endpoint] += took_s  # type: ignore[assignment]  # it counts fractions as well

    def text(self) -> str:
        """In Prometheus' own format."""
        return "\n".join(self._lines()) + "\n"

    def merge(self, told: bytes) -> None:
        """Add what another has `told`."""
        for name, rows in msgspec.json.decode(told).items():
            counts: Counter[Any] = getattr(self, name)
            for *key, number in rows:
                counts[tuple(key) if len(key) > 1 else key[0]] += number

    def told(self) -> bytes:
        """All that adds up."""
        rows = {
            name: [[*(key if isinstance(key, tuple) else (key,)), number] for key, number in counts.items()]
            for name, counts in (("requests", self.requests), ("buckets", self.buckets), ("seconds", self.seconds))
        }
        return msgspec.json.encode(rows)

    def _lines(self) -> Iterator[str]:
        yield "# TYPE trackbook_requests_in_flight gauge"
        yield f"trackbook_requests_in_flight {self.in_flight}"
        yield "# TYPE trackbook_requests_total counter"
        for (endpoint, method, status), number in sorted(self.requests.items()):
            labels = f'endpoint="{endpoint}",method="{method}",status="{status}"'
            yield f"trackbook_requests_total{{{labels}}} {number}"
        yield "# TYPE trackbook_request_seconds histogram"
        for endpoint, seconds in sorted(self.seconds.items()):
            total = 0
            for n, bound in enumerate((*map(str, BOUNDS_S), "+Inf")):
                total += self.buckets[endpoint, n]
                yield f'trackbook_request_seconds_bucket{{endpoint="{endpoint}",le="{bound}"}} {total}'
            yield f'trackbook_request_seconds_sum{{endpoint="{endpoint}"}} {seconds:.6f}'
            yield f'trackbook_request_seconds_count{{endpoint="{endpoint}"}} {total}'


class Together:
    """The figures of all workers that use one folder; of this one alone where there is none."""

    def __init__(self, own: Figures, folder: Path | None) -> None:
        self._own, self._folder = own, folder
        self._file = None if folder is None else folder / new_id()

    def text(self) -> str:
        if self._folder is None:
            return self._own.text()
        total = Figures()
        total.in_flight = self._own.in_flight
        total.merge(self._own.told())
        for file in self._folder.glob("*"):
            if file != self._file and not file.suffix:
                total.merge(file.read_bytes())
        return total.text()

    def write(self) -> None:
        if self._file is not None:
            half = self._file.with_suffix(".half")
            half.write_bytes(self._own.told())
            half.replace(self._file)

    @asynccontextmanager
    async def told(self) -> AsyncIterator[None]:
        """Write again and again while this lasts, and once more at its end."""
        try:
            async with beside(self._tell()):
                yield
        finally:
            with suppress(OSError):
                self.write()

    async def _tell(self) -> None:
        while self._file is not None:
            with suppress(OSError):
                self.write()
            await asyncio.sleep(EVERY_S)
