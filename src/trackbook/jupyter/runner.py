"""The notebooks that the command line of whoever started this kernel names: `jupyter nbconvert --execute a.ipynb`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from trackbook.capture.notebook import SUFFIX
from trackbook.jupyter.guard import log

HIGHEST = 3
"""A kernel may be started through a script of its own."""
OUTPUTS = frozenset({"--output", "-o", "--output-dir"})
"""What follows these is written, not run."""


def named_notebooks() -> frozenset[Path]:
    """Of the nearest process above this one that names any; empty where none does, or none can be looked at."""
    try:
        import psutil

        for process in psutil.Process().parents()[:HIGHEST]:
            found = frozenset(_inputs(process.cmdline(), Path(process.cwd())))
            if found:
                return found
    except Exception:  # noqa: BLE001 - another user's process, one that has ended, a platform that tells nothing
        log.debug("the runner's command line could not be had", exc_info=True)
    return frozenset()


def _inputs(arguments: Sequence[str], folder: Path) -> Iterator[Path]:
    before = ""
    for argument in arguments:
        if argument.endswith(SUFFIX) and not argument.startswith("-") and before not in OUTPUTS:
            yield (folder / argument).resolve()
        before = argument
