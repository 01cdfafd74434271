"""Every estimator that scikit-learn ships loads without a word and predicts the same; crafted files do not."""

import inspect
import json
import shutil
import zipfile

import numpy as np
import pytest
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.datasets import load_iris
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel
from sklearn.linear_model import LogisticRegression, Ridge, TweedieRegressor
from sklearn.metrics import f1_score, make_scorer
from sklearn.model_selection import GridSearchCV, KFold, StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import SplineTransformer, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import all_estimators
from tests.share import share

from trackbook.errors import InvalidState, UntrustedModel
from trackbook.models import soundness, trusted
from trackbook.models.sklearn import load_model, log_model
from trackbook.models.skopsformat import skops_io
from trackbook.tracking.fluent.runs import start_run

X, Y = load_iris(return_X_y=True)
MODELS = [
    DecisionTreeClassifier(max_depth=3),
    RandomForestClassifier(3, random_state=np.random.RandomState(0)),
    GradientBoostingClassifier(n_estimators=2),
    HistGradientBoostingClassifier(max_iter=2, categorical_features=[3]),
    KNeighborsClassifier(algorithm="kd_tree"),
    KNeighborsClassifier(algorithm="ball_tree", metric="minkowski", p=3),
    GaussianProcessRegressor(ConstantKernel() * RBF() + WhiteKernel()),
    TweedieRegressor(power=1.5),
    GridSearchCV(DecisionTreeClassifier(), {"max_depth": [1, 2]}, cv=KFold(2, shuffle=True), scoring="f1_macro"),
    GridSearchCV(SVC(), {"C": [1, 2]}, cv=StratifiedKFold(2), scoring=make_scorer(f1_score, average="macro")),
    make_pipeline(SplineTransformer(), make_column_transformer((StandardScaler(), [0, 1])), Ridge()),
    make_pipeline(StandardScaler(), RandomForestClassifier(2)),
]
NEED_A_WORD = {"Birch": "not kept by skops", "BisectingKMeans": "refers to a compiled loop"}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_scikit_learns_own_types_load_without_a_word(session, model):
    with start_run():
        info = log_model(model.fit(X, Y + 1 if isinstance(model, TweedieRegressor) else Y))
    assert np.array_equal(load_model(info.model_uri).predict(X), model.predict(X))


def arguments_of(kind):
    plain = Ridge() if "Regress" in kind.__name__ else LogisticRegression()
    known = {
        "estimator": plain,
        "estimators": [("a", plain)],
        "base_estimator": plain,
        "steps": [("a", plain)],
        "transformers": [("a", "passthrough", [0])],
        "transformer_list": [("a", StandardScaler())],
        "param_grid": {"alpha": [1, 2]} if "Regress" in kind.__name__ else {"C": [1, 2]},
        "param_distributions": {"C": [1, 2]},
        "dictionary": np.eye(4),
    }
    given = inspect.signature(kind).parameters.values()
    return {one.name: known[one.name] for one in given if one.default is one.empty and one.name in known}


def fitted(kind):
    model = kind(**arguments_of(kind))
    if hasattr(model, "n_estimators"):
        model.set_params(n_estimators=2)
    binary = (Y > 0).astype(int)
    for x, y in ((X, Y), (X, binary), (X, np.c_[Y, Y]), (X[:, 0], Y), (["a b", "c d"], None), ([{"a": 1}], None)):
        try:
            return model.fit(x, y) if y is not None else model.fit(x)
        except Exception:
            continue
    return None


ALL = share(all_estimators(), 14)


@pytest.mark.soak
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "kind"), ALL, ids=[name for name, _ in ALL])
def test_every_estimator_needs_no_word(tmp_path, name, kind):
    model = fitted(kind)
    if model is None or name in NEED_A_WORD:
        pytest.skip(NEED_A_WORD.get(name, "cannot be fitted on small arrays"))
    file = tmp_path / "model.skops"
    skops_io().dump(model, file)
    names = skops_io().get_untrusted_types(file=file)
    assert trusted.untrusted(names, file) == []
    soundness.check(skops_io().load(file, trusted=names))


