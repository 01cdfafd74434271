"""A page of another site makes a browser send what it wants; it changes nothing here, and reads nothing."""

import asyncio

import pytest

from trackbook.server.guarding import Guard
from trackbook.server.options import Options


def made(served, name):
    found = served.ask("GET", f"/api/2.0/mlflow/experiments/get-by-name?experiment_name={name}")
    return found.status == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:5000", "127.0.0.1.evil.example", "", "10.0.0.1"])
def test_a_foreign_host_is_refused(served, host):
    answer = served.say("POST", "/experiments/create", headers={"Host": host}, name="rebound")
    assert (answer.status, answer.code) == (403, "PERMISSION_DENIED")
    assert not made(served, "rebound")
    assert served.ask("GET", "/api/2.0/mlflow/experiments/get?experiment_id=0", headers={"Host": host}).status == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost:1", "https://evil.example:5000"])
def test_a_foreign_origin_changes_nothing(served, origin):
    answer = served.say("POST", "/experiments/create", headers={"Origin": origin}, name="foreign")
    assert (answer.status, answer.code) == (403, "PERMISSION_DENIED")
    proxied = served.ask("DELETE", "/api/2.0/mlflow-artifacts/artifacts/0/a/artifacts/b", headers={"Origin": origin})
    assert proxied.status == 403
    assert not made(served, "foreign")


def test_the_servers_own_page_may_change(served):
    answer = served.say("POST", "/experiments/create", headers={"Origin": served.url}, name="own")
    assert answer.status == 200


@pytest.mark.parametrize(
    ("host", "origin", "let_in"),
    [
        ("localhost:5000", None, True),
        ("localhost:5000", "http://localhost:5000", True),
        ("localhost:5000", "http://evil.example", False),
        ("localhost:5000", "null", False),
        ("evil.example", None, False),
        ("evil.example", "http://evil.example", False),
    ],
)
def test_a_foreign_page_opens_no_websocket(host, origin, let_in):
    sent, reached = [], []

    async def app(scope, receive, send):
        reached.append(scope["path"])

    async def send(message):
        sent.append(message)

    headers = [(b"host", host.encode())] + ([(b"origin", origin.encode())] if origin else [])
    for path in ("/live", "/health"):
        asyncio.run(Guard(app, Options())({"type": "websocket", "path": path, "headers": headers}, None, send))
    assert reached == (["/live", "/health"] if let_in else [])
    assert [message["code"] for message in sent] == ([] if let_in else [1008, 1008])


SCRIPT, QUOTED = "<script>alert(1)</script>", "%3Cscript%3Ealert(1)%3C%2Fscript%3E"


def test_what_is_asked_or_stored_comes_back_as_no_page(served):
    """As MLflow's server told a wrong Content-Type, a script (CVE-2023-6568)."""
    api, run_id = "/api/2.0/mlflow", served.new_run(run_name=SCRIPT)
    proxy = f"/api/2.0/mlflow-artifacts/artifacts/0/{run_id}/artifacts"
    files = [f"{proxy}/{name}" for name in ("page.html", "drawing.svg", "notebook.ipynb", "MLmodel")]
    for file in files:
        assert served.ask("PUT", file, SCRIPT.encode(), {"Content-Type": "text/html"}).status == 200
    asked = [
        ("POST", f"{api}/runs/create", {"Content-Type": SCRIPT}),
        ("GET", f"{api}/runs/get?run_id={run_id}", {}),
        ("GET", f"{api}/experiments/get-by-name?experiment_name={QUOTED}", {}),
        ("GET", f"{api}/registered-models/search?filter={QUOTED}", {}),
        ("GET", f"/get-artifact?run_id={run_id}&path={QUOTED}", {}),
        ("GET", "/", {"Host": SCRIPT}),
        ("POST", f"{api}/runs/create", {"Origin": SCRIPT}),
        *(("GET", file, {}) for file in files),
        *(("GET", f"{below}/{QUOTED}", {}) for below in ("", api, "/runs", "/models", "/sign-in")),
    ]
    answers = [(path, served.ask(method, path, b"{}", headers)) for method, path, headers in asked]
    told = [(path, answer) for path, answer in answers if b"<script>alert" in answer.body]
    assert len(told) >= 10
    for path, answer in told:
        kind = answer.headers["content-type"]
        assert kind == "application/json" or answer.headers.get("content-disposition") == "attachment", (path, kind)
        assert answer.headers["x-content-type-options"] == "nosniff", path


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.1.2.3", "tracking.example"])
def test_others_are_asked_who_they_are_unless_that_is_refused(host):
    assert Options(host=host).has_users
    assert not Options(host=host, auth=False).has_users
    assert not Options().has_users
    assert Options(auth=True).has_users


def test_a_server_for_others_answers_to_addresses_and_to_given_names():
    options = Options(host="0.0.0.0", allowed_hosts=("tracking.example",))
    assert options.knows("10.1.2.3")
    assert options.knows("Tracking.example")
    assert options.knows("[::1]")
    assert not options.knows("evil.example")
