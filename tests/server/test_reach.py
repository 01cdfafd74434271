"""Whoever has a role on one experiment reaches no other by what a request names: ids in lists, batches, names."""

import json

import httpx
import pytest

from trackbook.core.access import Kind, Resource, Role
from trackbook.core.events import Batch, RunStarted
from trackbook.core.logged_models import VERSIONS_TAG, NewModel
from trackbook.core.tags import MODEL_HISTORY
from trackbook.errors import InvalidValue, NotFound
from trackbook.server.handlers.experiments import own_location
from trackbook.wire.packing import MEDIA_TYPE, packed, sent, unpacked

API = "/api/2.0/mlflow"


def call(client, name, /, **arguments) -> httpx.Response:
    path = f"/api/2.0/trackbook/{name.replace('.', '/')}"
    body = packed({"arguments": sent(arguments)})
    return client.post(path, content=body, headers={"content-type": MEDIA_TYPE})


def answer(response):
    return unpacked(response.content)


@pytest.fixture
def secret(team):
    """An experiment with a run on which nobody has a role."""
    number = team.store.experiments.create("secret")
    team.store.recording.apply(Batch("theirs", [RunStarted("s" * 32, number, "run", 1)], [], {"n": 1}))
    return number


@pytest.fixture
def eve(team):
    return team.client(team.user("eve"))


@pytest.fixture
def own(team, eve):
    """The experiment that eve manages."""
    number = team.store.experiments.create("eve's")
    team.access.grant(Resource(Kind.EXPERIMENT, number), "eve", Role.MANAGER)
    return number


def test_a_run_that_is_started_twice_needs_a_role_in_both_experiments(team, eve, secret, own):
    for places in ((secret, own), (own, secret)):
        batch = Batch("j", [RunStarted("r" * 32, place, "run", 1) for place in places], [], {"n": 1})
        assert call(eve, "recording.apply", batch=batch).status_code == 403
    with pytest.raises(NotFound):
        team.store.runs.get("r" * 32)


def test_a_run_makes_no_experiment_by_the_name_of_a_deleted_one(team, eve, own):
    team.store.experiments.delete(own)
    batch = Batch("j", [RunStarted("r" * 32, "name:eve's", "run", 1)], [], {"n": 1})
    assert call(eve, "recording.apply", batch=batch).status_code == 403


def test_a_journal_is_its_users(team, eve, own):
    bob = team.client(team.user("bob", "editor"))
    assert call(eve, "recording.apply", batch=Batch("j", [], [], {"n": 1})).status_code == 200
    assert answer(call(bob, "recording.cursor", journal_id="j")) is None
    assert call(bob, "recording.apply", batch=Batch("j", [], [], {"n": 9})).status_code == 200
    assert call(bob, "recording.forget", journal_id="j").status_code == 200
    assert answer(call(eve, "recording.cursor", journal_id="j")) == {"n": 1}
    assert call(bob, "recording.cursor", journal_id="j" * 1000).status_code == 400


def test_an_editor_takes_no_run_away(team, eve, secret, own):
    team.access.grant(Resource(Kind.EXPERIMENT, secret), "eve", Role.EDITOR)
    assert call(eve, "runs.move", run_ids=["s" * 32], experiment_id=own).status_code == 403
    team.access.grant(Resource(Kind.EXPERIMENT, secret), "eve", Role.MANAGER)
    team.access.grant(Resource(Kind.EXPERIMENT, own), "eve", Role.EDITOR)
    assert call(eve, "runs.move", run_ids=["s" * 32], experiment_id=own).status_code == 200


PLACES = ["/etc", "file:///etc", "local:///etc", "simplecache::file:///etc", "memory://x", "sftp://10.0.0.1/etc"]
# Fragments, queries and parameters hid the way up from those who looked at the path alone (CVE-2024-3848, -1593).
PLACES += [
    "http:///#/../../etc/",
    "https://host/?/../../etc",
    "file:///a;/../../etc",
    "//host/share",
    "\\\\host\\share",
]
PLACES += ["http://10.0.0.1/", "s3://runs/team", "s3a://runs/team/5/models", "S3://runs/"]


@pytest.mark.parametrize("location", PLACES)
def test_an_experiments_place_is_no_folder_no_host_and_not_the_servers_own(location):
    with pytest.raises(InvalidValue):
        own_location(location, "s3://runs/team")
    assert own_location("s3://runs/teams", "s3://runs/team") == "s3://runs/teams"


@pytest.mark.parametrize("text", ["no json", "{}", "[" * 5000, json.dumps(["x" * 90] * 85)])
def test_tags_that_the_server_writes_may_hold_anything(team, text):
    ann = team.client(team.user("ann", "editor"))
    run = ann.post(f"{API}/runs/create", json={"experiment_id": "0"}).json()["run"]["info"]["run_id"]
    made = ann.post(f"{API}/logged-models", json={"experiment_id": "0"}).json()["model"]["info"]["model_id"]
    tags = {"tags": [{"key": VERSIONS_TAG, "value": text}]}
    assert ann.request("PATCH", f"{API}/logged-models/{made}/tags", json=tags).status_code == 200
    ann.post(f"{API}/runs/set-tag", json={"run_id": run, "key": MODEL_HISTORY, "value": text})
    ann.post(f"{API}/registered-models/create", json={"name": "m"})
    version = {"name": "m", "source": f"models:/{made}", "model_id": made}
    assert ann.post(f"{API}/model-versions/create", json=version).status_code == 200
    assert ann.get(f"{API}/logged-models/{made}").json()["model"]["info"]["tags"] == tags["tags"]
    model = json.dumps({"artifact_path": "m", "flavors": {}, "utc_time_created": "", "run_id": run})
    assert ann.post(f"{API}/runs/log-model", json={"run_id": run, "model_json": model}).status_code == 200


def test_a_name_that_may_not_be_seen_is_as_one_that_nobody_has(eve, secret, own):
    path = f"{API}/experiments/get-by-name?experiment_name="
    answers = [eve.get(path + name) for name in ("secret", "nobody")]
    assert [one.status_code for one in answers] == [404, 404]
    assert answers[0].text.replace("secret", "nobody") == answers[1].text
    assert answer(call(eve, "experiments.get_by_name", name="secret")) is None
    assert eve.get(f"{path}eve's").json()["experiment"]["experiment_id"] == own


def test_a_run_that_is_gone_for_good_hides_no_others(team, eve, secret, own):
    team.store.recording.apply(Batch("hers", [RunStarted("e" * 32, own, "run", 1)], [], {"n": 1}))
    there = ["e" * 32, "gone"]
    assert answer(call(eve, "metrics.curves", run_ids=there, keys=["loss"])) == []
    assert answer(call(eve, "recording.end_abandoned", run_ids=there, end_time=1)) == there[:1]
    assert call(eve, "recording.end_abandoned", run_ids=[*there, "s" * 32], end_time=1).status_code == 403
    assert call(eve, "runs.move", run_ids=there, experiment_id=own).status_code == 404


def test_a_version_is_of_the_logged_model_that_its_source_names(team):
    ann = team.client(team.user("ann", "editor"))
    one, other = (team.store.logged_models.create(NewModel("0", "m")).model_id for _ in range(2))
    team.store.registry.create_model("m")
    made = [call(ann, "registry.create_version", name="m", source=f"models:/{one}", model_id=x) for x in (other, one)]
    assert [answer.status_code for answer in made] == [400, 200]
