"""Names as a chart can show them: cut in the middle where long, and still different from each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

MAX_CHARACTERS = 36


def cut(text: str, limit: int = MAX_CHARACTERS) -> str:
    """One line of at most `limit` characters, with `…` in the place of what was left out of the middle."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    tail = limit // 3
    return f"{line[: limit - tail - 1]}…{line[-tail:]}"


def unique(names: Mapping[str, str], limit: int = MAX_CHARACTERS) -> dict[str, str]:
    """Cut names by id; those that would be equal get the beginning of their id."""
    short = {key: cut(name, limit) or key[:8] for key, name in names.items()}
    counts = Counter(short.values())
    return {key: label if counts[label] == 1 else f"{label} · {key[:6]}" for key, label in short.items()}
