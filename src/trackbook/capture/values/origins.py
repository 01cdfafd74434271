"""Where a param or metric was found, in words that begin with the kind: `assigned in line 3`.

The first word is for machines and for the short label on the card, the rest for people.  It is kept in the tag
`trackbook.origins`; a logged value has none there.
"""

from __future__ import annotations

ASSIGNED, READ, COMPUTED = "assigned", "read", "computed"


def assigned(line: int | None) -> str:
    return ASSIGNED if line is None else f"{ASSIGNED} in line {line}"


def computed(line: int | None) -> str:
    return COMPUTED if line is None else f"{COMPUTED} in line {line}"


def read(cell: int | None) -> str:
    """`cell` is the number of the execution that set it last, None where that is not known."""
    return f"{READ} from the notebook" if cell is None else f"{READ} from the notebook, set in cell [{cell}]"


def by_word(origin: str, word: str) -> str:
    """Of what the user said to be a param or metric."""
    return f"{origin}, a {word} by %track {word}"
