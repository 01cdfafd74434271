"""Outputs within their limits."""

from __future__ import annotations

import base64

from trackbook.capture import outputs
from trackbook.capture.outputs import DISPLAY, RESULT, STREAM, Seen


def test_streams_results_and_pictures_are_kept_in_order() -> None:
    png = base64.b64encode(b"picture").decode()
    found = outputs.collect(
        [
            Seen(STREAM, "stdout", ["a", "b\n"]),
            Seen(DISPLAY, data={"image/png": png, "text/plain": "<Figure>"}),
            Seen(RESULT, data={"text/plain": "42"}),
        ],
        7,
    )
    assert [one["output_type"] for one in found.outputs] == ["stream", "display_data", "execute_result"]
    assert found.outputs[0]["text"] == "ab\n"
    assert found.outputs[1]["data"] == {"text/plain": "<Figure>"}
    assert found.outputs[2]["execution_count"] == 7
    assert found.figures == {"figure-1.png": b"picture"}


def test_a_long_stream_keeps_its_head_and_tail_and_says_how_much_is_missing() -> None:
    pieces = ["first\n", *["x" * 1000] * 5000, "\nlast"]
    (output,) = (found := outputs.collect([Seen(STREAM, "stdout", pieces)], 1)).outputs
    assert len(output["text"]) < outputs.MOST_STREAM + 100
    assert output["text"].startswith("first\nx")
    assert output["text"].endswith("x\nlast")
    assert found.left_out == ["4008011 characters of stdout are left out of its middle"]


def test_a_large_picture_is_left_out_and_its_text_kept() -> None:
    found = outputs.collect([Seen(DISPLAY, data={"image/png": "A" * 6_000_000, "text/plain": "big"})], 1)
    assert found.outputs[0]["data"] == {"text/plain": "big"}
    assert "image/png" in found.left_out[0]


def test_warnings_are_noted() -> None:
    text = "/tmp/cell.py:3: UserWarning: careful\n  warnings.warn('careful')\n"
    found = outputs.collect([Seen(STREAM, "stderr", [text])], 1)
    assert found.warnings == [{"category": "UserWarning", "message": "careful"}]


def test_our_own_card_is_no_output_of_the_cell() -> None:
    assert outputs.collect([Seen(DISPLAY, data={outputs.OWN_TYPE: {}, "text/plain": "card"})], 1).outputs == []
