"""What an estimator was made with, without its defaults."""

from __future__ import annotations

from typing import Any

import pytest

from trackbook.capture.training.arguments import made_with
from trackbook.capture.training.params import Argument, arguments_of
from trackbook.capture.training.watching import Fit

pytest.importorskip("sklearn")
from sklearn.base import BaseEstimator
from sklearn.ensemble import StackingClassifier
from sklearn.impute import SimpleImputer
from sklearn.neural_network import MLPClassifier
from sklearn.svm import SVC


def arguments(model: Any) -> dict[str, Any]:
    return made_with(model)[0]


def test_scalars_small_collections_and_names() -> None:
    def own(x: Any) -> Any:
        return x

    model = MLPClassifier(hidden_layer_sizes=(64, 32), alpha=0.5, shuffle=True)
    assert arguments(model) == {"hidden_layer_sizes": "(64, 32)", "alpha": 0.5}
    assert arguments(SVC(kernel=own)) == {"kernel": "own"}
    assert arguments(SimpleImputer(missing_values=float("nan"))) == {}


def test_parts_have_keys_as_in_scikit_learn() -> None:
    stack = StackingClassifier([("a", SVC(C=2)), ("b", SVC())], final_estimator=SVC(degree=4))
    assert arguments(stack) == {
        "estimators": "SVC, SVC",
        "a__C": 2,
        "final_estimator": "SVC",
        "final_estimator__degree": 4,
    }


def test_boosting_libraries_and_optimizers() -> None:
    xgboost, lightgbm = pytest.importorskip("xgboost"), pytest.importorskip("lightgbm")
    torch = pytest.importorskip("torch")
    assert arguments(xgboost.XGBClassifier(max_depth=3, unknown=1)) == {"max_depth": 3, "unknown": 1}
    assert arguments(lightgbm.LGBMClassifier(num_leaves=5, bagging_freq=2)) == {"num_leaves": 5, "bagging_freq": 2}
    layer = torch.nn.Linear(1, 1)
    assert arguments(torch.optim.SGD(layer.parameters(), lr=0.5, momentum=0.9)) == {"lr": 0.5, "momentum": 0.9}


def test_an_optimizer_tells_what_its_groups_have_now() -> None:
    torch = pytest.importorskip("torch")
    one, other = torch.nn.Linear(1, 1), torch.nn.Linear(1, 1)
    optimizer = torch.optim.AdamW(one.parameters(), lr=0.5)
    assert arguments(optimizer) == {"lr": 0.5}
    optimizer.param_groups[0]["lr"] = 0.1
    assert arguments(optimizer) == {"lr": 0.1}
    optimizer.add_param_group({"params": other.parameters(), "lr": 0.2})
    assert arguments(optimizer) == {"lr": 0.5}
    scheduled = torch.optim.SGD(one.parameters(), lr=0.5, weight_decay=0.1)
    scheduler = torch.optim.lr_scheduler.StepLR(scheduled, 1)
    scheduled.step()
    scheduler.step()
    assert scheduled.param_groups[0]["lr"] < 0.5
    assert arguments(scheduled) == {"lr": 0.5, "weight_decay": 0.1}


def test_an_optimizer_of_the_user_tells_settings_that_its_constructor_does_not_name() -> None:
    torch = pytest.importorskip("torch")

    class Sharp(torch.optim.Optimizer):  # type: ignore[misc, name-defined]
        def __init__(self, params: Any, base: Any, rho: float = 0.05, adaptive: bool = False, **kwargs: Any) -> None:
            super().__init__(params, {"rho": rho, "adaptive": adaptive, **kwargs})
            self.base = base(self.param_groups, **kwargs)
            self.defaults.update(self.base.defaults)

    class Renamed(torch.optim.Optimizer):  # type: ignore[misc, name-defined]
        def __init__(self, params: Any, learning_rate: float, momentum: float = 0.0) -> None:
            super().__init__(params, {"lr": learning_rate, "momentum": momentum})

    class Placed(torch.optim.SGD):  # type: ignore[misc, name-defined]
        def __init__(self, *args: Any, rate_of: str = "all") -> None:
            super().__init__(*args)
            self.defaults["rate_of"] = rate_of

    class Same(torch.optim.AdamW):  # type: ignore[misc, name-defined]
        pass

    layer = torch.nn.Linear(1, 1)
    sharp = arguments(Sharp(layer.parameters(), torch.optim.SGD, rho=0.1, lr=0.5, momentum=0.9))
    assert sharp.items() >= {"rho": 0.1, "lr": 0.5, "momentum": 0.9}.items()
    assert arguments(Renamed(layer.parameters(), 0.5, momentum=0.9)) == {"lr": 0.5, "momentum": 0.9}
    assert arguments(Placed(layer.parameters(), 0.5)).items() >= {"lr": 0.5}.items()
    assert arguments(Same(layer.parameters(), lr=0.5)) == {"lr": 0.5}


def test_code_of_the_user_is_not_asked() -> None:
    class Asked(type):
        def __eq__(cls, other: object) -> bool:
            raise AssertionError

        __hash__ = __repr__ = __getattribute__ = __eq__  # type: ignore[assignment]

    class Odd(metaclass=Asked):
        def __eq__(self, other: object) -> bool:
            raise AssertionError

        __repr__ = __hash__ = __eq__  # type: ignore[assignment]

    class Own(BaseEstimator):
        def __init__(self, odd: Any = None, depth: int = 1) -> None:
            self.odd, self.depth = odd, depth

        def get_params(self, deep: bool = True) -> dict[str, Any]:
            raise AssertionError

    assert arguments(Own(Odd(), 2)) == {"depth": 2}
    assert arguments(Own([Odd()], 2)) == {"depth": 2}
    assert arguments(Own(Odd, 2)) == {"odd": "Odd", "depth": 2}


def test_values_of_a_loop_are_listed() -> None:
    fits = [Fit("sklearn", "fit", "SVC", arguments={"C": value, "degree": 2}) for value in (1, 2, 1)]
    assert arguments_of(fits) == (Argument("SVC", "C", "[1, 2]"), Argument("SVC", "degree", 2))
    many = [Fit("sklearn", "fit", "SVC", arguments={"C": value}) for value in range(100)]
    assert arguments_of(many) == ()


def test_a_default_is_listed_where_another_of_the_loop_s_models_has_none() -> None:
    fits = []
    for c in (0.5, 1.0, 2.0):  # 1.0 is SVC's own
        chosen, defaults = made_with(SVC(C=c))
        fits.append(Fit("sklearn", "fit", "SVC", arguments=chosen, defaults=defaults))
    assert arguments_of(fits) == (Argument("SVC", "C", "[0.5, 1.0, 2.0]"),)
    assert arguments_of(fits[:2]) == (Argument("SVC", "C", "[0.5, 1.0]"),)
    assert arguments_of(fits[1:2]) == ()
