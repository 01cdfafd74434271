"""`trackbook users`, in the order in which the README has it."""

from __future__ import annotations

import io
import json
import sys
import time

import trackbook as tb
from trackbook.connect import connect
from trackbook.core.clock import now_ms
from trackbook.server.access.passwords import Passwords
from trackbook.server.access.secrets import digest_of
from trackbook.tracking.session import close_session, open_session

PASSWORD = "a long passphrase"


def test_a_team_is_made_and_unmade(project, trackbook, monkeypatch):
    def users(*words, refused=""):
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PASSWORD}\n"))
        code, said, complained = trackbook("users", *words)
        assert (code, bool(complained)) == (int(bool(refused)), bool(refused)), complained
        assert refused in complained
        assert PASSWORD not in said + complained
        return said

    def listed():
        return json.loads(users("list", "--json"))

    open_session(project)
    experiment_id = tb.create_experiment("churn")
    close_session()
    users("create", "ann", "--role", "admin")
    users("create", "bob")
    users("create", "lab", "--group")
    users("join", "lab", "bob")
    users("grant", "lab", "editor", "--experiment", "churn", "--group")
    users("grant", "lab", "editor", "--experiment", "nothing", refused="its first run makes it")
    users("grant", "nobody", "editor", "--experiment", "churn", refused="nobody")
    assert listed() == {
        "users": [
            {"user": "ann", "role": "admin", "groups": [], "disabled": False},
            {"user": "bob", "role": "none", "groups": ["lab"], "disabled": False},
        ],
        "groups": [{"group": "lab", "role": "none", "members": ["bob"]}],
        "grants": [{"holder": "lab", "group": True, "on": f"experiment '{experiment_id}'", "role": "editor"}],
    }
    token = users("token", "bob", "--days", "30", "--label", "laptop").strip()
    (kept,) = json.loads(users("tokens", "bob", "--json"))
    assert (kept["label"], kept["revoked"]) == ("laptop", False)
    assert 29 < (kept["expires"] / 1000 - time.time()) / 86_400 <= 30

    store = connect(project / ".trackbook")
    assert Passwords().fits(store.access.user("ann").password_hash, PASSWORD)
    assert store.access.user_of_token(digest_of(token), now_ms()).name == "bob"
    users("revoke", str(kept["id"]))
    assert store.access.user_of_token(digest_of(token), now_ms()) is None
    store.close()

    users("role", "bob", "reader")
    users("join", "lab", "bob", "--leave")
    users("grant", "lab", "none", "--experiment", experiment_id, "--group")
    users("disable", "bob")
    users("delete", "ann")
    assert listed() == {
        "users": [{"user": "bob", "role": "reader", "groups": [], "disabled": True}],
        "groups": [{"group": "lab", "role": "none", "members": []}],
        "grants": [],
    }
