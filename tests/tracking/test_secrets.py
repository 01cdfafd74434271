"""What a run is given as a param or tag goes to the journal without secrets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import trackbook as tb

if TYPE_CHECKING:
    from pathlib import Path


def test_secrets_in_params_and_tags_are_replaced_and_said() -> None:
    with tb.start_run(tags={"remote": "https://me:hunter22@host/x.git"}) as run:
        tb.log_param("api_key", "abcdef123456")
        tb.log_param("use_cls_token", True)
        tb.log_params({"pad_token": "[PAD]", "url": "https://host/x?token=abc123def"})
        tb.set_tag("password", "hunter22")
        journal = run.session.settings.home
        assert run.flush()
    data = tb.get_run(run.run_id).data
    assert data.params == {
        "api_key": "[secret: key]",
        "use_cls_token": "True",
        "pad_token": "[PAD]",
        "url": "https://host/x?token=[secret: token in a URL]",
    }
    assert data.tags["password"] == "[secret: password]"
    assert data.tags["remote"] == "https://me:[secret: password in a URL]@host/x.git"
    said = json.loads(data.tags["trackbook.warnings"])
    assert [one for one in said if "source.py" not in one] == [  # this very file is the run's script
        "secrets were replaced in tag remote: password in a URL",
        "secrets were replaced in param api_key: key",
        "secrets were replaced in param url: token in a URL",
        "secrets were replaced in tag password: password",
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
