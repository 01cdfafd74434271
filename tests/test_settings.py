"""Settings: each value with its origin, and relative paths from the project's root."""

from pathlib import Path

import pytest

from trackbook import settings
from trackbook.settings import from_root


@pytest.fixture
def project(tmp_path):
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "notebooks" / "deep").mkdir(parents=True)
    return tmp_path.resolve()


@pytest.mark.parametrize(
    ("address", "meant"),
    [
        ("runs", "{root}/runs"),
        ("../runs", "{root}/../runs"),
        ("/data/runs", "/data/runs"),
        ("sqlite:///runs.db", "sqlite:///{root}/runs.db"),
        ("sqlite:///a/runs.db?mode=ro", "sqlite:///{root}/a/runs.db?mode=ro"),
        ("sqlite:////data/runs.db", "sqlite:////data/runs.db"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("postgresql://host/name", "postgresql://host/name"),
        ("s3://bucket/prefix", "s3://bucket/prefix"),
    ],
)
def test_a_relative_address_is_meant_from_the_projects_root(project, address, meant):
    variables = {"TRACKBOOK_TRACKING_URI": address, "TRACKBOOK_ARTIFACT_ROOT": address}
    found = settings.load(project / "notebooks" / "deep", environ=variables)
    assert found.tracking_uri == found.artifact_root == meant.format(root=project)
    assert found.origin["artifact_root"] == "environment variable TRACKBOOK_ARTIFACT_ROOT"


def test_a_home_folder_is_opened_out(project):
    assert from_root("~/runs", project) == str(Path("~/runs").expanduser())


def test_an_argument_is_taken_as_it_is(project):
    assert settings.load(project, tracking_uri="runs", environ={}).tracking_uri == "runs"


def test_artifacts_lie_beside_the_store_by_default(project):
    found = settings.load(project, environ={})
    assert (found.artifact_root, found.origin["artifact_root"]) == ("", "default")


@pytest.mark.parametrize(("written", "meant"), [("1", True), ("true", True), ("0", False), ("", False)])
def test_outputs_in_snapshots_are_asked_for_by_a_word(project, written, meant):
    assert settings.load(project, environ={"TRACKBOOK_NOTEBOOK_OUTPUTS": written}).notebook_outputs is meant


def test_the_project_s_file_may_say_yes(project):
    (project / "pyproject.toml").write_text("[tool.trackbook]\nnotebook_outputs = true\n")
    found = settings.load(project, environ={})
    assert found.notebook_outputs
    assert found.origin["notebook_outputs"].endswith("pyproject.toml")
