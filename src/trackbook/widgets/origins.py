"""Where a param or metric came from, what was left out, what could not be recorded: system tags, read without trust."""

from __future__ import annotations

import json
from collections.abc import Mapping

from trackbook.core import tags

LOGGED = "logged"


def origins(run_tags: Mapping[str, str]) -> dict[str, str]:
    """Key -> "assigned in line 3", "read", "computed" ..., as the run's tag says; empty where it says nothing."""
    found = _json(run_tags.get(tags.ORIGINS, ""))
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def left_out(run_tags: Mapping[str, str]) -> list[str]:
    """Sentences on what was taken for neither param nor metric."""
    return _sentences(run_tags.get(tags.LEFT_OUT, ""))


def warnings(run_tags: Mapping[str, str]) -> list[str]:
    """Sentences on what could not be recorded."""
    return _sentences(run_tags.get(tags.WARNINGS, ""))


def _sentences(text: str) -> list[str]:
    found = _json(text)
    return [str(item) for item in found] if isinstance(found, list) else []


def _json(text: str) -> object:
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None
