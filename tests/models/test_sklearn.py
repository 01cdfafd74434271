"""Fitted estimators: kept without pickle, loaded again, refused where they ask for trust."""

import pickle
import sys
import warnings

import numpy as np
import pytest
import yaml
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC

from trackbook.errors import InvalidState, InvalidValue, MissingDependency, NotFound, UntrustedModel
from trackbook.models.registration import register_model
from trackbook.models.sklearn import load_model, log_model
from trackbook.tracking.fluent.runs import start_run

X, Y = load_iris(return_X_y=True)


def logged(model, **options):
    with start_run():
        return log_model(model, **options)


@pytest.mark.parametrize(
    "model", [SVC(), make_pipeline(StandardScaler(), SVC()), GridSearchCV(SVC(), {"C": [0.1, 1.0]}, cv=3)]
)
def test_model_predicts_the_same_when_loaded(session, model):
    info = logged(model.fit(X, Y))
    assert np.array_equal(load_model(info.model_uri).predict(X), model.predict(X))


def test_a_run_is_named_by_its_name_or_the_beginning_of_its_id_too(session):
    with start_run(run_name="calm otter"):
        info = log_model(SVC(C=3).fit(X, Y))
    for run in ("calm otter", "calm%20otter", info.run_id[:8]):
        assert load_model(f"runs:/{run}/model").C == 3
    with pytest.raises(NotFound, match="did you mean 'calm otter'"):
        load_model("runs:/calm oter/model")


def test_files_are_those_that_mlflow_reads(session):
    info = logged(SVC().fit(X, Y), name="models/svm")
    artifacts = session.reading.artifacts
    names = {file.path.rpartition("/")[2] for file in artifacts.list(info.run_id, "models/svm")}
    assert names == {"MLmodel", "model.skops", "requirements.txt", "python_env.yaml", "conda.yaml"}
    with artifacts.open(info.run_id, "models/svm/MLmodel") as file:
        content = yaml.safe_load(file)
    assert content["flavors"]["sklearn"]["serialization_format"] == "skops"
    assert content["flavors"]["python_function"]["loader_module"] == "mlflow.sklearn"
    assert content["metadata"] == {"trackbook.class": "sklearn.svm._classes.SVC"}
    assert (content["artifact_path"], content["run_id"]) == ("models/svm", info.run_id)
    with artifacts.open(info.run_id, "models/svm/requirements.txt") as file:
        assert b"scikit-learn==" in file.read()


def a_function(x):
    return x * 2


def test_functions_need_trust_by_name_or_by_themselves_and_saving_says_so(session):
    with pytest.warns(UserWarning, match=r"tb\.sklearn\.load_model\('runs:/.*trust=\['.*a_function'\]\)"):
        info = logged(make_pipeline(FunctionTransformer(a_function), SVC()).fit(X, Y))
    assert "a_function" in session.reading.runs.get(info.run_id).data.tags["trackbook.warnings"]
    with pytest.raises(UntrustedModel, match=r"trust=\['.*a_function'\]") as refusal:
        load_model(info.model_uri, trust=["something.else"])
    load_model(info.model_uri, trust=[a_function])
    load_model(info.model_uri, trust=refusal.value.types)


@pytest.mark.parametrize("trust", [True, "sklearn.tree._tree.Tree", 3])
def test_trust_that_is_no_list_is_refused_with_the_call_to_copy(session, trust):
    with pytest.warns(UserWarning, match="to load it call"):
        info = logged(FunctionTransformer(a_function).fit(X, Y))
    with pytest.raises(InvalidValue, match=r"load_model\('runs:/.*', trust=\['.*a_function'\]\)"):
        load_model(info.model_uri, trust=trust)


def test_a_lambda_is_said_to_be_lost_when_it_is_kept(session):
    with pytest.warns(UserWarning, match="cannot be loaded"):
        logged(FunctionTransformer(lambda x: x).fit(X, Y))


def test_pickles_are_never_loaded(session):
    class Bomb:
        def __reduce__(self):
            return print, ("boom",)

    with start_run() as run:
        run.log_text("flavors: {sklearn: {pickled_model: model.pkl, serialization_format: cloudpickle}}", "m/MLmodel")
        run.log_bytes(pickle.dumps(Bomb()), "m/model.pkl")
    with pytest.raises(InvalidState, match="can run any code"):
        load_model(f"runs:/{run.run_id}/m")


@pytest.mark.parametrize("data", [b"", b"not a zip", pickle.dumps([1])])
def test_damaged_file_is_told(session, data):
    with start_run() as run:
        run.log_text("flavors: {sklearn: {pickled_model: model.skops, serialization_format: skops}}", "m/MLmodel")
        run.log_bytes(data, "m/model.skops")
    with pytest.raises(InvalidState, match="cannot be read"):
        load_model(f"runs:/{run.run_id}/m")


def test_file_named_outside_the_model_is_refused(session):
    with start_run() as run:
        run.log_text("flavors: {sklearn: {pickled_model: ../../x, serialization_format: skops}}", "m/MLmodel")
    with pytest.raises(InvalidValue):
        load_model(f"runs:/{run.run_id}/m")


def test_registered_model_is_loaded_by_alias_version_and_latest(session):
    first = logged(SVC(C=1.0).fit(X, Y), registered_model_name="iris")
    assert first.registered_model_version == "1"
    second = logged(SVC(C=2.0).fit(X, Y))
    version = register_model(second.model_uri, "iris", alias="champion", tags={"a": "b"}, description="better")
    assert (version.version, version.source, list(version.aliases)) == ("2", second.model_uri, ["champion"])
    assert load_model("models:/iris@champion").C == 2.0
    assert load_model("models:/iris/1").C == 1.0
    assert load_model("models:/iris/latest").C == 2.0
    register_model("models:/iris/1", "iris", alias="champion", description=None)
    assert load_model("models:/iris@champion").C == 1.0


def test_only_what_is_there_is_registered(session):
    info = logged(SVC().fit(X, Y))
    for uri in (f"runs:/{info.run_id}/elsewhere", f"runs:/{'0' * 32}/model"):
        with pytest.raises(NotFound):
            register_model(uri, "iris")
    with pytest.raises(InvalidValue):
        register_model(info.model_uri, "iris", alias="v1")
    assert session.reading.registry.search_models().items == []


def test_a_wrong_path_version_or_alias_lists_those_there_are(session):
    info = logged(SVC().fit(X, Y), name="models/svm", registered_model_name="iris")
    there = rf"the run has 'runs:/{info.run_id}/models/svm'"
    for call in (register_model, load_model):
        with pytest.raises(NotFound, match=there):
            call(f"runs:/{info.run_id}/model", *(["iris"] if call is register_model else []))
    register_model(info.model_uri, "iris", alias="champion")
    for uri, said in (
        ("models:/iris/7", "the versions are 2, 1"),
        ("models:/iris@best", r"the aliases are 'champion'; set one with tb\.TrackbookClient\(\)\."),
        ("models:/rose/1", r"the models are 'iris'; see tb\.search_registered_models"),
    ):
        with pytest.raises(NotFound, match=said):
            load_model(uri)


def test_what_is_no_estimator_is_refused(session):
    with start_run(), pytest.raises(InvalidValue, match="no scikit-learn estimator"):
        log_model({"C": 1})


def test_absent_library_is_named(session, monkeypatch):
    monkeypatch.setitem(sys.modules, "skops.io", None)
    with pytest.raises(MissingDependency, match=r"trackbook\[sklearn\]"):
        load_model("runs:/a/b")


def test_logging_warns_of_nothing(session):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        logged(SVC().fit(X, Y))
