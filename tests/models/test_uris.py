"""Model URIs."""

import pytest

from trackbook.connect import connect
from trackbook.errors import InvalidName, InvalidState, InvalidValue, NotFound, UnsafePath
from trackbook.models.uris import RegisteredModelUri, RunModelUri, parse, resolve


@pytest.mark.parametrize(
    ("uri", "parts"),
    [
        ("runs:/abc/model", RunModelUri("abc", "model")),
        ("runs:/abc/deep/model/", RunModelUri("abc", "deep/model")),
        ("runs:///abc/model", RunModelUri("abc", "model")),
        ("models:/name/3", RegisteredModelUri("name", version="3")),
        ("models:/name/03", RegisteredModelUri("name", version="3")),
        ("models:/name/latest", RegisteredModelUri("name", version="latest")),
        ("models:/name/Latest", RegisteredModelUri("name", version="latest")),
        ("models:/name/production", RegisteredModelUri("name", stage="Production")),
        ("models:/name/None", RegisteredModelUri("name", stage="None")),
        ("models:/a b@champion", RegisteredModelUri("a b", alias="champion")),
        ("models:/me@home@best", RegisteredModelUri("me@home", alias="best")),
        ("models:/a%20b/1", RegisteredModelUri("a b", version="1")),
    ],
)
def test_uri_is_parsed(uri, parts):
    assert parse(uri) == parts
    assert parse(str(parts)) == parts


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "model",
        "runs:/abc",
        "runs:/abc/",
        "models:/",
        "models:/name",
        "models:/name/0",
        "models:/name/x",
        "http:/a/b",
        3,
        None,
        "models:/name/²",
    ],
)
def test_bad_uri_says_which_forms_there_are(uri):
    with pytest.raises(InvalidValue):
        parse(uri)


@pytest.mark.parametrize("uri", ["runs:/abc/../x", "runs:/abc/a/../../x", "runs:/abc/C:/x"])
def test_path_stays_inside_the_run(uri):
    with pytest.raises(UnsafePath):
        parse(uri)


@pytest.mark.parametrize("uri", ["runs:/../x", "models:/n@latest", "models:/n@v1", "models:/n@a b"])
def test_names_keep_their_rules(uri):
    with pytest.raises(InvalidName):
        parse(uri)


def test_versions_stages_and_copies_lead_to_the_run(tmp_path):
    registry = connect(tmp_path).registry
    registry.create_model("m")
    for run in ("a", "b"):
        registry.create_version("m", f"runs:/{run}/model", run)
    registry.transition("m", "1", "Production")
    registry.create_model("copied")
    registry.copy_version("m", "1", "copied")
    assert resolve(registry, "models:/m/Production") == resolve(registry, "models:/m/1") == RunModelUri("a", "model")
    assert resolve(registry, "models:/m/latest") == RunModelUri("b", "model")
    assert resolve(registry, "models:/copied/1") == RunModelUri("a", "model")
    with pytest.raises(NotFound, match="stage"):
        resolve(registry, "models:/m/Staging")
    registry.create_version("m", "s3://elsewhere/model")
    with pytest.raises(InvalidState, match="elsewhere"):
        resolve(registry, "models:/m/latest")
