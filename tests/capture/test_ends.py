"""A long text's beginning and end."""

from __future__ import annotations

import pytest

from trackbook.capture.ends import Ends, settled


@pytest.mark.parametrize("pieces", [["ab" * 100], ["a", "b"] * 100, ["ababa", "b" + "ab" * 97]])
def test_the_middle_is_left_out_however_the_text_comes(pieces: list[str]) -> None:
    ends = Ends(10)
    for piece in pieces:
        ends.add(piece)
    text, cut = ends.read()
    assert text.startswith("ababa\n[… ")
    assert text.endswith(" characters …]\nbabab")
    assert cut == sum(map(len, pieces)) - 10


def test_a_text_that_fits_is_whole() -> None:
    ends = Ends(10)
    for piece in ("abc", "", "defghij"):
        ends.add(piece)
    assert ends.read() == ("abcdefghij", 0)


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a\r\nb\n", "a\nb\n"), ("10 %\r100 %\n", "100 %\n"), ("long\rab\nx", "abng\nx"), ("50 %\r", "50 %"), ("a", "a")],
)
def test_a_carriage_return_begins_the_line_anew(text: str, shown: str) -> None:
    assert settled(text) == shown
