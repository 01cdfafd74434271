"""The params of all that a cell trained: one value for each key.

With one kind of model in the cell a key is the argument's own name (`C`), with several it has the model's before it
(`SVC.C`).  Where the same argument had several values, as in a loop, they are listed in the order in which they came,
the default among them where one of the models has it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from trackbook.capture.training.arguments import LONGEST, MOST_ITEMS
from trackbook.capture.training.watching import Fit

MOST = 100


@dataclass(frozen=True, slots=True)
class Argument:
    model: str
    name: str
    value: Any
    """A scalar or a text."""


def arguments_of(fits: Sequence[Fit], among: Sequence[Fit] = ()) -> tuple[Argument, ...]:
    """What the models were made with, each model's class and argument once; at most `MOST`.

    A default is told where another of the fits, or of those `among` which they were, was made otherwise.
    """
    values: dict[tuple[str, str], dict[str, Any]] = {}
    chosen: dict[str, dict[str, None]] = {}
    for fit in (*among, *fits):
        chosen.setdefault(fit.model, {}).update(dict.fromkeys(fit.arguments))
    for fit in fits:
        held = {**fit.defaults, **fit.arguments}
        for name in chosen[fit.model]:
            if name in held:
                value = held[name]
                values.setdefault((fit.model, name), {}).setdefault(f"{type(value).__name__} {value!r}", value)
    return tuple(_single(values))[:MOST]


def models_of(fits: Sequence[Fit]) -> tuple[str, ...]:
    """The names of the models, each once."""
    return tuple(dict.fromkeys(fit.model for fit in fits))


def _single(values: dict[tuple[str, str], dict[str, Any]]) -> Iterator[Argument]:
    for (model, name), different in values.items():
        held = list(different.values())
        text = repr(held[:MOST_ITEMS])
        if len(held) == 1:
            yield Argument(model, name, held[0])
        elif len(held) <= MOST_ITEMS and len(text) <= LONGEST:
            yield Argument(model, name, text)
