"""Every route that there is, asked by everybody: who is let in is what the table of policies says, and nobody else.

What the routes do is left out (each answers 204), so that nothing changes between two questions.
"""

from __future__ import annotations

import json
import re
from urllib.parse import urlencode

import msgspec
import pytest
from starlette.responses import Response
from starlette.routing import Mount, Route, WebSocketRoute

from trackbook.core.access import Kind, Resource, Role
from trackbook.core.events import Batch, ParamsLogged, RunStarted
from trackbook.core.logged_models import NewModel
from trackbook.core.ports import RunQuery
from trackbook.core.webhooks import Webhook
from trackbook.errors import ApprovalNeeded
from trackbook.server.access.gate import Gate
from trackbook.server.access.policies import POLICIES, Who
from trackbook.wire.calls import CALLS
from trackbook.wire.endpoints import ENDPOINTS
from trackbook.wire.packing import MEDIA_TYPE, packed, sent

HOLDERS = (Role.READER, Role.EDITOR, Role.MANAGER)


@pytest.fixture(autouse=True)
def silent(monkeypatch):
    """Routes as they are, but for what they do."""
    made = Gate.route

    async def nothing(request, asked):
        return Response(status_code=204)

    monkeypatch.setattr(
        Gate, "route", lambda gate, path, name, method, read, answer: made(gate, path, name, method, read, nothing)
    )
    monkeypatch.setattr(Gate, "give", lambda *_: None)


@pytest.fixture
def there(team):
    """What requests name: an experiment, a run in it, a model, a version."""
    experiment = team.store.experiments.create("lab")
    team.store.recording.apply(Batch("j", [RunStarted("r" * 32, experiment, "run", 1)], [], {"n": 1}))
    model_id = team.store.logged_models.create(NewModel(experiment, "logged")).model_id
    team.store.registry.create_model("m")
    team.store.registry.create_version("m", f"runs:/{'r' * 32}/model")
    team.store.registry.protect_model("m", ["other"])
    with pytest.raises(ApprovalNeeded) as request:
        team.store.registry.set_alias("m", "a", "1")
    hook = team.store.webhooks.create(Webhook("", "ci", "https://example.com/", ["model_version.created"]))
    return {
        "experiment_id": experiment,
        "experiment_ids": [experiment],
        "experiment_name": "lab",
        "run_id": "r" * 32,
        "run_ids": ["r" * 32],
        "name": "m",
        "new_name": "n",
        "version": "1",
        "alias": "a",
        "stage": "Staging",
        "source": f"runs:/{'r' * 32}/model",
        "key": "k",
        "value": "1",
        "timestamp": 1,
        "metric_key": "loss",
        "model_json": "{}",
        "path": f"{experiment}/{'r' * 32}/artifacts/file.txt",
        "num_parts": 1,
        "upload_id": "u",
        "parts": [],
        "username": "other",
        "password": "a long new password",
        "is_admin": False,
        "id": 1,
        "experiment": "lab",
        "baseline": "r" * 32,
        "token": json.dumps({"act": "trash", "run_ids": ["r" * 32]}),
        "action": "delete",
        "model_id": model_id,
        "tag_key": "k",
        "artifact_file_path": "file.txt",
        "resource_type": "experiment",
        "resource_id": experiment,
        "resource_pattern": experiment,
        "permission": "READ",
        "role_id": 1,
        "role_permission_id": 1,
        "workspace": "default",
        "request_id": request.value.request_id,
        "approvers": ["other"],
        "webhook_id": hook.webhook_id,
        "url": hook.url,
        "events": [{"entity": "MODEL_VERSION", "action": "CREATED"}],
    }


REQUESTS = {endpoint.name: endpoint.request for endpoint in ENDPOINTS}


def call_arguments(there):
    run_id = there["run_ids"][0]
    return {
        **there,
        "query": RunQuery(),
        "column": "metrics.loss",
        "line": "x",
        "notebook": "x",
        "keys": ["loss"],
        "journal_id": "j",
        "end_time": 1,
        "batch": Batch("j", [ParamsLogged(run_id, {"a": "1"})], [], {"n": 2}),
        "to_name": "m",
        "description": "",
    }


