"""Metrics that a trainer logs by itself: Lightning's `self.log`, when it hands its values to its loggers.

The leaf turns tensors to numbers, once for all loggers; it is asked for the same numbers, so that no device is waited
for twice.  A trainer without loggers (`logger=False`) logs nothing: the last values that it keeps are read at the end.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Any

from trackbook.capture.kinds import is_one_of, kinds_of
from trackbook.capture.leaves import Leaf, Swapped

_NUMBERS = kinds_of(int, float, bool)

_CONNECTOR = "trainer.connectors.logger_connector.logger_connector"
_LIGHTNING = ("lightning", "lightning.pytorch"), ("pytorch_lightning", "pytorch_lightning")
LEAVES = tuple(
    Leaf(package, f"{root}.{_CONNECTOR}", "convert_tensors_to_scalars", (f"{root}.{_CONNECTOR}",))
    for package, root in _LIGHTNING
)
_LOGS_ALREADY = "MLFlowLogger"
"""It logs into the run of the cell, too."""

Tell = Callable[[Mapping[str, float], int, FrameType], object]

telling: Tell | None = None
"""Told of metrics, their step, and the frame in which they are logged; None while nobody watches."""


def tell_with(tell: Tell | None) -> None:
    global telling
    telling = tell


def place() -> None:
    """See to the libraries that are imported by now."""
    _swapped.place()


def is_complete() -> bool:
    return _swapped.is_complete


def restore() -> None:
    tell_with(None)
    _swapped.restore()


def last_metrics(trainer: Any) -> tuple[dict[str, float], int] | None:
    """What a trainer without loggers keeps, and the step at which it stopped; None for any other object."""
    package = type(trainer).__module__.partition(".")[0]
    if package not in {one for one, _ in _LIGHTNING} or type(trainer).__name__ != "Trainer" or trainer.loggers:
        return None
    found = {key: value.item() if hasattr(value, "item") else value for key, value in trainer.callback_metrics.items()}
    return _numbers(found), int(trainer.global_step)


def _noting(_where: Leaf, original: Any) -> Any:
    @functools.wraps(original)
    def leaf(*args: Any, **kwargs: Any) -> Any:
        made = original(*args, **kwargs)
        if telling is not None:
            try:  # noqa: SIM105 - a context costs time
                _tell(telling, made, sys._getframe(1))  # noqa: SLF001 - whose call it is
            except Exception:  # noqa: BLE001, S110 - the user's training goes on
                pass
        return made

    return leaf


def _tell(tell: Tell, made: Any, caller: FrameType) -> None:
    if caller.f_code.co_name != "log_metrics":
        return
    trainer, step, metrics = caller.f_locals["self"].trainer, caller.f_locals.get("step"), dict(made)
    if any(type(one).__name__ == _LOGS_ALREADY for one in trainer.loggers):
        return
    if step is None:
        step = metrics.pop("step", None)  # logged under this name it is one
    if step is None:
        step = trainer.fit_loop.epoch_loop._batches_that_stepped  # noqa: SLF001 - as Lightning tells its loggers
    tell(_numbers(metrics), int(step), caller)


def _numbers(found: Mapping[str, Any]) -> dict[str, float]:
    return {key: value for key, value in found.items() if is_one_of(value, _NUMBERS)}


_swapped = Swapped(LEAVES, _noting)
