"""What an estimator was made with, as far as its author chose it: constructor arguments that are not the default.

They are read from where scikit-learn's convention puts them, attributes named like the constructor's parameters, and
never through `get_params`, which may be code of the user.  Keys have scikit-learn's form: `C`, and `svc__C` for a part
of a pipeline.  A value is a scalar, a small collection of scalars as text, or the name of a class or function.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator, Mapping
from types import BuiltinFunctionType, FunctionType
from typing import Any
from weakref import WeakKeyDictionary

from trackbook.capture.kinds import is_one_of, kinds_of
from trackbook.capture.training.calls import is_estimator

MOST = 100
DEEPEST = 4
LONGEST = 500
"""Of a collection, as text."""
MOST_ITEMS = 20
FURTHER = ("kwargs", "_other_params", "_init_params")
"""Where XGBoost, LightGBM and CatBoost keep arguments that their constructors do not name."""
NOTHING = object()
_known: WeakKeyDictionary[type, dict[str, Any]] = WeakKeyDictionary()
_SCALARS = kinds_of(int, float, bool, str, type(None))
_CONTAINERS = kinds_of(list, tuple, dict, set)
_FUNCTIONS = kinds_of(FunctionType, BuiltinFunctionType)
_Found = tuple[str, Any, bool]
"""Key, plain value, whether it is the default."""


def made_with(model: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Key -> plain value, in the order of the constructor, of at most `MOST` arguments: those that are not the default,
    and those that are, which say what one of several models has where another was made otherwise.

    May raise what odd objects raise.
    """
    chosen: dict[str, Any] = {}
    defaults: dict[str, Any] = {}
    for key, value, is_default in _found(model):
        held = defaults if is_default else chosen
        if len(held) < MOST:
            held[key] = value
    return chosen, defaults


def _found(model: Any) -> Iterator[_Found]:
    torch = sys.modules.get("torch.optim.optimizer")
    if torch is not None and issubclass(type(model), torch.Optimizer):
        yield from _of_optimizer(model)
    elif is_estimator(model) or type(model).__module__.startswith("catboost"):
        yield from _of_estimator(model, "", 0)


def settings(given: Mapping[str, Any]) -> dict[str, Any]:
    """The plain ones among the settings that a function was given."""
    pairs = ((key, plain(value)) for key, value in list(given.items())[:MOST] if type(key) is str)
    return {key: value for key, value in pairs if value is not NOTHING}


def plain(value: Any) -> Any:
    """A scalar, a text, or `NOTHING`."""
    kind = type(value)
    if is_one_of(value, _SCALARS):
        return value if kind is not str or len(value) <= LONGEST else NOTHING
    if _is_numpys(kind):
        item = value.item()
        return item if is_one_of(item, _SCALARS) else NOTHING
    if is_one_of(value, _CONTAINERS):
        text = repr(value) if _is_plain(value, 0) else ""
        return text if 0 < len(text) <= LONGEST else NOTHING
    if is_one_of(value, _FUNCTIONS):
        return value.__name__
    if issubclass(kind, type):
        return type.__dict__["__name__"].__get__(value)
    return NOTHING


def _is_numpys(kind: type) -> bool:
    """Whether this is a class of NumPy's scalars."""
    numpy = sys.modules.get("numpy")
    if numpy is None or not issubclass(kind, numpy.generic):
        return False
    return bool(type.__getattribute__(kind, "__module__") == "numpy")


def class_names(model: Any) -> tuple[str, str]:
    """The class's name, and with its module before it."""
    kind = type(model)
    return kind.__name__, f"{kind.__module__}.{kind.__qualname__}"


def _of_estimator(model: Any, prefix: str, depth: int) -> Iterator[_Found]:
    held = vars(model)
    defaults = _defaults(type(model))
    further: dict[str, Any] = next((held[name] for name in FURTHER if type(held.get(name)) is dict), {})
    values = {name: held[name] for name in defaults if name in held} | further
    for name, value in values.items():
        yield from _of_value(f"{prefix}{name}", value, defaults.get(name, NOTHING), prefix, depth)