def ask(client, route: Route, there):
    """A request whose fields name what is there."""
    name, (method,) = route.name, route.methods - {"HEAD"}
    path = re.sub(r"\{(\w+)(:path)?\}", lambda found: there[found[1]], route.path)
    fields = dict(there)
    if name in REQUESTS:
        fields = {
            field.name: there[field.name] for field in msgspec.structs.fields(REQUESTS[name]) if field.name in there
        }
        if name == "finalize_logged_model":
            fields["status"] = "LOGGED_MODEL_READY"
        if name == "bulk_history":
            fields["run_id"] = there["run_ids"]
    if name in CALLS:
        given = {key: value for key, value in call_arguments(there).items() if key in CALLS[name].arguments}
        if name == "experiments.get_by_name":
            given["name"] = "lab"
        if name == "registry.create_version":
            del given["version"]
        body = packed({"arguments": sent(given)})
        return client.request(method, path, content=body, headers={"content-type": MEDIA_TYPE})
    if method == "GET" or name == "upload_of_page":  # its body is the file
        return client.request(method, f"{path}?{urlencode(fields, doseq=True)}")
    return client.request(method, path, content=json.dumps(fields), headers={"content-type": "application/json"})


def expected(policy, role: Role, everywhere: bool) -> bool:
    match policy.who:
        case Who.EVERYONE | Who.USERS:
            return True
        case Who.HOLDERS:
            return role >= policy.role
        case _:
            return everywhere and role >= policy.role


def test_every_route_lets_in_whom_its_policy_lets_in_and_nobody_else(team, there):
    experiment, model = Resource(Kind.EXPERIMENT, there["experiment_id"]), Resource(Kind.MODEL, "m")
    team.user("other")
    callers = [(role, True, team.user(f"everywhere-{role.word}", role.word)) for role in Role]
    for role in HOLDERS:
        callers.append((role, False, team.user(f"grant-{role.word}")))
        for resource in (experiment, model):
            team.access.grant(resource, f"grant-{role.word}", role)
    clients = [(role, everywhere, team.client(token)) for role, everywhere, token in callers]
    nobody, wrong, seen = team.client(), [], set()
    for route in team.app.routes:
        policy = POLICIES[route.name]
        assert route.endpoint.policy is policy
        if (ask(nobody, route, there).status_code == 401) == (policy.who is Who.EVERYONE):
            wrong.append((route.path, "nobody"))
        if route.name in seen:
            continue  # the same under its other prefix
        seen.add(route.name)
        for role, everywhere, client in clients:
            answer = ask(client, route, there)
            if answer.status_code != (204 if expected(policy, role, everywhere) else 403):
                wrong.append((route.path, role.word, everywhere, answer.status_code, answer.text))
    assert wrong == []
    assert len(team.app.routes) > 100


def test_a_grant_on_another_thing_lets_nobody_in(team, there):
    elsewhere = Resource(Kind.EXPERIMENT, team.store.experiments.create("elsewhere"))
    team.store.registry.create_model("other")
    token = team.user("eve")
    team.access.grant(elsewhere, "eve", Role.MANAGER)
    team.access.grant(Resource(Kind.MODEL, "other"), "eve", Role.MANAGER)
    client, wrong = team.client(token), []
    for route in team.app.routes:
        if POLICIES[route.name].who is Who.HOLDERS:
            answer = ask(client, route, there)
            if answer.status_code != 403:
                wrong.append((route.path, answer.status_code, answer.text))
    assert wrong == []


def test_an_endpoint_without_a_policy_is_not_served(team):
    with pytest.raises(KeyError):
        Gate(None, None).route("/new", "new", "GET", None, None)


def test_a_route_beside_the_gate_stops_the_server(team):
    from trackbook.server.app import _guarded
    from trackbook.server.options import Options

    def nothing(request):
        return Response()

    for open_one in (Route("/new", nothing), WebSocketRoute("/new", nothing), Mount("/new", nothing)):
        with pytest.raises(RuntimeError, match="/new"):
            _guarded([open_one], Options(auth=True))
