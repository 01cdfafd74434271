"""Warming up does no harm to a process that is forked meanwhile."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = """
import os, signal, sys, time
sys.path.insert(0, ".")
from trackbook.jupyter.warmup import Warmup, _imports
warmup = Warmup(lambda reason: None)
warmup._run(_imports(["slow"]))
time.sleep(0.2)
child = os.fork()
if child == 0:
    signal.alarm(10)
    import slow
    os._exit(0)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_process_forked_within_an_import_can_import_the_same(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text("import time\ntime.sleep(1)\n")
    done = subprocess.run([sys.executable, "-c", SCRIPT], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.stdout == "0\n", done.stderr
