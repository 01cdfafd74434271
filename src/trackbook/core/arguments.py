"""What a public function says of a keyword that it does not have: the name, the value, and what to write instead.

Python alone says no more than "unexpected keyword argument".  The function's own signature stays what completion, `?`
and `inspect.signature` show.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from trackbook.errors import UnknownArgument, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import FunctionType

_CHOOSE = "call tb.set_experiment({value}) before it, or give experiment_id="
_LOG = "log them in the run: `with tb.start_run(): tb.log_{name}({value})`"
_OF_THESE = "give experiment_names=[{value}]"
REMEDIES = {
    "start_run": {
        "experiment": _CHOOSE,
        "experiment_name": _CHOOSE,
        "params": _LOG,
        "metrics": _LOG,
        "parent": "give parent_run_id=, or nested=True inside the run that is to be the parent",
        "resume": "give run_id=",
        "note": "give description=",
    },
    "search_runs": {"experiment": _OF_THESE, "experiment_name": _OF_THESE, "filter": "give filter_string="},
    "runs": {"experiment": _OF_THESE, "experiment_name": _OF_THESE, "filter_string": "give filter="},
    "set_experiment": {"name": "give experiment_name={value}", "experiment": "give experiment_name={value}"},
}
"""Of functions by name: where the keyword that is meant is not the one that is spelled most alike."""


def explained(function: FunctionType, name: str, module: str) -> Callable[..., Any]:
    """The function, which raises `UnknownArgument` for a keyword that it does not have.

    It is to be found as `name` in `module`, so that it pickles.
    """
    code = function.__code__
    if code.co_flags & 0x08:  # CO_VARKEYWORDS: it takes any
        return function
    arguments = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    known = frozenset(arguments)

    @wraps(function)
    def called(*args: Any, **kwargs: Any) -> Any:
        if not kwargs.keys() <= known:
            wrong = next(key for key in kwargs if key not in known)
            raise UnknownArgument(name, wrong, kwargs[wrong], _remedy(name, wrong, kwargs[wrong], arguments))
        return function(*args, **kwargs)

    called.__module__, called.__qualname__ = module, name
    return called


def _remedy(function: str, wrong: str, value: object, arguments: Sequence[str]) -> str:
    from difflib import get_close_matches

    remedy = REMEDIES.get(function, {}).get(wrong)
    if remedy is not None:
        return remedy.format(name=wrong, value=shown(value))
    alike = [one for one in arguments if wrong in one or one in wrong]
    nearest = alike or get_close_matches(wrong, arguments, 1)
    if nearest:
        return f"did you mean {nearest[0]}="
    return f"it takes {', '.join(arguments)}" if arguments else "it takes no arguments"
