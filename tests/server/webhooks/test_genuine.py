"""MLflow's own client makes webhooks here, and a receiver checks them as MLflow says; a restart loses none."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

SCRIPT = """
import json, sys, mlflow
from mlflow import MlflowClient
from mlflow.entities.webhook import WebhookEvent, WebhookStatus
from mlflow.exceptions import MlflowException
url, hook, secret = sys.argv[1:]
mlflow.set_tracking_uri(url)
client = MlflowClient()
made = client.create_webhook(
    "ci", hook, ["model_version.created", "model_version_alias.created", "model_version_tag.set"], "why", secret
)
assert (made.name, made.url, made.description, str(made.status)) == ("ci", hook, "why", "ACTIVE")
assert client.get_webhook(made.webhook_id).events == made.events
idle = client.create_webhook("idle", hook, ["registered_model.created"], status="DISABLED")
assert [one.name for one in client.list_webhooks()] == ["idle", "ci"]
page = client.list_webhooks(max_results=1)
assert [one.name for one in client.list_webhooks(max_results=1, page_token=page.token)] == ["ci"]
changed = client.update_webhook(idle.webhook_id, name="idler", status=WebhookStatus.ACTIVE, events=["prompt.created"])
assert (changed.name, str(changed.status), [str(e) for e in changed.events]) == ("idler", "ACTIVE", ["prompt.created"])
tested = client.test_webhook(made.webhook_id, "model_version_tag.set")
assert (tested.success, tested.response_status, tested.response_body) == (True, 200, "thanks"), tested
client.delete_webhook(idle.webhook_id)
def code(work):
    try:
        work()
    except MlflowException as error:
        return error.error_code
assert code(lambda: client.get_webhook(idle.webhook_id)) == "RESOURCE_DOES_NOT_EXIST"
assert code(lambda: client.create_webhook("-", hook, ["prompt.created"])) == "INVALID_PARAMETER_VALUE"
assert code(lambda: client.create_webhook("x", "ftp://a", ["prompt.created"])) == "INVALID_PARAMETER_VALUE"
client.create_registered_model("churn")
client.create_model_version("churn", "s3://models/churn")
client.set_registered_model_alias("churn", "champion", "1")
client.set_model_version_tag("churn", "1", "checked", "yes")
"""


def genuine(peers: Path, script: str, *given: str) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW", "TRACKBOOK"))}
    done = subprocess.run([peers / "python", "-c", script, *given], capture_output=True, text=True, env=clean)
    assert done.returncode == 0, done.stderr[-3000:]


def test_the_genuine_client_and_a_receiver_that_checks(
    serve: Any, peers: Path, receiver: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    secret, home = "a secret of the receiver", tmp_path / "home"
    monkeypatch.setenv("TRACKBOOK_WEBHOOK_KEY", "a key that is not in the store")
    receiver.answers += [(200, {}, b"thanks"), (500, {}, b"")]
    with serve(home, "--allow-private-webhooks") as server:
        genuine(peers, SCRIPT, server.url, receiver.url, secret)
        receiver.wait_for(2)
    with serve(home, "--allow-private-webhooks"):
        receiver.wait_for(5)
    for headers, body in receiver.came:
        signed = f"{headers['X-MLflow-Delivery-Id']}.{headers['X-MLflow-Timestamp']}.{body}".encode()
        digest = hmac.digest(secret.encode(), signed, hashlib.sha256)
        assert headers["X-MLflow-Signature"] == f"v1,{base64.b64encode(digest).decode()}"
    told = {(one["entity"], one["action"]): one["data"] for one in receiver.bodies()[1:]}
    version = {"name": "churn", "version": "1"}
    assert told == {
        ("model_version", "created"): {
            **version,
            "source": "s3://models/churn",
            "run_id": None,
            "tags": {},
            "description": None,
        },
        ("model_version_alias", "created"): {**version, "alias": "champion"},
        ("model_version_tag", "set"): {**version, "key": "checked", "value": "yes"},
    }
    assert len({headers["X-MLflow-Delivery-Id"] for headers, _ in receiver.came}) == 4
    with closing(sqlite3.connect(home / "trackbook.db")) as database:
        kept = json.dumps(database.execute("SELECT * FROM webhooks").fetchall())
    assert secret not in kept + (tmp_path / "server.log").read_text()


REFUSED = """
import sys, mlflow
from mlflow.exceptions import MlflowException
mlflow.set_tracking_uri(sys.argv[1])
for url in ("http://example.com/", "https://127.0.0.1/", "https://localhost/", "https://169.254.169.254/latest"):
    try:
        mlflow.MlflowClient().create_webhook("ci", url, ["model_version.created"])
    except MlflowException as error:
        assert error.error_code == "INVALID_PARAMETER_VALUE", error
    else:
        raise AssertionError(url)
"""


def test_a_webhook_into_this_network_is_refused_when_it_is_made(served: Any, peers: Path) -> None:
    genuine(peers, REFUSED, served.url)
