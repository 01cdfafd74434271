"""What the user asked for by a word: whatever of a value can be a param, or a metric."""

from __future__ import annotations

from trackbook.capture.values import configs, frames
from trackbook.capture.values.flatten import Leaf, Leaves, list_text, numbers_in, settings_in
from trackbook.capture.values.scalars import literal_scalar, real_number
from trackbook.capture.values.words import METRIC


def asked_for(name: str, value: object, word: str) -> Leaves:
    """Whatever of a value can be a param, or a metric."""
    if word == METRIC:
        fits, number = real_number(value)
        if fits:
            return Leaves([Leaf((), number)])
        row = frames.row_of(name, value)
        return row if row is not None else numbers_in(name, value) if configs.kind_of(value) is not None else Leaves()
    fits, plain = literal_scalar(value)
    if fits:
        return Leaves([Leaf((), plain)])
    text = list_text(value) or configs.plain_text(value)
    if text is not None:
        return Leaves([Leaf((), text)])
    fits, number = real_number(value)
    if fits:
        return Leaves([Leaf((), number)])
    return settings_in(name, value, data_too=True) if configs.kind_of(value) is not None else Leaves()
