"""The user's words on a cell line: what a name is to be in its next runs, whatever would be guessed.

A word for `cfg` holds for all below it (`cfg.lr`) that have none of their own.
"""

from __future__ import annotations

from collections.abc import Mapping

PARAM, METRIC, IGNORE = "param", "metric", "ignore"
WORDS = (PARAM, METRIC, IGNORE)

Words = Mapping[str, str]
"""Key of a param or metric, or the name before its first dot -> one of `WORDS`."""


def word_for(words: Words, key: str) -> str | None:
    """The word that holds for a key; None where guesses stand."""
    while words and key:
        found = words.get(key)
        if found is not None:
            return found
        key = key.rpartition(".")[0]
    return None
