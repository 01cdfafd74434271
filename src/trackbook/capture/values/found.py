"""What is found: params and metrics, each with where it was found, and sentences on what was left out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from trackbook.capture.secrets import looks_secret
from trackbook.capture.values.scalars import LONGEST_TEXT
from trackbook.core.names import check_key
from trackbook.errors import InvalidName

LIMIT = 100
"""The most params, and the most metrics, that are taken from one cell."""


@dataclass(frozen=True, slots=True)
class Found:
    """One param or metric; `value` is a plain scalar (or the text of a flat list)."""

    key: str
    value: Any
    origin: str


@dataclass(frozen=True, slots=True)
class Findings:
    params: tuple[Found, ...] = ()
    metrics: tuple[Found, ...] = ()
    left_out: tuple[str, ...] = ()
    """A sentence for each thing that was left out and would be missed."""
    passed_over: tuple[str, ...] = ()
    """A sentence for each thing that was taken for no param or metric."""

    def told_of(self, where: str) -> Findings:
        """With "of train.py" at the end of each origin that tells a line."""
        params, metrics = ([_of(one, where) for one in found] for found in (self.params, self.metrics))
        return replace(self, params=tuple(params), metrics=tuple(metrics))


def _of(found: Found, where: str) -> Found:
    return replace(found, origin=f"{found.origin} of {where}") if " in line " in found.origin else found


def is_allowed(found: Found, left_out: list[str]) -> bool:
    """Whether it may be kept; what is left out or cut is added to `left_out`, a sentence each."""
    if type(found.value) is str and any(looks_secret(part, found.value) for part in found.key.split(".")):
        left_out.append(f"{found.key} looks like a secret and was left out")
        return False
    try:
        check_key("param", found.key)
    except InvalidName as error:
        left_out.append(str(error))
        return False
    if type(found.value) is str and len(found.value) > LONGEST_TEXT:
        left_out.append(f"{found.key} has {len(found.value)} characters: the first {LONGEST_TEXT - 1} were kept")
    return True
