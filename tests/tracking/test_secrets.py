"""What a run is given as a param or tag goes to the journal without secrets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd
import pytest

import trackbook as tb

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("session")


def test_secrets_in_params_and_tags_are_replaced_and_said() -> None:
    with tb.start_run(tags={"remote": "https://me:hunter22@host/x.git"}) as run:
        tb.log_param("api_key", "abcdef123456")
        tb.log_param("use_cls_token", True)
        tb.log_params({"pad_token": "[PAD]", "url": "https://host/x?token=abc123def"})
        tb.set_tag("password", "hunter22")
        tb.log_param("config", {"db": {"password": "hunter22x"}, "pw": "hunter22y"})
        journal = run.session.settings.home
        assert run.flush()
    data = tb.get_run(run.run_id).data
    assert data.params == {
        "api_key": "[secret: key]",
        "use_cls_token": "True",
        "pad_token": "[PAD]",
        "url": "https://host/x?token=[secret: token in a URL]",
        "config": "{'db': {'password': '[secret: password]'}, 'pw': '[secret: password]'}",
    }
    assert data.tags["password"] == "[secret: password]"
    assert data.tags["remote"] == "https://me:[secret: password in a URL]@host/x.git"
    said = json.loads(data.tags["trackbook.warnings"])
    assert [one for one in said if "source.py" not in one] == [  # this very file is the run's script
        "secrets were replaced in tag remote: password in a URL",
        "secrets were replaced in param api_key: key",
        "secrets were replaced in param url: token in a URL",
        "secrets were replaced in tag password: password",
        "secrets were replaced in param config: password (2)",
    ]
    assert not any("hunter22" in text for text in _files(journal))


def test_logging_the_same_secret_again_is_no_conflict() -> None:
    with tb.start_run():
        tb.log_param("api_key", "abcdef123456")
        tb.log_param("api_key", "abcdef123456")


def _files(folder: Path) -> list[str]:
    return [path.read_bytes().decode("latin-1") for path in folder.rglob("*") if path.is_file()]


def test_secrets_in_a_runs_name_and_in_what_an_input_is_called_are_replaced() -> None:
    key = "AKIA" + "Z7VR3KQ2LWNP5TXD"
    with tb.start_run(run_name=f"with {key}") as run:
        tb.log_input([1, 2], name=f"of {key}", version=key)
        journal = run.session.settings.home
        assert run.flush()
    stored = tb.get_run(run.run_id)
    assert stored.info.run_name == "with [secret: AWS key]"
    (found,) = stored.inputs.dataset_inputs
    assert found.dataset.name == "of [secret: AWS key]"
    assert not any(key in text for text in _files(journal))


def test_secrets_in_names_and_in_columns_are_replaced_and_said() -> None:
    key = "AKIA" + "Z7VR3KQ2LWNP5TXD"
    tb.set_experiment(f"with {key}")
    with tb.start_run() as run:
        for step in range(2):
            tb.log_metric(f"m {key}", 1.0, step)
        tb.log_param(f"p {key}", 1)
        tb.set_tag(f"t {key}", 1)
        tb.log_input(pd.DataFrame({key: [1], "plain": [2]}), name="frame")
        journal = run.session.settings.home
        assert run.flush()
    stored = tb.get_run(run.run_id)
    assert tb.get_experiment(stored.info.experiment_id).name == "with [secret: AWS key]"
    assert stored.data.metrics == {"m secret: AWS key": 1.0}
    assert stored.data.params == {"p secret: AWS key": "1"}
    assert stored.data.tags["t secret: AWS key"] == "1"
    schema = stored.inputs.dataset_inputs[0].dataset.schema
    assert "plain" in schema
    assert "[secret: AWS key]" in schema
    said = stored.data.tags["trackbook.warnings"]
    for place in ("the name of metric m", "the name of param p", "the name of tag t", "the schema of input frame"):
        assert f"secrets were replaced in {place}" in said
    assert not any(key in text for text in _files(journal))


def test_a_secret_that_a_long_value_is_cut_in_is_replaced_whole() -> None:
    token = "ghp_" + "aB3dE6gH9k" * 4
    with tb.start_run() as run:
        tb.log_param("long", "x " * 2990 + token + "z" * 100)
        assert run.flush()
    kept = tb.get_run(run.run_id).data.params["long"]
    assert "aB3d" not in kept
    assert len(kept) <= 6000


@pytest.mark.parametrize("before", [7_990, 15_990])
def test_a_secret_across_the_cut_of_a_long_error_is_replaced(before: int) -> None:
    key = "AKIA" + "Z7VR3KQ2LWNP5TXD"
    shrinks = f"token={'0a1b2c3d4e' * 90} " * (before // 4000)  # what is replaced gets shorter
    text = f"{shrinks}{'x ' * ((before - len(shrinks)) // 2)}{key} and more {'y ' * 5_000}"
    with pytest.raises(ValueError, match="x x"), tb.start_run() as run:
        raise ValueError(text)
    assert run.flush()
    message = tb.get_run(run.run_id).data.tags["trackbook.error.message"]
    assert len(message) <= 8000
    assert "AKIA" not in message


class Unspeakable(Exception):
    def __str__(self) -> str:
        raise RuntimeError


def test_an_error_without_a_text_is_the_one_that_is_raised() -> None:
    with pytest.raises(Unspeakable), tb.start_run() as run:
        raise Unspeakable
    assert run.flush()
    found = tb.get_run(run.run_id)
    assert (found.info.status, found.data.tags["trackbook.error.type"]) == ("FAILED", "Unspeakable")
