"""Logged models are loaded by id, and by a registered version that was made of one; `show` and `gc` tell of them."""

import json

import pytest
from sklearn.datasets import load_iris
from sklearn.svm import SVC
from typer.testing import CliRunner

from trackbook.cli.main import app
from trackbook.core.logged_models import NewModel
from trackbook.core.ports import walk_files
from trackbook.errors import NotFound
from trackbook.models.sklearn import load_model, log_model
from trackbook.tracking.fluent.runs import start_run

X, Y = load_iris(return_X_y=True)


@pytest.fixture
def model_id(session, tmp_path):
    """A logged model with the files of one that a run holds."""
    with start_run() as run:
        info = log_model(SVC(C=3).fit(X, Y))
    store = session.reading
    model = store.logged_models.create(NewModel("0", "svm", source_run_id=run.info.run_id))
    for file in list(walk_files(store.artifacts, info.run_id, "model")):
        copy = store.artifacts.download(info.run_id, file.path, tmp_path / "copy")
        store.model_files.adopt(model.model_id, file.path.removeprefix("model/"), copy)
    store.logged_models.finalize(model.model_id, "READY")
    store.logged_models.link(run.info.run_id, outputs=[(model.model_id, 0)])
    return model.model_id


def test_it_is_loaded_by_its_id_and_by_a_version_of_it(session, model_id):
    assert load_model(f"models:/{model_id}").C == 3
    registry = session.reading.registry
    registry.create_model("svm")
    registry.create_version("svm", f"models:/{model_id}", model_id=model_id, location=f"models:/{model_id}")
    registry.set_alias("svm", "champion", "1")
    assert load_model("models:/svm@champion").C == 3
    with pytest.raises(NotFound):
        load_model(f"models:/m-{'0' * 32}")


def test_show_names_it_and_gc_deletes_it_for_good(session, model_id):
    run_id = session.reading.logged_models.get(model_id).source_run_id
    shown = CliRunner().invoke(app, ["show", run_id])
    assert model_id in shown.output.replace("\n", "")
    (output,) = json.loads(CliRunner().invoke(app, ["show", run_id, "--json"]).output)["outputs"]
    assert (output["model_id"], output["name"], output["status"]) == (model_id, "svm", "READY")
    session.reading.logged_models.delete(model_id)
    assert "1 logged models" in CliRunner().invoke(app, ["gc"]).output
    done = json.loads(CliRunner().invoke(app, ["gc", "--yes", "--json"]).output)
    assert done["models"] == [model_id]
    assert done["freed_bytes"] > 0
    assert session.reading.model_trash.contents() == []
