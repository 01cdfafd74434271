"""The options of `%%track`, as a table: parsing, help and messages are made from it.

A mistake is one line that names the word and the nearest right one, and the cell does not run.
"""

from __future__ import annotations

import difflib
import shlex
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


OPTIONS = (
    Option("--cell", "cell", Kind.VALUE, "the cell line's name, where the front end gives no cell id", "NAME"),
    Option("--name", "name", Kind.VALUE, "the run's name", "NAME"),
    Option("--tag", "tags", Kind.PAIR, "a tag of the run; may be given again", "KEY=VALUE"),
    Option("--note", "note", Kind.VALUE, "a note, kept as the run's description", "TEXT"),
    Option("--no-params", "params", Kind.FLAG, "take no params from the cell", flag_value=False),
    Option("--no-metrics", "metrics", Kind.FLAG, "take no metrics from the cell", flag_value=False),
    Option("--no-models", "models", Kind.FLAG, "keep no fitted model", flag_value=False),
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
    params: bool = True
    metrics: bool = True
    models: bool = True
    quiet: bool = False


def parse(line: str) -> TrackOptions:
    """The options of a `%%track` line.  Raises `UsageError`, whose text is one line."""
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
            key, text = _pair(value)
            tags[key] = text
        else:
            found[option.field] = value
    return replace(TrackOptions(), **found, tags=tags)


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


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise UsageError(f"%%track: tag {text!r} is no KEY=VALUE: write --tag {key or 'stage'}=...")
    try:
        return check_key("tag", key), value
    except InvalidName as error:
        raise UsageError(f"%%track: {error}") from None
