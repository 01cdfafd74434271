"""Signing in, and what is done on a user's behalf."""

import asyncio
import base64
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from tests.server.conftest import CHEAP, team_at

from trackbook.core.access import Kind, Resource, Role
from trackbook.core.events import Batch, RunStarted
from trackbook.errors import InvalidValue, Unauthenticated
from trackbook.server.access import attempts as attempting
from trackbook.server.access.attempts import BOTH, WINDOW_S, Attempts
from trackbook.server.access.first import first_token
from trackbook.server.access.passwords import AT_ONCE, Passwords
from trackbook.server.access.signing import COOKIE, Signing
from trackbook.wire.packing import MEDIA_TYPE, packed, sent

API = "/api/2.0/mlflow"
PASSWORD = "correct horse battery"


def basic(name, password):
    return {"authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


def status(client, **headers):
    return client.get(f"{API}/users/current", headers=headers).status_code


def test_a_user_signs_in_by_password_and_by_token(team):
    token, client = team.user("ann", "reader", PASSWORD), team.client()
    assert client.get("/health").text == "OK"
    refused = client.get(f"{API}/users/current")
    assert (refused.status_code, refused.json()["error_code"]) == (401, "UNAUTHENTICATED")
    assert refused.headers["www-authenticate"].startswith("Basic")
    assert client.get(f"{API}/users/current", headers=basic("ann", PASSWORD)).json()["user"]["username"] == "ann"
    assert status(client, **basic("ann", token)) == 200
    assert status(client, authorization=f"Bearer {token}") == 200
    for wrong in (basic("ann", "wrong horse battery"), basic("bob", PASSWORD), basic("bob", token), basic("", "")):
        assert status(client, **wrong) == 401
    for header in ("Basic x", "Bearer", "Bearer tb_x", "Digest a=b", f"Bearer {PASSWORD}", "Basic Og=="):
        assert status(client, authorization=header) == 401


def test_a_user_without_a_password_gets_in_by_token_alone(team):
    """Peers let such a one in with any, or with none (CVE-2025-1474)."""
    token, client = team.user("ann", "admin"), team.client()
    for given in ("", "None", "null", PASSWORD):
        assert status(client, **basic("ann", given)) == 401
        form = {"content": f"user=ann&password={given}", "headers": {"origin": "http://localhost"}}
        assert client.post("/sign-in", **form).status_code == 401
    assert status(client, **basic("ann", token)) == 200
    for given in ("", "short"):
        made = team.client(token).post(f"{API}/users/create", json={"username": "bob", "password": given})
        assert made.status_code == 400


def test_a_new_password_and_a_disabled_user_count_at_once(team):
    token, client = team.user("ann", "reader", PASSWORD), team.client()
    assert status(client, **basic("ann", PASSWORD)) == 200
    changed = client.request(
        "PATCH",
        f"{API}/users/update-password",
        json={"username": "ann", "password": "another long one", "current_password": PASSWORD},
        headers=basic("ann", PASSWORD),
    )
    assert changed.status_code == 200
    assert status(client, **basic("ann", PASSWORD)) == 401
    assert status(client, **basic("ann", "another long one")) == 200
    team.access.change_user("ann", disabled=True)
    assert status(client, **basic("ann", "another long one")) == 401
    assert status(client, authorization=f"Bearer {token}") == 401


def test_tokens_are_shown_once_and_end(team):
    team.user("ann", "reader", PASSWORD)
    client = team.client()
    made = client.post("/api/2.0/trackbook/tokens", json={"name": "laptop", "days": 1}, headers=basic("ann", PASSWORD))
    token, number = made.json()["token"], made.json()["info"]["id"]
    mine = team.client(token)
    assert made.headers["cache-control"] == "no-store"
    assert token not in mine.get("/api/2.0/trackbook/tokens").text
    assert mine.post("/api/2.0/trackbook/tokens", json={}).status_code == 403  # a stolen one makes no others
    cookie = {"cookie": f"{COOKIE}={token}", "origin": "http://localhost"}
    assert client.post("/api/2.0/trackbook/tokens", json={}, headers=cookie).status_code == 401
    form = {"content": f"user=ann&password={token}", "headers": {"origin": "http://localhost"}}
    assert client.post("/sign-in", **form).status_code == 401
    changed = {"username": "ann", "password": "another long one", "current_password": token}
    path = f"{API}/users/update-password"
    assert client.request("PATCH", path, json=changed, headers=basic("ann", PASSWORD)).status_code == 401
    other = team.client(team.user("eve"))
    assert other.request("DELETE", "/api/2.0/trackbook/tokens", json={"id": number}).status_code == 404
    assert mine.request("DELETE", "/api/2.0/trackbook/tokens", json={"id": number}).status_code == 200
    assert status(mine) == 401


def test_who_fails_too_often_waits(team):
    team.user("ann", "reader", PASSWORD)
    client = team.client()
    for _ in range(BOTH):
        assert client.get(f"{API}/users/current", headers=basic("ann", "guess, guess, guess")).status_code == 401
    late = client.get(f"{API}/users/current", headers=basic("ann", PASSWORD))
    assert (late.status_code, "too many" in late.text) == (401, True)
    assert int(late.headers["retry-after"]) > 0


def test_failures_at_one_server_count_at_another_of_the_same_store(team, tmp_path):
    team.user("ann", "reader", PASSWORD)
    for other in team_at(tmp_path / "home"):
        for number in range(BOTH):
            assert status((team, other)[number % 2].client(), **basic("ann", "guess, guess, guess")) == 401
        for one in (team, other):
            late = one.client().get(f"{API}/users/current", headers=basic("ann", PASSWORD))
            assert (late.status_code, "too many" in late.text) == (401, True)


def test_guesses_that_come_together_are_counted_one_after_the_other(team):
    team.user("ann", "reader", PASSWORD)
    signing = Signing(team.access, Passwords(CHEAP))

    def guess(number):
        with pytest.raises(Unauthenticated) as raised:
            signing.of_password("ann", f"guess number {number}", "10.0.0.1")
        return "too many" in str(raised.value)

    with ThreadPoolExecutor(32) as pool:
        refused = list(pool.map(guess, range(32)))
    assert BOTH <= refused.count(False) < BOTH + AT_ONCE


def test_a_failure_is_forgotten_by_time_and_by_the_right_password(team):
    now = [10**12]
    attempts = Attempts(team.access, lambda: now[0])
    for _ in range(BOTH):
        attempts.failed("ann", "10.0.0.1")
    assert attempts.wait_s("ann", "10.0.0.1") == WINDOW_S
    assert attempts.wait_s("ann", "10.0.0.2") == attempts.wait_s("bob", "10.0.0.1") == 0
    now[0] += WINDOW_S * 1000
    assert attempts.wait_s("ann", "10.0.0.1") == 0
    attempts.failed("ann", "10.0.0.1")
    with team.store.database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM failed_sign_ins")).scalar() == 1
        assert "ann" not in str(connection.execute(text("SELECT * FROM failed_sign_ins")).all())
    for _ in range(BOTH - 1):
        attempts.failed("ann", "10.0.0.1")
    attempts.passed("ann", "10.0.0.1")
    assert attempts.wait_s("ann", "10.0.0.1") == 0


def test_many_names_from_one_address_and_one_name_from_many_addresses_wait_too(team, monkeypatch):
    assert BOTH < attempting.ADDRESS < attempting.NAME
    monkeypatch.setattr(attempting, "ADDRESS", 3)
    monkeypatch.setattr(attempting, "NAME", 4)
    attempts = Attempts(team.access)
    for number in range(3):
        attempts.failed(f"user {number}", "10.0.0.1")
    assert attempts.wait_s("another", "10.0.0.1") > 0
    for number in range(4):
        attempts.failed("ann", f"10.1.0.{number}")
    assert attempts.wait_s("ann", "10.2.0.1") > 0
    assert attempts.wait_s("bob", "10.2.0.1") == 0


def test_passwords_follow_rules_and_take_as_long_for_nobody():
    passwords = Passwords()
    for weak in ("short", "aaaaaaaaaaaaaaaa", "administrator", "x" * 2000, "tb_a password of a token"):
        with pytest.raises(InvalidValue):
            passwords.hashed("administrator", weak)
    stored = passwords.hashed("ann", PASSWORD)
    spent = []
    for known in (stored, None):
        begin = time.thread_time()
        assert not passwords.fits(known, "wrong horse battery")
        spent.append(time.thread_time() - begin)
    assert max(spent) < 5 * min(spent)
    assert passwords.fits(stored, PASSWORD)


def test_whoever_makes_something_manages_it_and_others_do_not_see_it(team):
    ann, bob = team.client(team.user("ann", "editor")), team.client(team.user("bob"))
    number = ann.post(f"{API}/experiments/create", json={"name": "mine"}).json()["experiment_id"]
    ann.post(f"{API}/registered-models/create", json={"name": "m"})
    team.access.change_user("ann", role=Role.NONE)
    run = ann.post(f"{API}/runs/create", json={"experiment_id": number}).json()["run"]["info"]["run_id"]
    assert ann.post(f"{API}/experiments/delete", json={"experiment_id": number}).status_code == 200
    assert ann.post(f"{API}/experiments/restore", json={"experiment_id": number}).status_code == 200
    assert bob.get(f"{API}/runs/get?run_id={run}").status_code == 403
    assert bob.post(f"{API}/runs/search", json={"experiment_ids": [number]}).json() == {}
    assert bob.post(f"{API}/experiments/search", json={}).json() == {}
    assert bob.get(f"{API}/registered-models/search").json() == {}
    found = ann.post(f"{API}/experiments/search", json={}).json()["experiments"]
    assert [one["name"] for one in found] == ["mine"]
    assert bob.post(f"{API}/experiments/create", json={"name": "his"}).status_code == 403


def test_a_model_is_no_way_around_its_runs_experiment(team):
    ann, eve = team.client(team.user("ann", "editor")), team.client(team.user("eve"))
    number = ann.post(f"{API}/experiments/create", json={"name": "secret"}).json()["experiment_id"]
    run = ann.post(f"{API}/runs/create", json={"experiment_id": number}).json()["run"]["info"]["run_id"]
    ann.request("PUT", f"/api/2.0/mlflow-artifacts/artifacts/{number}/{run}/artifacts/model/m.bin", content=b"secret")
    team.store.registry.create_model("hers")
    team.access.grant(Resource(Kind.MODEL, "hers"), "eve", Role.MANAGER)
    own = team.store.experiments.create("eve's")
    team.access.grant(Resource(Kind.EXPERIMENT, own), "eve", Role.MANAGER)
    for source in (f"runs:/{run}/model", f"mlflow-artifacts:/{own}/{run}/artifacts/model", "s3://bucket/model"):
        made = eve.post(f"{API}/model-versions/create", json={"name": "hers", "source": source, "run_id": run})
        assert made.status_code == 403
    # The run decides, whatever experiment the path names.
    assert eve.get(f"/api/2.0/mlflow-artifacts/artifacts/{own}/{run}/artifacts/model/m.bin").status_code == 403
    assert eve.get(f"/ajax-api/2.0/mlflow-artifacts/artifacts?path={own}/{run}/artifacts").status_code == 403


def test_the_audit_trail_names_the_user(team):
    ann = team.client(team.user("ann", "editor"))
    ann.post(f"{API}/registered-models/create", json={"name": "m"})
    entry = team.store.registry.audit("m").items[0]
    assert (entry.user, entry.place) == ("ann", "10.0.0.9")


def test_whoever_signed_in_is_the_user_of_what_they_make(team):
    """Whatever the client says; `mlflow.user` stays its own word."""
    ann = team.client(team.user("ann", "editor"))
    said = {"experiment_id": "0", "user_id": "bob", "tags": [{"key": "mlflow.user", "value": "bob"}]}
    run = ann.post(f"{API}/runs/create", json=said).json()["run"]
    assert (run["info"]["user_id"], {"key": "mlflow.user", "value": "bob"} in run["data"]["tags"]) == ("ann", True)
    batch = Batch("j", [RunStarted("r" * 32, "0", "run", 1, "bob")], [], {"n": 1})
    version = {"name": "m", "source": "s3://bucket/m", "user_id": "bob"}
    for call, arguments in (
        ("recording/apply", {"batch": batch}),
        ("registry/create_model", {"name": "m"}),
        ("registry/create_version", version),
    ):
        body = packed({"arguments": sent(arguments)})
        path = f"/api/2.0/trackbook/{call}"
        assert ann.post(path, content=body, headers={"content-type": MEDIA_TYPE}).status_code == 200
    assert team.store.runs.get("r" * 32).info.user_id == "ann"
    assert team.store.registry.get_version("m", "1").user_id == "ann"


def test_a_browser_signs_in_and_out_and_changes_things_from_its_own_page_alone(team):
    team.user("ann", "admin", PASSWORD)
    client = team.client()
    form = {"content": f"user=ann&password={PASSWORD.replace(' ', '+')}", "headers": {"origin": "http://localhost"}}
    wrong = client.post("/sign-in", content="user=%22%3E%3Cscript%3E&password=%3Cscript%3E")
    assert wrong.status_code == 401
    assert 'value="&quot;&gt;&lt;script&gt;"' in wrong.text  # only the password is typed again
    assert "<script" not in wrong.text
    done = client.post("/sign-in?next=//evil.example", **form)
    assert (done.status_code, done.headers["location"]) == (303, "/")
    assert {"httponly", "samesite=lax"} <= {part.strip().lower() for part in done.headers["set-cookie"].split(";")}
    assert status(client) == 200
    made = {"json": {"name": "x"}}
    assert client.post(f"{API}/experiments/create", **made).status_code == 403
    assert client.post(f"{API}/experiments/create", **made, headers={"authorization": ""}).status_code == 403
    foreign = client.post(f"{API}/experiments/create", **made, headers={"origin": "http://evil.example"})
    assert foreign.status_code == 403
    own = client.post(f"{API}/experiments/create", **made, headers={"origin": "http://localhost"})
    assert own.status_code == 200
    session = client.http.cookies[COOKIE]
    client.post("/sign-out", headers={"origin": "http://localhost"})
    assert status(client, cookie=f"{COOKIE}={session}") == 401


def test_a_form_is_small_and_comes_in_time(tmp_path):
    async def slowly():
        yield b"user=ann"
        await asyncio.sleep(5)

    for team in team_at(tmp_path / "home", body_timeout_s=0.1):
        for body in (b"x" * 20_000, b"&".join(b"a%d=b" % n for n in range(30)), slowly()):
            assert team.client().post("/sign-in", content=body).status_code in (400, 413)


def test_what_somebody_types_is_text_on_the_page(team):
    page = team.client().get('/sign-in?next=/"><script>alert(1)</script>')
    assert "<script>" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_the_first_admin_gets_a_token_once(tmp_path, team):
    token = first_token(team.access)
    client = team.client(token)
    assert client.get(f"{API}/users/current").json()["user"]["is_admin"]
    again = first_token(team.access)
    assert status(client) == 401
    admin = team.client(again)
    made = admin.post(f"{API}/users/create", json={"username": "ann", "password": PASSWORD})
    assert made.json()["user"]["role"] == "none"
    admin.request("PATCH", f"{API}/users/update-admin", json={"username": "ann", "is_admin": True})
    assert first_token(team.access) is None
