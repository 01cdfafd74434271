"""What a cell's names held before it ran: scalars, and the fields of configs; nothing is held alive by it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from trackbook.capture.cellnames import CellNames
from trackbook.capture.values import configs
from trackbook.capture.values.flatten import Leaves, settings_in
from trackbook.capture.values.reached import names_reached
from trackbook.capture.values.roles import is_config_name
from trackbook.capture.values.scalars import scalar
from trackbook.capture.values.words import PARAM, Words, word_for

SHELL_NAMES = frozenset({"In", "Out", "exit", "quit", "get_ipython", "open"})
NO_WORDS: Words = {}


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the cell's names held before it ran.  Only scalars are kept, so nothing is held alive."""

    scalars: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Leaves] = field(default_factory=dict)
    """Of objects that the cell reads, their fields."""
    ids: Mapping[str, int] = field(default_factory=dict)
    long_texts: Mapping[str, int] = field(default_factory=dict)
    """Name -> characters."""
    reached: tuple[str, ...] = ()
    """Names of scalars and settings that the functions read which the cell calls."""


def before(names: CellNames, namespace: Mapping[str, Any], words: Words = NO_WORDS) -> Earlier:
    """To be called when the cell begins."""
    scalars: dict[str, Any] = {}
    settings: dict[str, Leaves] = {}
    ids: dict[str, int] = {}
    texts: dict[str, int] = {}
    for name in dict.fromkeys((*names.read, *names.computed)):
        if name not in namespace:
            continue
        value = namespace[name]
        ids[name] = id(value)
        if scalar(value)[0] or type(value) is Decimal:
            if not is_constant(name, value, words):
                scalars[name] = value
        elif type(value) is str:
            texts[name] = len(value)
        elif name in names.read and not is_private(name, words) and configs.kind_of(value) is not None:
            settings[name] = settings_in(name, value, data_too=word_for(words, name) == PARAM)
    own = {*names.read, *names.bound, *names.others}
    reached = [name for name in names_reached(names.read, namespace) if name not in own and not is_private(name, words)]
    for name in reached:
        value = namespace[name]
        if scalar(value)[0]:
            if not is_constant(name, value, words):
                scalars[name] = value
        elif configs.kind_of(value) is not None and (
            configs.kind_of(value) == configs.SETTINGS or is_config_name(name)
        ):
            settings[name] = settings_in(name, value, data_too=word_for(words, name) == PARAM)
    return Earlier(scalars, settings, ids, texts, tuple(reached))


def is_constant(name: str, value: Any, words: Words = NO_WORDS) -> bool:
    """`from math import pi`: nature's numbers are nobody's params; unless the user named them."""
    return type(value) is float and vars(math).get(name) == value and word_for(words, name) is None


def is_private(name: str, words: Words = NO_WORDS) -> bool:
    """A name that is nobody's param: with an underscore first, or the shell's own; unless the user named it."""
    return (name.startswith("_") or name in SHELL_NAMES) and word_for(words, name) is None
