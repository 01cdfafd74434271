"""`%%track` as an input transformer: its line becomes a call that opens the run, and the body runs natively.

The body stays at top level and on its own lines, so that tracebacks, `await`, a trailing `;` and the value of the last
line are what they are without us.  A cell magic stacked below (`%%time`) is called as IPython itself would call it.
The function is pure: it also runs for completion and for checks whether a cell is complete.
"""

from __future__ import annotations

MAGIC = "%%track"
BEGIN = "trackbook_begin"

HELP = frozenset({"--help", "-h"})
"""Asked for on its line, a cell shows what there is to know, and does not run."""

PYTHON_MAGICS = frozenset({"time", "capture", "prun"})
"""Cell magics that run their body as Python in the notebook's namespace."""


def track_transform(lines: list[str]) -> list[str]:
    """The lines of a cell with the `%%track` line replaced; other cells come back as they are."""
    if not lines or not is_track_line(lines[0]):
        return lines
    if not HELP.isdisjoint(lines[0].split()):
        return [f"get_ipython().run_line_magic({MAGIC[2:]!r}, 'help')\n"]
    begin = f"get_ipython().run_line_magic({BEGIN!r}, {options_of(lines[0])!r})\n"
    body = lines[1:]
    if body and body[0].startswith("%%"):
        name, _, argument = body[0][2:].rstrip("\n").partition(" ")
        body = [f"get_ipython().run_cell_magic({name!r}, {argument!r}, {''.join(body[1:])!r})\n"]
    return [begin, *body]


def is_track_line(line: str) -> bool:
    return line.rstrip() == MAGIC or line.startswith((MAGIC + " ", MAGIC + "\t"))


def options_of(line: str) -> str:
    """What follows the magic's name on its line."""
    return line[len(MAGIC) :].strip()


def python_body(raw_cell: str) -> str | None:
    """The Python below a cell's `%%` lines; None where one of them is no magic that runs Python here (`%%bash`)."""
    lines = raw_cell.splitlines(keepends=True)
    while lines and not lines[0].strip():
        lines.pop(0)
    while lines and lines[0].startswith("%%"):
        name = lines.pop(0)[2:].partition(" ")[0].strip()
        if name != MAGIC[2:] and name not in PYTHON_MAGICS:
            return None
    return "".join(lines)


def as_transformed(raw_cell: str, body: str, transformed: str | None) -> str | None:
    """The body within what IPython made of the cell; None where it must be transformed for itself.

    That is where a magic below `%%track` runs it, and for a single line, which may be a magic or an alias by its name.
    """
    if transformed is None or body.count("\n") < 2:
        return None
    first, _, rest = transformed.partition("\n")
    above = raw_cell.removesuffix(body).strip()
    if not above:
        return transformed
    return rest if is_track_line(above) and "\n" not in above and BEGIN in first else None
