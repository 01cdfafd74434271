"""By which function each library's training is seen: one row each, see `capture.leaves`.

| library      | leaf                                                             | what is seen by it             |
|--------------|------------------------------------------------------------------|--------------------------------|
| scikit-learn | `get_config`, which `_fit_context` calls first around each `fit` | its own estimators             |
|              | `get_config`, which `validate_params` calls first                | `cross_val_score` and the like |
|              | `_get_config`, which `check_array` asks about NaN                | estimators of others           |
| XGBoost      | `_configure_metrics`, once for each new booster                  | `train`, `cv`, `fit`           |
| LightGBM     | `_choose_param_value` of the objective                           | `train`, `cv`, `fit`           |
| CatBoost     | `log_fixup`, which makes a context and does not enter it         | `fit`, searches                |
| Keras        | `max_epochs`, which only `fit` asks for                          | `fit`                          |
| PyTorch      | its own hook before each optimizer's step                        | a step, and trainers by it     |

None of them raises for what the user gave.  An estimator that calls nothing of scikit-learn is not seen.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from trackbook.capture.leaves import Leaf, Swapped, is_imported
from trackbook.core import interrupts

LIGHTGBM = Leaf("lightgbm", "lightgbm.engine", "_choose_param_value", ("lightgbm.engine",))
LEAVES = (
    Leaf("sklearn", "sklearn.base", "get_config", ("sklearn.base",)),
    Leaf("sklearn", "sklearn.utils._param_validation", "get_config", ("sklearn.utils._param_validation",)),
    Leaf("sklearn", "sklearn.utils.validation", "_get_config", ("sklearn.utils.validation",)),
    Leaf("xgboost", "xgboost.core", "_configure_metrics", ("xgboost.core",)),
    LIGHTGBM,
    Leaf("catboost", "catboost.core", "log_fixup", ("catboost.core",)),
    Leaf("keras", "keras.src.backend.config", "max_epochs", ("keras.src.backend.config",)),
)
TORCH = "torch.optim.optimizer"

seeing: Callable[[FrameType], object] | None = None
"""Told of the frame that called a leaf; None while nobody watches.  Set by `see_with`."""
seeing_step: Callable[[Any, FrameType], object] | None = None
"""Told of an optimizer that takes a step, and of the frame in which it does."""


def see_with(see: Callable[[FrameType], object] | None, see_step: Callable[[Any, FrameType], object] | None) -> None:
    global seeing, seeing_step
    seeing, seeing_step = see, see_step


def place() -> None:
    """See to the libraries that are imported by now.  Quick where there is nothing new."""
    _swapped.place()
    _torch.place()


def is_complete() -> bool:
    """True where no library is left to wait for."""
    return _swapped.is_complete and _torch.is_complete


def restore() -> None:
    """Give the libraries their own functions back."""
    see_with(None, None)
    _swapped.restore()
    _torch.restore()


def _noting(where: Leaf, original: Any) -> Any:
    objective_only = where is LIGHTGBM

    @functools.wraps(original)
    def leaf(*args: Any, **kwargs: Any) -> Any:
        if seeing is not None and (not objective_only or kwargs.get("main_param_name") == "objective"):
            try:
                seeing(sys._getframe(1))  # noqa: SLF001 - whose call it is
            except KeyboardInterrupt:
                interrupts.give_again()
            except Exception:  # noqa: BLE001, S110 - the user's training goes on
                pass
        return original(*args, **kwargs)

    return leaf


class _TorchHook:
    """PyTorch's own way: a hook on all optimizers, before each step.  It is never compiled into a graph."""

    def __init__(self) -> None:
        self._handle: Any = None

    @property
    def is_complete(self) -> bool:
        return self._handle is not None

    def place(self) -> None:
        if self._handle is None and TORCH in sys.modules and is_imported(TORCH):
            register = getattr(sys.modules[TORCH], "register_optimizer_step_pre_hook", None)
            self._handle = False if register is None else register(_hook(sys.modules["torch"]))

    def restore(self) -> None:
        handle, self._handle = self._handle, None
        if handle:
            handle.remove()


def _hook(torch: Any) -> Callable[..., None]:
    def before_step(optimizer: Any, _args: Any, _kwargs: Any) -> None:
        if torch.compiler.is_compiling() or seeing_step is None:
            return
        try:
            seeing_step(optimizer, sys._getframe(1))  # noqa: SLF001 - whose call it is
        except KeyboardInterrupt:
            interrupts.give_again()
        except Exception:  # noqa: BLE001, S110 - the user's training goes on
            pass

    return before_step


_swapped = Swapped(LEAVES, _noting)
_torch = _TorchHook()
