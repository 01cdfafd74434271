"""Requests that write at the same time, written together: a transaction costs the same for one as for twenty.

What comes while nothing is written is written at once.  What comes meanwhile waits, and is written together next.  So
there is no delay where there is no crowd, and whoever waits holds no thread: those are left to what is read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextvars import Context
from dataclasses import dataclass
from typing import Generic, TypeVar

from anyio import CapacityLimiter, to_thread

from trackbook.errors import StoreUnavailable

Work = TypeVar("Work")
HEAVIEST = 200
"""What is done together at most, by its weights, so that the last of a crowd is not kept waiting for all of it."""


@dataclass(eq=False, slots=True)
class _Waiting(Generic[Work]):
    name: str
    work: Work
    done: asyncio.Future[None]


class Gathering(Generic[Work]):
    """Touched by one event loop alone."""

    def __init__(
        self,
        together: Callable[[Sequence[Work]], Sequence[Exception | None]],
        weight: Callable[[Work], int] = lambda _: 1,
    ) -> None:
        """`together`, which blocks, does all of it or, where it raises, nothing; what it refuses of one it returns in
        its place.  It is called in a thread."""
        self._together, self._weight = together, weight
        self._waiting: list[_Waiting[Work]] = []
        self._leading: asyncio.Task[None] | None = None

    async def do(self, name: str, work: Work) -> None:
        """Returns when it is done.  What has the same name is done one after the other.  Raises what it is refused."""
        mine = _Waiting(name, work, asyncio.get_running_loop().create_future())
        self._waiting.append(mine)
        if self._leading is None:
            # In no request's context: what is done together is many a caller's.
            self._leading = asyncio.create_task(self._lead(), context=Context())
        await mine.done

    async def _lead(self) -> None:
        own = CapacityLimiter(1)  # requests that read may hold all of the other threads
        try:
            while some := self._taken():
                errors = await to_thread.run_sync(self._done, [one.work for one in some], limiter=own)
                for one, error in zip(some, errors, strict=True):
                    _tell(one.done, error)
                self._waiting = [one for one in self._waiting if not one.done.done()]  # without who has gone
        finally:
            self._leading = None
            for one in self._waiting:
                one.done.cancel()

    def _taken(self) -> Sequence[_Waiting[Work]]:
        """The first of each name, in the order in which they came."""
        names: dict[str, _Waiting[Work]] = {}
        weight = 0
        for one in self._waiting:
            if one.name in names:
                continue
            weight += self._weight(one.work)
            if names and weight > HEAVIEST:
                break
            names[one.name] = one
        return list(names.values())

    def _done(self, some: Sequence[Work]) -> Sequence[Exception | None]:
        try:
            return self._together(some)
        except StoreUnavailable as error:
            return [error] * len(some)
        except Exception as error:  # noqa: BLE001 - it goes to whoever's it is
            return [error] if len(some) == 1 else [self._done([one])[0] for one in some]


def _tell(done: asyncio.Future[None], error: Exception | None) -> None:
    if done.done():
        return  # whoever asked has gone meanwhile
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)
