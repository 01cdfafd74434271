"""Values as text: the same in every view, in the terminal and in the front end."""

import pytest

from trackbook.widgets.texts import length_text

MINUTE, HOUR = 60_000, 3_600_000


@pytest.mark.parametrize(
    ("length_ms", "text"),
    [
        (-5, "0 ms"),
        (39, "39 ms"),
        (999, "999 ms"),
        (3_240, "3.2 s"),
        (59_999, "59.9 s"),
        (4 * MINUTE + 5_999, "4 min 05 s"),
        (2 * HOUR + 3 * MINUTE, "2 h 03 min"),
        (76 * HOUR, "3 d 04 h"),
    ],
)
def test_durations_are_spelled_as_the_front_end_spells_them(length_ms, text):
    assert length_text(length_ms) == text
