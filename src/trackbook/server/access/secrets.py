"""Tokens: 256 random bits, shown once; what is kept is their digest, which needs no salt."""

from __future__ import annotations

import hashlib
import secrets

PREFIX = "tb_"
"""By which a token is known for one: to the server, and to scanners of leaked secrets."""


def new_token() -> str:
    return PREFIX + secrets.token_urlsafe(32)


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
