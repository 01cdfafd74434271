"""A pickle that makes a file when it is unpickled: it is taken in, listed, shown and sent on, and never made."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import msgspec
import pytest

from trackbook.widgets.files import listing, models
from trackbook.widgets.previews import preview
from trackbook.wire.packing import MEDIA_TYPE

API, PROXY = "/api/2.0/mlflow", "/api/2.0/mlflow-artifacts/artifacts"
MODEL = b"flavors:\n  sklearn: {pickled_model: model.pkl, serialization_format: cloudpickle}\n"
NAMES = ("model.pkl", "data.joblib", "a.csv", "a.json", "a.ipynb", "a.png", "MLmodel.npy")


class Sings:
    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self):
        return (Path.touch, (self.file,))


@pytest.fixture
def canary(tmp_path):
    """The pickle, of which it was seen that it works, and the file that must never be there."""
    file = tmp_path / "sang"
    data = pickle.dumps(Sings(file))
    pickle.loads(data)
    file.unlink()
    yield data
    assert not file.exists()


def test_the_server_and_the_previews_unpickle_nothing(team, canary):
    ann = team.client(team.user("ann", "admin"))
    run = ann.post(f"{API}/runs/create", json={"experiment_id": "0"}).json()["run"]["info"]["run_id"]
    for name, data in {"MLmodel": MODEL, **dict.fromkeys(NAMES, canary)}.items():
        place = f"{PROXY}/0/{run}/artifacts/model/{name}"
        assert ann.request("PUT", place, content=data).status_code == 200
        assert ann.get(place).content == data
        preview(team.store, run, f"model/{name}")
    assert len(ann.get(f"{API}/artifacts/list?run_id={run}&path=model").json()["files"]) == len(NAMES) + 1
    assert models(team.store, run, listing(team.store, run))
    told = {**dict.fromkeys(("artifact_path", "utc_time_created"), "m"), "flavors": {"sklearn": {}}, "run_id": run}
    assert ann.post(f"{API}/runs/log-model", json={"run_id": run, "model_json": json.dumps(told)}).status_code == 200
    ann.post(f"{API}/registered-models/create", json={"name": "m"})
    version = {"name": "m", "source": f"runs:/{run}/model", "run_id": run}
    assert ann.post(f"{API}/model-versions/create", json=version).status_code == 200
    assert ann.get(f"{API}/model-versions/get-download-uri?name=m&version=1").status_code == 200


def test_no_body_is_unpickled(team, canary):
    ann = team.client(team.user("ann", "admin"))
    column = msgspec.msgpack.Ext(1, msgspec.msgpack.encode(["O", canary]))
    points = [{"run_id": "r", "key": "k", "steps": column, "times": canary, "values": canary}]
    batch = {"journal_id": "j", "events": "[]", "points": points, "cursor": "{}"}
    bodies = [canary, *(msgspec.msgpack.Ext(code, canary) for code in (1, 2, 127)), {"arguments": {"batch": batch}}]
    for body in (canary, *map(msgspec.msgpack.encode, bodies)):
        for kind in (MEDIA_TYPE, "application/json", "application/octet-stream", "application/x-pickle"):
            for path in ("/api/2.0/trackbook/recording/apply", f"{API}/runs/log-batch"):
                assert ann.post(path, content=body, headers={"content-type": kind}).status_code in (200, 400)
