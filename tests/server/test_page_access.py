"""What the page's questions tell of an experiment that their asker may not see: nothing, by any of them.

A run in the open experiment belongs to runs in the secret one in every way that there is (its parent, its cell's
version before, a version's source), so that a view that follows one of these tells on itself.
"""

import json

import numpy as np
import pytest

from trackbook.core import tags
from trackbook.core.access import Kind, Resource, Role
from trackbook.core.entities import RunStatus
from trackbook.core.events import Batch, CellRecorded, ParamsLogged, Points, RunEnded, RunStarted
from trackbook.server.page.changes import ACTS
from trackbook.server.page.questions import QUESTIONS
from trackbook.widgets.stored import VIEWS

SECRET, OPEN, OTHER = "5" * 32, "0" * 32, "1" * 32
WORD = "hush"
"""In every name and value of the secret run."""
ASKS = [(view, method) for table in (VIEWS, ACTS) for view, methods in table.items() for method in methods]


@pytest.fixture
def lab(team, tmp_path):
    """The ids of the secret and of the open experiment."""
    secret = team.store.experiments.create(f"{WORD} experiment")
    shown = team.store.experiments.create("open")
    events = []
    for number, (run_id, experiment, word) in enumerate(
        ((SECRET, secret, WORD), (OPEN, shown, "open"), (OTHER, shown, "other"))
    ):
        parent = {tags.PARENT_RUN_ID: SECRET} if run_id != SECRET else {tags.PARENT_RUN_ID: OPEN}
        events += [
            RunStarted(run_id, experiment, word, number, "ada", {tags.BASELINE: "true", "said": word, **parent}),
            ParamsLogged(run_id, {"lr": word}),
            CellRecorded(run_id, "lab.ipynb#fit", f"{word} = {number}", "fit", "lab.ipynb", execution_count=number + 1),
            RunEnded(run_id, RunStatus.FINISHED, number + 10),
        ]
    one = np.array([1], np.int64)
    points = [Points(run_id, "loss", one, one, np.array([7.25])) for run_id in (SECRET, OPEN, OTHER)]
    points.append(Points(SECRET, f"{WORD}/metric", one, one, np.array([1.0])))
    team.store.recording.apply(Batch("j", events, points, {"n": 1}))
    for run_id, text in ((SECRET, WORD), (OPEN, "open")):
        file = tmp_path / f"{text}.txt"
        file.write_text(text)
        team.store.artifacts.adopt(run_id, "file.txt", file)
    for name, run_id in ((f"{WORD}-model", SECRET), ("model", SECRET), ("model", OPEN)):
        if name not in [one.name for one in team.store.registry.search_models()]:
            team.store.registry.create_model(name)
        team.store.registry.create_version(name, f"runs:/{run_id}/model", run_id)
    return secret, shown


@pytest.fixture
def eve(team, lab):
    """Manages the open experiment and the open model, and may see nothing else."""
    token = team.user("eve")
    team.access.grant(Resource(Kind.EXPERIMENT, lab[1]), "eve", Role.MANAGER)
    team.access.grant(Resource(Kind.MODEL, "model"), "eve", Role.MANAGER)
    return team.client(token)


def params(experiment, run_id, name):
    """Whatever a question may take, all of it about one thing."""
    return {
        "experiment_ids": None if experiment is None else [experiment],
        "run_id": run_id,
        "run_ids": [run_id, OTHER],
        "runs": [run_id, OTHER],
        "baseline": run_id,
        "with": run_id,
        "keys": ["loss", f"{WORD}/metric"],
        "key": "params.lr",
        "columns": ["params.lr", "tags.said", "metrics.loss", f"metrics.`{WORD}/metric`"],
        "by": ["params.lr"],
        "path": "file.txt",
        "name": name,
        "version": "1",
        "what": "cell",
        "action": "describe",
        "text": "x",
        "format": "csv",
        "experiment": "open",
        "token": json.dumps({"act": "tags", "key": "said", "values": {run_id: "x"}}),
        "filter": "",
        "x": "step",
    }


def ask(client, view, method, about):
    return client.post(f"/page/{view}/{method}", json=about)


def test_no_question_about_what_may_be_seen_tells_of_what_may_not(eve, lab):
    wrong = []
    for view, method in ASKS:
        for experiment in (lab[1], None):
            answer = ask(eve, view, method, params(experiment, OPEN, "model"))
            if answer.status_code >= 500 or WORD in answer.text.replace(f"{WORD}/metric", ""):
                wrong.append((view, method, experiment, answer.status_code, answer.text))
    assert wrong == []


def test_no_question_about_what_may_not_be_seen_is_answered(eve, lab, team):
    before, wrong = team.store.runs.get(SECRET), []
    for view, method in ASKS:
        answer = ask(eve, view, method, params(lab[0], SECRET, f"{WORD}-model"))
        told = answer.text.replace(f"{WORD}/metric", "").replace(f"{WORD}-model", "")
        if WORD in told or (answer.status_code not in (403, 404) and (view, method) not in UNBOUND):
            wrong.append((view, method, answer.status_code, answer.text))
    assert wrong == []
    assert team.store.runs.get(SECRET) == before


