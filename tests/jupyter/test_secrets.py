"""A secret planted in a cell is nowhere in the home, and the run says what was replaced where."""

from __future__ import annotations

import json
import subprocess
from threading import Event
from typing import TYPE_CHECKING

import pytest

from trackbook.capture.secrets import assignments
from trackbook.core.ports import walk_files
from trackbook.jupyter.watching import TELLING
from trackbook.tracking.session import current_session

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Notebook

PASSWORD = "hunter22" + "!x"
OTHER = "correct-horse" + "-7-battery"
TOKEN = "ghp_" + "aB3dE6gH9" * 4
CELL = f"""%%track --quiet --tag remote=https://me:{PASSWORD}@host/x.git --tag kind=plain
password = "{PASSWORD}"
url = "https://host/x?token={PASSWORD}"
use_cls_token = True
pad_token = "[PAD]"
lr = 0.1
print("{TOKEN}")
raise ValueError(f"no access with https://me:{{password}}@host")
"""


def test_a_source_that_cannot_be_searched_in_time_is_left_out(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trackbook.jupyter.recording.SEARCH_S", 0.0)
    ran = notebook.run("%%track --quiet\n" + "key = 1\n" * 300 + f"password = '{PASSWORD}'")
    assert ran.error is None
    (run,) = notebook.runs
    assert notebook.cell(run).source == "# left out: too long to be searched for secrets in time"
    assert "lack its source" in run.data.tags["trackbook.warnings"]


def test_a_planted_secret_does_not_reach_the_store(notebook: Notebook) -> None:
    notebook.run(f"api_key = '{PASSWORD}'")
    ran = notebook.run(CELL)
    assert TOKEN in ran.stdout, "the cell itself runs as it is"
    assert PASSWORD in str(ran.error)
    assert notebook.hooks.workers.wait(20)
    run = notebook.last
    assert notebook.cell(run).source == notebook.artifact(run, "trackbook/source.py")
    assert 'password = "[secret: password]"' in notebook.artifact(run, "trackbook/source.py")
    assert "[secret: key]" in notebook.artifact(run, "trackbook/history.json")
    assert "[secret: password in a URL]" in notebook.artifact(run, "trackbook/traceback.txt")
    assert run.data.tags["remote"] == "https://me:[secret: password in a URL]@host/x.git"
    assert run.data.tags["kind"] == "plain"
    assert run.data.params["pad_token"] == "[PAD]"
    replaced = json.loads(notebook.artifact(run, "trackbook/secrets.json"))["replaced"]
    assert {"place": "trackbook/source.py", "kind": "password", "line": 2} in replaced
    assert {"trackbook/source.py", "trackbook/history.json", "trackbook/traceback.txt", "tag remote"} <= {
        one["place"] for one in replaced
    }
    assert "secrets were replaced in trackbook/source.py" in run.data.tags["trackbook.warnings"]
    left = [path for path in notebook.home.rglob("*") if path.is_file() and _holds(path.read_bytes())]
    assert left == []
    paths = [info.path for info in walk_files(current_session().reading.artifacts, run.info.run_id)]
    assert len(paths) > 5
    assert not any(_holds(notebook.artifact(run, path).encode()) for path in paths), (
        "what is compressed is looked at too"
    )


def _holds(data: bytes) -> bool:
    return PASSWORD.encode() in data or TOKEN.encode() in data


def test_a_cell_without_secrets_lists_none(notebook: Notebook) -> None:
    notebook.ran("%%track --quiet\nuse_cls_token = True")
    assert notebook.hooks.workers.wait(20)
    assert "trackbook.warnings" not in notebook.last.data.tags


@pytest.mark.parametrize("word", [*assignments.KEYWORDS, *assignments.LOGINS])
def test_a_cell_with_a_word_that_names_secrets_is_read(word: str) -> None:
    assert any(telling in word for telling in TELLING)


def test_a_secret_of_an_earlier_cell_is_known_where_only_its_value_turns_up(notebook: Notebook) -> None:
    busy = Event()
    notebook.hooks.workers.later.submit(busy.wait)  # with what a run before it left to do
    try:
        notebook.run(f"import trackbook as tb\nsmtp_pw = '{OTHER}'")
        notebook.run(
            "%%track --quiet\nprint(smtp_pw)\ntb.log_param('note', f'it is {smtp_pw}')\ntb.set_tag('word', smtp_pw)"
        )
    finally:
        busy.set()
    assert notebook.hooks.workers.wait(20)
    run = notebook.last
    assert "[secret: password]" in notebook.artifact(run, "trackbook/outputs.json")
    assert run.data.params["note"] == "it is [secret: password]"
    assert run.data.tags["word"] == "[secret: password]"
    for info in walk_files(current_session().reading.artifacts, run.info.run_id):
        assert OTHER not in notebook.artifact(run, info.path)


_BODY = "\n".join("MIIEow" + "IBAAKCAQEAx7Qz9Lk2" + str(line) * 40 for line in range(3))
EVERYWHERE = {
    "AWS key": "AKIA" + "Z7VR3KQ2LWNP5TXD",
    "token in a URL": "https://host.example/x?token=" + "abc1" + "23def456",
    "private key": f"-----BEGIN RSA {'PRIVATE'} KEY-----\n{_BODY}\n-----END RSA {'PRIVATE'} KEY-----",
    "password assignment": "password = '" + "hunter22" + "!x9'",
}
PLACES = """
import os, trackbook as tb
from IPython.display import HTML, display
note = {secret!r}
print({secret!r})
display(HTML("<b>" + {secret!r}))
tb.log_param("given", {secret!r})
tb.set_tag("told", {secret!r})
tb.log_text({secret!r}, "mine.txt")
{secret!r}
"""


@pytest.mark.parametrize("kind", EVERYWHERE)
def test_a_secret_of_each_kind_is_replaced_in_each_place(
    notebook: Notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    secret = EVERYWHERE[kind]
    inner = secret.splitlines()[-2] if kind == "private key" else secret[-12:].strip("'= ")
    git = ["git", "-C", str(tmp_path)]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "remote", "add", "origin", f"https://me:{inner}@host.example/x.git"], check=True)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", secret)
    (tmp_path / "settings.txt").write_text(secret)
    notebook.run(f"earlier = {secret!r}")
    notebook.run("%%track --quiet\n" + PLACES.format(secret=secret))
    assert notebook.hooks.workers.wait(20)
    run = notebook.last
    files = {info.path for info in walk_files(current_session().reading.artifacts, run.info.run_id)}
    logged = files - {"mine.txt"}  # what a user logs is the user's
    assert {f"trackbook/{name}" for name in ("source.py", "history.json", "outputs.json", "environment.json")} <= logged
    found = {name for name in logged if inner in notebook.artifact(run, name)}
    told = {key: text for key, text in (*run.data.params.items(), *run.data.tags.items()) if inner in text}
    assert not found
    assert not told
    replaced = {one["place"] for one in json.loads(notebook.artifact(run, "trackbook/secrets.json"))["replaced"]}
    assert replaced >= {
        "trackbook/source.py",
        "trackbook/history.json",
        "trackbook/outputs.json",
        "param given",
        "trackbook/environment.json",
        "tag told",
    }
