"""Model URIs."""

import pytest

from trackbook.errors import InvalidName, InvalidValue, UnsafePath
from trackbook.models.uris import RegisteredModelUri, RunModelUri, parse


@pytest.mark.parametrize(
    ("uri", "parts"),
    [
        ("runs:/abc/model", RunModelUri("abc", "model")),
        ("runs:/abc/deep/model/", RunModelUri("abc", "deep/model")),
        ("runs:///abc/model", RunModelUri("abc", "model")),
        ("models:/name/3", RegisteredModelUri("name", version="3")),
        ("models:/name/03", RegisteredModelUri("name", version="3")),
        ("models:/name/latest", RegisteredModelUri("name", version="latest")),
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
