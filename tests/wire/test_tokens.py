"""Page tokens."""

import pytest

from trackbook.errors import InvalidValue
from trackbook.wire.tokens import offset, token


def test_a_token_is_the_genuine_servers():
    assert token(25) == "eyJvZmZzZXQiOiAyNX0="
    assert offset(token(25)) == 25
    assert offset("") == 0


@pytest.mark.parametrize("text", ["x", "eyJvZmZzZXQiOiAtMX0=", "W10=", "e30=", "eyJvZmZzZXQiOiAiMSJ9", "\u00fc"])
def test_a_token_from_elsewhere_is_refused(text):
    with pytest.raises(InvalidValue, match="page token"):
        offset(text)
