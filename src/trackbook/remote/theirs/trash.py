"""Deleting for good is no part of MLflow's protocol: `mlflow gc` does it, beside the server."""

from __future__ import annotations

from collections.abc import Sequence

from trackbook.core.ports import Trash
from trackbook.core.trash import Emptied, TrashedRun
from trackbook.errors import NotSupported


class TheirTrash:
    def __init__(self, address: str) -> None:
        self._address = address

    def contents(self, older_than_ms: int | None = None) -> Sequence[TrashedRun]:
        del older_than_ms
        raise self._refused()

    def empty(self, run_ids: Sequence[str], *, force: bool = False) -> Emptied:
        del run_ids, force
        raise self._refused()

    def empty_experiments(self, older_than_ms: int | None = None) -> Sequence[str]:
        del older_than_ms
        raise self._refused()

    def _refused(self) -> NotSupported:
        return NotSupported("deleting for good", f"the server {self._address}", "who runs it can use 'mlflow gc' there")


def _fits(trash: TheirTrash) -> Trash:
    return trash
