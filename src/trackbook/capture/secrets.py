"""Values that look like secrets are no params.

A first net for what is named like a secret or shaped like a well-known key; names such as `use_cls_token = True` or
`pad_token = "[PAD]"` pass.
"""

from __future__ import annotations

import re
from itertools import pairwise

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SECRET_WORDS = frozenset({"password", "passwd", "passphrase", "pwd", "secret", "secrets", "credential", "credentials"})
_KEY_OWNERS = frozenset({"api", "access", "private", "secret", "auth", "account", "encryption"})
_TOKEN_WORDS = frozenset({"token", "apikey", "bearer"})
SHORTEST_TOKEN = 8
_SHAPES = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY"
    r"|\bAKIA[0-9A-Z]{16}\b|\bASIA[0-9A-Z]{16}\b"
    r"|\bgh[pousr]_[A-Za-z0-9]{30,}|\bgithub_pat_\w{30,}|\bglpat-[\w-]{20,}|\bhf_[A-Za-z0-9]{30,}"
    r"|\bsk-[A-Za-z0-9_-]{20,}|\bxox[abprs]-[\w-]{10,}"
    r"|://[^/\s:@]+:[^/\s@]+@"
)


def looks_secret(name: str, value: object) -> bool:
    """True for a text that its name or its shape says to keep quiet about."""
    if type(value) is not str or not value:
        return False
    if _SHAPES.search(value):
        return True
    words = [word.lower() for word in _WORD.findall(name)]
    if _SECRET_WORDS.intersection(words):
        return True
    if any(second == "key" and first in _KEY_OWNERS for first, second in pairwise(words)):
        return True
    bracketed = value[0] in "[<" and value[-1] in "]>"
    return bool(_TOKEN_WORDS.intersection(words)) and len(value) >= SHORTEST_TOKEN and not bracketed
