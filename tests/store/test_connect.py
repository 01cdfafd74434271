"""Addresses."""

from __future__ import annotations

from pathlib import Path

import pytest

from trackbook.connect import connect
from trackbook.errors import InvalidValue, StoreUnavailable


@pytest.mark.parametrize("form", ["{}", "file://{}", "{}/"])
def test_a_folder(tmp_path: Path, form: str) -> None:
    store = connect(form.format(tmp_path / "a home"))
    assert {path.name for path in (tmp_path / "a home").iterdir()} == {"artifacts", "journal"}
    assert store.experiments.get("0").artifact_location == (tmp_path / "a home" / "artifacts" / "0").as_uri()
    assert (tmp_path / "a home" / "trackbook.db").exists()


def test_a_relative_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    store = connect(".trackbook")
    monkeypatch.chdir("/")
    store.runs.keys()
    assert (tmp_path / ".trackbook" / "trackbook.db").exists()


def test_a_file(tmp_path: Path) -> None:
    store = connect(f"sqlite:///{tmp_path}/sub/my.db")
    assert store.uri == f"sqlite:///{tmp_path}/sub/my.db"
    store.runs.keys()
    assert (tmp_path / "sub" / "my.db").exists()


@pytest.mark.parametrize("address", ["http://localhost:5000", "https://example.org/x"])
def test_a_servers_address_is_asked_by_the_first_call(address: str) -> None:
    store = connect(address)
    assert store.uri == address
    store.close()


@pytest.mark.parametrize("address", ["mysql://host/db", "sqlite://", "sqlite:///:memory:", "sqlite:///x.db?mode=zz"])
def test_unknown_addresses(address: str) -> None:
    with pytest.raises(InvalidValue, match=address.split(":")[0]):
        connect(address)


def test_a_refused_address_keeps_the_password_to_itself() -> None:
    with pytest.raises(InvalidValue, match="example") as refused:
        connect("mysql://me:secret@example/name")
    assert "secret" not in str(refused.value)


def test_a_server_that_is_not_there_keeps_the_password_to_itself(tmp_path: Path) -> None:
    store = connect("postgresql://ann:secret@127.0.0.1:1/db?connect_timeout=1", journal=tmp_path / "journal")
    with pytest.raises(StoreUnavailable) as caught:
        store.runs.keys()
    assert "secret" not in str(caught.value)
    assert "127.0.0.1" in str(caught.value)


def test_a_home_ignores_itself_in_git(tmp_path):
    connect(str(tmp_path / ".trackbook")).close()
    assert (tmp_path / ".trackbook" / ".gitignore").read_text() == "*\n"
    connect(str(tmp_path / "elsewhere")).close()
    assert not (tmp_path / "elsewhere" / ".gitignore").exists()
