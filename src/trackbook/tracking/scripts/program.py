"""What this process executes: a script's file, the text of `python -c`, or a cell of a shell without the extension."""

from __future__ import annotations

import os
import sys
import time
import tokenize
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from types import FrameType
from typing import Any

import trackbook
from trackbook.capture.data import opens
from trackbook.capture.files import regular_bytes
from trackbook.capture.installed import package_folders

LARGEST_BYTES = 5_000_000
SCRIPT, NOTEBOOK = "LOCAL", "NOTEBOOK"
"""MLflow's source types."""
_OURS = str(Path(trackbook.__file__).parent) + os.sep


@dataclass(frozen=True, slots=True)
class Clue:
    """What is known at once, on the thread that starts the run."""

    main: str | None
    """The file of `__main__`."""
    caller: str
    """The file that the run is started from."""
    cell: str | None = None
    """The text of the shell's cell."""
    folder: str = ""
    """The current folder."""


@dataclass(frozen=True, slots=True)
class Program:
    kind: str
    source: str | None
    """As executed; None where it cannot be had."""
    path: Path | None = None
    edited: bool = False
    """The file was written after the process began, so that something else may have run."""


def look(shell: Any) -> Clue:
    """Note what is there; `shell` is IPython's, None outside."""
    main = getattr(sys.modules.get("__main__"), "__dict__", {}).get("__file__")
    path = os.path.abspath(main) if isinstance(main, str) else None  # noqa: PTH100 - texts, as in frames
    cell = _cell(shell) if path is None and shell is not None else None
    return Clue(path, _caller(), cell, opens.folder())


def program(clue: Clue, root: Path) -> Program | None:
    """What runs, from a clue; None for an installed program that runs nothing of the project below `root`."""
    if clue.cell is not None:
        return Program(NOTEBOOK, clue.cell)
    if clue.main is None:
        return Program(SCRIPT, _command())
    installed = package_folders(root)
    if not clue.main.startswith(installed):
        return _of_file(Path(clue.main))
    if clue.caller.startswith(str(root) + os.sep) and not clue.caller.startswith(installed):
        return _of_file(Path(clue.caller))
    return None


def _of_file(path: Path) -> Program:
    data = regular_bytes(path, LARGEST_BYTES)
    if data is None:
        return Program(SCRIPT, None, path)
    return Program(SCRIPT, _decoded(data), path, _is_newer_than_process(path))


def _decoded(data: bytes) -> str:
    try:
        encoding, _ = tokenize.detect_encoding(BytesIO(data).readline)
    except SyntaxError:
        encoding = "utf-8"
    return data.decode(encoding, "replace")


def _is_newer_than_process(path: Path) -> bool:
    try:
        import psutil

        return path.stat().st_mtime > psutil.Process().create_time() + 1  # which is known to a second
    except Exception:  # noqa: BLE001 - no psutil, no process table, no file
        return False


def process_began_ns() -> int | None:
    """When this process was started, ns since the epoch; None where nobody tells.

    To a hundredth of a second on Linux: a file that was made right before is told from one that the script made.
    """
    try:
        ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
        age_s = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
        return int((time.time() - age_s) * 1e9)
    except (OSError, AttributeError, ValueError, IndexError):
        pass
    try:
        import psutil

        return int(psutil.Process().create_time() * 1e9)
    except Exception:  # noqa: BLE001 - no psutil, no process table
        return None


def _command() -> str | None:
    """The text of `python -c`."""
    given = getattr(sys, "orig_argv", [])
    if sys.argv[:1] != ["-c"] or "-c" not in given[:-1]:
        return None
    text: str = given[given.index("-c") + 1]
    return text


def _cell(shell: Any) -> str | None:
    executed = getattr(getattr(shell, "history_manager", None), "input_hist_raw", None) or [""]
    return executed[-1] if isinstance(executed[-1], str) and executed[-1].strip() else None


def _caller() -> str:
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - there is no public way up the stack that is as quick
    while frame is not None and frame.f_code.co_filename.startswith(_OURS):
        frame = frame.f_back
    return "" if frame is None else frame.f_code.co_filename
