"""What tracking adds to a cell of a large notebook in a real kernel: 200 cells, 5 MB, 300 packages installed.

    python tests/benchmarks/bench_large_notebook.py [--repeat 21]

A cell is sent to the kernel and timed until its reply has come, plain and tracked in turns, each time when the work of
the run before it is done.  Figures are medians, beside them the plain cell's own spread: the floor and the noise.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from bench_home import CODE_CELLS, cell_id, install_packages, save, source
from jupyter_client.manager import KernelManager
from measure import Row, show

TIMEOUT_S = 120
CELL = "C = 0.5\nscore = sum(value * C for value in range(1000)) / 1000\n"
KINDS = {"plain": "", "quiet": "%%track bench --quiet\n", "card": "%%track bench\n"}
SETTLE = (
    "from trackbook.jupyter.extension import loaded as _l; _l().hooks.workers.wait(60)\n"
    "from trackbook.tracking.session import current_session as _s; _s().recorder.flush(60)"
)


class Kernel:
    def __init__(self) -> None:
        self._manager = KernelManager(kernel_name="python3")
        self._manager.start_kernel(extra_arguments=["--IPKernelApp.log_level=CRITICAL"])
        self._client = self._manager.client()
        self._client.start_channels()
        self._client.wait_for_ready(TIMEOUT_S)

    def run(self, code: str, cell: str | None = None, *, silent: bool = False) -> float:
        """Milliseconds from the request to its reply."""
        content = {"code": code, "silent": silent, "store_history": not silent, "allow_stdin": True}
        message = self._client.session.msg("execute_request", content, metadata={"cellId": cell} if cell else {})
        begun = time.perf_counter()
        self._client.shell_channel.send(message)
        while True:
            reply: dict[str, Any] = self._client.get_shell_msg(timeout=TIMEOUT_S)
            if reply["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                break
        took = (time.perf_counter() - begun) * 1000
        if reply["content"]["status"] != "ok":
            raise RuntimeError(f"{code!r}: {reply['content']}")
        return took

    def close(self) -> None:
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=False)


def rows(repeat: int, notebook: Path) -> list[Row]:
    kernel = Kernel()
    try:
        kernel.run("%load_ext trackbook")
        for number in range(CODE_CELLS):
            kernel.run(source(number, 0), cell_id(number))
        for kind, line in KINDS.items():
            kernel.run(line + CELL, kind)
        taken = in_turns(kernel, repeat, KINDS)
        kernel.run("%track on")
        taken["on"] = in_turns(kernel, repeat, {"on": ""})["on"]
        kernel.run("%track off")
        taken["off"] = in_turns(kernel, repeat, {"off": ""})["off"]
    finally:
        kernel.close()
    middle = {kind: statistics.median(times) for kind, times in taken.items()}
    low, _, high = statistics.quantiles(taken["plain"], n=4)
    floor = middle["off"]
    beside = f"the cell with tracking off takes {floor:.1f} ms, half of all within {high - low:.1f} ms"
    return [
        ("added by %%track --quiet", f"{middle['quiet'] - floor:+.1f} ms", beside),
        ("added by %%track, card included", f"{middle['card'] - floor:+.1f} ms", "to be 15 ms"),
        ("added to an untracked cell", f"{middle['plain'] - floor:+.2f} ms", ""),
        ("added by %track on, no training", f"{middle['on'] - floor:+.2f} ms", "to be 1 ms"),
    ]


def in_turns(kernel: Kernel, repeat: int, kinds: dict[str, str]) -> dict[str, list[float]]:
    taken: dict[str, list[float]] = {kind: [] for kind in kinds}
    for _ in range(repeat):
        for kind, line in kinds.items():
            kernel.run(SETTLE, silent=True)
            taken[kind].append(kernel.run(line + CELL, kind))
    return taken


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--repeat", type=int, default=21)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / ".trackbook").mkdir()
        notebook = folder / "large.ipynb"
        save(notebook, {})
        packages = folder / "packages"
        install_packages(packages)
        os.environ |= {
            "IPYTHONDIR": str(folder / "ipython"),
            "TRACKBOOK_NOTEBOOK": str(notebook),
            "PYTHONPATH": os.pathsep.join([str(packages), os.environ.get("PYTHONPATH", "")]),
        }
        os.chdir(name)
        show(rows(chosen.repeat, notebook))
        os.chdir("/")


if __name__ == "__main__":
    main()
