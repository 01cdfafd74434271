"""Which runs are attended.  `TRACKBOOK_SCRIPTS=0` switches it off: only what is logged is kept then."""

from __future__ import annotations

import logging
import os
import sys
from typing import TYPE_CHECKING, Any

from trackbook.tracking.system_metrics import OFF_WORDS

if TYPE_CHECKING:
    from trackbook.tracking.run import ActiveRun

log = logging.getLogger(__name__)
log.addHandler(logging.NullHandler())

EXTENSION = "trackbook"
VARIABLE = "TRACKBOOK_SCRIPTS"


def attend(run: ActiveRun) -> None:
    """Make the record of a run that was started at top level.  Raises nothing and costs well below a millisecond.

    In a shell with the extension cells are tracked or not as its user says, so that only scripts run from there count.
    """
    if os.environ.get(VARIABLE, "").lower() in OFF_WORDS:
        return
    try:
        from trackbook.tracking.executions import begin_another
        from trackbook.tracking.scripts.desk import desk_of
        from trackbook.tracking.scripts.program import look
        from trackbook.tracking.scripts.record import Record

        shell = _shell()
        clue = look(shell)
        if shell is not None and clue.main is None and EXTENSION in shell.extension_manager.loaded:
            return
        begin_another(run, clue.main or clue.caller)
        run.witness = Record(run, clue, desk_of(run.session))
    except Exception:
        log.warning("the script's record could not be begun", exc_info=True)


def _shell() -> Any:
    ipython = sys.modules.get("IPython")
    return None if ipython is None or not hasattr(ipython, "get_ipython") else ipython.get_ipython()
