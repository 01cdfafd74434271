"""Secrets that stand deeper in an expression than right behind their name.

`add_argument("--password", default="…")`, `password: str = Field("…")`, `environ.get("TOKEN") or "…"`,
`user, password = "me", "…"`, `auth=("me", "…")`: looked for from the name on, within bounds, in whatever is written
like code, be it Python or not.
"""

from __future__ import annotations

import re
import string

from trackbook.capture.secrets.names import is_token_like, may_keep_secret
from trackbook.capture.secrets.quoted import BRACKETS, GAPS, ITEM, QUOTED, SPACE, WORD, secret
from trackbook.capture.secrets.shapes import Span

FURTHEST = 1000
"""Characters from the name on, besides those of the value."""
LONGEST_TARGETS, LONGEST_ASKING = 200, 80
"""Characters before the name."""
DEEPEST, MOST_CHOICES = 2, 3
KEEPERS = frozenset(
    "Option Argument Field field Form Query Header Body Cookie Param Unicode String quote quote_plus b64encode "
    "b64decode urlsafe_b64encode urlsafe_b64decode fromhex unhexlify".split()
)
"""Whose first argument is a default, or another way to write the value."""
GETTERS = frozenset(
    "get pop set put setdefault putenv getenv setenv environ env str config getitem setitem getItem setItem set_key "
    "add_header set_header set_option set_tag log_param text text_input DEFINE_string".split()
)
"""Whose second argument is a default, or what is set."""
SHOWN = frozenset({"text", "text_input"})
"""Whose second one is often words for people."""
OF_ATTRIBUTES = frozenset({"getattr", "setattr"})
"""Whose third one is."""


def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.VERBOSE | re.IGNORECASE)


_QUOTE = r"""(?:\\{0,3}["'])"""
_DEFAULT = rf"(?:default\w{{0,12}}|value|fallback|initial\w{{0,8}})[ \t]*=(?!=){GAPS}(?:lambda[ \t]*:[ \t]*)?"
_TO_DEFAULT = rf"(?:(?!{_DEFAULT}){ITEM},{GAPS}){{0,16}}+(?P<shown>(?=value))?{_DEFAULT}"
_NAMED = _pattern(_TO_DEFAULT)
_FIRST = _pattern(rf"{ITEM},{GAPS}")
_TEXT = _pattern(
    rf"(?:\({GAPS})?(?:(?:Secret(?:Str|Bytes)?|str|bytes)\({GAPS})?{QUOTED}(?![ \t]*+(?:in\b|not\b|[=!]=))"
)
_CALL = _pattern(rf"(?:\({GAPS})?(?:await[ ])?(?:\w{{1,40}}+\.){{0,6}}+(?P<callee>\w{{1,40}}+)\({GAPS}")
_CHOICE = _pattern(rf"(?:{WORD}[ \t]++){{0,12}}?(?:{WORD}{SPACE})?(?:or|else){SPACE}")
_OPENED = _pattern(rf"\({GAPS}")
_OR = _pattern(rf"{SPACE}or{SPACE}")
_EQUALS = _pattern(
    rf"{_QUOTE}?\]?[ \t]*(?:(?::[ \t]*(?:[\w.|\ ]++|{BRACKETS}){{1,6}}+)?(?::=|=(?!=)|=>){GAPS}|:[ \t]*)"
)
_CHAINED = _pattern(rf"{_QUOTE}?\]?[ \t]*=[ \t]*(?:[\w.]{{1,80}}+[ \t]*+=(?!=)[ \t]*){{1,4}}+")
_HINT = _pattern(rf"[ \t]*:{GAPS}(?:\w{{1,20}}\.)?Annotated\[(?:(?![\w.]{{1,80}}+\(){ITEM},{GAPS}){{1,4}}+")
_IN_HINT = _pattern(rf"[\w.]{{1,80}}+\({GAPS}{_TO_DEFAULT}")
_AFTER_TEXT = rf"[:*?\ ]{{0,3}}{_QUOTE}{GAPS}"
_ARGUMENT = _pattern(rf"{_AFTER_TEXT},{GAPS}")
_SECOND = _pattern(rf"{_QUOTE}{GAPS},{GAPS}{QUOTED}{GAPS}\)")
_FIRST_OF_PAIR = re.compile(r"[(\[{,=]\s*\(\s*\\*[\"']\Z")
_CLOSED = _pattern(rf"{_AFTER_TEXT}(?:,[ ]?(?:[\w.]{{1,40}}+|{_QUOTE}{{2}}))?[)\]]{SPACE}(?=(?:or|else|if){SPACE})")
_TARGETS = _pattern(rf"(?:{_QUOTE}\])?(?P<more>(?:[ \t]*,[ \t]*[\w.*]++)*+)[)\]]?[ \t]*+=(?!=){GAPS}[(\[]?{GAPS}")
_TARGET_LETTERS = string.ascii_letters + string.digits + "_.*[]\"', \t"
_NESTED = re.compile(r",[ \t]*[(\[]")
_KEYWORD = re.compile(r"[*]|\w{1,80}+[ \t]*+=(?!=)")
_SCHEME = "(?:basic|digest|ntlm|proxy|http)_?auth"
_LOGINS = re.compile(rf"{_SCHEME}|login", re.IGNORECASE)
_GIVEN = re.compile(rf"auth|\w{{1,40}}_auth|{_SCHEME}", re.IGNORECASE)
_LOGIN = _pattern(
    rf"""{_QUOTE}?[ \t]*(?P<given>[=:][ \t]*(?:[\w.]{{0,80}}?{_SCHEME})?)?
    \({GAPS}(?:\w+=)?{ITEM},{GAPS}(?:\w+=)?{QUOTED}{GAPS},?{GAPS}\)"""
)
_SETTING = re.compile(r"(?:\w*[sS]et|with)_?\w+|Secret(?:Str|Bytes)")
_SET = _pattern(rf"\({GAPS}(?:{ITEM},{GAPS}){{0,3}}?{QUOTED}{GAPS}\)")
_ASKED = re.compile(r"(?P<callee>\w+)\(\s*(?P<of>[\w.]+,\s*)?\\*[\"'][\w./]*\Z")
_ASKED_LETTERS = string.ascii_letters + string.digits + "_./\"'\\, \n\t"
_WORD_LETTERS = string.ascii_letters + string.digits + "_"
_OPTION = re.compile(r"--?[A-Za-z]")
_NAME_ONLY = re.compile(r"[A-Za-z_.-]+")
_JOINED = re.compile(r"[a-z]+(?:_[a-z]+)+")
_SCHEMES = frozenset("basic digest bearer ntlm negotiate oauth session".split())


