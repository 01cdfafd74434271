"""Fitted estimators among the names of a cell."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV  # noqa: F401 - used by the cells below
from sklearn.pipeline import make_pipeline  # noqa: F401 - used by the cells below
from sklearn.preprocessing import StandardScaler  # noqa: F401 - used by the cells below

from trackbook.capture.models import find_models
from trackbook.capture.syntax import cell_names

X = np.arange(20.0).reshape(10, 2)
y = np.array([0, 1] * 5)


def found(source: str, **given: Any) -> list[str]:
    namespace = {"X": X, "y": y, **globals(), **given}
    exec(source, namespace)
    return [model.name for model in find_models(cell_names(source), namespace)]


def test_a_model_bound_by_the_cell_is_found_once_it_is_fitted() -> None:
    assert found("model = LogisticRegression().fit(X, y)\nraw = LogisticRegression()") == ["model"]


def test_a_model_of_an_earlier_cell_that_this_one_fits_is_found() -> None:
    assert found("old.fit(X, y)", old=LogisticRegression()) == ["old"]
    assert found("p = old.predict(X)", old=LogisticRegression().fit(X, y)) == []


def test_a_pipeline_counts_once_and_its_steps_do_not() -> None:
    assert found("scaler = StandardScaler()\npipe = make_pipeline(scaler, LogisticRegression()).fit(X, y)") == ["pipe"]


def test_a_search_hides_its_best_estimator_and_two_names_are_one_model() -> None:
    source = (
        "search = GridSearchCV(LogisticRegression(), {'C': [1.0]}, cv=2).fit(X, y)\n"
        "best = search.best_estimator_\nagain = search"
    )
    assert found(source) == ["search"]


def test_a_hostile_estimator_hurts_nobody() -> None:
    class Hostile(BaseEstimator):
        def __sklearn_is_fitted__(self) -> bool:
            raise RuntimeError

        def __eq__(self, other: object) -> bool:
            raise RuntimeError

        __hash__ = None  # type: ignore[assignment]

    assert found("model = make()", make=Hostile) == []
