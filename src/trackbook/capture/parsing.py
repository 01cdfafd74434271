"""Parsing beside a cell that parses too, without making its parsing fail.

CPython (seen with 3.11.7, after gh-106905) counts the depth of the tree that it is converting in one place for all
threads.  A conversion is interrupted where a garbage collection in it runs Python code (a callback, a finalizer); a
second one in another thread then spoils the first one's count, and whoever began it, the shell or `DataFrame.query`,
gets "SystemError: AST constructor recursion depth mismatch".  So ours begins only while no collection goes on, and
none interrupts it.

Whether one goes on is told by the collector's callbacks, the first and the last of them, which are written in C, so
that they do not themselves let another thread in.  Frames of other threads are not looked at: one that is held keeps
alive what a cell has just deleted.
Automatic collections are held off by their threshold, not by `gc.disable`, which is the user's to call.
"""

from __future__ import annotations

import ast
import gc
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

WAIT_S = 0.001
MOST_WAITS = 1000
_compile, _sleep = compile, time.sleep
_first: OrderedDict[str, None] = OrderedDict(start=None, stop=None)
_last: OrderedDict[str, None] = OrderedDict(start=None, stop=None)
"""The phase that was told stands at the end: a collection goes on while that is "start" in either."""
_told_first: Callable[[str, Any], object] = _first.move_to_end
_told_last: Callable[[str, Any], object] = _last.move_to_end
"""Called by the collector with a phase and a dict that is never empty, which says "to the end"."""


def parsed(source: str) -> ast.Module | None:
    """The tree; None for a source that does not parse.  From any thread."""
    _listen()
    for _ in range(MOST_WAITS):
        young, *older = gc.get_threshold()
        try:
            gc.set_threshold(0)
            # From here to the end of the conversion no other thread is let in: nothing else is called.
            if [*_first][-1] == "stop" == [*_last][-1]:
                tree = _compile(source, "<cell>", "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
                return tree if isinstance(tree, ast.Module) else None
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
        finally:
            try:
                _give_back(young, older)
            except BaseException:  # interrupted before it was done
                _give_back(young, older)
                raise
        _sleep(WAIT_S)
    forget()  # what it waits for does not end: the collector is told anew
    return parsed(source)


def _give_back(young: int, older: list[int]) -> None:
    """The threshold as it was, unless another thread has set one meanwhile."""
    if young and not gc.get_threshold()[0]:
        gc.set_threshold(young, *older)


def forget() -> None:
    """Have the collector tell nothing any more, until the next parsing."""
    for told in (_told_first, _told_last):
        if told in gc.callbacks:
            gc.callbacks.remove(told)


def _listen() -> None:
    listening: list[Any] = gc.callbacks
    if not (listening and listening[0] == _told_first and listening[-1] == _told_last):
        forget()
        for told in (_told_first, _told_last):
            told("stop", True)
        listening.insert(0, _told_first)
        listening.append(_told_last)
