"""The `%%track` line is parsed, or refused in one line that helps."""

from __future__ import annotations

import pytest
from IPython.core.error import UsageError

from trackbook.jupyter.options import OPTIONS, TrackOptions, parse, usage


def test_all_options_together() -> None:
    parsed = parse("'my exp' --cell svm --name=first --tag a=b --tag c=d=e --note 'a note' --no-params --quiet")
    assert parsed == TrackOptions(
        experiment="my exp",
        cell="svm",
        name="first",
        tags={"a": "b", "c": "d=e"},
        note="a note",
        params=False,
        quiet=True,
    )


def test_no_options_at_all() -> None:
    assert parse("") == TrackOptions()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("--cel svm", ["'--cel'", "--cell"]),
        ("--no-param", ["'--no-param'", "--no-params"]),
        ("--zzz", ["'--zzz'", "--cell", "--quiet"]),
        ("--tag stage", ["'stage'", "--tag stage="]),
        ("--tag =x", ["'=x'", "KEY=VALUE"]),
        ("--tag a\\\\b=x", ["tag name"]),
        ("--cell", ["--cell", "NAME"]),
        ("--cell --quiet", ["--cell", "NAME"]),
        ("--quiet=yes", ["--quiet", "no value"]),
        ("one two", ["'two'", "'one'"]),
        ("'open", ["quote"]),
        ("'  '", ["experiment"]),
    ],
)
def test_a_mistake_is_one_line_that_names_the_word_and_the_nearest_right_one(line: str, words: list[str]) -> None:
    with pytest.raises(UsageError) as caught:
        parse(line)
    message = str(caught.value)
    assert "\n" not in message
    assert all(word in message for word in words), message


def test_help_lists_every_option() -> None:
    assert all(option.word in usage() for option in OPTIONS)
