"""What a live card costs a training loop of 1 ms steps: processor time, in a real kernel whose messages somebody reads.

    python tests/benchmarks/bench_live_card.py [--steps 8000] [--repeat 3]

The same cell is run in turns with its card and with `--quiet`, ten metrics a step.  All threads' processor time is
compared with that of the steps alone, which the loop's own thread spends: other work on the machine does not count.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from collections.abc import Iterator

from jupyter_client.manager import start_new_kernel
from measure import Row, show

LOAD = "%load_ext trackbook\nimport time, json, threading, trackbook as tb"
FIRST = "%%track live --cell first\ntb.log_metric('m0', 1.0)"
WARM = """while any(one.name == "trackbook-warm" for one in threading.enumerate()):
    time.sleep(0.1)"""
"""What a kernel imports in its first minute is done once and belongs to no cell."""
CELL = """%%track live --cell {kind} {option}
def step_of(size):
    total = 0.0
    for value in range(size):
        total += value * 0.5
    return total
begin = time.thread_time()
for _ in range(50): step_of(10_000)
size = int(10_000 * 0.001 * 50 / (time.thread_time() - begin))
begin, whole, begin_main = time.perf_counter(), time.process_time(), time.thread_time()
stepping = 0.0
for step in range({steps}):
    before = time.thread_time()
    loss = step_of(size)
    stepping += time.thread_time() - before
    tb.log_metrics({{f"m{{k}}": loss for k in range(10)}}, step=step)
whole, own = time.process_time() - whole, time.thread_time() - begin_main
print(json.dumps([whole / stepping - 1, own / stepping - 1, (time.perf_counter() - begin)]))"""
SETTLE = "time.sleep(4)"
"""What is collected of a run after its cell is over by then."""
KINDS = {"card": "", "quiet": "--quiet"}


def shares(steps: int, repeat: int) -> Iterator[tuple[str, list[float]]]:
    """Kind and what one cell printed: all threads' and the loop's own time over that of the steps, and seconds."""
    with tempfile.TemporaryDirectory() as folder:
        manager, client = start_new_kernel(cwd=folder)
        try:
            for source in (LOAD, FIRST, WARM):
                _printed(client, source)
            for _ in range(repeat):
                for kind, option in KINDS.items():
                    _printed(client, SETTLE)
                    yield kind, json.loads(_printed(client, CELL.format(kind=kind, option=option, steps=steps)))
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)


def _printed(client: object, source: str) -> str:
    texts: list[str] = []

    def hear(message: dict[str, dict[str, str]]) -> None:
        if message["msg_type"] == "stream":
            texts.append(message["content"]["text"])

    reply = client.execute_interactive(source, output_hook=hear, timeout=600)  # type: ignore[attr-defined]
    if reply["content"]["status"] != "ok":
        raise RuntimeError(reply["content"])
    return "".join(texts).strip().rpartition("\n")[2]


def rows(steps: int, repeat: int) -> Iterator[Row]:
    found: dict[str, list[list[float]]] = {kind: [] for kind in KINDS}
    for kind, one in shares(steps, repeat):
        found[kind].append(one)
    middle = {kind: [statistics.median(part) for part in zip(*all_of, strict=True)] for kind, all_of in found.items()}
    card, quiet = middle["card"], middle["quiet"]
    yield (
        f"a live card beside {steps:,} steps of 1 ms",
        f"+{(card[0] - quiet[0]) * 100:.1f} % processor time",
        f"all of tracking +{card[0] * 100:.1f} %, of it in the loop's thread +{card[1] * 100:.1f} %",
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--steps", type=int, default=8_000)
    options.add_argument("--repeat", type=int, default=3)
    chosen = options.parse_args()
    show(rows(chosen.steps, chosen.repeat))


if __name__ == "__main__":
    main()
