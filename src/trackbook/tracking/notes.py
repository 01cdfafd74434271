"""What could not be recorded of a run: sentences kept as one system tag, never longer than a tag may be."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from weakref import WeakValueDictionary

from trackbook.core.names import MAX_TAG_VALUE

MOST_SENTENCES = 50
LONGEST_SENTENCE = 300
"""Characters; 20 of that length fill a tag, what does not fit is counted."""


class Notes:
    """The sentences of one run.  Thread-safe: the cell's thread, the worker and the recorder all write."""

    def __init__(self, earlier: str = "") -> None:
        self._sentences = read(earlier)
        self._more = 0
        self._lock = threading.Lock()

    def add(self, sentence: str) -> str | None:
        """The tag's new text; None where the sentence is known or there is no room but for counting it."""
        sentence = sentence[:LONGEST_SENTENCE]
        with self._lock:
            if sentence in self._sentences:
                return None
            if self._more or len(self._sentences) >= MOST_SENTENCES or len(text([*self._sentences, sentence])) > _ROOM:
                self._more += 1
                if self._more & (self._more - 1):
                    return None  # told at 1, 2, 4, 8 …: not a tag a value in a loop of a million
            else:
                self._sentences.append(sentence)
            return text([*self._sentences, f"and {self._more} more"] if self._more else self._sentences)


_ROOM = MAX_TAG_VALUE - 100
_known: WeakValueDictionary[str, Notes] = WeakValueDictionary()


def notes_of(run_id: str, earlier: str = "") -> Notes:
    """Those of a run in this process: what its first execution says late, and what the next one says, are one tag.

    `earlier` is the tag's text as the store has it.
    """
    found = _known.get(run_id)
    if found is None:
        found = _known[run_id] = Notes(earlier)
    elif earlier:
        for sentence in read(earlier):
            found.add(sentence)
    return found


def text(sentences: Sequence[str]) -> str:
    """As the tag's value."""
    return json.dumps(list(sentences), ensure_ascii=False)


def read(value: str) -> list[str]:
    """The sentences of a tag's value; none where somebody else wrote something else there."""
    try:
        found = json.loads(value) if value else []
    except (ValueError, RecursionError):
        return []
    return [str(item) for item in found] if isinstance(found, list) else []
