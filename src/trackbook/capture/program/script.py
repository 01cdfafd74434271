"""The texts of a minimal program: one Python script, and one notebook with the cells as they were executed.

The script runs without IPython: `%%track` lines are left out, magics are written as calls of the standard library or,
where there is no such thing, as comments.  A cell that failed, but whose work later cells need, stands in `try`; in the
notebook it has the tag `raises-exception`, which lets nbclient and papermill go on behind it.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from trackbook.capture import cells
from trackbook.capture.cells import CellExecution
from trackbook.capture.program.brought import (
    AWAITING,
    CAPTURED,
    DISPLAY,
    FOLDERS,
    OF_IPYTHON,
    RESULTS,
    SHELL,
    with_last_result,
)
from trackbook.capture.program.magics import QUIET, PlainCell, parse, plain_cell
from trackbook.capture.program.reader import cell_steps
from trackbook.capture.program.slicer import Slice
from trackbook.capture.program.splicing import indented, lines_of, put
from trackbook.capture.program.why import why_text

RAISES = "raises-exception"
_EXCEPT = """\
except BaseException as _tb_error:
    print("as in the notebook:", repr(_tb_error))
"""
_HOME = """\
import os as _tb_os, tempfile as _tb_tempfile

_tb_os.environ.setdefault("TRACKBOOK_TRACKING_URI", _tb_tempfile.mkdtemp(prefix="trackbook-program-"))
"""
_SEEDING = """\
import random as _tb_random, sys as _tb_sys

_tb_random.seed({seed})
if "numpy" in _tb_sys.modules:
    _tb_sys.modules["numpy"].random.seed({seed} % 2**32)
if "torch" in _tb_sys.modules:
    _tb_sys.modules["torch"].manual_seed({seed})
"""


@dataclass(frozen=True, slots=True)
class Header:
    """What the comment at the top says."""

    run_id: str
    notebook: str | None = None
    when: str = ""
    """UTC, as in 2026-11-21 07:00:00Z."""
    packages_file: str = ""


def program_script(found: Slice, header: Header) -> str:
    """The slice as a Python script."""
    plain = [plain_cell(one.source) for one in found.executions]
    if any(map(_reads_outputs, plain)):
        plain = [
            replace(cell, python=with_last_result(cell, one.execution_count))
            for cell, one in zip(plain, found.executions, strict=True)
        ]
    kept = _kept(found)
    bodies = [
        _body(one, cell, why, last=one is found.executions[-1])
        for one, cell, why in zip(found.executions, plain, kept, strict=True)
    ]
    futures = sorted({line for cell in plain for line in _futures(cell)})
    top = [_comment(found, header, plain)]
    if futures:
        top.append("\n".join(futures) + "\n")
    if _tracks(found):
        top.append(_HOME)
    top += [text for text, is_needed in _BROUGHT if any(map(is_needed, plain))]
    return "\n".join(top) + "\n" + "\n\n".join(bodies)


def program_notebook(found: Slice, header: Header) -> str:
    """The slice as a notebook (nbformat 4.5) of the cells as executed, without outputs."""
    text = _comment(found, header, []).replace("# ", "").replace("#", "")
    kept = _kept(found)
    listed = "".join(
        f"- `{_label(one)}` {_as_code(why)}\n" for one, why in zip(found.executions, kept, strict=True) if why
    )
    note = {"cell_type": "markdown", "id": "about", "metadata": {}, "source": f"{text}\n{listed}" if listed else text}
    sources = [one.source for one in found.executions]
    loading = [] if not any(map(_uses_track, sources)) or any(_LOADING in one for one in sources) else [_LOADING_CELL]
    written = loading + [_notebook_cell(one, place, kept[place]) for place, one in enumerate(found.executions)]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}, "trackbook": {"run_id": header.run_id}}
    document = {"cells": [note, *written], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


_LOADING = "%load_ext trackbook"
_LOADING_CELL: dict[str, object] = {
    "cell_type": "code",
    "id": "load",
    "metadata": {},
    "execution_count": None,
    "outputs": [],
    "source": _LOADING,
}
"""The cell that loads the extension does nothing that another needs, but `%%track` is not known without it."""


def _uses_track(source: str) -> bool:
    return source.lstrip().startswith("%%track")


def _notebook_cell(one: CellExecution, position: int, why: str) -> dict[str, object]:
    tags = {"tags": [RAISES]} if _failed(one) else {}
    about = {"execution": one.index, "cell": one.cell_id, **({"why": why} if why else {})}
    return {
        "cell_type": "code",
        "id": f"cell-{position}",
        "metadata": {**tags, "trackbook": about},
        "execution_count": None,
        "outputs": [],
        "source": one.source,
    }


def _comment(found: Slice, header: Header, plain: Sequence[PlainCell]) -> str:
    lines = [f"The minimal program of run {header.run_id}"]
    facts = [
        ("notebook", header.notebook),
        ("run it in", _folder(header.notebook)),
        ("when", header.when),
        ("packages", header.packages_file),
    ]
    lines += [f"{name}: {text}" for name, text in facts if text]
    lines.append(f"cells: {len(found.executions)}, found from their {_HOW[found.label]}; the last one is the run's own")
    if _tracks(found):
        lines.append(_ITS_RUNS)
    if found.missing:
        lines.append(f"not defined by any recorded cell: {', '.join(found.missing)}")
    lines += [_BY_INPUTS for cell in plain if not _names(cell).isdisjoint(OF_IPYTHON)][:1]
    lines += [_BY_SHELL for cell in plain if ASKS_SHELL in _names(cell)][:1]
    left_out = [magic for cell in plain for magic in cell.untranslated]
    lines += [f"left out, has no plain Python: {magic}" for magic in left_out]
    lines += [_MAY_MATTER for magic in left_out if magic.lstrip("%").partition(" ")[0] not in QUIET][:1]
    return "".join(f"# {line}\n" for text in lines for line in text.splitlines())


def _folder(notebook: str | None) -> str:
    """Where the kernel began, as a rule: the notebook's folder."""
    if notebook is None or notebook.startswith("/"):
        return ""
    folder = notebook.rpartition("/")[0]
    return f"{folder}/, seen from the project's folder" if folder else "the project's folder"


