"""Ways back that the page carries itself, so that any worker can undo what another one did: a token is the way."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from trackbook.errors import InvalidValue


class Carried:
    """As `widgets.table_actions.Ways`."""

    def keep(self, back: Mapping[str, Any]) -> str:
        return json.dumps(back)

    def take(self, token: str) -> Mapping[str, Any]:
        return way_back(token)


def way_back(token: object) -> Mapping[str, Any]:
    """Raises `InvalidValue` for what is none."""
    try:
        found = json.loads(str(token))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise InvalidValue("this is no action that was done here")
    return found


def runs_of(back: Mapping[str, Any]) -> set[str]:
    """The ids of the runs that it is about, whatever it does."""
    values, homes = back.get("values") or {}, back.get("homes") or {}
    moved = (one for ids in dict(homes).values() for one in ids)
    return {str(one) for one in (*values, *moved, *(back.get("run_ids") or ()))}