def rewritten(file, change):
    """The skops file with its schema put through `change`."""
    changed = file.with_suffix(".changed")
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(changed, "w") as target:
        for member in source.namelist():
            data = source.read(member)
            target.writestr(member, json.dumps(change(json.loads(data))) if member == "schema.json" else data)
    shutil.move(changed, file)


@pytest.mark.parametrize(
    ("module", "name", "loader"),
    [
        ("os", "system", "FunctionNode"),
        ("subprocess", "Popen", "ObjectNode"),
        ("builtins", "eval", "FunctionNode"),
        ("sklearn.model_selection._split", "chain", "ObjectNode"),  # imported there, not defined
        ("sklearn.model_selection._split", "train_test_split", "FunctionNode"),
        ("sklearn.datasets._base", "load_files", "FunctionNode"),
        ("scipy.stats._distn_infrastructure", "rv_continuous_frozen", "ObjectNode"),
        ("numpy", "mean", "ConstructorFromReduceNode"),  # would be called with the file's arguments
        ("sklearn.model_selection._split", "KFold", "ConstructorFromReduceNode"),
        ("numpy", "mean", "TupleNode"),
        ("types", "FunctionType", "ObjectNode"),
    ],
)
def test_a_hostile_name_or_loader_is_refused(session, tmp_path, module, name, loader):
    file = tmp_path / "model.skops"
    skops_io().dump(StandardScaler().fit(X), file)
    content: object = {"__class__": "tuple", "__module__": "builtins", "__loader__": "TupleNode", "content": []}
    content = [] if loader == "TupleNode" else content
    part = {"__class__": name, "__module__": module, "__loader__": loader, "__id__": 999_999, "content": content}

    def hostile(schema):
        schema["content"]["content"]["copy"] = part
        return schema

    rewritten(file, hostile)
    with start_run() as run:
        run.log_text("flavors: {sklearn: {pickled_model: model.skops, serialization_format: skops}}", "m/MLmodel")
        run.log_artifact(file, "m")
    with pytest.raises(UntrustedModel, match=name):
        load_model(f"runs:/{run.run_id}/m")


def crafted_tree(change):
    """A fitted decision tree whose nodes were changed as a crafted file can."""
    model = DecisionTreeClassifier(max_depth=3, random_state=0).fit(X, Y)
    state = model.tree_.__getstate__()
    state = {**state, "nodes": state["nodes"].copy()}
    change(state)
    model.tree_.__setstate__(state)
    return model


@pytest.mark.parametrize(
    ("field", "value"),
    [("left_child", 10**6), ("right_child", 0), ("left_child", -7), ("feature", 99), ("feature", -3)],
)
def test_a_tree_that_points_outside_is_refused_before_it_predicts(session, field, value):
    def change(state):
        state["nodes"][field][0] = value

    with start_run():
        info = log_model(crafted_tree(change))
    with pytest.raises(InvalidState, match="damaged or crafted"):
        load_model(info.model_uri)


def test_a_tree_of_more_features_than_its_model_is_refused():
    model = DecisionTreeClassifier().fit(X, Y)
    model.n_features_in_ = 2
    with pytest.raises(InvalidState, match="other than 2 features"):
        soundness.check(model)


@pytest.mark.parametrize(("field", "value"), [("left", 10**6), ("right", 0), ("feature_idx", 99)])
def test_a_histogram_tree_that_points_outside_is_refused(field, value):
    model = HistGradientBoostingClassifier(max_iter=1).fit(X, Y)
    model._predictors[0][0].nodes[field][0] = value
    with pytest.raises(InvalidState, match="damaged or crafted"):
        soundness.check(model)


def test_a_neighbor_tree_that_points_outside_is_refused():
    model = KNeighborsClassifier(algorithm="kd_tree").fit(X, Y)
    state = list(model._tree.__getstate__())
    state[1] = np.asarray(state[1]).copy()
    state[1][0] = 10**9
    model._tree.__setstate__(tuple(state))
    with pytest.raises(InvalidState, match="damaged or crafted"):
        soundness.check(model)


def test_a_column_selector_is_plain_data(session):
    model = make_column_transformer((StandardScaler(), make_column_selector(dtype_include=np.number)))
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(X, columns=list("abcd"))
    with start_run():
        info = log_model(model.fit(frame))
    assert np.allclose(load_model(info.model_uri).transform(frame), model.transform(frame))
