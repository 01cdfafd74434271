"""One pass over a text for words that may go with a secret, and a look at what stands around each."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from time import thread_time as _thread_time

from trackbook.capture import unread
from trackbook.capture.secrets import assignments, known, library, marks, shapes
from trackbook.capture.secrets.findings import Finding, Redacted, label
from trackbook.capture.secrets.names import is_placeholder, kind_of
from trackbook.capture.secrets.shapes import Span

LIMIT_S = 5.0
URL = "://"
_SHAPES, _KEYWORDS = frozenset(shapes.LITERALS), frozenset((*assignments.KEYWORDS, *assignments.LOGINS))
_TRIGGERS = tuple(sorted({*_SHAPES, *_KEYWORDS, *library.LITERALS, URL}))
_USER = re.compile(r"://(?P<user>[^\s/:@\"'<>{}$]{0,200})(?::(?P<password>[^\s/\"'<>`\\]{1,1000}))?@(?=[\w.\[-])")
_FIELD = re.compile(r"[{$<%].*|\[secret.*|\*+")
LONGEST_LINE, AROUND = 1000, 300
"""Characters: of a longer line only those around a word are shown to the library."""
SHORTEST_USER = 16
"""Characters of a URL's user that may be a token."""
PASSWORD_IN_URL, TOKEN_IN_URL = "password in a URL", "token in a URL"
LOOKS_PER_CLOCK = 200


def redact(text: str, *, code: bool = True, limit_s: float = LIMIT_S) -> Redacted:
    """The text with each secret replaced; `code` says that bare words are names and not values.

    After `limit_s` seconds of its thread the rest has not been looked at: `complete` is False then.
    """
    read_noted()
    found, complete = _search(text, code, limit_s)
    without = marks.unmarked(text) if complete else None
    if without is not None:
        more, complete = _search(without.text, code, limit_s)
        found += ((*without.back(start, end), kind) for start, end, kind in more)
    spans = _apart(found)
    if not complete or not spans:
        return Redacted(text, _findings(text, spans), complete)
    parts, at = [], 0
    for start, end, kind in spans:
        parts += [text[at:start], label(kind)]
        at = end
    return Redacted("".join([*parts, text[at:]]), _findings(text, spans))


def read_noted() -> None:
    """Get to know the secrets of the texts that were noted."""
    unread.read(lambda text: _search(text, True, LIMIT_S))


def _search(text: str, code: bool, limit_s: float) -> tuple[list[Span], bool]:
    """What was found, and whether the time was enough for all of it."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(one.lower() if one.isascii() else one for one in text)
    words = _words(lowered)
    deadline = _thread_time() + limit_s if len(words) >= LOOKS_PER_CLOCK else math.inf  # the clock costs a call
    found: list[Span] = []
    seen = 0  # where the library has looked already
    for number, (first, word) in enumerate(words):
        if number % LOOKS_PER_CLOCK == LOOKS_PER_CLOCK - 1 and _thread_time() > deadline:
            return found, False
        last = first + len(word)
        found += _own(text, word, first, code=code)
        if last <= seen:
            continue
        start, end = _piece(text, first, last)
        if end > seen:
            found += library.spans(text, max(start, seen), end)
            seen = end
    own = _apart(found)
    known.remember((text[start:end], kind) for start, end, kind in own)
    return [*own, *known.spans(text)], True


def redact_value(name: str, value: str) -> Redacted:
    """A value under a name: all of it where the name says that it is a secret."""
    kind = kind_of(name, value)
    if kind is not None:
        known.remember([(value, kind)])
        return Redacted(label(kind), (Finding(kind, 1),))
    return redact(value, code=False)


def _words(lowered: str) -> list[tuple[int, str]]:
    """Where the telling words stand, in order.  One search for each: much faster than one pattern for all."""
    found = []
    for word in _TRIGGERS:
        at = lowered.find(word)
        while at >= 0:
            found.append((at, word))
            at = lowered.find(word, at + len(word))
    found.sort()
    return found


def _own(text: str, word: str, start: int, *, code: bool) -> Iterator[Span]:
    if word == URL:
        yield from _user(text, start)
    elif word in _SHAPES:
        yield from shapes.spans_at(text, word, start)
    elif word in _KEYWORDS:
        yield from assignments.spans_at(text, word, start, code=code)


def _user(text: str, start: int) -> Iterator[Span]:
    found = _USER.match(text, start)
    if found is None:
        return
    user, password = found["user"], found["password"]
    if password is not None:
        if not _FIELD.fullmatch(password):
            yield (*found.span("password"), PASSWORD_IN_URL)
    elif len(user) >= SHORTEST_USER and any(one.isdigit() for one in user) and not is_placeholder(user):
        yield (*found.span("user"), TOKEN_IN_URL)


def _piece(text: str, start: int, end: int) -> tuple[int, int]:
    """The line around a place, or a part of a long one."""
    first = text.rfind("\n", max(0, start - LONGEST_LINE), start) + 1 or max(0, start - AROUND)
    last = text.find("\n", end, end + LONGEST_LINE)
    return first, last if last >= 0 else min(len(text), end + AROUND)


def _apart(found: list[Span]) -> list[Span]:
    """In order, those that overlap as one; the kind is that of our own rules, which come first."""
    joined: list[Span] = []
    found = [*found]
    found.sort(
        key=lambda span: (span[0], -span[1])
    )  # all that is recorded comes through here, `sorted` may be a cell's
    for start, end, kind in found:
        if joined and start < joined[-1][1]:
            first, last, earlier = joined[-1]
            joined[-1] = (first, max(last, end), earlier)
        else:
            joined.append((start, end, kind))
    return joined


def _findings(text: str, spans: list[Span]) -> tuple[Finding, ...]:
    findings, line, at = [], 1, 0
    for start, _, kind in spans:
        line += text.count("\n", at, start)
        at = start
        findings.append(Finding(kind, line))
    return tuple(findings)
