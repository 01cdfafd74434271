"""Where a param or metric came from, what was left out, what could not be recorded: system tags, read without trust."""

from __future__ import annotations

import json
from collections.abc import Mapping

from trackbook.core import tags

LOGGED = "logged"
ENDED_EARLY = (
    "the kernel ended before all of this run's record was kept: its files, notebook, program or verdict may be missing"
)


def origins(run_tags: Mapping[str, str]) -> dict[str, str]:
    """Key -> "assigned in line 3", "read", "computed" ..., as the run's tag says; empty where it says nothing."""
    found = _json(run_tags.get(tags.ORIGINS, ""))
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def left_out(run_tags: Mapping[str, str]) -> list[str]:
    """Sentences on what was taken for neither param nor metric."""
    return _sentences(run_tags.get(tags.LEFT_OUT, ""))


def warnings(run_tags: Mapping[str, str], now_ms: int) -> list[str]:
    """Sentences on what could not be recorded, as far as it is told by now."""
    told = _sentences(run_tags.get(tags.WARNINGS, ""))
    until = run_tags.get(tags.COLLECTING, "")
    if until.isdecimal() and int(until[:20]) < now_ms:
        told.append(ENDED_EARLY)
    return told


def _sentences(text: str) -> list[str]:
    found = _json(text)
    return [str(item) for item in found] if isinstance(found, list) else []


def _json(text: str) -> object:
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None
