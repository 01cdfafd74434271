"""The port `Registry`."""

from __future__ import annotations

import pytest

from trackbook.core.ports import Store
from trackbook.errors import AlreadyExists, InvalidName, NotFound


def test_a_model_and_its_versions(store: Store) -> None:
    registry = store.registry
    registry.create_model("churn", "who leaves", {"team": "a"})
    first = registry.create_version("churn", "runs:/r/model", "r", "the first", {"by": "ann"})
    second = registry.create_version("churn", "runs:/s/model")
    assert (first.version, first.run_id, first.status, first.tags) == ("1", "r", "READY", {"by": "ann"})
    assert (second.version, second.run_id) == ("2", None)
    model = registry.get_model("churn")
    assert (model.description, model.tags) == ("who leaves", {"team": "a"})
    assert [one.version for one in model.latest_versions] == ["2"]
    assert registry.latest_version("churn") == second
    assert registry.get_version("churn", "1") == first


def test_names(store: Store) -> None:
    store.registry.create_model("churn")
    with pytest.raises(AlreadyExists):
        store.registry.create_model("churn")
    for name in ("", "a/b", "a:b", "."):
        with pytest.raises(InvalidName):
            store.registry.create_model(name)


def test_what_is_not_there(store: Store) -> None:
    registry = store.registry
    with pytest.raises(NotFound, match="nobody"):
        registry.get_model("nobody")
    with pytest.raises(NotFound, match="nobody"):
        registry.create_version("nobody", "x")
    registry.create_model("churn")
    with pytest.raises(NotFound, match="no version"):
        registry.latest_version("churn")
    for version in ("1", "latest", "", "9" * 30):
        with pytest.raises(NotFound):
            registry.get_version("churn", version)
    with pytest.raises(NotFound, match="champion"):
        registry.get_version_by_alias("churn", "champion")


def test_an_alias_moves(store: Store) -> None:
    registry = store.registry
    registry.create_model("churn")
    for _ in range(2):
        registry.create_version("churn", "x")
    registry.set_alias("churn", "champion", "1")
    registry.set_alias("churn", "blue", "1")
    registry.set_alias("churn", "champion", "2")
    assert registry.get_version_by_alias("churn", "champion").version == "2"
    assert registry.get_version("churn", "1").aliases == ("blue",)
    assert registry.get_model("churn").aliases == {"champion": "2", "blue": "1"}
    registry.delete_alias("churn", "champion")
    registry.delete_alias("churn", "champion")
    assert registry.get_model("churn").aliases == {"blue": "1"}
    for alias in ("latest", "v2", "a b"):
        with pytest.raises(InvalidName):
            registry.set_alias("churn", alias, "1")
    with pytest.raises(NotFound):
        registry.set_alias("churn", "champion", "3")


def test_search(store: Store) -> None:
    registry = store.registry
    for name in ("a", "b", "B2"):
        registry.create_model(name, tags={"mlflow.prompt.is_prompt": "true"} if name == "b" else None)
        registry.create_version(name, f"runs:/{name}/model", run_id=f"run {name}")
    names = {
        "": ["B2", "a", "b"],
        "name LIKE 'b%'": ["b"],
        "name ILIKE 'b%'": ["B2", "b"],
        # What MLflow's client adds to every search: models without the tag match.
        "name ILIKE 'b%' AND tag.`mlflow.prompt.is_prompt` != 'true'": ["B2"],
        "tags.`mlflow.prompt.is_prompt` = 'true'": ["b"],
    }
    for text, expected in names.items():
        assert [model.name for model in registry.search_models(text).items] == expected, text
    registry.create_version("a", "x")
    versions = registry.search_versions("name = 'a'")
    assert ([one.version for one in versions.items], versions.total) == (["2", "1"], 2)
    assert [one.name for one in registry.search_versions("run_id = 'run b'").items] == ["b"]
    assert [one.name for one in registry.search_versions("run_id IN ('run b', 'run B2')").items] == ["B2", "b"]
    assert registry.search_versions("version_number > 1").total == 1
    assert registry.search_versions("NOT run_id = 'run b'").total == 3


def test_pages(store: Store) -> None:
    for n in range(5):
        store.registry.create_model(f"m{n}")
        store.registry.create_version("m0", f"source {n}")
    found: list[str] = []
    token = None
    while True:
        page = store.registry.search_models(limit=2, page_token=token)
        found += [model.name for model in page.items]
        token = page.next_page_token
        if token is None:
            break
    assert found == ["m0", "m1", "m2", "m3", "m4"]
    first = store.registry.search_versions(limit=3)
    second = store.registry.search_versions(limit=3, page_token=first.next_page_token)
    assert [one.version for one in (*first.items, *second.items)] == ["5", "4", "3", "2", "1"]
