"""Who asks, and what is done where nobody answers."""

from __future__ import annotations

import pytest
from tests.remote.servers import Server, free_port

from trackbook.connect import connect
from trackbook.errors import StoreAway
from trackbook.remote.link import Link, credentials


def test_credentials_come_from_the_address_else_from_mlflows_variables() -> None:
    variables = {"MLFLOW_TRACKING_USERNAME": "ann", "MLFLOW_TRACKING_PASSWORD": "secret"}
    assert credentials("http://bo:p%40ss@host", variables).headers == {"authorization": "Basic Ym86cEBzcw=="}
    assert credentials("http://host", variables).headers == {"authorization": "Basic YW5uOnNlY3JldA=="}
    assert credentials("http://host", {"MLFLOW_TRACKING_TOKEN": "t"}).headers == {"authorization": "Bearer t"}
    assert credentials("http://host", {}).headers == {}


def test_a_password_is_in_no_address_that_is_shown() -> None:
    assert Link("https://ann:secret@host/base/").address == "https://host/base"


def test_requests_are_no_news_for_whoever_listens_to_libraries(
    trackbook: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    store = connect(trackbook.url)
    assert store.experiments.get("0").name == "Default"
    store.close()
    assert caplog.records == []


def test_a_server_that_is_away_is_told_as_that() -> None:
    store = connect(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(StoreAway, match="check that the server runs"):
        store.runs.get("r")
    store.close()
