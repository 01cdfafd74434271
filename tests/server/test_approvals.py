"""A protected model on a server with users: who asks is who signed in, and MLflow's client is told what to do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from trackbook.core.access import Kind, Resource, Role
from trackbook.errors import NotFound
from trackbook.wire.calls import CALLS
from trackbook.wire.packing import MEDIA_TYPE, packed, unpacked

API = "/api/2.0/mlflow"


@pytest.fixture
def registry(team: Any) -> Any:
    """`m` with versions 1 and 2."""
    team.store.registry.create_model("m")
    for _ in range(2):
        team.store.registry.create_version("m", "s3://models/m")
    return team.store.registry


def client(team: Any, name: str, role: Role) -> Any:
    token = team.user(name)
    team.access.grant(Resource(Kind.MODEL, "m"), name, role)
    return team.client(token)


def call(client: Any, method: str, user: str = "", /, **arguments: Any) -> Any:
    """A call of the port; `user` is who the client says it is."""
    body = packed({"arguments": arguments, "actor": {"user": user, "client": "test", "reason": "because"}})
    return client.post(CALLS[method].path, content=body, headers={"content-type": MEDIA_TYPE})


def promote(client: Any, version: str = "2") -> Any:
    given = {"name": "m", "alias": "champion", "version": version}
    return client.post(
        f"{API}/registered-models/alias", content=json.dumps(given), headers={"content-type": "application/json"}
    )


def test_an_editor_asks_and_an_approver_who_may_only_read_decides(team: Any, registry: Any) -> None:
    bob, ann = client(team, "bob", Role.EDITOR), client(team, "ann", Role.READER)
    boss = client(team, "boss", Role.MANAGER)
    assert call(bob, "registry.protect_model", name="m", approvers=["bob"]).status_code == 403
    assert call(boss, "registry.protect_model", name="m", approvers=["ann"]).status_code == 200
    answer = promote(bob)
    assert (answer.status_code, answer.json()["error_code"]) == (403, "PERMISSION_DENIED")
    assert "trackbook registry approve 1" in answer.json()["message"]
    for who in (bob, boss):
        assert call(who, "registry.approve_request", "ann", request_id=1).status_code == 403
    assert registry.get_model("m").aliases == {}
    assert call(ann, "registry.approve_request", request_id=1).status_code == 200
    assert registry.get_model("m").aliases == {"champion": "2"}
    assert [(one.action, one.user) for one in registry.audit("m").items[:3]] == [
        ("alias", "ann"),
        ("approve", "ann"),
        ("request", "bob"),
    ]


def test_a_member_of_an_approving_group_approves(team: Any, registry: Any) -> None:
    ops, cat = (
        team.client(team.user("ops", "manager")),
        client(team, "cat", Role.EDITOR),
    )  # a user of the group's name is none of it
    team.access.add_group("ops")
    with pytest.raises(NotFound, match="no group 'opps': the groups are 'ops'; `trackbook users create opps --group`"):
        registry.protect_model("m", ["group:opps"])
    registry.protect_model("m", ["group:ops"])
    for outsider in (ops, cat):
        assert promote(outsider).status_code == 403
    team.access.join("ops", "cat")
    assert promote(cat).status_code == 200
    team.access.leave("ops", "cat")
    assert promote(cat, "1").status_code == 403


def test_requests_of_models_that_a_user_may_not_see_are_not_listed(team: Any, registry: Any) -> None:
    registry.protect_model("m", ["ann"])
    bob, eve = client(team, "bob", Role.EDITOR), team.client(team.user("eve"))
    promote(bob)
    for who, count in ((bob, 1), (eve, 0)):
        assert len(unpacked(call(who, "registry.requests").content)["items"]) == count
    assert call(eve, "registry.refuse_request", request_id=1).status_code == 403


def test_the_page_asks_and_decides_as_whoever_is_signed_in(team: Any, registry: Any) -> None:
    registry.protect_model("m", ["ann"])
    bob, ann = client(team, "bob", Role.EDITOR), client(team, "ann", Role.READER)

    def change(who: Any, **asked: str) -> Any:
        return who.post("/page/registry/change", json={"name": "m", "open": "m", **asked})

    answer = change(bob, action="alias", alias="champion", version="2", reason="recall")
    assert (answer.status_code, answer.json()["error_code"]) == (403, "PERMISSION_DENIED")
    (row,) = ann.post("/page/registry/state", json={"name": "m"}).json()["model"]["requests"]
    assert (row["words"], row["user"], row["reason"]) == ("alias champion to v2", "bob", "recall")
    assert change(bob, action="approve", request=row["id"]).status_code == 403
    done = change(ann, action="approve", request=row["id"])
    assert done.json()["state"]["model"]["aliases"] == [{"alias": "champion", "version": "2"}]


def test_every_route_to_a_promotion_is_guarded(team: Any, registry: Any) -> None:
    registry.set_alias("m", "live", "1")
    registry.protect_model("m", ["ann"])
    boss = client(team, "boss", Role.MANAGER)
    asked = [
        ("POST", "/registered-models/alias", {"alias": "champion", "version": "1"}),
        ("DELETE", "/registered-models/alias", {"alias": "live"}),
        ("POST", "/model-versions/transition-stage", {"version": "1", "stage": "Production"}),
        ("DELETE", "/model-versions/delete", {"version": "1"}),
        ("DELETE", "/registered-models/delete", {}),
        ("POST", "/registered-models/rename", {"new_name": "n"}),
    ]
    for method, path, fields in asked:
        answer = boss.request(method, API + path, json={"name": "m", **fields})
        assert (answer.status_code, "waits as request" in answer.text) == (403, True), path
    calls: list[tuple[str, dict[str, Any]]] = [
        ("set_alias", {"alias": "champion", "version": "2"}),
        ("delete_alias", {"alias": "live"}),
        ("transition", {"version": "2", "stage": "Production"}),
        ("delete_version", {"version": "2"}),
        ("delete_model", {}),
        ("rename_model", {"new_name": "n"}),
    ]
    for method, fields in calls:
        answer = call(boss, f"registry.{method}", "ann", name="m", **fields)
        assert (answer.status_code, "waits as request" in answer.text) == (403, True), method
    assert registry.get_model("m").aliases == {"live": "1"}
    assert len(registry.requests("m")) == 9  # three of the calls ask for what was asked before


SCRIPT = """
import sys, mlflow
from mlflow.exceptions import MlflowException
mlflow.set_tracking_uri(sys.argv[1])
try:
    mlflow.MlflowClient().set_registered_model_alias("churn", "champion", "1")
