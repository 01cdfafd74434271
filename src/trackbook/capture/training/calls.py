"""The outermost training call on a thread's stack: what is trained by it, and on which data.

A pipeline fits its steps, a search its candidates, a forest its trees, a cross-validation its clones: all of these are
parts of the call that the user made, so that from the library's function where we look, the stack is followed up to
the cell and the last frame of a training counts.  Frames are only looked at.  A function that asks for its own
`locals()` is left alone, because in Python 3.11 and 3.12 looking at it would refresh the dict that it holds.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import CodeType, FrameType
from typing import Any

from trackbook.capture.kinds import is_one_of, kinds_of

FIT, TRAIN, STEP = "fit", "train", "step"
TRAINING, VALIDATION, TEST = "training", "validation", "test"

ESTIMATOR_WRAPPER = "sklearn.base"
"""Where `_fit_context` wraps the fitting methods of scikit-learn's own estimators."""
FUNCTION_WRAPPER = "sklearn.utils._param_validation"
"""Where `validate_params` wraps scikit-learn's functions."""
FUNCTIONS = frozenset(
    {
        "cross_val_predict",
        "cross_val_score",
        "cross_validate",
        "learning_curve",
        "permutation_test_score",
        "validation_curve",
    }
)
IN_PIECES = "partial_fit"
METHODS = frozenset({"fit", "fit_predict", "fit_transform", IN_PIECES})
TRAINERS: Mapping[str, frozenset[str]] = {
    "accelerate": frozenset(),
    "catboost": frozenset({"fit", "cv", "train", "grid_search", "randomized_search"}),
    "fastai": frozenset({"fit", "fit_one_cycle", "fine_tune"}),
    "keras": frozenset({"fit"}),
    "lightgbm": frozenset({"fit", "train", "cv"}),
    "lightning": frozenset({"fit"}),
    "pytorch_lightning": frozenset({"fit"}),
    "sentence_transformers": frozenset({"fit", "train"}),
    "transformers": frozenset({"train"}),
    "trl": frozenset({"train"}),
    "xgboost": frozenset({"fit", "train", "cv"}),
}
"""Package -> the functions and methods of it that train."""
NAMES = METHODS.union({"wrapper"}, *TRAINERS.values())
HIDING = frozenset({"locals", "vars"})

EVALUATED = {"eval_set": "eval_names", "validation_data": "", "evals": "", "valid_sets": "valid_names"}
"""Parameters for what is evaluated while training, and those for its names."""
_SEVERAL = kinds_of(tuple, list)
DATA_PARAMETERS = ("dtrain", "train_set", "pool")
MOST_EVALUATED = 5


@dataclass(frozen=True, slots=True)
class Passed:
    """One thing that was passed to a training call."""

    parameter: str
    value: Any
    context: str = TRAINING


