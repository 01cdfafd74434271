"""A crowd's work is done together, and whose work it is hears of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from trackbook.connect import connect
from trackbook.core.events import RunStarted
from trackbook.errors import NotFound, ParamConflict, StoreUnavailable
from trackbook.server.backend import backend
from trackbook.server.gathering import Gathering

CROWD = 12


class Crowd:
    """Threads that come while somebody works."""

    def __init__(self) -> None:
        self.groups: list[list[str]] = []
        self.arrived = threading.Semaphore(0)
        self.gathering = Gathering(self.work)

    def work(self, some: Sequence[str]) -> list[Exception | None]:
        self.groups.append(list(some))
        if some == ["first"]:
            for _ in range(CROWD):
                self.arrived.acquire()
            time.sleep(0.05)  # from their arrival to their waiting
        if "bad" in some:
            raise KeyError("bad")
        if "away" in some:
            raise StoreUnavailable("here", "away", "wait")
        return [NotFound("run", one) if one == "lost" else None for one in some]

    def come(self, name: str, work: str) -> Exception | None:
        self.arrived.release()
        try:
            self.gathering.do(name, work)
        except Exception as error:
            return error
        return None

    def met(self, works: list[str], name: str = "{}") -> list[Exception | None]:
        with ThreadPoolExecutor(CROWD + 1) as pool:
            first = pool.submit(self.gathering.do, "first", "first")
            while not self.groups:
                time.sleep(0.001)
            found = list(pool.map(self.come, [name.format(n) for n in range(CROWD)], works))
            first.result(10)
        return found


def test_a_crowd_is_done_at_once() -> None:
    crowd = Crowd()
    assert crowd.met(["some"] * CROWD) == [None] * CROWD
    assert crowd.groups == [["first"], ["some"] * CROWD]


def test_one_name_is_done_one_after_the_other() -> None:
    crowd = Crowd()
    crowd.met(["some"] * CROWD, name="same")
    assert crowd.groups == [["first"]] + [["some"]] * CROWD


@pytest.mark.parametrize(("bad", "error"), [("bad", KeyError), ("lost", NotFound)])
def test_an_error_is_that_of_whose_work_it_is(bad: str, error: type[Exception]) -> None:
    errors = Crowd().met(["some"] * 5 + [bad] + ["some"] * (CROWD - 6))
    assert [type(one) for one in errors] == [type(None)] * 5 + [error] + [type(None)] * (CROWD - 6)


def test_a_store_that_is_away_is_asked_once() -> None:
    crowd = Crowd()
    errors = crowd.met(["some"] * (CROWD - 1) + ["away"])
    assert {type(one) for one in errors} == {StoreUnavailable}
    assert len(crowd.groups) == 2


def test_an_interrupt_leaves_the_lead_to_others() -> None:
    crowd = Crowd()

    def interrupted(some: Sequence[str]) -> list[Exception | None]:
        crowd.work(some)
        if some == ["first"]:
            raise KeyboardInterrupt
        return [None] * len(some)

    crowd.gathering = Gathering(interrupted)
    with pytest.raises(KeyboardInterrupt):
        crowd.met(["some"] * CROWD)
    assert crowd.groups == [["first"], ["some"] * CROWD]
    crowd.gathering.do("later", "some")


def test_what_is_written_together_is_checked_one_by_one(tmp_path, monkeypatch) -> None:
    behind = backend(connect(tmp_path / "home"))
    run_ids = [f"run{n}" for n in range(CROWD)]
    for run_id in run_ids:
        behind.writer.begin(RunStarted(run_id, "0", run_id, 1))
    behind.writer.log(run_ids[3], params={"p": "other"})
    groups, write = [], behind.writer._gathering._together
    crowd = Crowd()

    def together(some):
        groups.append(len(some))
        if len(groups) == 1:
            crowd.work(["first"])
        return write(some)

    monkeypatch.setattr(behind.writer._gathering, "_together", together)

    def log(run_id: str) -> Exception | None:
        crowd.arrived.release()
        try:
            behind.writer.log(run_id, params={"p": "1"}, tags={"t": run_id})
        except ParamConflict as error:
            return error
        return None

    with ThreadPoolExecutor(CROWD + 1) as pool:
        first = pool.submit(behind.writer.log, run_ids[0], tags={"first": "1"})
        while not groups:
            time.sleep(0.001)
        errors = list(pool.map(log, run_ids))
        first.result(10)
    assert groups == [1, CROWD]
    assert [type(one) for one in errors] == [
        ParamConflict if run_id == run_ids[3] else type(None) for run_id in run_ids
    ]
    for run_id in run_ids:
        data = behind.store.runs.get(run_id).data
        assert data.params == {"p": "other" if run_id == run_ids[3] else "1"}
        assert ("t" in data.tags) == (run_id != run_ids[3])
    behind.store.close()
