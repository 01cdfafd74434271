"""What a script brings along in the place of IPython: the last results, captured output, the folders visited.

Each text stands above the cells of a script that need it, and binds names only that begin with `_tb_`.
"""

from __future__ import annotations

import ast

from trackbook.capture.program.magics import PlainCell, parse
from trackbook.capture.program.splicing import lines_of, parts, put

OF_IPYTHON = frozenset({"In", "_i", "_ii", "_iii", "_ih"})
"""The sources of cells, which a script does not have."""
DISPLAY = """\
try:
    from IPython.display import display
except ImportError:
    display = print
"""
SHELL = """\
try:
    from IPython import get_ipython  # None in a script
except ImportError:
    get_ipython = lambda: None
"""
AWAITING = '''\
import ast as _tb_ast, asyncio as _tb_asyncio, inspect as _tb_inspect

_tb_loop = _tb_asyncio.new_event_loop()


def _tb_run_awaiting(source):
    """Run a cell that awaits at its top level, or begins a task, as a kernel does: while the loop runs."""
    code = compile(source, "<cell>", "exec", flags=_tb_ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)

    async def run():
        result = eval(code, globals())
        if _tb_inspect.iscoroutine(result):
            await result

    _tb_loop.run_until_complete(run())
'''
RESULTS = '''\
_ = __ = ___ = ""
Out = _oh = {}
_tb_results = [_, __, ___]


def _tb_displayed(value, number):
    """Keep what a cell ends with as IPython does, unless the names are used for something else."""
    global _, __, ___
    if value is None or value is Out:
        return
    as_kept = all(one is other for one, other in zip((_, __, ___), _tb_results))
    _tb_results[:] = [value, *_tb_results[:2]]
    if as_kept:
        _, __, ___ = _tb_results
    if number is not None:
        Out[number] = globals()[f"_{number}"] = value
'''
CAPTURED = '''\
import contextlib as _tb_contextlib, io as _tb_io


class _tb_Captured:
    """What a cell prints, as `%%capture NAME` keeps it; `outputs` has none of what IPython would display."""

    def __enter__(self):
        self._out, self._err, self.outputs = _tb_io.StringIO(), _tb_io.StringIO(), []
        self._stack = _tb_contextlib.ExitStack()
        self._stack.enter_context(_tb_contextlib.redirect_stdout(self._out))
        self._stack.enter_context(_tb_contextlib.redirect_stderr(self._err))

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
import os as _tb_os

_tb_visited, _tb_pushed = [_tb_os.getcwd()], []


def _tb_magic_cd(folder):
    """As `%cd`: `-` is the folder before, `-2` the one that was visited as number 2."""
    if folder == "-":
        folder = _tb_visited[-2]
    elif folder[:1] == "-" and folder[1:].isdigit():
        folder = _tb_visited[int(folder[1:])]
    before = _tb_os.getcwd()
    _tb_os.chdir(_tb_os.path.expanduser(folder or "~"))
    if _tb_os.getcwd() != before:
        _tb_visited.append(_tb_os.getcwd())


def _tb_magic_pushd(folder):
    """As `%pushd`."""
    _tb_pushed.insert(0, _tb_os.getcwd())
    if folder:
        _tb_magic_cd(folder)


def _tb_magic_popd():
    """As `%popd`."""
    _tb_magic_cd(_tb_pushed.pop(0))
'''


def with_last_result(cell: PlainCell, number: int | None) -> str:
    """The cell's text, whose last expression is kept as IPython keeps it."""
    tree = parse(cell.python) if cell.parses and not cell.captured else None
    last = tree.body[-1] if tree is not None and tree.body else None
    if not isinstance(last, ast.Expr) or (isinstance(last.value, ast.Constant) and last.value.value is None):
        return cell.python
    lines = lines_of(cell.python)
    _, written, behind = parts(lines, last)
    if behind.lstrip().startswith(b";"):  # not displayed, and not kept
        return cell.python
    put(lines, last, b"_tb_displayed((" + written + f"), {number!r})".encode())
    return b"".join(lines).decode()
