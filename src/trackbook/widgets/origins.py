"""Where a param or metric came from, and what could not be recorded: two system tags, read without trust."""

from __future__ import annotations

import json
from collections.abc import Mapping

from trackbook.core import tags

LOGGED = "logged"


def origins(run_tags: Mapping[str, str]) -> dict[str, str]:
    """Key -> "assigned", "read", "computed" or "logged", as the run's tag says; empty where it says nothing."""
    found = _json(run_tags.get(tags.ORIGINS, ""))
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def warnings(run_tags: Mapping[str, str]) -> list[str]:
    """Sentences on what could not be recorded."""
    found = _json(run_tags.get(tags.WARNINGS, ""))
    return [str(item) for item in found] if isinstance(found, list) else []


def _json(text: str) -> object:
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None
