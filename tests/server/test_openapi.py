"""The server described by itself, and asked by schemathesis whatever that description allows."""

from __future__ import annotations

import numpy as np
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import booleans
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.share import SOAK

from trackbook.connect import connect
from trackbook.core.events import Batch, ParamsLogged, Points, RunStarted
from trackbook.core.logged_models import NewModel
from trackbook.server.app import application
from trackbook.server.options import Options
from trackbook.wire.endpoints import ENDPOINTS

CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance]


TAKING = ("delete_model", "delete_version", "delete_experiment", "delete_logged_model", "rename_model", "delete_run")
"""These would take away what others ask for: they are asked for what is not there."""


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = connect(tmp_path_factory.mktemp("described") / "home")
    yield store
    store.close()


@pytest.fixture(scope="module")
def described(store):
    app = application(store, Options(auth=False, allowed_hosts=("testserver",)))
    return schemathesis.openapi.from_asgi("/openapi.json", app)


@pytest.fixture(scope="module")
def there(store):
    """Fields that name what is there."""
    run_id = "r" * 32
    started = [RunStarted(run_id, "0", "run", 1, "", {"a": "b"}), ParamsLogged(run_id, {"p": "1"})]
    points = Points(run_id, "m", np.arange(9), np.arange(9), np.arange(9.0))
    store.recording.apply(Batch("j", started, [points], {"n": 1}))
    model_id = store.logged_models.create(NewModel("0", "logged")).model_id
    store.registry.create_model("m", "why", {"a": "b"})
    store.registry.create_version("m", f"runs:/{run_id}/model", run_id)
    store.registry.set_alias("m", "best", "1")
    named = {"experiment_id": "0", "experiment_ids": ["0"], "run_id": run_id, "run_ids": [run_id], "metric_key": "m"}
    return named | {"name": "m", "version": "1", "alias": "best", "model_id": model_id}


def path_of(endpoint):
    return endpoint.paths[0].replace(":path}", "}")


@pytest.mark.soak
@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda one: f"{one.method} {one.path}")
def test_whatever_is_asked_the_answer_is_as_described(described, there, endpoint):
    known = {} if endpoint.name in TAKING else there

    @settings(
        max_examples=500 if SOAK else 3,
        deadline=None,
        database=None,
        derandomize=not SOAK,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=described[path_of(endpoint)][endpoint.method].as_strategy(), is_there=booleans())
    def ask(case, is_there):
        for fields in (case.body, case.query, case.path_parameters) if is_there else ():
            if isinstance(fields, dict):
                fields.update({name: value for name, value in known.items() if name in fields})
        case.call_and_validate(checks=CHECKS)

    ask()


def test_every_endpoint_is_described(team):
    document = team.client(team.user("ann")).get("/openapi.json").json()
    described = {(method.upper(), path) for path, found in document["paths"].items() for method in found}
    assert described == {(one.method, path_of(one)) for one in ENDPOINTS}
    assert team.client().get("/openapi.json").status_code == 401
