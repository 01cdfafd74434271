"""What waits is delivered, again after failures, by whichever server lives."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from tests.postgresql import new_database
from tests.server.webhooks.conftest import until

from trackbook.connect import connect
from trackbook.core.webhooks import EVENTS, Webhook
from trackbook.server.webhooks import delivering
from trackbook.server.webhooks.delivering import MOST_ATTEMPTS, Deliverer, pause_s
from trackbook.server.webhooks.sending import Sender

LATER = 10**14


@pytest.fixture
def store(tmp_path: Path) -> Any:
    return connect(tmp_path / "home")


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivering, "pause_s", lambda attempts: 0.01)


def started(store: Any) -> Deliverer:
    made = Deliverer(store.webhooks, Sender(allow_private=True, timeout_s=5), every_s=0.02)
    made.start()
    return made


def nothing_waits(store: Any) -> bool:
    return not store.webhooks.due(LATER, LATER, 1)


def test_a_delivery_that_fails_comes_again_with_its_id(store: Any, receiver: Any) -> None:
    receiver.answers += [(500, {}, b""), (302, {"Location": "/"}, b""), (404, {}, b"")]
    store.webhooks.create(Webhook("", "ci", receiver.url, EVENTS))
    store.registry.create_model("churn")
    deliverer = started(store)
    receiver.wait_for(4)
    until(lambda: nothing_waits(store))
    deliverer.stop()
    assert len({headers["X-MLflow-Delivery-Id"] for headers, _ in receiver.came}) == 1
    assert len(receiver.came) == 4


def test_a_delivery_is_given_up_after_the_last_attempt(
    store: Any, receiver: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(delivering, "MOST_ATTEMPTS", 2)
    receiver.answers += [(500, {}, b"")] * 3
    store.webhooks.create(Webhook("", "ci", f"{receiver.url}?token=abc", EVENTS, secret="plain:s3cret"))
    store.registry.create_model("churn")
    deliverer = started(store)
    until(lambda: "given up" in caplog.text)
    deliverer.stop()
    assert len(receiver.came) == 2
    assert nothing_waits(store)
    assert [word for word in ("s3cret", "abc", receiver.url) if word in caplog.text] == []


def test_a_restarted_server_goes_on(store: Any, receiver: Any) -> None:
    receiver.answers.append((503, {}, b""))
    store.webhooks.create(Webhook("", "ci", receiver.url, EVENTS))
    store.registry.create_model("churn")
    first = started(store)
    receiver.wait_for(1)
    first.stop()
    store.registry.create_model("other")  # while no server runs
    second = started(connect(store.database.path.parent))
    receiver.wait_for(3)
    second.stop()
    assert [body["data"]["name"] for body in receiver.bodies()] == ["churn", "churn", "other"]


def test_one_receiver_that_is_away_does_not_hold_up_another(store: Any, receiver: Any) -> None:
    store.webhooks.create(Webhook("", "away", "http://127.0.0.1:9/", EVENTS))
    store.webhooks.create(Webhook("", "ci", receiver.url, EVENTS))
    for n in range(3):
        store.registry.create_model(f"m{n}")
    deliverer = started(store)
    receiver.wait_for(3)
    deliverer.stop()
    assert [body["data"]["name"] for body in receiver.bodies()] == ["m0", "m1", "m2"]


def test_two_servers_of_a_store_deliver_each_change_once(store: Any, receiver: Any) -> None:
    store.webhooks.create(Webhook("", "ci", receiver.url, EVENTS))
    servers = [started(store), started(connect(store.database.path.parent))]
    for n in range(20):
        store.registry.create_model(f"m{n}")
    receiver.wait_for(20)
    until(lambda: nothing_waits(store))
    for server in servers:
        server.stop()
    assert sorted(body["data"]["name"] for body in receiver.bodies()) == sorted(f"m{n}" for n in range(20))


def test_nothing_is_sent_while_a_webhook_is_disabled(store: Any, receiver: Any) -> None:
    made = store.webhooks.create(Webhook("", "ci", receiver.url, EVENTS))
    store.registry.create_model("churn")
    store.webhooks.update(made.webhook_id, {"status": "DISABLED"})
    deliverer = started(store)
    time.sleep(0.3)
    assert receiver.came == []
    store.webhooks.update(made.webhook_id, {"status": "ACTIVE"})
    receiver.wait_for(1)
    deliverer.stop()


def test_pauses_grow_and_have_an_end() -> None:
    lengths = [pause_s(n) for n in range(1, MOST_ATTEMPTS)]
    assert 4 < lengths[0] < 6 < lengths[1] < 12 < lengths[2] < 23
    assert max(lengths) < 4000
    assert 6 * 3600 < sum(lengths) < 10 * 3600


SERVER = """
import sys
from trackbook.connect import connect
from trackbook.server.webhooks.delivering import Deliverer
from trackbook.server.webhooks.sending import Sender
store, count = connect(sys.argv[1]), []
webhooks = store.webhooks
delivered = webhooks.delivered
webhooks.delivered = lambda one: (count.append(one), delivered(one))
deliverer = Deliverer(webhooks, Sender(allow_private=True, timeout_s=30), every_s=0.01)
print("ready", flush=True)
sys.stdin.readline()
deliverer.start()
for _ in sys.stdin:
    print(len(count), flush=True)
deliverer.stop()
"""


def test_servers_on_one_postgresql_deliver_each_change_once(postgresql: Any, receiver: Any) -> None:
    """In processes of their own, which know of each other by the database alone."""
    uri, hooks = new_database(postgresql), 4
    store: Any = connect(uri)
    for n in range(hooks):
        store.webhooks.create(Webhook("", f"ci{n}", receiver.url, EVENTS))
    piped: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    servers = [subprocess.Popen([sys.executable, "-c", SERVER, uri], **piped) for _ in range(2)]
    assert [server.stdout.readline() for server in servers] == ["ready\n"] * 2

    def told(server: Any, word: str) -> None:
        server.stdin.write(f"{word}\n")
        server.stdin.flush()

    def counts() -> list[int]:
        for server in servers:
            told(server, "count")
        return [int(server.stdout.readline()) for server in servers]

    for server in servers:
        told(server, "begin")
    changes, until_s = 0, time.monotonic() + 60
    while changes < 6 or (min(counts()) == 0 and time.monotonic() < until_s):  # each had some to deliver
        store.registry.create_model(f"m{changes}")
        changes += 1
    until(lambda: len(receiver.came) >= hooks * changes and nothing_waits(store))
    delivered = counts()
    for server in servers:
        server.communicate(timeout=60)
    store.close()
    assert sum(delivered) == len(receiver.came) == hooks * changes
    assert min(delivered) > 0
    assert len({headers["X-MLflow-Delivery-Id"] for headers, _ in receiver.came}) == hooks * changes
