"""What trains is told once, by the outermost call; real libraries, seen without a frame of ours."""

from __future__ import annotations

import gc
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from trackbook.capture import training

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytest.importorskip("sklearn")
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.cluster import KMeans
from sklearn.ensemble import RandomForestClassifier, StackingClassifier
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.neighbors import KernelDensity
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import KBinsDiscretizer, StandardScaler
from sklearn.svm import SVC
from sklearn.utils.validation import check_X_y

X = np.random.default_rng(0).normal(size=(60, 3))
Y = (X[:, 0] > 0).astype(int)


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    yield
    training.restore()


def seen(train: Callable[[], object], **wished: Any) -> list[tuple[str, str, str]]:
    watch = training.watch(**wished)
    try:
        train()
    finally:
        fits = watch.stop()
    return [(fit.library, fit.kind, fit.model) for fit in fits]


class Own(ClassifierMixin, BaseEstimator):
    """A user's estimator, which knows nothing of `_fit_context`."""

    def __init__(self, depth: int = 1) -> None:
        self.depth = depth

    def fit(self, X: Any, y: Any) -> Own:
        X, y = check_X_y(X, y)
        self.inner_ = LogisticRegression().fit(X, y)
        self.classes_ = self.inner_.classes_
        return self

    def predict(self, X: Any) -> Any:
        return self.inner_.predict(X)


class Listing(Own):
    def fit(self, X: Any, y: Any) -> Listing:
        given = locals()
        X = X * 2
        super().fit(X, y)
        assert given["X"] is not X
        return self


OUTERMOST = {
    "estimator": (lambda: SVC().fit(X, Y), "SVC"),
    "keywords": (lambda: SVC().fit(X=X, y=Y), "SVC"),
    "pipeline": (lambda: make_pipeline(StandardScaler(), SVC()).fit(X, Y), "Pipeline"),
    "search": (lambda: GridSearchCV(SVC(), {"C": [1, 2]}, cv=2).fit(X, Y), "GridSearchCV"),
    "forest in threads": (lambda: RandomForestClassifier(4, n_jobs=2).fit(X, Y), "RandomForestClassifier"),
    "search in processes": (lambda: GridSearchCV(SVC(), {"C": [1, 2]}, cv=2, n_jobs=2).fit(X, Y), "GridSearchCV"),
    "stack": (lambda: StackingClassifier([("a", SVC()), ("b", SVC())], cv=2).fit(X, Y), "StackingClassifier"),
    "cross-validation": (lambda: cross_val_score(SVC(), X, Y, cv=2), "SVC"),
    "clusters": (lambda: KMeans(2, n_init=1).fit_predict(X), "KMeans"),
    "density": (lambda: KernelDensity().fit(X), "KernelDensity"),
    "user's": (lambda: Own().fit(X, Y), "Own"),
    "user's in a search": (lambda: GridSearchCV(Own(), {"depth": [1, 2]}, cv=2).fit(X, Y), "GridSearchCV"),
    "pieces": (lambda: _in_pieces(SGDClassifier()), "SGDClassifier"),
}


def _in_pieces(model: Any) -> None:
    for start in (0, 20, 40):
        model.partial_fit(X[start : start + 20], Y[start : start + 20], classes=[0, 1])


@pytest.mark.parametrize(("train", "name"), OUTERMOST.values(), ids=OUTERMOST)
def test_the_outermost_call_is_told_once(train: Callable[[], object], name: str) -> None:
    assert seen(train) == [("sklearn", "fit", name)]


@pytest.mark.parametrize(
    "other",
    [
        lambda: StandardScaler().fit_transform(X),
        lambda: make_pipeline(StandardScaler()).fit(X),
        lambda: KBinsDiscretizer(3, strategy="kmeans").fit(X),
        lambda: clone(SVC()),
        lambda: np.dot(X.T, X),
    ],
)
def test_what_only_transforms_is_no_training(other: Callable[[], object]) -> None:
    assert seen(other) == []


def test_predicting_is_no_training() -> None:
    model = make_pipeline(StandardScaler(), SVC()).fit(X, Y)
    assert seen(lambda: model.score(X, Y)) == []


