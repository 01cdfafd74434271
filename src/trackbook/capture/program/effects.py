"""The words for what a use of an object does, and for the kinds of objects."""

from __future__ import annotations

from dataclasses import dataclass

SCALAR, PLAIN, LIB, FUNCTION, UNKNOWN = "scalar", "plain", "lib", "function", "unknown"
UNBOUND = "unbound"
"""A name that no cell binds: one of Python's own, as a rule."""
RANDOM = "random"
"""A random generator of one's own, which whoever is given it may draw from."""
MODULE = "module:"
"""Followed by the dotted name."""

NUMPY, PYTHON, TORCH = "random:numpy", "random:python", "random:torch"
GENERATORS = frozenset({NUMPY, PYTHON, TORCH})
ANYWHERE = ""
"""A file whose name the text does not tell."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What one use does."""

    changes: str = ""
    """Of the root: "" nothing, `shell` the container, `own` the object with its parts, `deep` all that it leads to,
    `trained` of this what is no data; after `all `: not of the root alone, but of all that the statement names."""
    arguments: str = ""
    """`consumed`: those that may be iterators; `changed`: all that can change; `trained`: of that what is no data."""
    holds: str = ""
    """Whether the root holds the arguments from now on: `reach`, or `own` where it may change them later; "" not."""
    draws: frozenset[str] = frozenset()
    seeds: frozenset[str] = frozenset()
    session: bool = False
    reads: frozenset[str] = frozenset()
    """Files by their literal names; `ANYWHERE` for one that is not told."""
    writes: frozenset[str] = frozenset()
    trains: bool = False
    """What it changes takes gradients from now on."""


NOTHING = Effect()
