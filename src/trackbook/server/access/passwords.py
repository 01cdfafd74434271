"""Passwords: hashed with Argon2id, compared in the same time whether the user is there or not."""

from __future__ import annotations

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from trackbook.errors import InvalidValue
from trackbook.server.access.secrets import PREFIX

LEAST_CHARACTERS, MOST_CHARACTERS = 12, 1024
AT_ONCE = 2
"""Each takes 64 MiB: many failures at once must not take the machine's memory."""


class Passwords:
    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """With Argon2's recommended cost; a test may give a cheaper hasher."""
        self._hasher = hasher or PasswordHasher()
        self._slots = threading.BoundedSemaphore(AT_ONCE)
        self._nobody = self._hasher.hash("nobody has this password")

    def hashed(self, name: str, password: str) -> str:
        """Raises `InvalidValue` for a password that is too short, or the name itself."""
        if not LEAST_CHARACTERS <= len(password) <= MOST_CHARACTERS:
            raise InvalidValue(f"a password has {LEAST_CHARACTERS} to {MOST_CHARACTERS} characters")
        if password.startswith(PREFIX):
            raise InvalidValue(f"a password does not begin with {PREFIX}, which marks API tokens")
        if password.lower() == name.lower() or len(set(password)) < 4:
            raise InvalidValue("the password is too easy to guess: take a longer and less regular one")
        with self._slots:
            return self._hasher.hash(password)

    def fits(self, password_hash: str | None, password: str) -> bool:
        """Always as slow, also for a user who has no password or is not there."""
        with self._slots:
            try:
                fits = self._hasher.verify(password_hash or self._nobody, password[:MOST_CHARACTERS])
            except (VerificationError, InvalidHashError):
                return False
        return fits and password_hash is not None and len(password) <= MOST_CHARACTERS
