"""Exchanges with a server as lines of a golden file, and what a server says held against them.

Ids, times, page tokens and made-up names differ from server to server, so they stand as `<run 1>`, `<time>` and so on.
The recorder puts them there; the test fills in what our server called them.  Only the standard library is needed here,
since the recorder runs in MLflow's environment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

NOBODY = "0{20}"
"""How ids begin that the recorder made up, and nobody has."""
KINDS = {
    "webhook": re.compile(r"\b(?!0{8}-)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"),
    "model": re.compile(rf"\bm-(?!{NOBODY})[0-9a-f]{{32}}\b"),
    "run": re.compile(rf"(?<![\w-])(?!{NOBODY})[0-9a-f]{{32}}\b"),
}
TOKEN_KEYS = ("page_token", "next_page_token")
PLACEHOLDER = re.compile(r"<(?:run|model|token|webhook) \d+>")
TIME, NAME, TEXT_TIME = "<time>", "<name>", "<time as text>"
MADE_UP = re.compile(r"[a-z]+-[a-z]+-\d{1,4}")
LONG = re.compile(r"(.)\1{99,}")
"""A character many times over, written once."""
SHORTENED = re.compile(r"<(.) times (\d+)>")
SETS = ("tags", "params", "aliases", "latest_versions")
"""Lists whose order says nothing."""
A_TIME = 1_700_000_000_000


class Names:
    """What the placeholders stand for."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}

    def placeholder(self, kind: str, value: str) -> str:
        for name, one in self.known.items():
            if one == value:
                return name
        name = f"<{kind} {1 + sum(name.startswith(f'<{kind} ') for name in self.known)}>"
        self.known[name] = value
        return name

    def _token(self, value: str, is_new: bool) -> str:
        """A server may give the same token twice; another would not."""
        given = [name for name, one in self.known.items() if one == value and name.startswith("<token")]
        if given and not is_new:
            return given[-1]
        name = f"<token {1 + sum(name.startswith('<token') for name in self.known)}>"
        self.known[name] = value
        return name

    def masked(self, value: Any, key: str = "") -> Any:
        """With placeholders in place of what differs."""
        if isinstance(value, dict):
            return {name: self.masked(one, name) for name, one in value.items()}
        if isinstance(value, list):
            if len(value) == 2 and value[0] in TOKEN_KEYS:  # of a query
                return [value[0], self.masked(value[1], value[0])]
            found = [self.masked(one) for one in value]
            return sorted(found, key=repr) if key in SETS else found
        if isinstance(value, int) and not isinstance(value, bool) and 10**12 < value < 10**14:
            return TIME
        return self._text(value, key) if isinstance(value, str) else value

    def _text(self, value: str, key: str) -> str:
        if key in TOKEN_KEYS and len(value) > 8:
            return self._token(value, is_new=key == "next_page_token")
        if re.fullmatch(r"1[0-9]{12}", value):
            return TEXT_TIME
        if MADE_UP.fullmatch(value):
            return NAME
        for kind, pattern in KINDS.items():
            value = pattern.sub(lambda found, kind=kind: self.placeholder(kind, found[0]), value)
        return LONG.sub(lambda found: f"<{found[1]} times {len(found[0])}>", value)

    def filled(self, value: Any) -> Any:
        """With what the placeholders stand for here.  Raises `KeyError` for what was not met yet."""
        if isinstance(value, dict):
            return {name: self.filled(one) for name, one in value.items()}
        if isinstance(value, list):
            return [self.filled(one) for one in value]
        if value == TIME:
            return A_TIME
        if not isinstance(value, str):
            return value
        value = SHORTENED.sub(lambda found: found[1] * int(found[2]), value)
        return PLACEHOLDER.sub(lambda found: self.known[found[0]], value)

    def differences(self, expected: Any, found: Any, place: str = "", key: str = "") -> Iterator[str]:
        """Where an answer is another; placeholders that are new are learned from it."""
        if isinstance(expected, dict) and isinstance(found, dict):
            for name in sorted(expected.keys() | found.keys()):
                if name not in found:
                    yield f"{place}.{name} is left out, not {expected[name]!r}"
                elif name not in expected:
                    yield f"{place}.{name} is {found[name]!r}, not left out"
                else:
                    yield from self.differences(expected[name], found[name], f"{place}.{name}", name)
        elif isinstance(expected, list) and isinstance(found, list):
            if key in SETS:
                found = sorted(self.masked(found), key=repr)
            if len(expected) != len(found):
                yield f"{place} has {len(found)} items, not {len(expected)}: {found!r}"
            for number, (one, other) in enumerate(zip(expected, found, strict=False)):
                yield from self.differences(one, other, f"{place}[{number}]")
        elif not self._fits(expected, found):
            yield f"{place} is {found!r}, not {expected!r}"

    def _fits(self, expected: Any, found: Any) -> bool:
        if type(expected) is type(found) and expected == found:
            return True  # also of a set, which is masked by now
        if expected == TIME:
            return isinstance(found, int) and not isinstance(found, bool)
        if isinstance(expected, str) and isinstance(found, str):
            return self._learned(expected, found)
        return False

    def _learned(self, expected: str, found: str) -> bool:
        if expected == NAME:
            return bool(found)
        expected = SHORTENED.sub(lambda found: found[1] * int(found[2]), expected)
        new = [name for name in PLACEHOLDER.findall(expected) if name not in self.known]
        parts = PLACEHOLDER.split(expected)
        wanted = re.escape(parts[0])
        for name, rest in zip(PLACEHOLDER.findall(expected), parts[1:], strict=True):
            wanted += (rf"({re.escape(self.known[name])})" if name in self.known else "(.+?)") + re.escape(rest)
        match = re.fullmatch(wanted, found)
        if match is None:
            return False
        for name, value in zip(PLACEHOLDER.findall(expected), match.groups(), strict=True):
            if name in new:
                self.known[name] = value
        return True
