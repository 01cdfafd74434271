"""The options of `%%track`, as a table: parsing, help and messages are made from it.

A mistake is one line that names the word and the nearest right one, and the cell does not run.
"""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from IPython.core.error import UsageError

from trackbook.core.names import check_experiment_name, check_key
from trackbook.errors import InvalidName


class Kind(Enum):
    FLAG = "flag"
    VALUE = "value"
    PAIR = "pair"
    """`KEY=VALUE`, may be given again."""


@dataclass(frozen=True, slots=True)
class Option:
    """One option: the field of `TrackOptions` that it sets, and to what (a flag)."""

    word: str
    field: str
    kind: Kind
    help: str
    metavar: str = ""
    flag_value: bool = True
    read: Callable[[str], Any] = str
    """From the text to the field's value; raises `ValueError` with what was expected."""
    lasting: bool = True
    """Whether `%track set` can set it for the whole notebook."""


def _goal(text: str) -> str:
    key, _, direction = text.rpartition(":")
    if not key or direction not in DIRECTIONS:
        raise ValueError(f"write METRIC:max or METRIC:min, as in {key or direction or 'val_accuracy'}:max")
    return f"{check_key('metric', key)}:{direction}"


def _seed(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) <= MOST_SEED):
        raise ValueError(f"give a whole number from 0 to {MOST_SEED}")
    return int(text)


DIRECTIONS = ("max", "min")
MOST_SEED = 2**32 - 1
"""NumPy takes no more."""
OPTIONS = (
    Option("--cell", "cell", Kind.VALUE, "the cell line's name, where there is no cell id", "NAME", lasting=False),
    Option("--name", "name", Kind.VALUE, "the run's name", "NAME", lasting=False),
    Option("--tag", "tags", Kind.PAIR, "a tag of the run; may be given again", "KEY=VALUE"),
    Option("--note", "note", Kind.VALUE, "a note, kept as the run's description", "TEXT", lasting=False),
    Option("--goal", "goal", Kind.VALUE, "the metric that counts, and which way", "METRIC:max|min", read=_goal),
    Option("--baseline", "baseline", Kind.FLAG, "mark the run as the one that others are compared with", lasting=False),
    Option("--seed", "seed", Kind.VALUE, "seed random, NumPy, and PyTorch and TensorFlow if imported", "N", read=_seed),
    Option("--params", "params", Kind.FLAG, "take params from the cell (so it is)"),
    Option("--no-params", "params", Kind.FLAG, "take no params from the cell", flag_value=False),
    Option("--metrics", "metrics", Kind.FLAG, "take metrics from the cell (so it is)"),
    Option("--no-metrics", "metrics", Kind.FLAG, "take no metrics from the cell", flag_value=False),
    Option("--no-models", "models", Kind.FLAG, "keep no fitted model", flag_value=False),
    Option("--no-data", "data", Kind.FLAG, "look for no data that the cell reads", flag_value=False),
    Option("--parent", "parent", Kind.VALUE, "the run that this one belongs to: its name or id", "RUN", lasting=False),
    Option("--resume", "resume", Kind.VALUE, "go on with this run: its name or id", "RUN", lasting=False),
    Option("--quiet", "quiet", Kind.FLAG, "show no run card"),
)
_BY_WORD = {option.word: option for option in OPTIONS}


@dataclass(frozen=True, slots=True)
class TrackOptions:
    experiment: str | None = None
    cell: str | None = None
    name: str | None = None
    tags: dict[str, str] = field(default_factory=dict)
    note: str | None = None
    goal: str | None = None
    """`METRIC:max` or `METRIC:min`."""
    baseline: bool = False
    seed: int | None = None
    params: bool = True
    metrics: bool = True
    models: bool = True
    data: bool = True
    parent: str | None = None
    resume: str | None = None
    quiet: bool = False


NO_OPTIONS = TrackOptions()


def parse(line: str, defaults: TrackOptions = NO_OPTIONS) -> TrackOptions:
    """The options of a `%%track` line, over those of the notebook.  Raises `UsageError`, whose text is one line."""
    found: dict[str, Any] = {}
    tags: dict[str, str] = {}
    words = iter(_words(line))
    for word in words:
        if not word.startswith("-") or word == "-":
            _experiment(found, word)
            continue
        name, equals, given = word.partition("=")
        option = _option(name)
        if option.kind is Kind.FLAG:
            if equals:
                raise UsageError(f"%%track: {name} takes no value, leave {'=' + given!r} out")
            found[option.field] = option.flag_value
            continue
        value = given if equals else next(words, None)
        if value is None or (not equals and value.startswith("--")):
            raise UsageError(f"%%track: {name} needs {option.metavar} after it")
        if option.kind is Kind.PAIR:
            key, text = pair(value)
            tags[key] = text
        else:
            found[option.field] = _read(option, value)
    return replace(defaults, **found, tags={**defaults.tags, **tags})


def _read(option: Option, text: str) -> Any:
    try:
        return option.read(text)
    except ValueError as error:
        raise UsageError(f"%%track: {option.word} {text!r} cannot be: {error}") from None


def usage() -> str:
    """Help: the line, and one line for each option."""
    width = max(len(_form(option)) for option in OPTIONS)
    lines = [f"  {_form(option):{width}}  {option.help}" for option in OPTIONS]
    return "\n".join(["%%track [EXPERIMENT] [options]", *lines])


def _form(option: Option) -> str:
    return f"{option.word} {option.metavar}".rstrip()


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError as error:
        raise UsageError(f"%%track: {str(error).lower()} in {line!r}: close the quote") from None


def _experiment(found: dict[str, Any], word: str) -> None:
    if "experiment" in found:
        first = found["experiment"]
        raise UsageError(f"%%track: {word!r} is one word too many after experiment {first!r}: quote names with spaces")
    try:
        found["experiment"] = check_experiment_name(word)
    except InvalidName as error:
        raise UsageError(f"%%track: {error}") from None


def _option(word: str) -> Option:
    option = _BY_WORD.get(word)
    if option is None:
        near = difflib.get_close_matches(word, _BY_WORD, 1, 0.5)
        advice = f"did you mean {near[0]}?" if near else f"the options are {', '.join(_BY_WORD)}"
        raise UsageError(f"%%track: there is no option {word!r}, {advice}")
    return option


def pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise UsageError(f"%%track: tag {text!r} is no KEY=VALUE: write --tag {key or 'stage'}=...")
    try:
        return check_key("tag", key), value
    except InvalidName as error:
        raise UsageError(f"%%track: {error}") from None