def login(text: str, first: int, last: int) -> list[Span]:
    """The second of two texts that a server is told: `auth=("me", "…")`, `BasicAuth("me", "…")`, `login("me", "…")`."""
    found = _LOGIN.match(text, last, last + FURTHEST)
    if found is None:
        return []
    is_login = _GIVEN.fullmatch(text, first, last) if found["given"] else _LOGINS.search(text, first, last)
    spans = _judged("password", found) if is_login else []
    return [span for span in spans if not (found["given"] and _is_field(_of(text, span)))]


def unpacked(text: str, first: int, last: int) -> list[Span] | None:
    """Of `user, password = "me", "…"` what the name is given; None where the name is not one of several.

    `connect(user, password="…", port=1)` begins like it.
    """
    found = _TARGETS.match(text, last, last + FURTHEST)
    if found is None:
        return None
    before = text[max(0, first - LONGEST_TARGETS) : first]
    begun = len(before.rstrip(_TARGET_LETTERS))
    number, others = before[begun:].count(","), found["more"].count(",")
    if not (number or others) or _NESTED.search(before, len(before[:begun].rstrip(" \t(")) - 1 if begun else 0):
        return None
    places = [found.end()]
    while len(places) <= number + others:
        item = _FIRST.match(text, places[-1], places[-1] + FURTHEST)
        if item is None:
            return None
        places.append(item.end())
    if any(_KEYWORD.match(text, place) for place in places):
        return None
    return _value(text, places[number], text[first:last])


def deeper(text: str, first: int, last: int, *, code: bool) -> list[Span]:
    """What the name between two places is given by a call, a choice or a default."""
    name, limit = text[first:last], last + FURTHEST
    if text.startswith("(", last):
        is_set = _SETTING.fullmatch(name) and _SET.match(text, last, limit)
        return _judged(name, is_set) if is_set else []
    found: list[Span] = []
    if (given := _EQUALS.match(text, last, limit)) or (code and (given := _OR.match(text, last, limit))):
        found += _value(text, given.end(), name)
    if chained := _CHAINED.match(text, last, limit):
        found += _value(text, chained.end(), name)
    if hint := _HINT.match(text, last, limit):
        inside = _IN_HINT.match(text, hint.end(), limit)
        found += _value(text, inside.end(), name) if inside else []
    if first and text[first - 1] in "\"'./":
        found += _named_by_text(text, first, last, name)
    return found


