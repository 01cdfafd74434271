"""Logs from four threads until it is killed; tells by a shared mapping how many calls of each thread have returned.

python soak_child.py FOLDER ACKNOWLEDGED DESTINATION
"""

from __future__ import annotations

import mmap
import sys
import threading
from pathlib import Path

from trackbook.core import events
from trackbook.core.clock import now_ms
from trackbook.journal.writer import Journal

THREADS = 4


def main(folder: str, acknowledged: str, destination: str) -> None:
    journal = Journal(Path(folder), destination=destination, first_slots=1000, more_slots=5000)
    with Path(acknowledged).open("r+b") as file:
        # One aligned store each: `struct.pack_into` writes zeros first, and a death would leave them there.
        returned = memoryview(mmap.mmap(file.fileno(), 0)).cast("q")
    journal.append(events.RunStarted("r", "1", "n", now_ms()))

    def work(worker: int) -> None:
        series = journal.define("r", f"m{worker}")
        for step in range(1 << 40):
            journal.point(series, step * 0.5, step, now_ms())
            if step % 1000 == 0:
                journal.append(events.TagsSet("r", {f"t{worker}": str(step)}))
            returned[worker] = step + 1

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(THREADS)]
    for thread in threads:
        thread.start()
    print("go", flush=True)
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main(*sys.argv[1:])
