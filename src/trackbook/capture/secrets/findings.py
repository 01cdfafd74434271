"""What was found, without its value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    kind: str
    """As in "password", "AWS key"."""
    line: int
    """From 1; of the text, or of the text within a document."""


@dataclass(frozen=True, slots=True)
class Redacted:
    text: str
    findings: tuple[Finding, ...] = ()
    complete: bool = True
    """False where the time was up: the text is not to be kept."""


LABEL = "[secret: "


def label(kind: str) -> str:
    """What stands in the place of a secret."""
    return f"{LABEL}{kind}]"


SENTENCE = "secrets were replaced in "


def beginning(place: str) -> str:
    """Of the sentence about a place, which alone names it."""
    return f"{SENTENCE}{place}:"


def sentence(place: str, findings: Sequence[Finding]) -> str:
    """As in "secrets were replaced in the source: AWS key, password (2)"."""
    counts = Counter(one.kind for one in findings)
    kinds = ", ".join(kind if count == 1 else f"{kind} ({count})" for kind, count in counts.items())
    return f"{beginning(place)} {kinds}"
