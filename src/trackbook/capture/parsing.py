"""Parsing beside a cell that parses too, without making its parsing fail.

CPython (seen with 3.11.7, after gh-106905) counts the depth of the tree that it is converting in one place for all
threads.  A conversion is interrupted where a garbage collection in it runs Python code (a callback, a finalizer); a
second one in another thread then spoils the first one's count, and whoever began it, the shell or `DataFrame.query`,
gets "SystemError: AST constructor recursion depth mismatch".  So ours begins only while no other thread is in one, and
no collection interrupts it.
"""

from __future__ import annotations

import ast
import gc
import sys
import threading
import time

WAIT_S = 0.001
MOST_WAITS = 1000
_PARSE = ast.parse.__code__
_SHELLS = "ast_parse"
"""IPython's function, in `IPython.core.compilerop`."""
_compile, _sleep = compile, time.sleep


def parsed(source: str) -> ast.Module | None:
    """The tree; None for a source that does not parse.  From any thread."""
    for _ in range(MOST_WAITS):
        was_on = gc.isenabled()
        gc.disable()
        try:
            if not _is_elsewhere():
                return _tree(source)
        finally:
            if was_on:
                gc.enable()
        _sleep(WAIT_S)
    return _tree(source)


def _tree(source: str) -> ast.Module | None:
    try:
        tree = _compile(source, "<cell>", "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return tree if isinstance(tree, ast.Module) else None


_OURS = _tree.__code__


def _is_elsewhere() -> bool:
    """Whether another thread is in a parser, or in what a collection runs within one."""
    own = threading.get_ident()
    for thread, frame in sys._current_frames().items():  # noqa: SLF001 - the documented way to see other threads
        at = None if thread == own else frame
        while at is not None:
            if at.f_code is _PARSE or at.f_code is _OURS or at.f_code.co_name == _SHELLS:
                return True
            at = at.f_back
    return False