def test_each_call_of_a_loop_counts_and_one_model_in_many_pieces_once() -> None:
    assert len(seen(lambda: [SVC(C=c).fit(X, Y) for c in (1, 2, 3)])) == 3
    assert len(seen(lambda: [Own().fit(X, Y) for _ in range(3)])) == 3


def test_fits_in_threads_of_the_cell_count_and_those_of_an_earlier_cell_do_not() -> None:
    with ThreadPoolExecutor(2) as pool:
        fits = seen(lambda: list(pool.map(lambda c: SVC(C=c).fit(X, Y), (1, 2))))
        assert [name for _, _, name in fits] == ["SVC", "SVC"]
        assert seen(lambda: pool.submit(SVC().fit, X, Y).result()) == []


def test_a_function_s_own_locals_are_not_refreshed() -> None:
    assert seen(lambda: Listing().fit(X, Y)) == [("sklearn", "fit", "Listing")]


def test_boosting_libraries() -> None:
    xgboost, lightgbm = pytest.importorskip("xgboost"), pytest.importorskip("lightgbm")
    few = {"n_estimators": 2, "verbosity": 0}
    assert seen(lambda: xgboost.XGBClassifier(**few).fit(X, Y)) == [("xgboost", "fit", "XGBClassifier")]
    data = xgboost.DMatrix(X, Y)
    assert seen(lambda: xgboost.train({"eta": 0.1}, data, 2)) == [("xgboost", "train", "train")]
    assert seen(lambda: [xgboost.train({"eta": e}, data, 2) for e in (0.1, 0.2)]) == [("xgboost", "train", "train")] * 2
    assert seen(lambda: xgboost.cv({}, data, 2, nfold=2)) == [("xgboost", "train", "cv")]
    assert seen(lambda: xgboost.Booster(model_file=xgboost.train({}, data, 1).save_raw())) == [
        ("xgboost", "train", "train")
    ]
    few = {"n_estimators": 2, "verbose": -1}
    assert seen(lambda: lightgbm.LGBMClassifier(**few).fit(X, Y)) == [("lightgbm", "fit", "LGBMClassifier")]
    quiet = {"verbose": -1}
    assert seen(lambda: lightgbm.train(quiet, lightgbm.Dataset(X, Y), 2)) == [("lightgbm", "train", "train")]
    assert seen(lambda: lightgbm.cv(quiet, lightgbm.Dataset(X, Y), 2, nfold=2)) == [("lightgbm", "train", "cv")]
    search = GridSearchCV(lightgbm.LGBMClassifier(**few), {"max_depth": [1, 2]}, cv=2)
    assert seen(lambda: search.fit(X, Y)) == [("sklearn", "fit", "GridSearchCV")]


def test_an_optimizer_s_steps_are_one_training() -> None:
    torch = pytest.importorskip("torch")
    layer = torch.nn.Linear(3, 1)

    def train(optimizer: Any) -> None:
        for _ in range(3):
            optimizer.zero_grad()
            layer(torch.zeros(1, 3)).sum().backward()
            optimizer.step()

    assert seen(lambda: train(torch.optim.SGD(layer.parameters(), lr=0.1))) == [("torch", "step", "SGD")]
    both = [torch.optim.Adam(layer.parameters()), torch.optim.SGD(layer.parameters())]
    assert [name for _, _, name in seen(lambda: [train(one) for one in both])] == ["Adam", "SGD"]


def test_an_optimizer_within_a_fit_belongs_to_it() -> None:
    torch = pytest.importorskip("torch")

    class Net(Own):
        def fit(self, X: Any, y: Any) -> Net:
            layer = torch.nn.Linear(3, 1)
            optimizer = torch.optim.SGD(layer.parameters())
            for _ in range(2):
                layer(torch.zeros(1, 3)).sum().backward()
                optimizer.step()
            return self

    assert seen(lambda: Net().fit(X, Y)) == [("sklearn", "fit", "Net")]


