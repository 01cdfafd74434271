"""What all messages share.

A field without a default must be there, and is always written; one with a default is left out of an answer while it
has it, as proto2 leaves out what is not set.  Fields that are unknown here are ignored.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from trackbook.core.names import INT64_MAX, INT64_MIN

Text = Annotated[str, Meta(min_length=1)]
"""Text that must be there: MLflow takes an empty one for a missing one."""
Digits = Annotated[str, Meta(min_length=1, pattern="^[0-9]+$")]
"""An experiment's id, or a version's number."""
Int64 = Annotated[int, Meta(ge=INT64_MIN, le=INT64_MAX)]
Number = float | str
"""A float64 in an answer: JSON has no NaN and no infinities, so that these are texts."""
MOST_RUNS = 50_000
Limit = Annotated[int, Meta(ge=1, le=MOST_RUNS)]
"""`max_results` of searches for runs and experiments."""


class Message(msgspec.Struct, omit_defaults=True, kw_only=True, gc=False):
    """A request, an answer or a part of one."""


class Nothing(Message):
    """The answer `{}`: success, and nothing to say."""


class KeyValue(Message):
    """A tag, param, or field of another name with the same shape."""

    key: Text
    value: str = msgspec.field(default_factory=str)
    """Some clients leave out an empty one; in an answer it is always there, as nothing made is a default."""


def pairs(values: Mapping[str, str]) -> list[KeyValue]:
    return [KeyValue(key=key, value=value) for key, value in values.items()]


def mapping(given: list[KeyValue]) -> dict[str, str]:
    """The last of a key wins."""
    return {one.key: one.value for one in given}


def number(value: float) -> Number:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
