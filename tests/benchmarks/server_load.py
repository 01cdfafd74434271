"""Clients that ask a server at the same time, over connections that they keep, with bodies made beforehand."""

from __future__ import annotations

import contextlib
import http.client
import json
import math
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from measure import CLOCK
from server_pair import THEIRS, Server, history_run

API = "/api/2.0/mlflow"
PAGE = 25_000
"""Points that MLflow's client asks for at once."""
MOST_S = 60.0
"""How long a work is waited for: 16 clients that each find something in 17 s, one after the other, take minutes."""


class Asking:
    """One client's connection."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
        self.until = math.inf
        """When it gives up."""

    def ask(self, method: str, path: str, body: bytes | None = None) -> bytes:
        """Raises `AssertionError` for any answer but 200, `TimeoutError`."""
        if self._connection.sock is not None:
            self._connection.sock.settimeout(min(300.0, max(self.until - CLOCK(), 0.001)))
        for attempt in (0, 1):
            try:
                self._connection.request(method, API + path, body, {"Content-Type": "application/json"})
                answer = self._connection.getresponse()
                break
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                self._connection.close()  # the server gave up waiting, which clients meet by asking again
                if attempt:
                    raise
        said = answer.read()
        if answer.status != 200:
            raise AssertionError(f"{method} {path}: {answer.status} {said[:300]!r}")
        return said

    def say(self, path: str, **fields: object) -> bytes:
        return self.ask("POST", path, json.dumps(fields).encode())

    def ready(self) -> None:
        """With a connection."""
        self.ask("GET", "/experiments/get?experiment_id=0")

    def new_run(self) -> str:
        return str(json.loads(self.say("/runs/create", experiment_id="0"))["run"]["info"]["run_id"])

    def close(self) -> None:
        self._connection.close()


@dataclass
class Took:
    """What the clients of one measurement saw."""

    seconds: list[float] = field(default_factory=list)
    """Of each operation, unfinished ones too."""
    unfinished: int = 0
    """Those that were given up, or refused by a peer: they would have taken longer."""
    wall_s: float = 0.0
    cpu_s: float = 0.0

    @property
    def rate(self) -> float:
        """Of those that were finished; an upper bound where none was."""
        return (len(self.seconds) - self.unfinished or self.unfinished) / self.wall_s

    @property
    def p50_s(self) -> float:
        return float(np.quantile(self.seconds, 0.5))

    @property
    def p99_s(self) -> float:
        return float(np.quantile(self.seconds, 0.99))

    @property
    def cpu_each_s(self) -> float:
        """Of the server's processes; not of a database server's."""
        return self.cpu_s / (len(self.seconds) - self.unfinished or self.unfinished)


Work = Callable[[Asking], Iterator[None]]
"""Prepares itself for one client, then does one operation each time it is asked for the next but the first."""


def loaded(server: Server, work: Work, clients: int, seconds: float) -> Took:
    """All clients work until the time is over; each does at least one, or gives up after `MOST_S`."""
    took, lock, ready = Took(), threading.Lock(), threading.Barrier(clients + 1)
    failed: list[BaseException] = []
    given_up: list[float] = []
    # MLflow's has connections for 15, and refuses the 16th that waits for one for half a minute.
    giving_up = (TimeoutError, AssertionError) if server.name == THEIRS else (TimeoutError,)

    def client() -> None:
        asking = Asking(server.port)
        mine: list[float] = []
        try:
            steps = work(asking)
            asking.ready()
            next(steps)
            ready.wait()
            until, asking.until = CLOCK() + seconds, CLOCK() + MOST_S
            while not mine or CLOCK() < until:
                start = CLOCK()
                try:
                    next(steps)
                except giving_up:
                    given_up.append(start)
                    until = 0.0
                mine.append(CLOCK() - start)
        except BaseException as error:
            ready.abort()
            failed.append(error)
        finally:
            asking.close()
        with lock:
            took.seconds += mine

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    with contextlib.suppress(threading.BrokenBarrierError):  # whoever broke it says why
        ready.wait()
    start, cpu = CLOCK(), server.cpu_s()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    took.wall_s, took.cpu_s, took.unfinished = CLOCK() - start, server.cpu_s() - cpu, len(given_up)
    if given_up:
        server.restart()
    return took


def log_batch(asking: Asking) -> Iterator[None]:
    """1,000 metrics: ten keys with a hundred steps each."""
    run_id, first = asking.new_run(), 0
    yield
    while True:
        metrics = [
            {"key": f"metric {key}", "value": step * 0.37, "timestamp": 1_700_000_000_000 + step, "step": step}
            for key in range(10)
            for step in range(first, first + 100)
        ]
        first += 100
        asking.say("/runs/log-batch", run_id=run_id, metrics=metrics)
        yield


def search(asking: Asking) -> Iterator[None]:
    body = {
        "experiment_ids": ["0"],
        "filter": "metrics.m0 > 0 and params.p3 = '42'",
        "order_by": ["metrics.m1 DESC"],
        "max_results": 100,
    }
    yield
    while True:
        asking.say("/runs/search", **body)
        yield


def history(points: int) -> Work:
    """Whole, in pages as MLflow's client asks for them."""

    def work(asking: Asking) -> Iterator[None]:
        yield
        while True:
            token, seen = "", 0
            while not seen or token:
                asked = f"run_id={history_run(points)}&metric_key=m&max_results={PAGE}&page_token={token}"
                said = json.loads(asking.ask("GET", f"/metrics/get-history?{asked}"))
                token, seen = said.get("next_page_token", ""), seen + len(said["metrics"])
            if seen != points:
                raise AssertionError(seen)
            yield

    return work


def registry(asking: Asking) -> Iterator[None]:
    yield
    while True:
        asking.ask("GET", "/registered-models/search?filter=name%20ILIKE%20%27%2577%25%27&max_results=100")
        yield
