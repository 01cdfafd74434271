"""Words on cell lines are kept in a file of the home, whatever happens to it."""

from __future__ import annotations

import json
from multiprocessing import get_context
from typing import TYPE_CHECKING

from trackbook.tracking import words

if TYPE_CHECKING:
    from pathlib import Path


def test_words_are_of_a_line_and_can_be_taken_back(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert words.words_of(home, "a#1") == {}
    words.say(home, "a#1", ["cfg", "cfg.lr", "n"], "ignore")
    words.say(home, "a#1", ["cfg.lr"], "param")
    words.say(home, "a#2", ["n"], "metric")
    assert words.words_of(home, "a#1") == {"cfg": "ignore", "cfg.lr": "param", "n": "ignore"}
    words.unsay(home, "a#1", ["cfg"])
    assert words.all_words(home) == {"a#1": {"n": "ignore"}, "a#2": {"n": "metric"}}
    words.unsay(home, "a#1", ["n"])
    assert words.all_words(home) == {"a#2": {"n": "metric"}}


def test_a_file_that_is_broken_counts_as_empty_and_is_put_aside(tmp_path: Path) -> None:
    path = tmp_path / words.FILE_NAME
    for broken in ("{", '{"lines": 3}', "[" * 100_000):
        path.write_text(broken)
        assert words.words_of(tmp_path, "a#1") == {}
        words.say(tmp_path, "a#1", ["n"], "ignore")
        assert words.words_of(tmp_path, "a#1") == {"n": "ignore"}
        assert path.with_name("words.json.broken").read_text() == broken
    path.write_text(json.dumps({"lines": {"a#1": {"n": "unknown", "m": "param"}, "a#2": 3}}))
    assert words.all_words(tmp_path) == {"a#1": {"m": "param"}}


def _say_many(home: Path, name: str) -> None:
    for number in range(20):
        words.say(home, f"{name}#{number}", ["n"], "ignore")


def test_kernels_do_not_lose_each_other_s_words(tmp_path: Path) -> None:
    context = get_context("spawn")
    others = [context.Process(target=_say_many, args=(tmp_path, name)) for name in "ab"]
    for one in others:
        one.start()
    for one in others:
        one.join()
    assert len(words.all_words(tmp_path)) == 40
