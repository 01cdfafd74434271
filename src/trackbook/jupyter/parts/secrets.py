"""The list of what was replaced: which kinds of secrets, where, never their values.

Behind all other parts, so that it lists what they found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from trackbook.jupyter.parts.part import Capture, History
from trackbook.tracking.facts import keep_secrets

if TYPE_CHECKING:
    from trackbook.jupyter.recording import CellRun


class SecretsPart(Capture):
    name: ClassVar[str] = "the list of secrets"

    def after(self, cell_run: CellRun, history: History) -> None:
        keep_secrets(cell_run.run)