except MlflowException as error:
    assert error.error_code == "PERMISSION_DENIED", error.error_code
    print(error)
"""


def test_mlflows_client_is_told_which_request_waits_and_the_command_approves_it(serve, peers, tmp_path):
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW", "TRACKBOOK"))}

    def trackbook(*words: str, user: str = "ann") -> str:
        command = [sys.executable, "-m", "trackbook.cli", "registry", *words]
        env = {**clean, "TRACKBOOK_TRACKING_URI": server.url, "TRACKBOOK_USER": user}
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=env)
        return done.stdout + done.stderr

    with serve(tmp_path / "home") as server:
        server.say("POST", "/registered-models/create", name="churn")
        server.say("POST", "/model-versions/create", name="churn", source="s3://models/churn")
        assert trackbook("protect", "churn", "--approver", "ann") == "churn is approved by ann\n"
        script = [peers / "python", "-c", SCRIPT, server.url]
        done = subprocess.run(script, capture_output=True, text=True, cwd=tmp_path, env=clean)
        assert "trackbook registry approve 1" in done.stdout, done.stderr[-3000:]
        assert trackbook("requests") == "1: churn alias champion to v1, asked by somebody\n"
        assert "not yours to decide: its approvers are ann, and you are bob" in trackbook("approve", "1", user="bob")
        assert trackbook("approve", "1", "--reason", "fine") == "churn: alias champion to v1\n"
        assert trackbook("requests") == ""
        assert json.loads(trackbook("requests", "--all", "--json"))[0]["answer"] == "fine"
        found = server.ask("GET", f"{API}/registered-models/alias?name=churn&alias=champion").json
        assert found["model_version"]["version"] == "1"