UNBOUND = {("registry", "runs"), ("table", "experiments")}
"""They name nothing, and tell what may be seen."""


def test_the_list_of_experiments_and_of_models_has_what_may_be_seen(eve, lab):
    assert [one["name"] for one in eve.get("/page/experiments").json()] == ["open"]
    assert [one["name"] for one in ask(eve, "registry", "state", {}).json()["models"]] == ["model"]
    for name in QUESTIONS:
        assert WORD not in eve.get(f"/page/{name}").text


def test_the_card_and_the_version_of_what_may_be_seen_are_whole(eve, lab):
    card = ask(eve, "card", "card", {"run_id": OPEN}).json()
    assert (card["run"]["name"], card["about"]["parent"]["name"]) == ("open", "")
    rows = ask(eve, "registry", "versions", {"name": "model", "limit": 5}).json()["rows"]
    assert [row["run"] and row["run"]["name"] for row in rows] == ["open", None]


def test_a_reader_changes_nothing(team, lab):
    token = team.user("ron")
    for resource in (Resource(Kind.EXPERIMENT, lab[1]), Resource(Kind.MODEL, "model")):
        team.access.grant(resource, "ron", Role.READER)
    client = team.client(token)
    before = team.store.runs.get(OPEN)
    for view, methods in ACTS.items():
        for method in methods:
            answer = ask(client, view, method, params(lab[1], OPEN, "model"))
            assert answer.status_code == 403 or (view, method) in UNBOUND, (view, method, answer.text)
    assert team.store.runs.get(OPEN) == before


def test_an_editor_tags_and_takes_it_back(team, lab):
    token = team.user("ed")
    team.access.grant(Resource(Kind.EXPERIMENT, lab[1]), "ed", Role.EDITOR)
    client = team.client(token)
    done = ask(client, "table", "tag", {"run_ids": [OPEN], "key": "said", "value": "new"}).json()
    assert team.store.runs.get(OPEN).data.tags["said"] == "new"
    ask(client, "table", "undo", {"token": done["undo"]})
    assert team.store.runs.get(OPEN).data.tags["said"] == "open"
    assert ask(client, "table", "undo", {"token": done["undo"].replace(OPEN, SECRET)}).status_code == 403
    assert ask(client, "card", "edit", {"run_id": OPEN, "what": "name", "value": "b", "before": "open"}).json()["saved"]
    assert ask(client, "card", "trash", {"run_id": OPEN}).status_code == 200
    assert ask(client, "table", "move", {"run_ids": [OTHER], "experiment": "open"}).status_code == 403


def test_a_change_of_the_registry_has_its_user_reason_and_client_in_the_trail(team, eve):
    plan = ask(eve, "registry", "plan", CHAMPION).json()
    done = ask(eve, "registry", "change", {**CHAMPION, "seen": plan["seen"], "reason": "best yet", "open": "model"})
    assert done.json()["state"]["model"]["aliases"] == [{"alias": "champion", "version": "2"}]
    entry = team.store.registry.audit("model", 1).items[0]
    assert (entry.user, entry.client, entry.reason) == ("eve", "web page", "best yet")
    late = ask(eve, "registry", "change", {**CHAMPION, "version": "1", "seen": plan["seen"]})
    assert (late.status_code, late.json()["kind"]) == (409, "ChangedMeanwhile")


CHAMPION = {"action": "alias", "name": "model", "version": "2", "alias": "champion"}


def test_a_session_changes_things_from_this_servers_own_pages_alone(team, lab):
    team.user("ada", "manager", "a long password")
    client = team.client()
    client.post("/sign-in", content="user=ada&password=a+long+password", headers={"origin": "http://localhost"})
    asked = {"json": {"run_id": OPEN}}
    for headers in ({}, {"origin": "http://evil.example"}, {"sec-fetch-site": "cross-site"}):
        assert client.post("/page/card/trash", headers=headers, **asked).status_code == 403
    assert client.post("/page/card/trash", headers={"origin": "http://localhost"}, **asked).status_code == 200
    plain = {"origin": "http://localhost", "content-type": "text/plain"}
    assert client.post("/page/card/restore", content="{}", headers=plain).status_code == 400


@pytest.mark.parametrize("body", [b"[]", b"{", b'{"run_ids": 3}', b'{"run_ids": ["x"]}', b'{"run_ids": [3, null]}'])
def test_a_question_that_cannot_be_read_is_the_askers_mistake(team, lab, body):
    client = team.client(team.user("ada", "reader"))
    answer = client.post("/page/compare/state", content=body, headers={"content-type": "application/json"})
    assert 400 <= answer.status_code < 500
    assert answer.json()["message"]


def test_a_filter_that_does_not_parse_says_where(team, lab):
    client = team.client(team.user("ada", "reader"))
    told = ask(client, "table", "rows", {"filter": "metrics.loss >"}).json()
    assert (told["kind"], told["details"]["position"]) == ("FilterSyntaxError", 14)