def _named_by_text(text: str, first: int, last: int, name: str) -> list[Span]:
    """The name is a text, and an argument itself."""
    found: list[Span] = []
    if argument := _ARGUMENT.match(text, last, last + FURTHEST):
        at = argument.end()
        if callee := _asked(text, first):
            given = (span for span in _value(text, at, name) if name[-1] not in "sS" or is_token_like(_of(text, span)))
            found += (span for span in given if _is_given_by(callee, _of(text, span)))
        if named := _named(text, at):
            shown = named["shown"] is not None
            found += (span for span in _value(text, named.end(), name) if not (shown and _is_shown(_of(text, span))))
    if pair := _pair(text, first, last):
        found += (span for span in _judged(name, pair) if _is_strong(_of(text, span)))
    if closed := _CLOSED.match(text, last, last + FURTHEST):
        found += _chosen(text, closed.end(), name)
    return found


def _pair(text: str, first: int, last: int) -> re.Match[str] | None:
    """`[("password", "…")]`, of which nothing says that it is more than two words."""
    if not _FIRST_OF_PAIR.search(text, max(0, first - LONGEST_ASKING), first):
        return None
    return _SECOND.match(text, last, last + FURTHEST)


def _is_strong(value: str) -> bool:
    """No word, name, path, type or sentence."""
    return any(one.isdigit() for one in value) and re.search(r"[^\w\s./:,()\[\]<>-]", value) is not None


def _is_given_by(callee: str, value: str) -> bool:
    if callee in SHOWN:
        return not _is_shown(value)
    return callee != "get" or not _JOINED.fullmatch(value)  # a section's option: config.get("password", "min_length")


def _is_shown(value: str) -> bool:
    """Words for people, in a field in which a password is to be written."""
    return value.count(" ") > 1 or all(one.isalpha() or one.isspace() for one in value.rstrip(":.…"))


def _is_field(value: str) -> bool:
    """Not what is told a server: `{"auth": ("user_id", "session_id")}`, `auth=("basic", "digest")`."""
    return value.lower() in _SCHEMES or _JOINED.fullmatch(value) is not None


def _asked(text: str, first: int) -> str:
    """The function that is asked for, or told to set, what a text that begins here names; "" where none is."""
    before = text[max(0, first - LONGEST_ASKING) : first]
    callee = before.rstrip(_ASKED_LETTERS)
    if not callee.endswith("("):
        return ""
    asked = _ASKED.match(before, len(callee[:-1].rstrip(_WORD_LETTERS)))
    if asked is None or asked["callee"] not in (OF_ATTRIBUTES if asked["of"] else GETTERS):
        return ""
    return asked["callee"]


def _named(text: str, at: int) -> re.Match[str] | None:
    """Up to a default that is given by its name, among the arguments from here on."""
    limit = at + FURTHEST
    if (
        text.find("default", at, limit) < 0
        and text.find("value", at, limit) < 0
        and text.find("fallback", at, limit) < 0
        and text.find("initial", at, limit) < 0
    ):
        return None  # as nearly always, and much sooner known so
    return _NAMED.match(text, at, limit)


def _value(text: str, at: int, name: str) -> list[Span]:
    """The texts that an expression may give: itself one, by a call's default, or by choice."""
    found = [*_plain(text, at, name), *_chosen(text, at, name)]
    if opened := _OPENED.match(text, at, at + FURTHEST):
        found += _chosen(text, opened.end(), name)
    return found


def _chosen(text: str, at: int, name: str) -> list[Span]:
    found: list[Span] = []
    for _ in range(MOST_CHOICES):
        choice = _CHOICE.match(text, at, at + FURTHEST)
        if choice is None:
            break
        at = choice.end()
        found += _plain(text, at, name)
    return found


def _plain(text: str, at: int, name: str, depth: int = 0) -> list[Span]:
    """`depth` is that of the calls around it; from `DEEPEST` on a text alone counts."""
    if is_text := _TEXT.match(text, at):
        return _judged(name, is_text)
    call = _CALL.match(text, at, at + FURTHEST) if depth < DEEPEST else None
    if call is None:
        return []
    at, callee, found = call.end(), call["callee"], []
    if callee in KEEPERS or (text[at : at + 1].isalpha() and _CALL.match(text, at, at + FURTHEST)):
        found += _plain(text, at, name, depth + 1)
    if callee in GETTERS and (second := _FIRST.match(text, at, at + FURTHEST)):
        given = _plain(text, second.end(), name, depth + 1)
        found += (span for span in given if not _is_name(_of(text, span)))
    if named := _named(text, at):
        found += _plain(text, named.end(), name, DEEPEST)
    return found


def _judged(name: str, found: re.Match[str]) -> list[Span]:
    span = secret(name, found)
    return [span] if span is not None and not _OPTION.match(found.string, span[0]) else []


def _is_name(value: str) -> bool:
    """Of what is asked for: `config.get("aws", "secret_access_key")`."""
    return _NAME_ONLY.fullmatch(value) is not None and may_keep_secret(value)


def _of(text: str, span: Span) -> str:
    return text[span[0] : span[1]]
