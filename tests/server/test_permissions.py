"""Users, permissions and roles as MLflow's AuthServiceClient manages them: by the genuine client, and by hand."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from trackbook.connect import connect
from trackbook.core.access import Kind, Resource, Role
from trackbook.server.access.users import make_token

SESSION = Path(__file__).with_name("mlflow_auth_session.py")
API, API_3 = "/api/2.0/mlflow", "/api/3.0/mlflow"
NOTHING = "NO_PERMISSIONS"


@pytest.mark.timeout(300)
def test_the_genuine_auth_client_manages_users_permissions_and_roles(serve, peers, tmp_path):
    store = connect(tmp_path / "home")
    store.access.add_user("boss", Role.ADMIN)
    token = make_token(store.access, "boss", "", 1)[0]
    experiment = store.experiments.create("lab")
    store.registry.create_model("m")
    store.close()
    given = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW", "TRACKBOOK"))}
    given |= {"MLFLOW_TRACKING_USERNAME": "boss", "MLFLOW_TRACKING_PASSWORD": token}
    with serve(tmp_path / "home", "--auth") as server:
        command = [peers / "python", SESSION, server.url, experiment, "m"]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=given, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found == {
        "made": ["newton", False, True],
        "made twice": "RESOURCE_ALREADY_EXISTS",
        "weak password": "INVALID_PARAMETER_VALUE",
        "admin": True,
        "nothing yet": [NOTHING, NOTHING],
        "granted": ["READ", "MANAGE"],
        "allowed": [False, True],
        "raised": ["EDIT", "MANAGE"],
        "revoked": ["EDIT", NOTHING],
        "wrong": [*["INVALID_PARAMETER_VALUE"] * 3, *["RESOURCE_DOES_NOT_EXIST"] * 2],
        "role": ["physicists", "default", [], "physicists"],
        "permission of a role": ["experiment", True, "EDIT"],
        "not a member": [NOTHING, NOTHING],
        "assigned": [True, True],
        "a member": ["EDIT", "READ"],
        "roles": [["physicists"], 1],
        "changed": "MANAGE",
        "permissions": ["READ", "MANAGE"],
        "less": [["MANAGE", NOTHING], 1],
        "renamed": "scholars",
        "listed": [["scholars"], ["scholars"]],
        "unassigned": [[NOTHING, NOTHING], "RESOURCE_DOES_NOT_EXIST"],
        "gone": ["RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"],
        "deleted": "RESOURCE_DOES_NOT_EXIST",
    }


@pytest.mark.parametrize("noun", ["experiment", "registered_model"])
def test_clients_of_mlflow_2_find_their_permissions(team, noun):
    experiment = team.store.experiments.create("lab")
    team.store.registry.create_model("m")
    team.user("ann")
    boss = team.client(team.user("boss", "admin"))
    of, named = (
        ("experiments", {"experiment_id": experiment})
        if noun == "experiment"
        else (
            "registered-models",
            {"name": "m"},
        )
    )
    path, named = f"{API}/{of}/permissions", {**named, "username": "ann"}

    def ask(method, what, **fields):
        return boss.request(method, f"{path}/{what}", json={**named, **fields})

    assert ask("PATCH", "update", permission="EDIT").status_code == 404
    assert ask("POST", "create", permission=NOTHING).status_code == 400
    made = ask("POST", "create", permission="READ").json()
    user = boss.get(f"{API}/users/get", params={"username": "ann"}).json()["user"]
    assert made[f"{noun}_permission"] == user[f"{noun}_permissions"][0]
    assert made[f"{noun}_permission"]["user_id"] == user["id"]
    assert ask("POST", "create", permission="READ").json()["error_code"] == "RESOURCE_ALREADY_EXISTS"
    assert ask("PATCH", "update", permission="MANAGE").json() == {}
    assert ask("PATCH", "update", permission=NOTHING).json()["error_code"] == "INVALID_PARAMETER_VALUE"
    assert boss.get(f"{path}/get", params=named).json()[f"{noun}_permission"]["permission"] == "MANAGE"
    assert ask("DELETE", "delete").json() == {}
    assert ask("DELETE", "delete").status_code == 404


def test_a_manager_gives_what_is_his_and_nothing_else(team):
    mine, other = team.store.experiments.create("mine"), team.store.experiments.create("other")
    ann = team.client(team.user("ann"))
    team.user("bob")
    team.access.grant(Resource(Kind.EXPERIMENT, mine), "ann", Role.MANAGER)

    def give(kind, name):
        fields = {"username": "bob", "resource_type": kind, "resource_id": name, "permission": "EDIT"}
        return ann.post(f"{API_3}/users/permissions/grant", json=fields).status_code

    assert [give("experiment", mine), give("experiment", other), give("workspace", "*")] == [200, 403, 400]
    assert ann.post(f"{API_3}/roles/create", json={"name": "x", "workspace": "default"}).status_code == 403
    assert ann.get(f"{API_3}/users/permissions/list", params={"username": "bob"}).status_code == 403
    own = ann.get(f"{API_3}/users/current/permissions").json()
    assert [(one["resource_pattern"], one["permission"]) for one in own["permissions"]] == [(mine, "MANAGE")]
