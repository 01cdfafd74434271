"""The genuine client's requests, answered by our server as by the genuine one.

Each file of golden/ is a server's life from an empty database on, made by golden/record.py.  Status, JSON and values
must be the same, ids and times aside; of errors the code, since the words are ours.  What is meant to differ stands
here with its reason, and must still differ.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.server.golden.shapes import Names

from trackbook.connect import connect
from trackbook.server.app import application
from trackbook.server.basics import SPOKEN_VERSION
from trackbook.server.options import Options
from trackbook.wire.calls import INFO_KEY
from trackbook.wire.endpoints import ENDPOINTS

GOLDEN = Path(__file__).with_name("golden")
FILES = sorted(one.stem for one in GOLDEN.glob("*.jsonl"))
REFUSED: Mapping[str, str] = {
    r"'value': True": "a truth value is no measurement",
    r"'timestamp': (1\.5|9223372036854775808)|'step': 9223372036854775808": "the genuine server takes it for nothing",
    r"'value': 'text'": "the genuine server takes text for nothing and keeps nothing",
    r"'max_results', 'x'|'max_results': 0|'max_results', '0'": "the genuine server takes it for the default",
    r"'run_view_type': ('NONE'|2)": "no such view; the genuine server takes it for the default",
    r"/webhooks/.*'status': 'ASLEEP'": "no such status; the genuine server takes it for nothing",
    r"/runs/outputs .*'models': \[{}\]": "an output of no model",
}
"""Requests that the genuine server takes although it cannot use a field of them, and that are errors here."""
RICHER: Mapping[str, str] = {
    r"attributes.run_name IN": "IN is for every text in our search language",
    r"\"status = 'READY'\"": "the genuine server compares numbers with words and finds nothing",
    r"'datasets': \[{'dataset_name': 'iris'}\]": "the genuine server finds nothing of a dataset by its name alone",
}
"""Searches that find more here."""
TOLD: Mapping[str, str] = {
    r"\.text is left out, not ''": "{}, or an error as JSON, where the genuine server says nothing",
    r"value is '-?Infinity', not -?1\.79": "an infinity stays one, and the client reads it as such",
    r"(features_enabled|presigned_upload_\w+) is": "no gateway here, and no addresses handed out past the server",
    r"error_code is '(INVALID_PARAMETER_VALUE|RESOURCE_ALREADY_EXISTS)', not 'BAD_REQUEST'": "the same status",
    r"artifact.* is 404, not 400|'RESOURCE_DOES_NOT_EXIST', not ('INVALID_PARAMETER_VALUE'|left out)": "no file",
    r"detail is left out": "errors of the proxy look like all others here",
    r"get-artifact \[.*error_code is 'INVALID_PARAMETER_VALUE', not left out": "the genuine server answers with a page",
    r"get-download-uri .*not 'runs:/": "resolved here, where the genuine server leaves that to the client",
    r"\.aliases is \[.*\], not left out": "wherever a version is told, its aliases are",
    r"is '<x times \d+>…'|value is 'x+…'": "what was cut says so",
    r"runs/update .*end_time is left out, not 7": "a run that goes on has no end",
}
"""Differences in what is told."""


def lines(file: str) -> list[dict[str, Any]]:
    text = (GOLDEN / f"{file}.jsonl").read_text().replace("<version>", SPOKEN_VERSION)
    return [json.loads(line) for line in text.splitlines()]


def request(client: httpx.AsyncClient, asked: dict[str, Any]) -> httpx.Request:
    method, _, path = asked["ask"].partition(" ")
    headers = {"content-type": asked["type"]} if "type" in asked else {}
    if "json" in asked:
        headers["content-type"] = "application/json"
    content = json.dumps(asked["json"]) if "json" in asked else asked.get("body", "")
    query = [tuple(pair) for pair in asked["query"]] if "query" in asked else None
    url = httpx.URL(f"http://localhost{path}", params=query)
    return client.build_request(method, url, content=content.encode(), headers=headers)


def told(answer: httpx.Response) -> Any:
    try:
        found = answer.json()
    except ValueError:
        found = None
    if not isinstance(found, dict | list):
        return {"text": answer.text if answer.status_code < 400 else ""}
    if answer.status_code >= 400 and isinstance(found, dict) and "error_code" in found:
        assert found["message"]
        return {"error_code": found["error_code"]}
    if isinstance(found, dict):
        found.pop(INFO_KEY, None)  # ours alone, which no other client looks at
    return found


def meant(patterns: Mapping[str, str], text: str) -> set[str]:
    return {pattern for pattern in patterns if re.search(pattern, text)}


async def replayed(file: str, home: Path) -> tuple[list[str], set[str]]:
    """Where our server's answers are others, and which patterns of what is meant were met."""
    store: Any = connect(home)
    transport = httpx.ASGITransport(application(store, Options(auth=False)), raise_app_exceptions=False)
    names, wrong, met = Names(), [], set()
    async with httpx.AsyncClient(transport=transport) as client:
        for number, line in enumerate(lines(file), 1):
            asked = names.filled({key: one for key, one in line.items() if key not in ("status", "answer")})
            answer = await client.send(request(client, asked))
            name = f"{file}:{number} {line['ask']} {line.get('query') or line.get('json') or ''}"
            status = answer.status_code
            assert status < 500 or line["status"] == 501, name
            if line["status"] == 500 or meant(RICHER, name):  # its own failures are not asked for
                met |= meant(RICHER, name)
            elif line["status"] == 200 and status == 400 and (patterns := meant(REFUSED, name)):
                met |= patterns
            else:
                for one in names.differences([line["status"], line["answer"]], [status, told(answer)]):
                    difference = f"{name}: {one}"
                    met |= (patterns := meant(TOLD, difference))
                    wrong += [] if patterns else [difference[:500]]
    store.close()
    return wrong, met


@pytest.fixture(scope="module")
def replays(tmp_path_factory):
    return {file: asyncio.run(replayed(file, tmp_path_factory.mktemp(file) / "home")) for file in FILES}


@pytest.mark.parametrize("file", FILES)
def test_our_server_answers_as_the_genuine_one(replays, file):
    assert "\n".join(replays[file][0]) == ""


def test_every_endpoint_is_among_what_is_replayed():
    """With success, but for what the genuine server cannot do without a network."""
    asked = [line["ask"] for file in FILES for line in lines(file) if line["status"] == 200]
    paths = {(one.name, one.method): f"{one.method} /(ajax-)?api/2.0/mlflow{one.path}" for one in ENDPOINTS}
    patterns = {name: re.sub(r"{\w+}", "[^/]+", re.sub(r"{\w+:path}", ".+", path)) for name, path in paths.items()}
    unasked = {name for name, pattern in patterns.items() if not any(re.fullmatch(pattern, one) for one in asked)}
    assert unasked == {("test_webhook", "POST")}


def test_what_is_meant_to_differ_does(replays):
    met = set().union(*(one for _, one in replays.values()))
    assert (REFUSED.keys() | RICHER.keys() | TOLD.keys()) - met == set()
    assert len(FILES) == 10
