"""A crowd's work is done together, and whose work it is hears of it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import pytest

from trackbook.connect import connect
from trackbook.core.events import RunStarted
from trackbook.errors import NotFound, ParamConflict, StoreUnavailable
from trackbook.server import gathering
from trackbook.server.backend import backend
from trackbook.server.gathering import Gathering
from trackbook.server.logged import logged
from trackbook.wire.metrics import Given

CROWD = 12


class Crowd:
    """Those who come while somebody's work is done."""

    def __init__(self, weight: int = 1) -> None:
        self.groups: list[list[str]] = []
        self.has_come = threading.Event()
        self.gathering = Gathering(self.work, lambda _: weight)

    def work(self, some: Sequence[str]) -> list[Exception | None]:
        self.groups.append(list(some))
        assert self.has_come.wait(10)
        if "bad" in some:
            raise KeyError("bad")
        if "away" in some:
            raise StoreUnavailable("here", "away", "wait")
        return [NotFound("run", one) if one == "lost" else None for one in some]

    async def come(self, works: list[str], name: str = "{}") -> list[asyncio.Task[None]]:
        """The first, and these once its work is being done; none is done yet."""
        first = asyncio.create_task(self.gathering.do("first", "first"))
        while not self.groups:
            await asyncio.sleep(0.001)
        crowd = [asyncio.create_task(self.gathering.do(name.format(n), work)) for n, work in enumerate(works)]
        await asyncio.sleep(0)
        return [first, *crowd]

    def met(self, works: list[str], name: str = "{}") -> list[BaseException | None]:
        async def meet() -> list[BaseException | None]:
            tasks = await self.come(works, name)
            self.has_come.set()
            return (await asyncio.gather(*tasks, return_exceptions=True))[1:]

        return asyncio.run(meet())


def test_a_crowd_is_done_at_once() -> None:
    crowd = Crowd()
    assert crowd.met(["some"] * CROWD) == [None] * CROWD
    assert crowd.groups == [["first"], ["some"] * CROWD]


def test_one_name_is_done_one_after_the_other() -> None:
    crowd = Crowd()
    crowd.met([f"work {n}" for n in range(CROWD)], name="same")
    assert crowd.groups == [["first"]] + [[f"work {n}"] for n in range(CROWD)]


def test_no_more_is_done_together_than_is_done_soon() -> None:
    crowd = Crowd(weight=gathering.HEAVIEST // 5)
    assert crowd.met([f"work {n}" for n in range(CROWD)]) == [None] * CROWD
    assert [len(group) for group in crowd.groups] == [1, 5, 5, 2]


def test_what_is_too_heavy_is_done_alone() -> None:
    crowd = Crowd(weight=gathering.HEAVIEST + 1)
    assert crowd.met(["some"] * 3) == [None] * 3
    assert crowd.groups == [["first"]] + [["some"]] * 3


@pytest.mark.parametrize(("bad", "error"), [("bad", KeyError), ("lost", NotFound)])
def test_an_error_is_that_of_whose_work_it_is(bad: str, error: type[Exception]) -> None:
    errors = Crowd().met(["some"] * 5 + [bad] + ["some"] * (CROWD - 6))
    assert [type(one) for one in errors] == [type(None)] * 5 + [error] + [type(None)] * (CROWD - 6)


def test_a_store_that_is_away_is_asked_once() -> None:
    crowd = Crowd()
    errors = crowd.met(["some"] * (CROWD - 1) + ["away"])
    assert {type(one) for one in errors} == {StoreUnavailable}
    assert len(crowd.groups) == 2


def test_who_has_gone_is_left_out_and_the_others_are_not() -> None:
    crowd = Crowd()

    async def leave() -> list[BaseException | None]:
        tasks = await crowd.come([f"work {n}" for n in range(CROWD)])
        tasks[0].cancel()  # its work is being done
        tasks[3].cancel()
        crowd.has_come.set()
        found = await asyncio.gather(*tasks, return_exceptions=True)
        await crowd.gathering.do("later", "later")
        return found

    gone = asyncio.CancelledError
    found = asyncio.run(leave())
    assert [type(one) for one in found] == [gone, *[type(None)] * 2, gone, *[type(None)] * (CROWD - 3)]
    assert crowd.groups == [["first"], [f"work {n}" for n in range(CROWD) if n != 2], ["later"]]


def test_what_waits_when_the_server_stops_is_not_kept_waiting() -> None:
    crowd = Crowd()

    async def stop() -> list[BaseException | None]:
        tasks = await crowd.come(["some"] * CROWD)
        (leading,) = asyncio.all_tasks() - {*tasks, asyncio.current_task()}
        leading.cancel()
        crowd.has_come.set()
        return await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 10)

    assert {type(one) for one in asyncio.run(stop())} == {asyncio.CancelledError}
    assert crowd.groups == [["first"]]


def test_what_is_written_together_is_checked_one_by_one(tmp_path, monkeypatch) -> None:
    behind = backend(connect(tmp_path / "home"))
    run_ids = [f"run{n}" for n in range(CROWD)]
    for run_id in run_ids:
        behind.writer.begin(RunStarted(run_id, "0", run_id, 1))
    behind.writer.log(logged(run_ids[3], params={"p": "other"}))
    groups, write, has_come = [], behind.writer._gathering._together, threading.Event()

    def together(some):
        groups.append(len(some))
        assert has_come.wait(10)
        return write(some)

    monkeypatch.setattr(behind.writer._gathering, "_together", together)

    async def log() -> list[BaseException | None]:
        first = asyncio.create_task(behind.writer.gather(logged(run_ids[0], tags={"first": "1"})))
        while not groups:
            await asyncio.sleep(0.001)
        some = [logged(run_id, params={"p": "1"}, tags={"t": run_id}) for run_id in run_ids]
        tasks = [asyncio.create_task(behind.writer.gather(one)) for one in some]
        await asyncio.sleep(0)
        has_come.set()
        return (await asyncio.gather(first, *tasks, return_exceptions=True))[1:]

    errors = asyncio.run(log())
    assert groups == [1, CROWD]
    assert [type(one) for one in errors] == [
        ParamConflict if run_id == run_ids[3] else type(None) for run_id in run_ids
    ]
    for run_id in run_ids:
        data = behind.store.runs.get(run_id).data
        assert data.params == {"p": "other" if run_id == run_ids[3] else "1"}
        assert ("t" in data.tags) == (run_id != run_ids[3])
    behind.store.close()


def test_a_point_of_a_logged_model_weighs_as_the_row_that_it_is() -> None:
    points = [Given("loss", 0.5, 1, step) for step in range(3)]
    of_model = [Given("loss", 0.5, 1, step, model_id="m-1") for step in range(3)]
    assert logged("0" * 32, metrics=of_model).weight == logged("0" * 32, metrics=points).weight + len(of_model)