def _of_value(key: str, value: Any, default: Any, prefix: str, depth: int) -> Iterator[_Found]:
    if is_estimator(value):
        yield key, type(value).__name__, False
        if depth < DEEPEST:
            yield from _of_estimator(value, f"{key}__", depth + 1)
        return
    parts = _named_parts(value)
    if parts:
        yield key, ", ".join(type(part).__name__ for _, part in parts), False
        for name, part in parts:
            if depth < DEEPEST:
                yield from _of_estimator(part, f"{prefix}{name}__", depth + 1)
        return
    found = plain(value)
    if found is not NOTHING:
        yield key, found, _is_same(value, default)


def _named_parts(value: Any) -> list[tuple[str, Any]]:
    """The estimators of a list of (name, estimator, ...), as pipelines and ensembles have."""
    if type(value) is not list or not value or len(value) > MOST_ITEMS:
        return []
    pairs = [one[:2] for one in value if type(one) is tuple and len(one) >= 2 and type(one[0]) is str]
    return [(name, part) for name, part in pairs if is_estimator(part)] if len(pairs) == len(value) else []


def _of_optimizer(optimizer: Any) -> Iterator[_Found]:
    """Where all groups have one value that is theirs now, and no scheduler's, that; else what it was made with."""
    defaults = _defaults(type(optimizer))
    names_all = _is_pytorchs(type(optimizer)) and not defaults.keys().isdisjoint(optimizer.defaults)
    groups = list(optimizer.param_groups)[:MOST]
    scheduled = any("initial_lr" in group for group in groups)
    for name, value in list(optimizer.defaults.items())[:MOST]:
        if names_all and name not in defaults:
            continue  # a class's own setting of the class above it, as `decoupled_weight_decay` of `AdamW`
        now = [group.get(name, value) for group in groups]
        if now and not scheduled and all(_is_same(one, now[0]) for one in now):
            value = now[0]
        found = plain(value)
        if found is not NOTHING:
            yield name, found, _is_same(value, defaults.get(name, NOTHING))


def _is_pytorchs(kind: type) -> bool:
    """Whether the constructor of an optimizer is PyTorch's own, which names all that a user may choose."""
    made_by = next(one for one in kind.__mro__ if "__init__" in vars(one))
    return f"{made_by.__module__}.".startswith("torch.optim.")


def _defaults(kind: type) -> dict[str, Any]:
    """The parameters of a class's constructor, and of those above it that it hands arguments on to."""
    known = _known.get(kind)
    if known is None:
        known = _known[kind] = _constructor(kind)
    return known


def _constructor(kind: type) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in kind.__mro__:
        if "__init__" not in vars(one) or one is object:
            continue
        parameters = list(inspect.signature(vars(one)["__init__"]).parameters.values())[1:]
        for parameter in parameters:
            if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
                default = NOTHING if parameter.default is parameter.empty else parameter.default
                found.setdefault(parameter.name, default)
        if all(parameter.kind is not parameter.VAR_KEYWORD for parameter in parameters):
            break
    return found


def _is_same(value: Any, default: Any) -> bool:
    if value is default:
        return True
    if type(value) is not type(default) or not _is_plain(value, 0):
        return False
    return bool(value == default) or (value != value and default != default)  # NaN is NaN


def _is_plain(value: Any, depth: int) -> bool:
    if is_one_of(value, _SCALARS):
        return True
    if depth > 3 or not is_one_of(value, _CONTAINERS) or len(value) > MOST_ITEMS:
        return False
    if type(value) is dict:
        return all(is_one_of(key, _SCALARS) and _is_plain(one, depth + 1) for key, one in value.items())
    return all(_is_plain(one, depth + 1) for one in value)
