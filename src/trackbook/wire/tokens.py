"""Page tokens of listings that are counted: opaque to clients, base64 of `{"offset": n}` as the genuine server's."""

from __future__ import annotations

import base64
import json

from trackbook.errors import InvalidValue, shown


def token(offset: int) -> str:
    return base64.b64encode(json.dumps({"offset": offset}).encode()).decode()


def offset(token: str) -> int:
    """0 for no token.  Raises `InvalidValue` for one that is damaged or of another listing."""
    if not token:
        return 0
    try:
        number = json.loads(base64.b64decode(token, validate=True))["offset"]
    except (ValueError, KeyError, TypeError):
        number = None
    if not isinstance(number, int) or number < 0:
        raise InvalidValue(f"page token {shown(token)} is damaged: begin with the first page")
    return number
