"""What the syntax tree of a cell says, step by step, before anything is known of the cells that ran earlier.

A step is a simple statement, or the head of a compound one.  What a call does depends on what its name stands for at
that time (a module, a frame, an unknown object), so a step only notes how names are *used*; `calls` judges it.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trackbook.capture.program.classes import PlainClass

STAR = "*"
"""Bound by `from module import *`: whatever the module has."""
CALLED, ITEM = "()", "[]"
"""Parts of a path that are no attribute."""


NO_COPY = "copy=False"
"""Among the keywords of a call that is given this."""
INTEGER = "integer"
"""What is written out as a whole number."""
SEEDED = "seeded"
"""What was made with `random_state=` a whole number: it draws from a generator of its own."""


FRAME = "frame"
"""What surely is pandas' own: a frame, a column, or what one of these gives."""


class Act(Enum):
    CALL = "call"
    STORE = "store"
    ITERATE = "iterate"


@dataclass(frozen=True, slots=True)
class Value:
    """What is bound: `tag` is scalar, plain (a list, dict ...), module, function, path, operation, part, element or
    unknown."""

    tag: str = "unknown"
    root: str = ""
    path: tuple[str, ...] = ()
    """For a path: how it goes on from the root, and for a part from the operation; for a module: its dotted name."""
    parts: tuple[Value, ...] = ()
    """For an operation: what it is made of; for an element: what is iterated over."""


UNKNOWN = Value()
SCALAR = Value("scalar")
PLAIN = Value("plain")
FUNCTION = Value("function")


@dataclass(frozen=True, slots=True)
class Argument:
    """What a function is given."""

    value: Value = UNKNOWN
    loads: frozenset[str] = frozenset()
    values: frozenset[str] = frozenset()
    """Of those loaded, the names whose objects it may be or hold."""
    keyword: str = ""
    spread: bool = False
    """`*several` or `**named`."""
    local: bool = False
    """A name of a comprehension is in it."""
    fact: str = ""
    """As of a step."""


class Fork(Enum):
    """Where arms begin and end: of `if`, loops, `try`, `with`, `match`."""

    OPEN = "open"
    OPEN_LEAVING = "open leaving"
    """An arm may be left midway, and the program goes on behind."""
    OTHER = "other"
    AGAIN = "again"
    """What follows runs behind this arm, or not at all."""
    CLOSE = "close"
    CLOSE_WHOLE = "close whole"
    """One of the arms surely ran."""


@dataclass(frozen=True, slots=True)
class Use:
    """One use of an object: `df.groupby("a").mean(x)` is a call with root `df` and path `groupby () mean`."""

    act: Act
    root: str
    """The notebook's name at the beginning of the path; "" for a local one or any other expression."""
    path: tuple[str, ...] = ()
    local: bool = False
    """The path begins with a name of a function or comprehension."""
    args: frozenset[str] = frozenset()
    """The notebook's names in the arguments, or in what is stored."""
    local_args: bool = False
    """A local name is among the arguments."""
    texts: tuple[str, ...] = ()
    """Literal strings among the arguments, in order."""
    file: str = ""
    """The file that it is about, where the text tells at least its name: `"data.csv"`, `OUT / "data.csv"`."""
    open_ended: bool = False
    """Some argument is no literal."""
    keywords: frozenset[str] = frozenset()
    seeded: bool = False
    """`random_state=` or `seed=` is given a number."""
    seed_name: str = ""
    """Or this name, which may stand for one."""
    positional: int = 0
    """Arguments without a name."""
    given: tuple[Argument, ...] = field(default=(), compare=False)
    """The arguments one by one, where a name is called."""
    value: Value = field(default=UNKNOWN, compare=False)
    """What is stored, or appended."""
    of: Value = field(default=UNKNOWN, compare=False)
    """What the path begins with, where that is no name."""
    sure: bool = field(default=False, compare=False)
    """It happens whenever its statement does."""


@dataclass(frozen=True, slots=True)
class Body:
    """Code that runs later, whenever an object that holds it is used: a function, a class, a generator expression."""

    loads: frozenset[str] = frozenset()
    binds: frozenset[str] = frozenset()
    """Names that it declares `global`, and binds."""
    uses: tuple[Use, ...] = ()
    values: frozenset[str] = frozenset()
    """Names that are loaded otherwise than to be called: what the code returns may hold them."""
    dormant: bool = False
    """It runs only where what holds it is called."""
    lasting: bool = False
    """What it returns may run code of it later: a class, a generator, a function that makes functions."""
    is_class: bool = False
    now: frozenset[str] = frozenset()
    """Of a class: the names that it reads when it is defined."""
    plain: PlainClass | None = None
    """A class that PyTorch may call without our having to fear for what it is given."""
    function: ast.FunctionDef | ast.Lambda | None = field(default=None, compare=False)
    """The text of a function that can be followed when it is called."""


@dataclass(frozen=True, slots=True)
class Step:
    loads: frozenset[str] = frozenset()
    """The notebook's names that are read now."""
    now: frozenset[str] = field(default=frozenset(), kw_only=True)
    """Of those, what is surely read by the statement, though code that it has for later reads it too."""
    binds: tuple[str, ...] = ()
    value: Value = UNKNOWN
    values: frozenset[str] = frozenset()
    """Names that are loaded otherwise than to be called: the new value may be or hold their objects."""
    deletes: tuple[str, ...] = ()
    adds_in_place: bool = False
    """`a += b`: the object of the bound name may change and stay."""
    certain: bool = True
    """It happens whenever the arm that it stands in, or the cell, runs to its end."""
    uses: tuple[Use, ...] = ()
    bodies: tuple[Body, ...] = ()
    unpacks: bool = False
    """Each bound name gets one element of the value."""
    fact: str = ""
    """Of the value: `INTEGER`, `SEEDED`, or ""."""
    seed_name: str = ""
    """It is `SEEDED` where this name stands for a whole number."""
    fork: Fork | None = None
    """It does nothing else."""


@dataclass(frozen=True, slots=True)
class CellSteps:
    """A cell; `wild` where it may do anything (it does not parse, or runs code that stands in no cell)."""

    steps: tuple[Step, ...] = ()
    loops: bool = False
    wild: bool = False
    files: bool = False
    """It may read and write any file."""
    session: bool = False
    """It sets something that all later cells meet: the shell, packages, IPython itself."""
    seeds: bool = False
    """Every shared random generator is seeded before its code runs (`%%track --seed`)."""
    anonymous: bool = False
    """It reads an earlier output by number or underscore."""
    parses: bool = True
    stops: bool = False
    """An exception ended it: what it has steps of was done, the last statement perhaps in part."""
    bound: frozenset[str] = field(default=frozenset())
    """All names that it may bind."""
