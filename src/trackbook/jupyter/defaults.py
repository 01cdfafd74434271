"""What `%track set KEY=VALUE` sets for all tracked cells of a notebook, as long as its kernel lives.

The keys are the options of `%%track` without their dashes, and `experiment`; a cell's own options go before them.  An
empty value takes a key back.
"""

from __future__ import annotations

import difflib
import shlex
from dataclasses import replace
from typing import Any

from IPython.core.error import UsageError

from trackbook.core.names import check_experiment_name
from trackbook.jupyter.options import NO_OPTIONS, OPTIONS, Kind, Option, TrackOptions, pair

EXPERIMENT, TAG = "experiment", "tag"
SWITCHES = {"yes": True, "on": True, "true": True, "1": True, "no": False, "off": False, "false": False, "0": False}
_VALUES: dict[str, Option] = {one.field: one for one in OPTIONS if one.lasting and one.kind is Kind.VALUE}
_FLAGS = tuple(dict.fromkeys(one.field for one in OPTIONS if one.lasting and one.kind is Kind.FLAG))
KEYS = (EXPERIMENT, *_VALUES, TAG, *_FLAGS)
FORM = "write %track set KEY=VALUE, as in %track set experiment=lesson goal=val_accuracy:max"


def changed(defaults: TrackOptions, line: str) -> TrackOptions:
    """The defaults after `%track set LINE`.  Raises `UsageError`, whose text is one line, and changes nothing then."""
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise UsageError(f"%track set: {str(error).lower()} in {line!r}: close the quote") from None
    if not words:
        raise UsageError(f"%track set: {FORM}")
    for word in words:
        key, equals, text = word.partition("=")
        if not equals:
            raise UsageError(f"%track set: {word!r} is no KEY=VALUE: {FORM}")
        if key not in KEYS:
            near = difflib.get_close_matches(key, KEYS, 1, 0.5)
            advice = f"did you mean {near[0]}?" if near else f"the keys are {', '.join(KEYS)}"
            raise UsageError(f"%track set: there is no {key!r}, {advice}")
        defaults = replace(defaults, **_one(defaults, key, text))
    return defaults


def _one(defaults: TrackOptions, key: str, text: str) -> dict[str, Any]:
    if key == TAG:
        return {"tags": _tags(defaults, text)}
    if not text:
        return {key: getattr(NO_OPTIONS, key)}
    if key in _FLAGS:
        if text.lower() not in SWITCHES:
            raise UsageError(f"%track set: {key} is yes or no, not {text!r}")
        return {key: SWITCHES[text.lower()]}
    try:
        return {key: check_experiment_name(text) if key == EXPERIMENT else _VALUES[key].read(text)}
    except ValueError as error:
        raise UsageError(f"%track set: {key} {text!r} cannot be: {error}") from None


def _tags(defaults: TrackOptions, text: str) -> dict[str, str]:
    if not text:
        return {}
    key, value = pair(text)
    others = {name: known for name, known in defaults.tags.items() if name != key}
    return {**others, key: value} if value else others


def shown(defaults: TrackOptions) -> str:
    """What differs from a notebook without any, as it would be written; "" for nothing."""
    words = []
    for key in KEYS:
        if key == TAG:
            words += [f"tag={name}={text}" for name, text in defaults.tags.items()]
            continue
        value = getattr(defaults, key)
        if value != getattr(NO_OPTIONS, key):
            words.append(f"{key}={('yes' if value else 'no') if isinstance(value, bool) else value}")
    return " ".join(map(shlex.quote, words))
