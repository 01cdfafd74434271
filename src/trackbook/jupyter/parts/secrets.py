"""The list of what was replaced: which kinds of secrets, where, never their values.

Behind all other parts, so that it lists what they found.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, ClassVar

from trackbook.core import tags
from trackbook.jupyter.parts.part import Capture, History

if TYPE_CHECKING:
    from trackbook.jupyter.recording import CellRun
    from trackbook.tracking.run import ActiveRun


class SecretsPart(Capture):
    name: ClassVar[str] = "the list of secrets"

    def after(self, cell_run: CellRun, history: History) -> None:
        keep_list(cell_run.run)


def keep_list(run: ActiveRun) -> None:
    """Keep with the run what was replaced in it until now; nothing where nothing was."""
    rows = [
        {"place": place, "kind": one.kind, "line": one.line} for place, found in run.secrets.items() for one in found
    ]
    if rows:
        run.log_text(json.dumps({"schema": 1, "replaced": rows}, ensure_ascii=False), tags.SECRETS_FILE)
