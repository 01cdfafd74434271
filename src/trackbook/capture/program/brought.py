"""What a script brings along in the place of IPython: the last results, captured output, the folders visited.

Each text stands above the cells of a script that need it.
"""

from __future__ import annotations

import ast

from trackbook.capture.program.magics import PlainCell, parse

OF_IPYTHON = frozenset({"In", "_i", "_ii", "_iii", "_ih"})
"""The sources of cells, which a script does not have."""
DISPLAY = """\
try:
    from IPython.display import display
except ImportError:
    display = print
"""
AWAITING = '''\
import ast, asyncio, inspect

_loop = asyncio.new_event_loop()


def _run_awaiting(source):
    """Run a cell that awaits at its top level, as IPython does."""
    code = compile(source, "<cell>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    result = eval(code, globals())
    if inspect.iscoroutine(result):
        _loop.run_until_complete(result)
'''
RESULTS = '''\
_ = __ = ___ = ""
Out = _oh = {}
_results = [_, __, ___]


def _displayed(value, number):
    """Keep what a cell ends with as IPython does, unless the names are used for something else."""
    global _, __, ___
    if value is None or value is Out:
        return
    as_kept = all(one is other for one, other in zip((_, __, ___), _results))
    _results[:] = [value, *_results[:2]]
    if as_kept:
        _, __, ___ = _results
    if number is not None:
        Out[number] = globals()[f"_{number}"] = value
'''
CAPTURED = '''\
import contextlib as _contextlib, io as _io


class _Captured:
    """What a cell prints, as `%%capture NAME` keeps it; `outputs` has none of what IPython would display."""

    def __enter__(self):
        self._out, self._err, self.outputs, self._stack = _io.StringIO(), _io.StringIO(), [], _contextlib.ExitStack()
        self._stack.enter_context(_contextlib.redirect_stdout(self._out))
        self._stack.enter_context(_contextlib.redirect_stderr(self._err))

    def __exit__(self, *error):
        self._stack.close()

    stdout = property(lambda self: self._out.getvalue())
    stderr = property(lambda self: self._err.getvalue())
    __str__ = stdout.fget

    def show(self):
        print(self.stdout, end="")

    __call__ = show
'''
FOLDERS = '''\
import os as _os

_visited, _pushed = [_os.getcwd()], []


def _magic_cd(folder):
    """As `%cd`: `-` is the folder before, `-2` the one that was visited as number 2."""
    if folder == "-":
        folder = _visited[-2]
    elif folder[:1] == "-" and folder[1:].isdigit():
        folder = _visited[int(folder[1:])]
    before = _os.getcwd()
    _os.chdir(_os.path.expanduser(folder or "~"))
    if _os.getcwd() != before:
        _visited.append(_os.getcwd())


def _magic_pushd(folder):
    """As `%pushd`."""
    _pushed.insert(0, _os.getcwd())
    if folder:
        _magic_cd(folder)


def _magic_popd():
    """As `%popd`."""
    _magic_cd(_pushed.pop(0))
'''


def with_last_result(cell: PlainCell, number: int | None) -> str:
    """The cell's text, whose last expression is kept as IPython keeps it."""
    tree = parse(cell.python) if cell.parses and not cell.captured else None
    last = tree.body[-1] if tree is not None and tree.body else None
    if not isinstance(last, ast.Expr) or isinstance(last.value, ast.Constant):
        return cell.python
    lines = cell.python.encode().splitlines(keepends=True)
    start, end = last.lineno - 1, (last.end_lineno or last.lineno) - 1
    behind = lines[end][last.end_col_offset :]
    if behind.lstrip().startswith(b";"):  # not displayed, and not kept
        return cell.python
    first = lines[start][: last.col_offset]
    written = b"".join(lines[start : end + 1])[len(first) : -len(behind) or None]
    lines[start : end + 1] = [first + b"_displayed(" + written + f", {number!r})".encode() + behind]
    return b"".join(lines).decode()
