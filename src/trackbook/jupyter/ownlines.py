"""The `%%track` line as the user wrote it, in tracebacks: what is compiled in its place is ours, and not to be seen.

Tracebacks take their lines from `linecache`, by the name that the cell was compiled under.  The text there has to
parse, since whoever draws a traceback reads its statements from it; so the line stands there as a comment.
"""

from __future__ import annotations

import linecache
import sys
from typing import Any

from trackbook.jupyter.transform import BEGIN, is_track_line

_CALL = f"get_ipython().run_line_magic({BEGIN!r}"


def show_own_line(shell: Any, raw_cell: str) -> None:
    """Called from within the cell: tracebacks of it show the first line of `raw_cell` where ours stands."""
    own = raw_cell.lstrip().partition("\n")[0].rstrip()
    name = _compiled_name(shell)
    entry: Any = linecache.cache.get(name or "")
    if name is None or entry is None or len(entry) != 4 or not is_track_line(own):
        return
    size, modified, lines, full_name = entry
    if not lines or not lines[0].startswith(_CALL):
        return
    linecache.cache[name] = (size, modified, [f"# {own}\n", *lines[1:]], full_name)


def _compiled_name(shell: Any) -> str | None:
    """The name of the innermost cell on the stack."""
    frame: Any = sys._getframe(1)  # noqa: SLF001 - what inspect.currentframe() gives, without importing inspect
    while frame is not None:
        name: str = frame.f_code.co_filename
        if shell.compile.format_code_name(name) is not None:
            return name
        frame = frame.f_back
    return None