@pytest.mark.filterwarnings("ignore")
def test_a_compiled_step_has_no_break_of_ours() -> None:
    torch = pytest.importorskip("torch")
    layer = torch.nn.Linear(3, 1)
    optimizer = torch.optim.SGD(layer.parameters())
    layer(torch.zeros(1, 3)).sum().backward()

    def breaks() -> int:
        torch._dynamo.reset()
        torch._dynamo.utils.counters.clear()
        torch.compile(optimizer.step, backend="eager")()
        return sum(torch._dynamo.utils.counters["graph_break"].values())

    plain = breaks()
    watch = training.watch()
    assert breaks() == plain
    watch.stop()


def test_it_is_told_before_the_fit_and_errors_stay_here() -> None:
    model = SVC()
    fitted: list[bool] = []

    def on_fit(fit: training.Fit) -> None:
        fitted.append(hasattr(fit.reference(), "classes_"))
        raise ValueError("ours")

    assert seen(lambda: model.fit(X, Y), on_fit=on_fit) == [("sklearn", "fit", "SVC")]
    assert fitted == [False]


def test_a_watch_that_begins_with_a_fit_is_told_of_it() -> None:
    inner: list[training.Watch] = []

    def on_fit(fit: training.Fit) -> None:
        if not inner:
            inner.append(training.watch(data=True, namespace={"features": X}))

    seen(lambda: SVC(C=2).fit(X, Y), on_fit=on_fit)
    (fit,) = inner[0].stop()
    assert [one.dataset.name for one in fit.data] == ["features", "y"]


@pytest.mark.parametrize("own", [SVC, Own, RandomForestClassifier])
def test_a_failing_fit_has_the_same_traceback(own: Any) -> None:
    def failing() -> str:
        try:
            own().fit(X, Y[:3])
        except ValueError:
            return traceback.format_exc()
        raise AssertionError

    plain = failing()
    watch = training.watch(data=True, arguments=True)
    assert failing() == plain
    assert len(watch.stop()) == 1


def test_random_streams_and_results_are_the_same() -> None:
    def trained() -> tuple[Any, Any]:
        np.random.seed(3)
        forest = RandomForestClassifier(5).fit(X, Y)
        return forest.predict_proba(X).tolist(), np.random.random()

    plain = trained()
    watch = training.watch(data=True, arguments=True)
    assert trained() == plain
    watch.stop()


def test_neither_models_nor_data_are_held() -> None:
    import weakref

    features = X.copy()
    model = SVC()
    references = weakref.ref(model), weakref.ref(features)
    watch = training.watch(data=True, arguments=True)
    model.fit(features, Y)
    del model, features
    gc.collect()
    assert [one() for one in references] == [None, None]
    (fit,) = watch.stop()
    assert fit.reference() is None


def test_everything_is_put_back() -> None:
    names = ("sklearn", "xgboost", "lightgbm", "torch.optim")
    for name in ("xgboost", "lightgbm", "torch"):
        pytest.importorskip(name)

    def held() -> dict[tuple[str, str], int]:
        modules = [(name, one) for name, one in list(sys.modules.items()) if name.startswith(names) and one]
        return {(name, key): id(value) for name, one in modules for key, value in list(vars(one).items())}

    SVC().fit(X, Y)
    hooks = sys.modules["torch.optim.optimizer"]._global_optimizer_pre_hooks  # type: ignore[attr-defined]
    before, count = held(), len(hooks)
    watch = training.watch()
    assert held() != before
    assert len(hooks) == count + 1
    watch.stop()
    training.restore()
    assert held() == before
    assert len(hooks) == count
    assert seen(lambda: SVC().fit(X, Y)) == [("sklearn", "fit", "SVC")]


def test_no_thread_is_begun() -> None:
    before = threading.active_count()
    seen(lambda: SVC().fit(X, Y), data=True)
    assert threading.active_count() == before


def test_what_we_train_ourselves_is_not_the_cells() -> None:
    from trackbook.capture.training.watching import unseen

    def ours() -> None:
        with unseen():
            SVC().fit(X, Y)

    assert seen(ours) == []
    assert [name for _, name, _ in seen(lambda: (ours(), KMeans(2, n_init=1).fit(X)))] != []
