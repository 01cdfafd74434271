"""A long text's beginning and end."""

from __future__ import annotations

import pytest

from trackbook.capture.ends import MARGIN, Ends, last, settled
from trackbook.capture.secrets import redact


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


def test_no_half_of_a_secret_stands_beside_a_cut() -> None:
    secret = "hf_" + "aB3dE6gH9k" * 4
    for offset in range(0, 60, 7):
        ends = Ends(40_000, MARGIN)
        ends.add("x" * (20_000 - offset) + secret + " " * 30_000 + secret + "y" * (20_000 - offset))
        text, cut = ends.read()
        assert cut > 0
        assert "hf_aB" not in redact(text).text
        assert "gH9k" not in redact(text).text


def test_no_lines_of_a_key_s_block_are_left_after_a_cut() -> None:
    lines = "\n".join("M" + "aZ09" * 15 for _ in range(40))
    key = f"-----BEGIN RSA PRIVATE KEY-----\n{lines}\n-----END RSA PRIVATE KEY-----\n"
    text = last("first\n" * 2000 + key + "then\n" * 3000, 16_000)
    assert text.startswith("then\n")
    assert "aZ09" not in text
