"""A text of any length, of which the beginning and the end are kept."""

from __future__ import annotations

from collections import deque


class Ends:
    """Takes a text piece by piece; memory stays at about `most` characters, and one piece."""

    def __init__(self, most: int) -> None:
        self._half = most // 2
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
        cut = self._total - len(head) - len(tail)
        return (f"{head}\n[… {cut} characters …]\n{tail}", cut) if cut else (head + tail, 0)


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
