"""Fitted scikit-learn estimators that a cell bound or fitted.

scikit-learn is never imported for this: where the process has not loaded it, there is no such model.  A pipeline or a
search counts once; what it is made of is not listed beside it.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from trackbook.capture.cellnames import CellNames

LIMIT = 10


@dataclass(frozen=True, slots=True)
class FoundModel:
    name: str
    """The variable's name."""
    model: Any


def find_models(
    names: CellNames, namespace: Mapping[str, Any], trained: Collection[Any] = ()
) -> tuple[FoundModel, ...]:
    """The fitted estimators among the names that the cell binds or calls a fitting method on, at most `LIMIT`.

    `trained` are models that were seen being fitted, in a function of the user perhaps: those that have a name belong
    to them.
    """
    base = sys.modules.get("sklearn.base")
    estimator = getattr(base, "BaseEstimator", None)
    if estimator is None:
        return ()
    found: dict[int, FoundModel] = {}
    for name in dict.fromkeys((*names.bound, *names.fitted, *_names_of(trained, namespace))):
        value = namespace.get(name)
        if not name.startswith("_") and issubclass(type(value), estimator) and is_fitted(value):
            found.setdefault(id(value), FoundModel(name, value))
    inside = set().union(*(_parts(model.model, estimator) for model in found.values())) if found else set()
    return tuple(model for key, model in found.items() if key not in inside)[:LIMIT]


def _names_of(models: Collection[Any], namespace: Mapping[str, Any]) -> list[str]:
    wanted = {id(model) for model in models}
    return [name for name, value in namespace.items() if id(value) in wanted] if wanted else []


def is_fitted(model: Any) -> bool:
    """scikit-learn's own rule: `__sklearn_is_fitted__`, else an attribute that ends in one underscore."""
    own = getattr(type(model), "__sklearn_is_fitted__", None)
    try:
        if own is not None:
            return bool(own(model))
        return any(name.endswith("_") and not name.startswith("_") for name in vars(model))
    except Exception:  # noqa: BLE001 - a user's own estimator
        return False


def _parts(model: Any, estimator: type) -> set[int]:
    """Identities of the estimators that belong to this one: its parameters at any depth, and what fitting made."""
    try:
        candidates = [*model.get_params(deep=True).values(), *vars(model).values()]
    except Exception:  # noqa: BLE001 - a user's own estimator
        return set()
    return {id(part) for part in candidates if issubclass(type(part), estimator)}
