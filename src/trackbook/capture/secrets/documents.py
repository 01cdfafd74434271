"""Secrets in JSON: each text by itself, and texts that a key names.

A notebook's cell is one text though it is written as a list of lines.  Pictures and other base64 are passed over.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from time import thread_time as _thread_time
from typing import Any

from trackbook.capture.secrets.findings import Finding, Redacted, label
from trackbook.capture.secrets.names import kind_of
from trackbook.capture.secrets.scanning import LIMIT_S, redact

JSON_SUFFIXES = (".json", ".ipynb")
LINES_KEYS = frozenset({"source", "text", "text/plain", "text/html", "text/markdown", "text/latex", "traceback"})
"""Keys of a notebook whose list is one text."""
_BINARY = ("image/", "audio/", "video/", "application/pdf", "application/octet-stream", "font/")
_MARKUP = "image/svg+xml"
_SOURCE = "source"
_PRINTED = LINES_KEYS - {_SOURCE}


class _TimeUp(Exception):
    pass


def redact_file(path: str, text: str, *, limit_s: float = LIMIT_S) -> Redacted:
    """By the name's ending: JSON as such, Python as code, anything else as text."""
    if path.endswith(JSON_SUFFIXES):
        try:
            content = json.loads(text)
        except (ValueError, RecursionError):
            return redact(text, limit_s=limit_s)
        redacted, findings, complete = redact_json(content, limit_s=limit_s)
        if not findings:
            return Redacted(text, complete=complete)
        indent = 1 if path.endswith(".ipynb") else None
        end = "\n" if text.endswith("\n") else ""
        return Redacted(json.dumps(redacted, ensure_ascii=False, indent=indent) + end, findings, complete)
    return redact(text, code=path.endswith((".py", ".diff")), limit_s=limit_s)


def redact_json(content: Any, *, limit_s: float = LIMIT_S) -> tuple[Any, tuple[Finding, ...], bool]:
    """The content with its secrets replaced, what was found, and whether the time was enough for all of it."""
    walk = _Walk(_thread_time() + limit_s)
    try:
        redacted = walk.value(content, "")
    except (_TimeUp, RecursionError):
        return content, tuple(walk.findings), False
    return redacted, tuple(walk.findings), True


class _Walk:
    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.findings: list[Finding] = []

    def value(self, value: Any, key: str) -> Any:
        if isinstance(value, str):
            return self.text(value, key)
        if isinstance(value, Mapping):
            return {name: one if _is_binary(name) else self.value(one, name) for name, one in value.items()}
        if isinstance(value, list):
            if key in LINES_KEYS and value and all(isinstance(one, str) for one in value):
                return self.lines(value, key)
            return [self.value(one, key) for one in value]
        return value

    def lines(self, lines: list[str], key: str) -> list[str]:
        joined = ("\n" if key == "traceback" else "").join(lines)
        redacted = self.text(joined, "", code=key == _SOURCE)
        if redacted is joined or redacted == joined:
            return lines
        return redacted.split("\n") if key == "traceback" else redacted.splitlines(keepends=True)

    def text(self, text: str, key: str, *, code: bool | None = None) -> str:
        left_s = self.deadline - _thread_time()
        if left_s <= 0:
            raise _TimeUp
        kind = kind_of(key, text) if key else None
        if kind is not None:
            self.findings.append(Finding(kind, 1))
            return label(kind)
        found = redact(text, code=key not in _PRINTED if code is None else code, limit_s=left_s)
        self.findings += found.findings
        if not found.complete:
            raise _TimeUp
        return found.text


def _is_binary(name: str) -> bool:
    return name.startswith(_BINARY) and name != _MARKUP
