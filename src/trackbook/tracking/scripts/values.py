"""The params and metrics of a script's run, found in what stands at the script's top level, as in a cell.

Params are the literals and settings that the script assigns there; metrics are the numbers there that were computed
while the run was open, so that a later run does not get those of the one before.  A run that logs params itself gets
none by itself, and one that logs metrics no metrics: its author has chosen.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from trackbook.core import tags

if TYPE_CHECKING:
    from trackbook.tracking.run import ActiveRun

SYSTEM = "system/"
"""Keys of the machine's metrics begin so."""
_NUMBERS = (int, float, complex)


def main_namespace() -> Mapping[str, Any]:
    return getattr(sys.modules.get("__main__"), "__dict__", {})


class Namespace:
    """The script's top level as the run found it."""

    def __init__(self) -> None:
        held = dict(main_namespace())
        self._ids = {name: id(value) for name, value in held.items()}
        self._held = [value for value in held.values() if issubclass(type(value), _NUMBERS) or _of_numpy(type(value))]
        """Kept, so that no number made later can stand at the place of one of them."""

    def log_found(self, run: ActiveRun, source: str) -> None:
        """Log what the run does not say itself; on the thread of the script, since what stands there may change."""
        wants_params = not run.params
        wants_metrics = all(key.startswith(SYSTEM) for key in run.series)
        if not (wants_params or wants_metrics):
            return
        from trackbook.capture import syntax, values
        from trackbook.tracking.findings import log_each, origins_text, sentences_text

        # Not complete: what stands as it stood when the run began was not computed in it.
        earlier = values.Earlier(ids=self._ids)
        found = values.find(syntax.cell_names(source), earlier, main_namespace(), complete=False)
        origins: dict[str, str] = {}
        if wants_params:
            log_each(run, found.params, run.log_param, origins)
        if wants_metrics:
            log_each(run, found.metrics, run.log_metric, origins)
        if origins:
            run.set_tag(tags.ORIGINS, origins_text(origins))
        if found.left_out:
            run.set_tag(tags.LEFT_OUT, sentences_text(found.left_out))


def _of_numpy(kind: type) -> bool:
    """Whether it is one of NumPy's numbers."""
    return kind.__module__ == "numpy" and kind.__name__.rstrip("0123456789_") in {"int", "uint", "float", "bool"}
