"""Calls of the ports as no client of ours sends them: refused as the caller's error, or skipped, and nothing stays."""

import json

import msgspec
import numpy as np
import pytest
from sqlalchemy import text

from trackbook.core.access import Kind, Resource, Role
from trackbook.core.events import Batch, RunStarted
from trackbook.wire.packing import MEDIA_TYPE

RUN = "r" * 32
DEEP = 100_000


def started(**fields):
    return json.dumps([{"kind": "run_started", "run_id": RUN, "experiment_id": "0", "run_name": "x", **fields}])


def column(kind, values):
    return msgspec.msgpack.Ext(1, msgspec.msgpack.encode([kind, values]))


def points(**columns):
    two = column("<i8", np.arange(2).tobytes())
    return [{"run_id": RUN, "key": "m", "steps": two, "times": two, "values": two, **columns}]


BATCHES = [
    {"events": "[1]"},
    {"events": "{}x"},
    {"events": '{"a": 1}'},
    {"events": "[" * DEEP + "]" * DEEP},
    {"events": '[{"kind": []}]'},
    {"events": started(run_id=["a"], start_time=1)},
    {"events": started(experiment_id=5, start_time=1)},
    {"events": started(start_time="soon")},
    {"events": started(start_time=2**70)},
    {"events": json.dumps([{"kind": "tags_set", "run_id": RUN, "tags": ["a"]}])},
    {"events": json.dumps([{"kind": "tags_set", "run_id": RUN, "tags": {"a": {"b": 1}}}])},
    {"cursor": '{"a":' * DEEP + "1" + "}" * DEEP},
    {"cursor": "[1]"},
    {"points": [1]},
    {"points": points(steps="x")},
    {"points": points(steps=column("<i8", b"123"))},
    {"points": points(steps=column("O", [[1], [2]]))},
    {"points": points(steps=[[1, 2]], times=[[1, 2]], values=[[1, 2]])},
    {"points": points(run_id={}, key=[])},
]
CALLS = [
    ("recording.end_abandoned", {"run_ids": [RUN], "end_time": 10**17}),
    ("recording.end_abandoned", {"run_ids": [RUN], "end_time": 2**64 - 1}),
    ("runs.search", {"query": {"offset": 2**63}}),
    ("cells.versions", {"line": "l", "limit": 2**63}),
    ("trash.contents", {"older_than_ms": -(2**63)}),
    ("registry.create_version", {"name": "m", "source": "s3://b/m", "version": 2**53}),
]


@pytest.fixture
def ask(team):
    client = team.client(team.user("ann", "admin"))
    team.store.recording.apply(Batch("first", [RunStarted(RUN, "0", "run", 1)], [], {"n": 1}))
    team.store.registry.create_model("m")

    def ask(name, arguments):
        body = msgspec.msgpack.encode({"arguments": arguments})
        path = f"/api/2.0/trackbook/{name.replace('.', '/')}"
        return client.post(path, content=body, headers={"content-type": MEDIA_TYPE}).status_code

    return ask


def test_a_batch_that_makes_no_sense_is_refused_or_skipped(team, ask):
    for batch in BATCHES:
        fields = {"journal_id": "j", "events": "[]", "points": [], "cursor": "{}", **batch}
        assert ask("recording.apply", {"batch": fields}) in (200, 400), str(batch)[:100]
    run = team.store.runs.get(RUN)
    assert (run.data.params, run.data.tags, run.data.metrics) == ({}, {}, {})


def test_numbers_that_no_database_takes_are_refused(team, ask):
    assert [ask(name, arguments) for name, arguments in CALLS] == [400] * len(CALLS)
    assert team.store.registry.create_version("m", "s3://b/m").version == "1"


def test_who_may_write_nowhere_leaves_no_cursors(team):
    """Nothing names an experiment in a batch that writes nothing."""
    reader, lab = team.client(team.user("eve", "reader")), team.store.experiments.create("lab")
    editor = team.client(team.user("bob"))
    team.access.grant(Resource(Kind.EXPERIMENT, lab), "bob", Role.EDITOR)

    def send(client, batch):
        body = msgspec.msgpack.encode({"arguments": {"batch": {"points": [], "cursor": '{"n":1}', **batch}}})
        return client.post(
            "/api/2.0/trackbook/recording/apply", content=body, headers={"content-type": MEDIA_TYPE}
        ).status_code

    unknown = json.dumps([{"kind": "tags_set", "run_id": RUN, "tags": {"a": "b"}}])
    for events in ("[]", unknown):
        assert send(reader, {"journal_id": "j", "events": events}) == 403
    assert journals(team) == 0
    assert send(editor, {"journal_id": "j", "events": "[]"}) == 200
    assert journals(team) == 1


def journals(team):
    with team.store.database.read() as connection:
        return connection.execute(text("SELECT count(*) FROM journals")).scalar()
