"""One value: a scalar that a param can keep, or one real number that a metric can.

An array of one element is neither: how many elements a column has is chance.  bool is no number, NaN and the
infinities are.
"""

from __future__ import annotations

import sys
from decimal import Decimal
from typing import Any

from trackbook.core.names import MAX_PARAM_VALUE

LONGEST_TEXT = MAX_PARAM_VALUE
"""Of a text that the cell reads; a longer one is data.  One that it assigns is cut to this, and that is said."""
_SCALARS = frozenset({int, float, bool, str, type(None)})
_TORCH = frozenset({("torch", "Tensor"), ("torch.nn.parameter", "Parameter")})
_JAX = ("jaxlib", "jax")
_TENSORFLOW = ("tensorflow", "EagerTensor")


def scalar(value: object) -> tuple[bool, Any]:
    """Whether a value is a scalar that a param can keep, and that scalar in plain Python."""
    kind = type(value)
    if kind in _SCALARS:
        return (len(value) <= LONGEST_TEXT, value) if kind is str else (True, value)  # type: ignore[arg-type]
    numpy = sys.modules.get("numpy")
    if numpy is not None and kind.__module__ == "numpy" and issubclass(kind, numpy.generic):
        plain = value.item()  # type: ignore[attr-defined]
        return (True, plain) if type(plain) in _SCALARS else (False, None)
    return False, None


def literal_scalar(value: object) -> tuple[bool, Any]:
    """As `scalar`, for what the cell itself writes down: there a text may be of any length."""
    return (True, value) if type(value) is str else scalar(value)


def real_number(value: object) -> tuple[bool, float]:
    """Whether a value is one real number, and that number; a tensor on a GPU is waited for."""
    kind = type(value)
    if kind is float:
        return True, value  # type: ignore[return-value]
    if kind is int or kind is Decimal:
        try:
            return True, float(value)  # type: ignore[arg-type]
        except (OverflowError, ValueError):
            return False, 0.0
    module = _text(kind, "__module__")
    if module == "numpy":
        return _of_numpy(kind, value)
    return _of_tensor(kind, module, value)


def _of_numpy(kind: type, value: Any) -> tuple[bool, float]:
    numpy = sys.modules["numpy"]
    if issubclass(kind, numpy.integer | numpy.floating) and not issubclass(kind, numpy.timedelta64):
        return True, float(value)
    if kind is numpy.ndarray and value.ndim == 0 and value.dtype.kind in "iuf":
        return True, float(value)
    return False, 0.0


def _of_tensor(kind: type, module: str, value: Any) -> tuple[bool, float]:
    """A tensor without dimensions; of subclasses only those that the libraries themselves make."""
    name = _text(kind, "__qualname__")
    root = module.partition(".")[0]
    if (module, name) in _TORCH:
        return _of_torch(value)
    if root in _JAX and name == "ArrayImpl":
        if value.ndim != 0 or value.dtype.kind not in "iufV" or value.is_deleted():
            return False, 0.0
        return True, float(value)
    if (root, name) == _TENSORFLOW:
        is_number = value.shape.rank == 0 and (value.dtype.is_floating or value.dtype.is_integer)
        return (True, float(value.numpy())) if is_number else (False, 0.0)
    return False, 0.0


def _of_torch(value: Any) -> tuple[bool, float]:
    torch = sys.modules.get("torch")
    if torch is None or value.dim() != 0 or value.layout is not torch.strided or value.device.type == "meta":
        return False, 0.0
    if value.dtype is torch.bool or value.dtype.is_complex or value.is_quantized:
        return False, 0.0
    return True, float(value.detach().item())


def _text(kind: type, name: str) -> str:
    """A class's own name or module, without asking a metaclass of the user's."""
    found = type.__getattribute__(kind, name)
    return found if type(found) is str else ""
