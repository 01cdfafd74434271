"""Column sets by name: which columns of a run table, in which order, kept in the home for a user and an experiment.

One file a set, `<home>/column-sets/<digest>.json`, replaced in one step, so that kernels never write over each other's.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from trackbook.errors import InvalidName, NotFound
from trackbook.widgets.table_payloads import ColumnSet, Order
from trackbook.widgets.table_query import orders

FOLDER = "column-sets"
MAX_NAME = 100
MAX_BYTES = 1_000_000


class ColumnSets:
    """The sets of one user for one experiment (or several, under a name of their own)."""

    def __init__(self, home: Path, user: str, experiment: str) -> None:
        self._folder, self._owner = home / FOLDER, (user, experiment)

    def all(self) -> list[ColumnSet]:
        """By name; what cannot be read is left out."""
        found = [kept for path in sorted(self._folder.glob("*.json")) if (kept := self._read(path)) is not None]
        return sorted(found, key=lambda one: one["name"].lower())

    def get(self, name: str) -> ColumnSet:
        """Raises `NotFound`."""
        found = self._read(self._path(name))
        if found is None:
            known = ", ".join(one["name"] for one in self.all())
            raise NotFound("column set", name, f"there are {known}" if known else "none is saved for this experiment")
        return found

    def save(self, name: str, columns: Sequence[str], order_by: Sequence[Order], group_by: Sequence[str]) -> ColumnSet:
        """Keep a set; one of that name is replaced.  Raises `InvalidName`."""
        name = name.strip()
        if not name or len(name) > MAX_NAME:
            raise InvalidName("column set", name, f"give 1 to {MAX_NAME} characters")
        kept = ColumnSet(name=name, columns=list(columns), order_by=list(order_by), group_by=list(group_by))
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        user, experiment = self._owner
        text = json.dumps({"schema": 1, "user": user, "experiment": experiment, **kept})
        number, temporary = tempfile.mkstemp(dir=self._folder, suffix=".tmp")
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(text)
        Path(temporary).replace(self._path(name))
        return kept

    def delete(self, name: str) -> None:
        """One that is not there is no error."""
        self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        digest = hashlib.sha256(json.dumps([*self._owner, name.strip()]).encode()).hexdigest()
        return self._folder / f"{digest[:32]}.json"

    def _read(self, path: Path) -> ColumnSet | None:
        try:
            if path.stat().st_size > MAX_BYTES:
                return None
            kept: Any = json.loads(path.read_text("utf-8"))
            if (kept["user"], kept["experiment"]) != self._owner:
                return None
            return ColumnSet(
                name=str(kept["name"]),
                columns=[str(key) for key in kept["columns"]],
                order_by=orders(kept["order_by"]),
                group_by=[str(key) for key in kept["group_by"]],
            )
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None
