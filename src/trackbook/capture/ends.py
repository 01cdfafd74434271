"""A text of any length, of which the beginning and the end are kept."""

from __future__ import annotations

from collections import deque

MARGIN = 4000
"""Characters: the longest secret that goes over lines."""


class Ends:
    """Takes a text piece by piece; memory stays at about `most` characters, and one piece."""

    def __init__(self, most: int, margin: int = 0) -> None:
        """`margin` is what is left out beside the cut, lest half a secret be left, which nobody knows for one."""
        self._half, self._margin = most // 2, margin
        self._head: list[str] = []
        self._room = self._half
        self._tail: deque[str] = deque()
        self._tail_size = 0
        self._total = 0

    def add(self, piece: str) -> None:
        self._total += len(piece)
        if self._room:
            self._head.append(piece[: self._room])
            taken = len(self._head[-1])
            self._room -= taken
            piece = piece[taken:]
        if piece:
            self._tail.append(piece[-self._half :])
            self._tail_size += len(self._tail[-1])
            while self._tail_size - len(self._tail[0]) >= self._half:
                self._tail_size -= len(self._tail.popleft())

    def read(self) -> tuple[str, int]:
        """The text, and how many characters are left out of its middle, which it says there."""
        head, tail = "".join(self._head), "".join(self._tail)[-self._half :]
        if self._total == len(head) + len(tail):
            return head + tail, 0
        head, tail = beginning(head, self._margin), ending(tail, self._margin)
        cut = self._total - len(head) - len(tail)
        return f"{head}\n[… {cut} characters …]\n{tail}", cut


def beginning(text: str, margin: int = MARGIN) -> str:
    """A text that was cut at its end, without what the cut may have halved: a line, or `margin` of a long one."""
    return text[: max(text.rfind("\n") + 1, len(text) - margin)]


def ending(text: str, margin: int = MARGIN) -> str:
    """A text that was cut at its beginning, without what the cut may have halved: the lines of a key's block, too."""
    at = text.find("\n", margin, 2 * margin) + 1
    return text[at or margin :]


def last(text: str, most: int) -> str:
    """The end of a text, of `most` characters at the most."""
    return text if len(text) <= most else ending(text[-most:])


def settled(text: str) -> str:
    """A text as a screen shows it in the end: what follows a carriage return stands over its line's beginning."""
    if "\r" not in text:
        return text
    return "\n".join(_overwritten(line) if "\r" in line else line for line in text.replace("\r\n", "\n").split("\n"))


def _overwritten(line: str) -> str:
    shown = ""
    for piece in line.split("\r"):
        shown = piece + shown[len(piece) :]
    return shown
