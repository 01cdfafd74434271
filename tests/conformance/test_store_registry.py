"""The port `Registry`."""

from __future__ import annotations

import pytest
from conformance_tools import start

from trackbook.core.ports import Store
from trackbook.errors import AlreadyExists, FilterSyntaxError, InvalidName, InvalidValue, NotFound


def test_a_model_and_its_versions(store: Store) -> None:
    registry = store.registry
    for run_id in "rs":
        start(store, run_id)
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
        registry.create_version("nobody", "s3://b/x")
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
        registry.create_version("churn", "s3://b/x")
    registry.set_alias("churn", "champion", "1")
    registry.set_alias("churn", "blue", "1")
    registry.set_alias("churn", "champion", "2")
    assert registry.get_version_by_alias("churn", "champion").version == "2"
    assert tuple(registry.get_version("churn", "1").aliases) == ("blue",)
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
        registry.create_version(name, f"s3://b/{name}/model", run_id=f"run {name}")
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
    registry.create_version("a", "s3://b/x")
    versions = registry.search_versions("name = 'a'")
    assert ([one.version for one in versions.items], versions.total) == (["2", "1"], 2)
    assert [one.name for one in registry.search_versions("run_id = 'run b'").items] == ["b"]
    assert [one.name for one in registry.search_versions("run_id IN ('run b', 'run B2')").items] == ["B2", "b"]
    assert registry.search_versions("version_number > 1").total == 1
    assert registry.search_versions("NOT run_id = 'run b'").total == 3


def test_pages(store: Store) -> None:
    for n in range(5):
        store.registry.create_model(f"m{n}")
        store.registry.create_version("m0", f"s3://b/source {n}")
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


def test_update_rename_and_tags_of_a_model(store: Store) -> None:
    registry = store.registry
    registry.create_model("churn", tags={"a": "1"})
    registry.create_model("taken")
    registry.create_version("churn", "s3://b/model")
    registry.set_alias("churn", "champion", "1")
    assert registry.update_model("churn", "who leaves").description == "who leaves"
    registry.set_model_tag("churn", "a", "2")
    registry.set_model_tag("churn", "b", "3")
    registry.delete_model_tag("churn", "b")
    registry.delete_model_tag("churn", "b")
    renamed = registry.rename_model("churn", "leavers")
    assert (renamed.name, renamed.tags, renamed.aliases) == ("leavers", {"a": "2"}, {"champion": "1"})
    assert registry.get_version_by_alias("leavers", "champion").name == "leavers"
    with pytest.raises(NotFound):
        registry.get_model("churn")
    with pytest.raises(AlreadyExists, match="taken"):
        registry.rename_model("leavers", "taken")
    with pytest.raises(InvalidName):
        registry.rename_model("leavers", "a/b")


def test_what_is_not_there_cannot_be_changed(store: Store) -> None:
    registry = store.registry
    registry.create_model("churn")
    calls = [
        lambda name: registry.update_model(name, "x"),
        lambda name: registry.rename_model(name, "other"),
        lambda name: registry.delete_model(name),
        lambda name: registry.set_model_tag(name, "k", "v"),
        lambda name: registry.delete_model_tag(name, "k"),
        lambda name: registry.latest_versions(name),
        lambda name: registry.delete_alias(name, "champion"),
    ]
    for call in calls:
        with pytest.raises(NotFound, match="nobody"):
            call("nobody")
    of_version = [
        lambda: registry.update_version("churn", "7", "x"),
        lambda: registry.delete_version("churn", "7"),
        lambda: registry.set_version_tag("churn", "7", "k", "v"),
        lambda: registry.delete_version_tag("churn", "7", "k"),
        lambda: registry.transition("churn", "7", "Production"),
        lambda: registry.copy_version("churn", "7", "churn"),
    ]
    for one in of_version:
        with pytest.raises(NotFound, match="churn/7"):
            one()


def test_a_model_is_deleted_with_its_versions(store: Store) -> None:
    registry = store.registry
    registry.create_model("churn", tags={"a": "1"})
    registry.create_version("churn", "s3://b/x", tags={"b": "2"})
    registry.set_alias("churn", "champion", "1")
    registry.delete_model("churn")
    assert registry.search_versions().total == 0
    registry.create_model("churn")
    assert (registry.get_model("churn").tags, registry.get_model("churn").aliases) == ({}, {})


