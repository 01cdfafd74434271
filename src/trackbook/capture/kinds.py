"""Of which class a value is, by identity: a class that is compared or hashed asks its metaclass, perhaps a user's."""

from __future__ import annotations

Kinds = frozenset[int]
"""Some classes, by address; they are never freed."""


def kinds_of(*classes: type) -> Kinds:
    """Of Python's own classes, or of a library's."""
    return frozenset(map(id, classes))


def is_one_of(value: object, kinds: Kinds) -> bool:
    """Whether a value's class is one of these; one below them is not."""
    return id(type(value)) in kinds
