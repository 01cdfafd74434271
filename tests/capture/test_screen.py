"""What a front end shows in the end, in bounds."""

from __future__ import annotations

from typing import Any

from trackbook.capture import screen
from trackbook.capture.outputs import DISPLAY, MOST_OUTPUTS, STREAM, Seen, collect
from trackbook.capture.screen import Screen


def display(text: str, size: int = 10, display_id: str | None = None, kind: str = DISPLAY) -> tuple[Any, ...]:
    return kind, {"data": {"text/plain": text}, "transient": {"display_id": display_id}}, size


def texts(seen: list[Seen]) -> list[str]:
    return [one.data["text/plain"] if one.text is None else one.text.read()[0] for one in seen]


def test_streams_of_one_name_are_one_output() -> None:
    shown = Screen()
    for name, text in (("stdout", "a"), ("stdout", "b"), ("stderr", "c"), ("stdout", "d")):
        shown.hear(STREAM, {"name": name, "text": text}, 1)
    assert texts(shown.shown()) == ["ab", "c", "d"]


def test_a_clear_that_waits_takes_everything_away_with_the_next_output() -> None:
    shown = Screen()
    shown.hear(*display("old"))
    shown.hear(screen.CLEAR, {"wait": True}, 1)
    assert texts(shown.shown()) == ["old"]
    shown.hear(*display("new"))
    assert texts(shown.shown()) == ["new"]


def test_a_live_plot_takes_the_room_of_one_picture() -> None:
    shown = Screen()
    for number in range(100):
        shown.hear(*display(str(number), size=screen.MOST_BYTES // 2))
        shown.hear(screen.CLEAR, {"wait": True}, 1)
    assert texts(shown.shown()) == ["99"]
    for number in range(100):
        shown.hear(*display(str(number), screen.MOST_BYTES // 2, "d", screen.UPDATE if number else DISPLAY))
    assert texts(shown.shown()) == ["99"]
    assert shown.left_out == []


def test_too_many_and_too_large_outputs_are_left_out_and_said() -> None:
    shown = Screen()
    for number in range(MOST_OUTPUTS + 5):
        shown.hear(*display(str(number)))
    assert len(shown.shown()) == MOST_OUTPUTS
    large = Screen()
    for _ in range(3):
        large.hear(*display("x", size=screen.MOST_BYTES // 2))
    assert len(large.shown()) == 2
    assert (len(shown.left_out), len(large.left_out)) == (1, 1)


def test_metadata_of_a_picture_is_kept() -> None:
    shown = Screen()
    about = {"image/png": {"width": 2}, "image/gif": {}}
    shown.hear(DISPLAY, {"data": {"image/png": "YQ=="}, "metadata": about}, 1)
    (output,) = collect(shown.shown(), 1).outputs
    assert output["metadata"]["image/png"] == {"width": 2}
    assert "image/gif" not in output["metadata"]