def test_a_versions_number_is_not_used_again(store: Store) -> None:
    registry = store.registry
    registry.create_model("churn")
    for _ in range(2):
        registry.create_version("churn", "s3://b/x")
    registry.set_alias("churn", "champion", "2")
    registry.delete_version("churn", "2")
    assert registry.get_model("churn").aliases == {}
    assert registry.create_version("churn", "s3://b/x").version == "3"
    with pytest.raises(NotFound):
        registry.get_version("churn", "2")


def test_update_and_tags_of_a_version(store: Store) -> None:
    registry = store.registry
    registry.create_model("churn")
    registry.create_version("churn", "s3://b/x", run_link="https://example.org/r", model_id="m-1", user_id="ann")
    registry.set_version_tag("churn", "1", "k", "v")
    registry.set_version_tag("churn", "1", "k", "w")
    registry.set_version_tag("churn", "1", "gone", "v")
    registry.delete_version_tag("churn", "1", "gone")
    registry.delete_version_tag("churn", "1", "gone")
    changed = registry.update_version("churn", "1", "better")
    assert (changed.description, changed.tags) == ("better", {"k": "w"})
    assert (changed.run_link, changed.model_id, changed.user_id) == ("https://example.org/r", "m-1", "ann")
    assert changed.location == "s3://b/x"


def test_stages(store: Store) -> None:
    registry = store.registry
    registry.create_model("churn")
    for _ in range(4):
        registry.create_version("churn", "s3://b/x")
    for version in ("1", "2"):
        assert registry.transition("churn", version, "PRODUCTION").current_stage == "Production"
    assert [one.version for one in registry.latest_versions("churn")] == ["2", "4"]
    registry.transition("churn", "3", "production", archive_existing=True)
    stages = [registry.get_version("churn", str(n)).current_stage for n in (1, 2, 3, 4)]
    assert stages == ["Archived", "Archived", "Production", "None"]
    newest = {one.current_stage: one.version for one in registry.latest_versions("churn")}
    assert newest == {"Archived": "2", "Production": "3", "None": "4"}
    assert [one.version for one in registry.latest_versions("churn", ["production", "Staging"])] == ["3"]
    assert len(registry.get_model("churn").latest_versions) == 3
    assert registry.latest_version("churn").version == "4"
    with pytest.raises(InvalidValue, match="Staging"):
        registry.transition("churn", "1", "Retired")
    with pytest.raises(InvalidValue, match="Archived"):
        registry.transition("churn", "1", "Archived", archive_existing=True)
    with pytest.raises(InvalidValue):
        registry.latest_versions("churn", ["x"])


def test_a_copy_finds_its_files_after_the_original_is_gone(store: Store) -> None:
    registry = store.registry
    registry.create_model("dev")
    registry.create_model("prod")
    start(store, "r")
    registry.create_version("dev", "runs:/r/model", "r", "good", {"k": "v"})
    first = registry.copy_version("dev", "1", "prod")
    assert (first.name, first.version, first.source) == ("prod", "1", "models:/dev/1")
    assert (first.run_id, first.description, first.tags) == ("r", "good", {"k": "v"})
    second = registry.copy_version("prod", "1", "prod")
    registry.delete_model("dev")
    assert registry.get_version("prod", "1").location == "runs:/r/model" == second.location


def test_search_in_an_order(store: Store) -> None:
    registry = store.registry
    for name in ("b", "c", "a"):
        registry.create_model(name)
        registry.create_version(name, "s3://b/x", run_id=name if name != "b" else None)
    found = [model.name for model in registry.search_models(order_by=["name DESC"]).items]
    assert found == ["c", "b", "a"]
    registry.create_version("a", "s3://b/x")
    first = registry.search_versions(limit=2, order_by=["name", "version_number DESC"])
    token = first.next_page_token
    second = registry.search_versions(limit=2, order_by=["name", "version_number DESC"], page_token=token)
    places = [(one.name, one.version) for one in (*first.items, *second.items)]
    assert places == [("a", "2"), ("a", "1"), ("b", "1"), ("c", "1")]
    equal = registry.search_versions(order_by=["version_number"])
    assert [(one.name, one.version) for one in equal] == [("a", "1"), ("b", "1"), ("c", "1"), ("a", "2")]
    with pytest.raises(InvalidValue, match="token"):
        registry.search_versions(page_token=token)
    with pytest.raises(FilterSyntaxError):
        registry.search_models(order_by=["shoe_size"])
    with pytest.raises(InvalidValue, match="ordered"):
        registry.search_models(order_by=["tags.a"])
