"""The web page's document, its files and their headers: what it is made of, and that nothing else runs in it."""

import re

import pytest

from trackbook.server.page import shell

DEEP = ("/", "/experiments/7", "/runs", f"/runs/{'a' * 32}", "/compare?runs=a,b", "/models", "/models/team%2Fchurn")


def test_every_address_of_a_view_can_be_opened_cold(team):
    client = team.client()
    texts = {client.get(path).text for path in DEEP}
    assert len(texts) == 1
    assert client.get("/").headers["content-type"].startswith("text/html")


def test_an_address_of_nothing_is_the_page_in_a_browser_and_plain_elsewhere(team):
    client = team.client()
    shown = client.get("/nothing", headers={"accept": "text/html,*/*;q=0.8"})
    assert (shown.status_code, shown.text) == (404, client.get("/").text)
    assert shown.headers["content-security-policy"] == shell.CSP
    plain = client.get("/nothing")
    assert (plain.status_code, plain.text) == (404, "Not Found")


def test_nothing_but_files_of_this_server_runs_in_the_page(team):
    answer = team.client().get("/models/<script>alert(1)</script>")
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "alert" not in answer.text
    assert re.findall(r"https?://|\bstyle=|\bon\w+=", answer.text) == []


def test_files_are_kept_by_the_browser_until_they_are_others(team):
    client = team.client()
    for address in re.findall(r'(?:href|src)="(/static/[^"]+)"', client.get("/").text):
        found = client.get(address)
        assert found.status_code == 200
        assert found.headers["content-type"].split(";")[0] in ("text/css", "text/javascript")
        assert "immutable" in found.headers["cache-control"]
        path, known = address.partition("?")[0], {"if-none-match": found.headers["etag"]}
        assert client.get(path).headers["cache-control"] == "no-cache"
        assert client.get(path, headers=known).status_code == 304


@pytest.mark.parametrize("name", ["loader.js", "nothing.js", "..%2f__init__.py", "%2e%2e/__init__.py"])
def test_only_the_files_of_the_page_are_served(team, name):
    assert team.client().get(f"/static/{name}").status_code == 404


def test_a_page_that_was_not_built_says_what_to_do(team, tmp_path, monkeypatch):
    monkeypatch.setattr(shell, "STATIC", tmp_path)
    shell.file_of.cache_clear()
    answer = team.client().get("/")
    assert answer.status_code == 503
    assert answer.headers["content-type"].startswith("text/plain")
    assert "npm run build" in answer.text


def test_the_page_tells_who_is_signed_in_and_nobody_else(team):
    client = team.client(team.user("ada", "reader"))
    assert client.get("/page/about").json()["user"] == "ada"
    assert client.get("/page/about").headers["cache-control"] == "no-store"
    assert team.client().get("/page/about").status_code == 401
