"""A name that says that its value is a secret, and the value, in code, YAML, JSON, an environment or a URL.

Everything is matched from a keyword's place on, with bounds, so that no text takes more than time in proportion.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator

from trackbook.capture.secrets import expressions, magics
from trackbook.capture.secrets.names import TOKEN, is_placeholder, is_token_like, kind_of, may_keep_secret
from trackbook.capture.secrets.quoted import QUOTED, secret
from trackbook.capture.secrets.shapes import Span

KEYWORDS = "pass pw secret credential token key bearer contrase authorization signature= sig= x-amz-credential".split()
LOGINS = ("auth=", "auth =", "auth(", "auth:", "auth'", 'auth"', "auth\\", "login(")
LONGEST_NAME, LONGEST_LINE, LONGEST_CONDITION = 64, 400, 10
_MARKS = "=(: '\"\\"
_LETTERS = string.ascii_letters + string.digits + "_-"
_REST = re.compile(rf"[\w-]{{0,{LONGEST_NAME}}}")
_CLOSE = r"""(?P<close>\\{0,3}["'`])?\]?[ \t]{0,20}"""
_WRAP = r"(?:(?:SecretStr|SecretBytes|str|bytes|Secret)\()?"
_ASSIGNED = re.compile(
    rf"""{_CLOSE}(?::[ \t]*[\w.|\[\] ]{{1,40}}?[ \t]*)?(?::=|={{1,3}}|!==?|=>|:)[ \t]*
    (?:\([ \t]*)?(?:\\?\n[ \t]{{0,80}})?{_WRAP}{QUOTED}""",
    re.VERBOSE | re.IGNORECASE,
)
_BARE = re.compile(
    r"(?P<gap>[ \t]{0,8})(?P<sep>:=|=|:)(?P<gap2>[ \t]{0,8})(?P<v>(?:[^\s\"'`,;(){}\[\]<>\\]|\\(?!n)){1,600}+)"
    r"(?=[\s;\"']|$|\\n)"
)
_QUERY = re.compile(r"=(?P<v>[^\s&#\"'<>(){}\[\]`\\,;]{4,4000})")
_HEADER = re.compile(
    r"\\?[\"']?\]?\s{0,4}[:=,]?\s{0,4}\\?[\"']?(?:(?:basic|bearer|token)\s+)?(?P<v>[\w.~+/=-]{8,4000})", re.IGNORECASE
)
_BEARER = re.compile(r"\s+(?P<v>[\w.~+/=-]{16,4000})")
_CONDITION = re.compile(r"(?<!\w)(?:if|elif|while|and|or|not|in|is|for|lambda|else)[ \t]+\Z")
"""Before a name that a colon follows: no annotation."""
_WORDS = re.compile(r"[A-Za-z_][\w.]*")
SHORTEST_BARE = 6
SHORTEST_KEY = 16
"""Of a URL's `key=`, which may be any key."""


def spans_at(text: str, word: str, start: int, *, code: bool) -> Iterator[Span]:
    """The secrets that a keyword's name is given to."""
    first, last = _name(text, start, start + len(word.rstrip(_MARKS)))
    name = text[first:last]
    if first and text[first - 1] in "?&":
        yield from _query(text, name, last)
    elif word in LOGINS:
        yield from expressions.login(text, first, last)
    elif name.lower() in ("authorization", "bearer"):
        yield from _credentials(text, name.lower(), last)
    elif may_keep_secret(name):
        value = magics.given(text, first, last)
        if value is None:
            yield from _given(text, first, last, code=code)
        elif span := magics.span_of(text, name, value):
            yield span


def _given(text: str, first: int, last: int, *, code: bool) -> Iterator[Span]:
    if code and text.startswith(":", last) and _CONDITION.search(text, max(0, first - LONGEST_CONDITION), first):
        return
    if not any(text.find(quote, last, last + expressions.FURTHEST) >= 0 for quote in "\"'`"):
        yield from _bare(text, first, last, code=code)
        return
    unpacked = expressions.unpacked(text, first, last)
    if unpacked is not None:
        yield from unpacked
        return
    quoted = _ASSIGNED.match(text, last)
    found = expressions.deeper(text, first, last, code=code)
    if quoted is not None and (span := secret(text[first:last], quoted)):
        found.append(span)
    yield from (span for span in found if not _is_behind(text, first, span))
    if quoted is None and not found:
        yield from _bare(text, first, last, code=code)


def _is_behind(text: str, first: int, span: Span) -> bool:
    """What seems a text is the code between two, as in `getpass("Password: ") or getpass("Again: ")`."""
    start = max(0, first - LONGEST_LINE)
    start = max(start, text.rfind("\n", start, first) + 1)
    before = text[first : span[0] - 1].rstrip("\\")
    quote = text[first + len(before) : span[0]]
    is_behind = text[span[0]] in " ),+;]}" and before.rstrip().endswith(":")
    return is_behind and text.count(quote, start, first) % 2 == 1


def _name(text: str, start: int, end: int) -> tuple[int, int]:
    first = start - LONGEST_NAME if start > LONGEST_NAME else 0
    before = text[first:start]
    first += len(before.rstrip(_LETTERS))
    if first < start and text[first - 1 : first] == "\\" and text[first] in "ntr":
        first += 1
    found = _REST.match(text, end)
    return first, found.end() if found else end


def _query(text: str, name: str, last: int) -> Iterator[Span]:
    found = _QUERY.match(text, last)
    if found is None or is_placeholder(found["v"]):
        return
    lowered, value = name.lower(), found["v"]
    if lowered == "key" or "signature" in lowered or lowered in ("sig", "auth", "x-amz-credential"):
        is_secret = len(value) >= SHORTEST_KEY
    else:
        word = any(one in lowered for one in ("token", "pass", "pwd", "secret", "key", "credential"))
        is_secret = word and not value.isdigit()
    if is_secret:
        yield (*found.span("v"), "token in a URL")


def _credentials(text: str, name: str, last: int) -> Iterator[Span]:
    found = (_HEADER if name == "authorization" else _BEARER).match(text, last)
    if found is not None and is_token_like(found["v"]) and any(one.isdigit() for one in found["v"]):
        yield (*found.span("v"), TOKEN)


def _bare(text: str, first: int, last: int, *, code: bool) -> Iterator[Span]:
    found = _BARE.match(text, last)
    if found is None:
        return
    name, value = text[first:last], found["v"]
    kind = kind_of(name, value)
    if kind is None or value.startswith("="):
        return
    is_word = _WORDS.fullmatch(value) is not None
    as_in_shell = name.isupper() and (found["sep"] == ":" or not (found["gap"] or found["gap2"]))
    if as_in_shell or not code:
        if not (is_word and (value.isupper() or "." in value) and code):
            yield (*found.span("v"), kind)
        return
    is_text = found["sep"] == "=" and not (found["gap"] or found["gap2"]) and _is_quoted(text, first)
    strong = (is_text or not is_word) and len(value) >= SHORTEST_BARE and any(one.isdigit() for one in value)
    if strong and not value.isdigit():
        yield (*found.span("v"), kind)


def _is_quoted(text: str, at: int) -> bool:
    """Whether a place of a line of code is within quotes, or in a line for the shell or a magic."""
    start = max(0, at - LONGEST_LINE)
    line = text[max(start, text.rfind("\n", start, at) + 1) : at]
    return line.count('"') % 2 == 1 or line.count("'") % 2 == 1 or line.lstrip()[:1] in ("!", "%")
