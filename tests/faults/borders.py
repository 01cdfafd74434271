"""Kills a process at the n-th border that it crosses: a file opened, made, renamed or removed, a statement, a commit.

python borders.py recovery|life FOLDER SHARE     SHARE of all borders is tried, chosen at random; prints what was tried

Each trial is a fork of this process, which has all modules loaded and no threads.
"""

from __future__ import annotations

import mmap
import os
import random
import shutil
import signal
import struct
import sys
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.engine import Engine

from trackbook.connect import connect
from trackbook.core import events
from trackbook.core.ports import RunQuery
from trackbook.journal import writer
from trackbook.journal.recovery import recover
from trackbook.journal.writer import Journal
from trackbook.tracking.recorder import Recorder

AUDITED = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.scandir", "shutil.rmtree"}
POINTS = 600


def forked(work: Callable[[], object]) -> int:
    """Run in a fork: its exit code, -9 where it was killed."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def killed_at(border: int, work: Callable[[], object], folder: Path) -> int:
    """Run in a fork that dies at its `border`-th border."""

    def go() -> None:
        left, home = [border], str(folder)

        def cross(*_: object) -> None:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        def audit(name: str, arguments: tuple[object, ...]) -> None:
            if name in AUDITED and str(arguments[0]).startswith(home):
                cross()

        sys.addaudithook(audit)
        for moment in ("before_cursor_execute", "after_cursor_execute", "commit"):
            event.listen(Engine, moment, cross)
        work()

    return forked(go)


def connected(home: Path):
    store = connect(home)
    store.runs.search(RunQuery())
    return store


# -- a dead journal, and processes that die while they recover it --


def recovery(folder: Path, share: float) -> None:
    home = folder / "home"

    def leave() -> None:
        writer.LINES_BYTES = 2_000
        store = connected(home)
        store.experiments.create("e")
        store.close()
        journal = Journal(home / "journal", destination=str(home), first_slots=100, more_slots=200)
        journal.append(events.RunStarted("r", "1", "n", 1))
        journal.append(events.RunStarted("q", "1", "n", 1))
        loss = journal.define("r", "loss")
        for step in range(POINTS):
            journal.point(loss, step * 0.5, step, step)
            if step % 10 == 0:
                journal.append(events.TagsSet("r", {f"t{step}": str(step)}))
        name, size = journal.stage_bytes(b"hello")
        journal.append(events.ArtifactStaged("r", "a.txt", name, size))
        journal.append(events.RunEnded("q", "FINISHED", 2))

    def again() -> None:
        store = connected(home)
        recover(home / "journal", store)
        store.close()

    def check() -> None:
        again()
        store = connected(home)
        history = store.metrics.history("r", "loss")
        assert history.steps.tolist() == list(range(POINTS)), len(history.steps)
        assert history.values.tolist() == [step * 0.5 for step in range(POINTS)]
        assert (store.runs.get("r").info.status, store.runs.get("q").info.status) == ("KILLED", "FINISHED")
        assert sum(key.startswith("t") and key[1:].isdigit() for key in store.runs.get("r").data.tags) == POINTS // 10
        with store.artifacts.open("r", "a.txt") as file:
            assert file.read() == b"hello"
        assert list((home / "journal").iterdir()) == []

    assert forked(leave) == 0
    template = folder / "template"
    home.rename(template)

    def trial(border: int) -> bool:
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(template, home)
        died = killed_at(border, again, home) == -9
        if died:
            killed_at(random.randint(1, border + 5), again, home)  # twice in a row
        assert forked(check) == 0, f"border {border}"
        return died

    report(every(trial, share))


# -- a process that logs, rolls over, gives back and closes, and dies at it --


def life(folder: Path, share: float) -> None:
    home, acknowledged = folder / "home", folder / "acknowledged"
    template = folder / "template"

    def make() -> None:
        store = connected(template)
        store.experiments.create("e")
        store.close()

    def live() -> None:
        writer.LINES_BYTES = 1_000
        with acknowledged.open("r+b") as file:
            returned = memoryview(mmap.mmap(file.fileno(), 0)).cast("q")  # points, start, end, tags
        store = connect(home)
        journal = Journal(home / "journal", destination=store.uri, first_slots=16, more_slots=64)
        recorder = Recorder(journal, lambda: store)
        journal.append(events.RunStarted("r", "1", "n", 1))
        returned[1] = 1
        loss = journal.define("r", "loss")
        for step in range(POINTS):
            journal.point(loss, step * 0.5, step, step)
            returned[0] = step + 1
            if step % 20 == 0:
                journal.append(events.TagsSet("r", {f"t{step}": str(step)}))
                returned[3] = step // 20 + 1
            if step % 150 == 149:
                recorder.flush()
        journal.append(events.RunEnded("r", "FINISHED", 2))
        returned[2] = 1
        recorder.close()

    def check() -> None:
        points, started, ended, tags = struct.unpack("4q", acknowledged.read_bytes())
        store = connected(home)
        recover(home / "journal", store)
        assert [path for path in (home / "journal").iterdir() if not path.name.startswith(".new-")] == []
        if not started:
            return
        steps = store.metrics.history("r", "loss").steps.tolist()
        assert steps == list(range(len(steps)))
        assert points <= len(steps) <= points + 1, (points, len(steps))
        run = store.runs.get("r")
        assert run.info.status == "FINISHED" or (run.info.status == "KILLED" and not ended)
        assert tags <= sum(key.startswith("t") and key[1:].isdigit() for key in run.data.tags) <= tags + 1

    assert forked(make) == 0

    def trial(border: int) -> bool:
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(template, home)
        acknowledged.write_bytes(bytes(32))
        died = killed_at(border, live, home) == -9
        assert forked(check) == 0, f"border {border}"
        return died

    report(every(trial, share))


def every(trial: Callable[[int], bool], share: float) -> tuple[int, int]:
    """Try borders from the first on until one is behind the end: how many there are, and how many were tried."""
    border, tried = 1, 0
    while True:
        tried += 1
        if not trial(border):
            return border - 1, tried
        border += 1 if share >= 1 else max(1, round(random.expovariate(share)))


def report(result: tuple[int, int]) -> None:
    print("borders", result[0], "trials", result[1])


if __name__ == "__main__":
    {"recovery": recovery, "life": life}[sys.argv[1]](Path(sys.argv[2]), float(sys.argv[3]))
