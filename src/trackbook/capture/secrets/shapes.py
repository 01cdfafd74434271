"""Secrets that are known by their own shape, each under the literal that it begins with."""

from __future__ import annotations

import re
from collections.abc import Iterator

_KEY_LINES = r"(?:[\s\\nr\"',+()]*[A-Za-z0-9+/=:.\- ]{16,})*"
_TO_END = rf"(?:(?:(?!-----BEGIN).){{0,20000}}?-----END [A-Z0-9 ]{{0,40}}PRIVATE KEY(?: BLOCK)?-----|{_KEY_LINES})"

SHAPES: tuple[tuple[str, str, str], ...] = (
    # kind, literals in small letters (by spaces), pattern from the literal on
    ("AWS key", "akia asia abia acca", r"(?-i:(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16})(?![0-9A-Za-z])"),
    ("GitHub token", "ghp_ gho_ ghu_ ghs_ ghr_", r"gh[pousr]_[A-Za-z0-9]{30,}"),
    ("GitHub token", "github_pat_", r"github_pat_\w{30,}"),
    ("GitLab token", "glpat- gldt- glrt-", r"gl(?:pat|dt|rt)-[\w-]{20,}"),
    ("Hugging Face token", "hf_", r"(?-i:hf_[A-Za-z0-9]{30,})"),
    ("OpenAI key", "sk-", r"(?-i:sk-(?=[\w-]*[0-9])(?=[\w-]*[A-Z])[A-Za-z0-9_-]{20,})"),
    ("Slack token", "xoxa- xoxb- xoxe- xoxo- xoxp- xoxr- xoxs- xapp-", r"x(?:ox[a-z]|app)-[A-Za-z0-9-]{10,}"),
    ("Google API key", "aiza", r"(?-i:AIza[\w-]{35})"),
    ("Google token", "ya29.", r"ya29\.[\w-]{20,}"),
    ("W&B key", "wandb_v1_", r"wandb_v1_[\w-]{20,}"),
    ("JSON Web Token", "eyj", r"(?-i:eyJ[\w=-]{8,}\.eyJ[\w=-]{8,}(?:\.[\w.+/=-]*)?)"),
    ("private key", "-----begin", rf"-----BEGIN [A-Z0-9 ]{{0,40}}PRIVATE KEY(?: BLOCK)?-----{_TO_END}"),
)
_FLAGS = re.IGNORECASE | re.DOTALL
_PATTERNS = {
    literal: (kind, re.compile(pattern, _FLAGS)) for kind, literals, pattern in SHAPES for literal in literals.split()
}
LITERALS = tuple(_PATTERNS)
_LITERAL = re.compile("|".join(map(re.escape, LITERALS)))
_ACCESS = re.compile(r"(?<![0-9A-Za-z/+])[0-9A-Za-z/+]{40}(?![0-9A-Za-z/+=])")
_HEX = re.compile(r"[0-9a-f]{40}|[0-9A-F]{40}")
NEAR = 400
"""Characters around an AWS key in which its secret half is looked for."""
AWS_KEY, AWS_SECRET = "AWS key", "AWS secret key"

Span = tuple[int, int, str]
"""Start, end and kind."""


def spans_at(text: str, literal: str, start: int) -> Iterator[Span]:
    """What begins here with one of `LITERALS`."""
    kind, pattern = _PATTERNS[literal]
    if start and (text[start - 1].isalnum() or text[start - 1] == "_") and not _is_escape(text, start):
        return
    found = pattern.match(text, start)
    if found is None:
        return
    yield start, found.end(), kind
    if kind == AWS_KEY:
        yield from _aws_secrets(text, start)


def has_shape(value: str) -> bool:
    """Whether one of the shapes is in a text, or a URL with a password."""
    lowered = value.lower()
    if "://" in lowered and _USERINFO.search(value):
        return True
    return any(any(True for _ in spans_at(value, one.group(), one.start())) for one in _LITERAL.finditer(lowered))


_USERINFO = re.compile(r"://[^/\s:@]+:[^/\s@{}<>$]+@")


def _aws_secrets(text: str, start: int) -> Iterator[Span]:
    for found in _ACCESS.finditer(text, max(0, start - NEAR), start + NEAR):
        if not _HEX.fullmatch(found.group()):
            yield found.start(), found.end(), AWS_SECRET


def _is_escape(text: str, start: int) -> bool:
    """The letter before is that of an escaped line end."""
    return text[start - 1] in "ntr" and text[start - 2 : start - 1] == "\\"
