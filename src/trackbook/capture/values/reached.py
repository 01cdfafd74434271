"""The notebook's names that a cell reads through what it calls: `def train(): ... LR ...`, and then `train()`.

Only the code of functions is looked at, of those that the notebook defines and the classes that it defines.
"""

from __future__ import annotations

import dis
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from types import CodeType, FunctionType
from typing import Any

from trackbook.capture.values.configs import methods_of

MOST = 200
"""Functions that are looked at for one cell."""
LARGEST_BYTES = 10_000
"""Of a function's code; a larger one is nobody's by hand."""
MOST_BYTES = 100_000
"""Of the code of all functions that are looked at for one cell."""
_EXTENDED_ARG = dis.opmap["EXTENDED_ARG"]
_LOAD_GLOBAL, _LOAD_NAME = dis.opmap["LOAD_GLOBAL"], dis.opmap["LOAD_NAME"]
_STORE_GLOBAL, _STORE_NAME = dis.opmap["STORE_GLOBAL"], dis.opmap["STORE_NAME"]
_NAMED = frozenset({_LOAD_GLOBAL, _LOAD_NAME, _STORE_GLOBAL, _STORE_NAME})


def names_reached(names: Iterable[str], namespace: Mapping[str, Any]) -> tuple[str, ...]:
    """In the order in which they are come upon; none of those that the functions themselves bind."""
    home = namespace.get("__name__")
    waiting = [namespace[name] for name in names if name in namespace]
    met: dict[int, FunctionType] = {}
    read: dict[str, None] = {}
    bound: set[str] = set()
    left = MOST_BYTES
    while waiting and len(met) < MOST:
        for function in _functions(waiting.pop(0)):
            if id(function) in met or function.__globals__.get("__name__") != home:
                continue
            met[id(function)] = function
            left -= _size(function.__code__)
            if left < 0:
                return tuple(name for name in read if name not in bound)
            loads, stores = _globals(function.__code__)
            bound |= stores
            new = [name for name in loads if name not in read and name in namespace]
            read.update(dict.fromkeys(new))
            waiting += [namespace[name] for name in new]
    return tuple(name for name in read if name not in bound)


def _functions(value: object) -> Iterator[FunctionType]:
    """A function, with what a decorator put it into, or the methods of a class of the notebook or of its object."""
    if type(value) is not FunctionType:
        yield from methods_of(value)
        return
    for _ in range(MOST):
        yield value
        inner = value.__dict__.get("__wrapped__")
        if type(inner) is not FunctionType:
            return
        value = inner


@lru_cache(maxsize=2048)
def _globals(code: CodeType) -> tuple[tuple[str, ...], frozenset[str]]:
    """Global names that a code reads, and those that it binds, with the functions in it."""
    if len(code.co_code) > LARGEST_BYTES:
        return (), frozenset()
    read: dict[str, None] = {}
    bound: set[str] = set()
    own: set[str] = set()  # what the body of a class binds, and reads again
    for operation, name in _named(code):
        if operation == _STORE_GLOBAL:
            bound.add(name)
        elif operation == _STORE_NAME:
            own.add(name)
        elif operation == _LOAD_GLOBAL or name not in own:
            read.setdefault(name)
    for inner in code.co_consts:
        if type(inner) is CodeType:
            loads, stores = _globals(inner)
            read.update(dict.fromkeys(loads))
            bound |= stores
    return tuple(read), frozenset(bound)


def _size(code: CodeType) -> int:
    """Bytes of a code, with the functions in it."""
    return len(code.co_code) + sum(_size(one) for one in code.co_consts if type(one) is CodeType)


def _named(code: CodeType) -> Iterator[tuple[int, str]]:
    """What a code does with names that are none of its locals, in order: as `dis` tells it, and much sooner."""
    names, raw, high = code.co_names, code.co_code, 0
    for operation, low in zip(raw[::2], raw[1::2], strict=True):  # caches, which `co_code` has as zeros, are no names
        if operation == _EXTENDED_ARG:
            high = (high | low) << 8
            continue
        if operation in _NAMED:
            at = high | low
            yield operation, names[at >> 1 if operation == _LOAD_GLOBAL else at]
        high = 0