@dataclass(frozen=True, slots=True)
class Call:
    """A training call that goes on: never kept beyond the moment, because it holds what it was given."""

    library: str
    kind: str
    model: Any
    """The estimator or optimizer; None where a function trains."""
    passed: tuple[Passed, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What the function was given besides, of the boosting libraries."""
    function: str = ""
    """Its name, or that of the method."""
    again: bool = False
    """Seen anew at each look, so that it counts once for one model and one X."""
    container: Any = None
    """What a function without a model trains on, as it was given."""


def outermost(frame: FrameType | None) -> FrameType | None:
    """The last training frame on the way up from `frame`; None where nothing is trained."""
    found = None
    while frame is not None:
        if frame.f_code.co_name in NAMES and _trains(frame):
            found = frame
        frame = frame.f_back
    return found


def call_of(caller: FrameType) -> Call | None:
    """The training call that `caller` belongs to, at the moment in which it is first seen; else None."""
    frame = outermost(caller)
    if frame is None:
        return None
    module = frame.f_globals.get("__name__")
    if frame.f_code.co_name == "wrapper":
        if frame is not caller:
            return None  # it was seen when it began
        return _of_estimator(frame) if module == ESTIMATOR_WRAPPER else _of_function(frame)
    return _of_method(frame) if "self" in frame.f_code.co_varnames[:1] else _of_trainer(frame)


def step_of(optimizer: Any, frame: FrameType) -> Call | None:
    """The training that an optimizer's step belongs to: a trainer's, else the step itself."""
    if outermost(frame) is None:
        return Call("torch", STEP, optimizer, again=True)
    return call_of(frame)


def is_within_another(caller: FrameType, thread: int) -> bool:
    """True on a helper's thread of a training that goes on elsewhere; `thread` is the cell's."""
    frames = sys._current_frames()  # noqa: SLF001 - the way to other threads' stacks
    if outermost(frames.get(thread)) is not None:
        return True
    own = sys._getframe()  # noqa: SLF001 - this thread's
    if not any(_package(frame) == "joblib" for frame in _upwards(caller)):
        return False
    mine = {id(frame) for frame in _upwards(own)}
    return any(id(frame) not in mine and outermost(frame) is not None for frame in frames.values())


def local(frame: FrameType, name: str) -> Any:
    """A local variable of a frame that may be looked at; None where there is none."""
    return visible(frame).get(name)


def visible(frame: FrameType) -> Mapping[str, Any]:
    """The local variables of a frame; none of one that must not be looked at."""
    return frame.f_locals if HIDING.isdisjoint(frame.f_code.co_names) else {}


def _trains(frame: FrameType) -> bool:
    name, module = frame.f_code.co_name, frame.f_globals.get("__name__")
    if name == "wrapper":
        if module == FUNCTION_WRAPPER:
            return getattr(local(frame, "func"), "__name__", None) in FUNCTIONS
        return module == ESTIMATOR_WRAPPER
    names = TRAINERS.get(_package(frame))
    if names is not None:
        return name in names
    return name in METHODS and is_estimator(local(frame, "self"))


def is_estimator(value: Any) -> bool:
    """True for an instance of scikit-learn's base class."""
    base = getattr(sys.modules.get("sklearn.base"), "BaseEstimator", None)
    return base is not None and issubclass(type(value), base)


def is_trainer(model: Any) -> bool:
    """True for what predicts or clusters, or ends in such a step; a mere transformer trains nothing."""
    kind = type(model)
    if kind.__name__.endswith("Pipeline"):
        steps = vars(model).get("steps")
        if type(steps) is list and steps and type(steps[-1]) is tuple:
            return is_trainer(steps[-1][-1])
    return any(hasattr(kind, name) for name in ("predict", "fit_predict")) or kind.__name__ == "KernelDensity"


def _of_estimator(frame: FrameType) -> Call | None:
    """scikit-learn's own: `wrapper(estimator, *args, **kwargs)` around `fit_method`."""
    values = frame.f_locals
    model, args, kwargs, method = values["estimator"], values["args"], values["kwargs"], values["fit_method"]
    if not is_trainer(model):
        return None
    names = _parameters(getattr(method, "__code__", None))[1:]
    given = {**dict(zip(names, args, strict=False)), **kwargs}
    name = getattr(method, "__name__", "")
    return Call(_library(model), FIT, model, _passed(names[:2], given), function=name, again=name == IN_PIECES)


def _of_function(frame: FrameType) -> Call:
    """`wrapper(*args, **kwargs)` around one of `FUNCTIONS`, whose first parameter is the estimator."""
    values = frame.f_locals
    function = values["func"]
    names = _parameters(getattr(function, "__code__", None))
    given = {**dict(zip(names, values["args"], strict=False)), **values["kwargs"]}
    model = given.get(names[0]) if names else None
    return Call("sklearn", FIT, model, _passed(names[1:3], given), function=function.__name__)


def _of_method(frame: FrameType) -> Call | None:
    model = local(frame, "self")
    package = _package(frame)
    if package not in TRAINERS and not is_trainer(model):
        return None
    name = frame.f_code.co_name
    kind = TRAIN if name == "train" else FIT
    names, values = _parameters(frame.f_code)[1:3] if kind == FIT else (), visible(frame)
    given = {name: values.get(name) for name in _parameters(frame.f_code, keywords=True)}
    library = package if package in TRAINERS else _library(model)
    return Call(library, kind, model, _passed(names, given), function=name, again=True)


def _of_trainer(frame: FrameType) -> Call:
    """`train(params, data, ...)` or `cv(params, data, ...)` of a boosting library."""
    values = visible(frame)
    names = _parameters(frame.f_code)
    data = [name for name in DATA_PARAMETERS if name in names][:1]
    settings = dict(values["params"]) if type(values.get("params")) is dict else {}
    rounds = values.get("num_boost_round")
    if type(rounds) is int:
        settings.setdefault("num_boost_round", rounds)
    name = frame.f_code.co_name
    passed = _passed(tuple(data), values)
    container = values.get(data[0]) if data else None
    return Call(_package(frame), TRAIN, None, passed, settings, name, again=name == "cv", container=container)


def _passed(names: tuple[str, ...], given: Mapping[str, Any]) -> tuple[Passed, ...]:
    """What to train on by its parameters, and what to validate on, each object once."""
    found = {id(given[name]): Passed(name, given[name]) for name in names if given.get(name) is not None}
    for passed in _validation(given):
        found.setdefault(id(passed.value), passed)
    return tuple(_unpacked(found.values()))


def _unpacked(passed: Iterable[Passed]) -> Iterator[Passed]:
    """Each; of a LightGBM data set what it was made of, as long as it has that."""
    for one in passed:
        held = vars(one.value) if type(one.value).__module__ == "lightgbm.basic" else {}
        if held.get("data") is None:
            yield one
            continue
        for parameter, value in (("X", held["data"]), ("y", held.get("label"))):
            if value is not None:
                yield Passed(parameter if one.context == TRAINING else f"{parameter}_{one.context}", value, one.context)


def _validation(given: Mapping[str, Any]) -> Iterator[Passed]:
    for name in ("X_val", "y_val"):
        if given.get(name) is not None:
            yield Passed(name, given[name], VALIDATION)
    for key, names in EVALUATED.items():
        sets = given.get(key)
        if sets is None:
            continue
        several = sets if type(sets) is list else [sets]
        words = given.get(names)
        for number, one in enumerate(several[:MOST_EVALUATED]):
            word = words[number] if type(words) is list and number < len(words) else ""
            values: list[Any] = list(one) if is_one_of(one, _SEVERAL) else [one]
            if key == "evals" and len(values) == 2:
                word = values.pop()
            context = TEST if type(word) is str and "test" in word.lower() else VALIDATION
            for parameter, value in zip(("X", "y"), values, strict=False):
                if value is not None:
                    yield Passed(f"{parameter}_{context}", value, context)


def _library(model: Any) -> str:
    """The library of an estimator; scikit-learn of those that keep to its convention."""
    package = type(model).__module__.partition(".")[0]
    return package if package in TRAINERS else "sklearn"


def _parameters(code: CodeType | None, *, keywords: bool = False) -> tuple[str, ...]:
    """Names that may be given by position, or `keywords` too."""
    return () if code is None else code.co_varnames[: code.co_argcount + keywords * code.co_kwonlyargcount]


def _package(frame: FrameType) -> str:
    name = frame.f_globals.get("__name__")
    return name.partition(".")[0] if type(name) is str else ""


def _upwards(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back
