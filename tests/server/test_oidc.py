"""Signing in through an OpenID provider: a small real one, which signs its tokens and checks the code's verifier."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from tests.server.conftest import team_at

from trackbook.core.access import Role
from trackbook.server.access.oidc import Provider

KEY = RSAKey.generate_key(2048, {"kid": "1", "use": "sig", "alg": "RS256"})


class OpenId(ThreadingHTTPServer):
    """Everybody is the user in `claims`, without being asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server_address[1]}"
        self.claims = {"sub": "7", "preferred_username": "ann", "groups": ["lab", "unknown"]}
        self.codes: dict[str, dict[str, str]] = {}
        self.changed: dict[str, object] = {}
        """Claims that an attacker would have otherwise."""
        self.key = KEY


class Handler(BaseHTTPRequestHandler):
    server: OpenId

    def do_GET(self) -> None:
        place = urlsplit(self.path)
        if place.path == "/.well-known/openid-configuration":
            names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
            addresses = {name: f"{self.server.issuer}/{path}" for name, path in names.items()}
            self.say({"issuer": self.server.issuer, **addresses})
        elif place.path == "/keys":
            self.say(KeySet([KEY]).as_dict(private=False))
        else:
            asked = {name: values[0] for name, values in parse_qs(place.query).items()}
            self.server.codes["code"] = asked
            self.send_response(302)
            self.send_header("location", f"{asked['redirect_uri']}?code=code&state={asked['state']}")
            self.end_headers()

    def do_POST(self) -> None:
        sent = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
        asked = self.server.codes.pop(sent["code"][0])
        digest = hashlib.sha256(sent["code_verifier"][0].encode()).digest()
        assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"]
        assert self.headers["authorization"] == "Basic " + base64.b64encode(b"trackbook:secret").decode()
        now = int(time.time())
        claims = {"iss": self.server.issuer, "aud": "trackbook", "iat": now, "exp": now + 60, "nonce": asked["nonce"]}
        token = jwt.encode(
            {"alg": "RS256", "kid": "1"}, {**claims, **self.server.claims, **self.server.changed}, self.server.key
        )
        self.say({"access_token": "x", "token_type": "Bearer", "id_token": token})

    def say(self, answer: object) -> None:
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        del format, args


@pytest.fixture
def provider():
    with OpenId() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def team(tmp_path, provider):
    yield from team_at(tmp_path / "home", provider=Provider(provider.issuer, "trackbook", "secret"))


def signed_in(team):
    """The answer after the way through the provider, and the browser."""
    import httpx

    browser = team.client()
    begun = browser.get("/sign-in/openid?next=/runs")
    back = urlsplit(httpx.get(begun.headers["location"]).headers["location"])
    return browser.get(f"{back.path}?{back.query}"), browser


def test_a_user_comes_from_the_provider_with_groups_that_are_here(team):
    team.access.add_group("lab", Role.READER)
    team.access.add_group("old")
    answer, browser = signed_in(team)
    assert (answer.status_code, answer.headers["location"]) == (303, "/runs")
    found = browser.get("/api/2.0/mlflow/users/current").json()["user"]
    assert (found["username"], found["role"], found["groups"]) == ("ann", "none", ["lab"])
    team.access.join("old", "ann")
    signed_in(team)
    assert team.access.user("ann").groups == ("lab",)
    assert len(team.access.users()) == 1


def test_a_name_that_is_taken_is_nobodys_way_in(team):
    team.access.add_user("ann", Role.ADMIN)
    answer, browser = signed_in(team)
    assert answer.status_code == 401
    assert browser.get("/api/2.0/mlflow/users/current").status_code == 401


def test_a_disabled_user_stays_out(team):
    signed_in(team)
    team.access.change_user("ann", disabled=True)
    assert signed_in(team)[0].status_code == 401


@pytest.mark.parametrize(
    "changed",
    [{"aud": "other"}, {"iss": "https://evil.example"}, {"exp": 1}, {"nonce": "other"}, {"azp": "other"}],
    ids=str,
)
def test_another_token_is_refused(team, provider, changed):
    provider.changed = changed
    assert signed_in(team)[0].status_code == 401
    assert team.access.users() == []


def test_a_token_of_another_key_is_refused(team, provider):
    provider.key = RSAKey.generate_key(2048, {"kid": "1"})
    assert signed_in(team)[0].status_code == 401


def test_a_sign_in_that_was_not_begun_here_is_refused(team):
    assert team.client().get("/sign-in/openid/back?code=code&state=x").status_code == 401
    browser = team.client()
    browser.get("/sign-in/openid")
    assert browser.get("/sign-in/openid/back?code=code&state=x").status_code == 401
