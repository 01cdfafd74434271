"""Secrets of webhooks as the store keeps them: encrypted, where the server is given a key that is not in the store.

TRACKBOOK_WEBHOOK_KEY holds any text of at least 16 characters, the same for each server of a store; what is derived of
it encrypts with Fernet (AES-128-CBC and HMAC-SHA256).  Without it a secret lies in the database as it is, since a key
beside it would hide nothing; it is shown to nobody either way.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import TYPE_CHECKING

from trackbook.errors import InvalidState, InvalidValue

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

VARIABLE = "TRACKBOOK_WEBHOOK_KEY"
LEAST = 16
_SEALED, _PLAIN = "fernet:", "plain:"


def checked_key(key: str) -> str:
    """Raises `InvalidValue`."""
    if key and len(key) < LEAST:
        raise InvalidValue(f"{VARIABLE} has fewer than {LEAST} characters: give a long random text")
    return key


def sealed(secret: str, key: str) -> str:
    return _SEALED + _cipher(key).encrypt(secret.encode()).decode() if key else _PLAIN + secret


def opened(text: str, key: str) -> str:
    """Raises `InvalidState` where it was sealed with another key."""
    if text.startswith(_PLAIN):
        return text.removeprefix(_PLAIN)
    from cryptography.fernet import InvalidToken

    try:
        return _cipher(key).decrypt(text.removeprefix(_SEALED).encode()).decode()
    except InvalidToken:
        raise InvalidState(
            f"the webhook's secret was sealed with another {VARIABLE}: set that one, or give a new secret"
        ) from None


@cache
def _cipher(key: str) -> Fernet:
    from cryptography.fernet import Fernet

    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"trackbook webhooks\0" + key.encode()).digest()))
