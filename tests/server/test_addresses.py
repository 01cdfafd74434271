"""Where files lie on the server's machine is not to be found out, nor guessed by filters and orders."""

import pytest

from trackbook.connect import connect
from trackbook.core.events import Batch, RunStarted
from trackbook.core.ports import RunQuery
from trackbook.core.serving import Serving, serve

API = "/api/2.0/mlflow"
OWN, BELOW, ELSEWHERE, BUCKET = "own", "below", "elsewhere", "bucket"


@pytest.fixture
def told(team, tmp_path):
    """Runs in all kinds of places, and the address that clients are told of each."""
    store = team.store
    root = store.experiments.get("0").artifact_location.removesuffix("/0")
    places = {OWN: None, BELOW: f"{root}/team/a", ELSEWHERE: f"file://{tmp_path}/secret", BUCKET: "s3://bucket/runs"}
    numbers = {name: store.experiments.create(name, place) for name, place in places.items()}
    store.recording.apply(Batch("j", [RunStarted(name, numbers[name], name, 1) for name in places], [], {"n": 1}))
    return {
        OWN: f"mlflow-artifacts:/{numbers[OWN]}/{OWN}/artifacts",
        BELOW: f"mlflow-artifacts:/team/a/{BELOW}/artifacts",
        ELSEWHERE: f"mlflow-artifacts:/{numbers[ELSEWHERE]}/{ELSEWHERE}/artifacts",
        BUCKET: f"s3://bucket/runs/{BUCKET}/artifacts",
    }


def found(client, filter, order_by=()):
    asked = {"experiment_ids": ["1", "2", "3", "4"], "filter": filter, "order_by": list(order_by)}
    answer = client.post(f"{API}/runs/search", json=asked)
    assert answer.status_code == 200, answer.text
    return {one["info"]["run_id"]: one["info"]["artifact_uri"] for one in answer.json().get("runs", ())}


def test_a_filter_compares_the_address_that_clients_are_told(team, told, tmp_path):
    client = team.client(team.user("ann", "reader"))
    assert found(client, "") == told
    for name, uri in told.items():
        assert list(found(client, f"attributes.artifact_uri = '{uri}'")) == [name]
    for part in ("%file:%", f"%{tmp_path}%", "%secret%", "/%"):
        assert found(client, f"attributes.artifact_uri LIKE '{part}'") == {}
    ordered = found(client, "", ["attributes.artifact_uri DESC"])
    assert list(ordered.values()) == sorted(told.values(), reverse=True)


def test_a_column_and_the_page_have_it_too(team, told, tmp_path):
    with serve(Serving(artifacts="mlflow-artifacts:")):
        values = team.store.runs.values(RunQuery(), "attributes.artifact_uri").values.tolist()
    assert sorted(values) == sorted(told.values())
    client = team.client(team.user("ann", "reader"), origin="http://localhost")
    for asked, number in ((f"artifact_uri LIKE '%{tmp_path}%'", 0), ("artifact_uri LIKE 'mlflow-artifacts:%'", 3)):
        answer = client.post("/page/table/rows", json={"filter": asked, "start": 0, "limit": 10})
        assert answer.status_code == 200
        assert len(answer.json()["rows"]) == number, answer.text


def test_outside_of_a_server_it_is_the_address_itself(tmp_path):
    store = connect(tmp_path / "home")
    store.recording.apply(Batch("j", [RunStarted("r", "0", "r", 1)], [], {"n": 1}))
    uri = store.runs.get("r").info.artifact_uri
    assert uri.startswith("file:")
    assert len(store.runs.search(RunQuery(filter=f"artifact_uri = '{uri}'")).items) == 1
