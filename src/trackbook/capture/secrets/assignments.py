"""A name that says that its value is a secret, and the value, in code, YAML, JSON, an environment or a URL.

Everything is matched from a keyword's place on, with bounds, so that no text takes more than time in proportion.
"""

from __future__ import annotations

import re
import string

from trackbook.capture.secrets.names import PASSWORD, TOKEN, is_placeholder, is_token_like, kind_of, may_keep_secret
from trackbook.capture.secrets.shapes import Span

KEYWORDS = (
    "pass pw secret credential token key bearer contrase authorization signature= sig= auth= x-amz-credential".split()
)
LONGEST_NAME, LONGEST_LINE = 64, 400
_LETTERS = string.ascii_letters + string.digits + "_-"
_REST = re.compile(rf"[\w-]{{0,{LONGEST_NAME}}}")
_QUOTED = r"""
    (?:[rbfu@]{0,2})
    (?: "{3}(?P<v1>[^"]{1,4000})"{3} | '{3}(?P<v2>[^']{1,4000})'{3}
      | (?P<esc>\\{1,3})"(?P<v3>[^"\n\\]{1,4000})(?P=esc)" | \\{1,3}'(?P<v4>[^'\n\\]{1,4000})\\{1,3}'
      | "(?P<v5>(?:[^"\n\\]|\\.){1,4000})" | '(?P<v6>(?:[^'\n\\]|\\.){1,4000})' | `(?P<v7>[^`\n]{1,4000})` )
"""
_CLOSE = r"""(?P<close>\\{0,3}["'`])?\]?[ \t]{0,20}"""
_WRAP = r"(?:(?:SecretStr|SecretBytes|str|bytes|Secret)\()?"
_ASSIGNED = re.compile(
    rf"""{_CLOSE}(?::[ \t]*[\w.|\[\] ]{{1,40}}?[ \t]*)?(?::=|={{1,3}}|!==?|=>|:)[ \t]*
    (?:\([ \t]*)?(?:\\?\n[ \t]{{0,80}})?{_WRAP}{_QUOTED}""",
    re.VERBOSE | re.IGNORECASE,
)
_PAIR = re.compile(rf"""\\{{0,3}}["'][ ]?,\s{{0,80}}{_QUOTED}""", re.VERBOSE | re.IGNORECASE)
_SETTER = re.compile(
    r"(?:setdefault|putenv|setenv|getenv|environ\.get|set_key|add_header|set_tag|log_param)\(\s*\\*[\"']$"
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
_WORDS = re.compile(r"[A-Za-z_][\w.]*")
SHORTEST_BARE = 6
SHORTEST_KEY = 16
"""Of a URL's `key=`, which may be any key."""


def span_at(text: str, start: int, end: int, *, code: bool) -> Span | None:
    """The secret that a keyword's name is given to, None where it is given none."""
    first, last = _name(text, start, end - (text[end - 1] == "="))
    name = text[first:last]
    if first and text[first - 1] in "?&":
        return _query(text, name, last)
    if name.lower() in ("authorization", "bearer"):
        return _credentials(text, name.lower(), last)
    if not may_keep_secret(name):
        return None
    quoted = _ASSIGNED.match(text, last)
    if quoted is None and _SETTER.search(text, max(0, first - 40), first):
        quoted = _PAIR.match(text, last)
    if quoted is not None:
        at = next(group for group in ("v1", "v2", "v3", "v4", "v5", "v6", "v7") if quoted[group] is not None)
        kind = kind_of(name, quoted[at])
        return None if kind is None or _is_sentence(quoted[at], kind) else (*quoted.span(at), kind)
    return _bare(text, first, last, code=code)


def _name(text: str, start: int, end: int) -> tuple[int, int]:
    first = start - LONGEST_NAME if start > LONGEST_NAME else 0
    before = text[first:start]
    first += len(before.rstrip(_LETTERS))
    if first < start and text[first - 1 : first] == "\\" and text[first] in "ntr":
        first += 1
    found = _REST.match(text, end)
    return first, found.end() if found else end


def _query(text: str, name: str, last: int) -> Span | None:
    found = _QUERY.match(text, last)
    if found is None or is_placeholder(found["v"]):
        return None
    lowered, value = name.lower(), found["v"]
    if lowered == "key" or "signature" in lowered or lowered in ("sig", "auth", "x-amz-credential"):
        return (*found.span("v"), "token in a URL") if len(value) >= SHORTEST_KEY else None
    word = any(one in lowered for one in ("token", "pass", "pwd", "secret", "key", "credential"))
    return (*found.span("v"), "token in a URL") if word and not value.isdigit() else None


def _credentials(text: str, name: str, last: int) -> Span | None:
    found = (_HEADER if name == "authorization" else _BEARER).match(text, last)
    if found is None or not is_token_like(found["v"]) or not any(one.isdigit() for one in found["v"]):
        return None
    return (*found.span("v"), TOKEN)


def _bare(text: str, first: int, last: int, *, code: bool) -> Span | None:
    found = _BARE.match(text, last)
    if found is None:
        return None
    name, value = text[first:last], found["v"]
    kind = kind_of(name, value)
    if kind is None or value.startswith("="):
        return None
    is_word = _WORDS.fullmatch(value) is not None
    as_in_shell = name.isupper() and (found["sep"] == ":" or not (found["gap"] or found["gap2"]))
    if as_in_shell or not code:
        return None if is_word and (value.isupper() or "." in value) and code else (*found.span("v"), kind)
    is_text = found["sep"] == "=" and not (found["gap"] or found["gap2"]) and _is_quoted(text, first)
    strong = (is_text or not is_word) and len(value) >= SHORTEST_BARE and any(one.isdigit() for one in value)
    return (*found.span("v"), kind) if strong and not value.isdigit() else None


def _is_quoted(text: str, at: int) -> bool:
    """Whether a place of a line of code is within quotes, or in a line for the shell or a magic."""
    start = max(0, at - LONGEST_LINE)
    line = text[max(start, text.rfind("\n", start, at) + 1) : at]
    return line.count('"') % 2 == 1 or line.count("'") % 2 == 1 or line.lstrip()[:1] in ("!", "%")


def _is_sentence(value: str, kind: str) -> bool:
    """Words for people: "Enter your password:"."""
    return kind != PASSWORD and value.count(" ") > 1 and not any(one.isdigit() for one in value)
