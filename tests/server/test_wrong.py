"""Whatever a field holds, the answer is the caller's error or a success: never the server's, which clients repeat."""

import json
from urllib.parse import urlencode

import msgspec
import pytest

from trackbook.wire.endpoints import ENDPOINTS

VALUES = [
    "",
    "x",
    "\0",
    "a\nb",
    "ü💥" * 300,
    "x" * 20_000,
    "' OR 1=1 --",
    "../..",
    "%2e%2e",
    "{}",
    "1",
    "-1",
    "9" * 30,
    "NaN",
    None,
    True,
    -1,
    0,
    2**63,
    10**30,
    1.5,
    [],
    [None],
    ["x"],
    [[]],
    [{"key": "\0", "value": "\0"}],
    [{"key": "a", "value": 1, "timestamp": -1, "step": 2**70}],
    {},
]
RAW = [b'"\\ud800"', b"1e999", b"-0", b"1" + b"0" * 5000, b'{"a": ' * 2000 + b"1" + b"}" * 2000]
"""JSON that `json.dumps` would not write."""


@pytest.fixture(scope="module")
def there(served):
    """Fields that name what is there."""
    served.say("POST", "/registered-models/create", name="wrong")
    run_id = served.new_run()
    served.say("POST", "/model-versions/create", name="wrong", source=f"runs:/{run_id}/model", run_id=run_id)
    return {
        "run_id": run_id,
        "run_ids": [run_id],
        "experiment_id": "0",
        "name": "wrong",
        "version": "1",
        "metric_key": "m",
        "key": "k",
        "value": "1",
        "timestamp": 1,
    }


KEPT = ("delete_model", "delete_version", "delete_experiment", "rename_model", "update_experiment")
"""These would take away what the others name; they get no good names."""


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda one: f"{one.method} {one.path}")
def test_no_field_breaks_an_endpoint(served, there, endpoint):
    names = [field.name for field in msgspec.structs.fields(endpoint.request)]
    good = {} if endpoint.name in KEPT else {name: there[name] for name in names if name in there}
    broken = []
    for name in names:
        for value in VALUES:
            fields = {**good, name: value}
            if endpoint.method == "GET":
                answer = served.ask("GET", f"{endpoint.paths[0]}?{urlencode(fields, doseq=True)}")
            else:
                body = json.dumps(fields).encode()
                answer = served.ask(endpoint.method, endpoint.paths[0], body, {"Content-Type": "application/json"})
            if answer.status >= 500 or (answer.status >= 400 and "error_code" not in answer.json):
                broken.append((name, str(value)[:40], answer.status))
        for raw in RAW if endpoint.method != "GET" else ():
            rest = "".join(f", {json.dumps(key)}: {json.dumps(one)}" for key, one in good.items() if key != name)
            body = b'{"' + name.encode() + b'": ' + raw + rest.encode() + b"}"
            answer = served.ask(endpoint.method, endpoint.paths[0], body, {"Content-Type": "application/json"})
            if answer.status >= 500:
                broken.append((name, raw[:40], answer.status))
    assert broken == []