def _tracks(found: Slice) -> bool:
    return any(_TRACKS.search(one.source) for one in found.executions)


_TRACKS = re.compile(r"^[ \t]*(?:import|from)[ \t]+(?:trackbook|mlflow)\b", re.MULTILINE)
_ITS_RUNS = """\
its runs: as a script it keeps what it logs, and the runs that it starts, in a temporary folder and not in the
project's store; to keep them elsewhere: TRACKBOOK_TRACKING_URI=/a/folder python program.py"""
_BY_INPUTS = "reads sources of cells by `In` or `_i`, which IPython alone keeps: run program.ipynb instead"
ASKS_SHELL = "get_ipython"
_BY_SHELL = "asks `get_ipython()`, which is None in a script: where that matters run program.ipynb instead"
_MAY_MATTER = "what is left out may matter: run program.ipynb instead, which has it"
_HOW = {"static": "text (static)", "traced": "text and from what was seen at their borders (traced)"}


def _kept(found: Slice) -> list[str]:
    """Of each cell: why it is in, in one line."""
    return [why_text(one) for one in found.chain.whys()]


def _as_code(why: str) -> str:
    """As Markdown shows it unchanged, `__init__` too."""
    return f"`{why.replace('`', ' ')}`"


def _label(one: CellExecution) -> str:
    return "In[{}]".format(" " if one.execution_count is None else one.execution_count)


def _failed(one: CellExecution) -> bool:
    return one.outcome in {cells.ERROR, cells.INTERRUPTED}


def _body(one: CellExecution, cell: PlainCell, why: str, *, last: bool) -> str:
    head = f"# {_label(one)}"
    if _failed(one):
        stop = None if one.border is None else one.border.stop
        head += f"  (raised {stop.error})" if stop and one.outcome == cells.ERROR else f"  (ended with {one.outcome})"
    if why:
        head += f"\n# {why}"
    if not cell.parses:
        return f"{head}\n" + "".join(f"# {line}\n" for line in one.source.splitlines())
    python = _without_futures(cell.python).rstrip() + "\n"
    seed = cell.seed if one.border is None or one.border.seed is None else one.border.seed
    seeding = "" if seed is None else _SEEDING.format(seed=seed)
    if _awaits(python):
        python = f"_tb_run_awaiting({python!r})\n"
    if cell.captured:
        python = f"{cell.captured} = _tb_Captured()\nwith {cell.captured}:\n{indented(python)}"
    if _failed(one) and not last:
        python = f"try:\n{indented(python)}{_EXCEPT}"
    return f"{head}\n{seeding}{python}"


_NEEDS_LOOP = ("asyncio.create_task(", "asyncio.ensure_future(", "asyncio.get_running_loop(")


def _awaits(python: str) -> bool:
    if any(call in python for call in _NEEDS_LOOP):
        return parse(python) is not None
    if "async" not in python and "await" not in python:
        return False
    try:
        compile(python, "<cell>", "exec", dont_inherit=True)
    except SyntaxError:
        return parse(python) is not None
    return False


def _reads_outputs(cell: PlainCell) -> bool:
    return cell.parses and cell_steps(cell.python).anonymous


def _names(cell: PlainCell) -> set[str]:
    tree = parse(cell.python) if cell.parses else None
    return set() if tree is None else {one.id for one in ast.walk(tree) if isinstance(one, ast.Name)}


_BROUGHT: tuple[tuple[str, Callable[[PlainCell], bool]], ...] = (
    (SHELL, lambda cell: ASKS_SHELL in _names(cell)),
    (DISPLAY, lambda cell: "display(" in cell.python),
    (AWAITING, lambda cell: _awaits(cell.python)),
    (CAPTURED, lambda cell: bool(cell.captured)),
    (FOLDERS, lambda cell: "_tb_magic_" in cell.python),
    (RESULTS, lambda cell: "_tb_displayed(" in cell.python),
)


def _futures(cell: PlainCell) -> list[str]:
    tree = parse(cell.python) if "__future__" in cell.python else None
    return [] if tree is None else [ast.unparse(one) for one in tree.body if _is_future(one)]


def _is_future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _without_futures(python: str) -> str:
    """The text with its imports from `__future__`, which must stand at the top of a script, made nothing."""
    tree = parse(python) if "__future__" in python else None
    if tree is None:
        return python
    lines = lines_of(python)
    for node in reversed([one for one in tree.body if _is_future(one)]):
        put(lines, node, b"pass")
    return b"".join(lines).decode()
