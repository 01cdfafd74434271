"""One value: a scalar that a param can keep, or one real number that a metric can.

An array of one element is neither: how many elements a column has is chance.  bool is no number, NaN and the
infinities are.
"""

from __future__ import annotations

import sys
from decimal import Decimal
from typing import Any

from trackbook.capture.kinds import is_one_of, kinds_of
from trackbook.core.names import MAX_PARAM_VALUE

LONGEST_TEXT = MAX_PARAM_VALUE
"""Of a text that the cell reads; a longer one is data.  One that it assigns is cut to this, and that is said."""
_SCALARS = kinds_of(int, float, bool, str, type(None))
_NONE = kinds_of(bool, str, type(None), dict, list, tuple, set, bytes)
"""No numbers, told at once."""
_TORCH = frozenset({("torch", "Tensor"), ("torch.nn.parameter", "Parameter")})
_JAX = ("jaxlib", "jax")
_TENSORFLOW = ("tensorflow", "EagerTensor")


def scalar(value: object) -> tuple[bool, Any]:
    """Whether a value is a scalar that a param can keep, and that scalar in plain Python."""
    kind = type(value)
    if is_one_of(value, _SCALARS):
        return (len(value) <= LONGEST_TEXT, value) if kind is str else (True, value)  # type: ignore[arg-type]
    numpy = sys.modules.get("numpy")
    if numpy is not None and _text(kind, "__module__") == "numpy" and issubclass(kind, numpy.generic):
        plain = value.item()  # type: ignore[attr-defined]
        return (True, plain) if is_one_of(plain, _SCALARS) else (False, None)
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
    if not holds_number(value):
        return False, 0.0
    if _text(kind, "__qualname__") == "EagerTensor":
        return True, float(value.numpy())  # type: ignore[attr-defined]
    if _text(kind, "__module__").partition(".")[0] == "torch":
        return True, float(value.detach().item())  # type: ignore[attr-defined]
    return True, float(value)  # type: ignore[arg-type]


def holds_number(value: object) -> bool:
    """Whether a value of NumPy, PyTorch, JAX or TensorFlow is one real number; it is not fetched from its device.

    Of subclasses only those that the libraries themselves make.
    """
    kind = type(value)
    if is_one_of(value, _NONE):
        return False
    module, name = _text(kind, "__module__"), _text(kind, "__qualname__")
    root = module.partition(".")[0]
    one: Any = value
    if module == "numpy":
        numpy = sys.modules["numpy"]
        if kind is numpy.ndarray:
            return bool(one.ndim == 0 and one.dtype.kind in "iuf")
        return issubclass(kind, numpy.integer | numpy.floating) and not issubclass(kind, numpy.timedelta64)
    if (module, name) in _TORCH:
        return _torch_number(one)
    if root in _JAX and name == "ArrayImpl":
        return one.ndim == 0 and one.dtype.kind in "iufV" and not one.is_deleted()
    if (root, name) == _TENSORFLOW:
        return one.shape.rank == 0 and bool(one.dtype.is_floating or one.dtype.is_integer)
    return False


def _torch_number(tensor: Any) -> bool:
    torch = sys.modules.get("torch")
    if torch is None or tensor.dim() != 0 or tensor.layout is not torch.strided or tensor.device.type == "meta":
        return False
    return not (tensor.dtype is torch.bool or tensor.dtype.is_complex or tensor.is_quantized)


def _text(kind: type, name: str) -> str:
    """A class's own name or module, without asking a metaclass of the user's."""
    found = type.__getattribute__(kind, name)
    return found if type(found) is str else ""
