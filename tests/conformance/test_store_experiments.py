"""The port `Experiments`."""

from __future__ import annotations

import pytest
from conformance_tools import ids, start

from trackbook.core.entities import ViewType
from trackbook.core.ports import Store
from trackbook.errors import AlreadyExists, FilterSyntaxError, InvalidState, InvalidValue, NotFound


def test_default_is_there_from_the_start(store: Store) -> None:
    assert store.experiments.get("0").name == "Default"
    assert [one.experiment_id for one in store.experiments.search().items] == ["0"]


def test_a_created_experiment_is_found_by_id_and_name(store: Store) -> None:
    number = store.experiments.create("churn", tags={"team": "a"})
    found = store.experiments.get(number)
    assert number.isdecimal()
    assert found == store.experiments.get_by_name("churn")
    assert (found.name, found.tags, found.lifecycle_stage) == ("churn", {"team": "a"}, "active")
    assert found.creation_time > 0
    assert found.artifact_location.endswith(f"/{number}")


def test_unknown_ids_and_names(store: Store) -> None:
    for unknown in ("17", "x", "", "-1", "9" * 40, "١"):
        with pytest.raises(NotFound):
            store.experiments.get(unknown)
    assert store.experiments.get_by_name("nobody") is None


def test_an_active_name_is_taken(store: Store) -> None:
    store.experiments.create("churn")
    with pytest.raises(AlreadyExists, match="churn"):
        store.experiments.create("churn")


def test_a_deleted_name_can_be_used_again(store: Store) -> None:
    first = store.experiments.create("churn")
    store.experiments.delete(first)
    second = store.experiments.create("churn")
    assert first != second
    by_name = store.experiments.get_by_name("churn")
    assert by_name is not None
    assert by_name.experiment_id == second
    with pytest.raises(AlreadyExists, match="rename"):
        store.experiments.restore(first)


def test_by_name_finds_the_deleted_one_where_no_other_is(store: Store) -> None:
    number = store.experiments.create("churn")
    store.experiments.delete(number)
    found = store.experiments.get_by_name("churn")
    assert found is not None
    assert (found.experiment_id, found.lifecycle_stage) == (number, "deleted")


def test_runs_go_and_come_back_with_their_experiment(store: Store) -> None:
    number = store.experiments.create("churn")
    start(store, "kept", number)
    start(store, "gone", number)
    store.runs.delete("gone")
    store.experiments.delete(number)
    assert ids(store, experiment_ids=[number]) == []
    assert [key.key for key in store.runs.keys([number])] == []
    store.experiments.restore(number)
    assert ids(store, experiment_ids=[number]) == ["kept"]


def test_default_stays(store: Store) -> None:
    with pytest.raises(InvalidState):
        store.experiments.delete("0")


def test_rename_and_tags(store: Store) -> None:
    number = store.experiments.create("churn")
    store.experiments.create("taken")
    store.experiments.rename(number, "churn 2")
    store.experiments.set_tag(number, "note", "old")
    store.experiments.set_tag(number, "note", "new")
    found = store.experiments.get(number)
    assert (found.name, found.tags) == ("churn 2", {"note": "new"})
    with pytest.raises(AlreadyExists):
        store.experiments.rename(number, "taken")
    store.experiments.delete(number)
    with pytest.raises(InvalidState, match="restore"):
        store.experiments.rename(number, "x")


def test_a_tag_is_deleted(store: Store) -> None:
    number = store.experiments.create("churn", tags={"mlflow.note.content": "who leaves", "k": "v"})
    store.experiments.delete_tag(number, "k")
    assert store.experiments.get(number).tags == {"mlflow.note.content": "who leaves"}
    with pytest.raises(NotFound, match="tag"):
        store.experiments.delete_tag(number, "k")


def test_search_by_name_tag_and_view(store: Store) -> None:
    first = store.experiments.create("churn", tags={"team": "a"})
    store.experiments.create("Churn 2", tags={"team": "b"})
    names = {
        "name LIKE 'ch%'": ["churn"],
        "name ILIKE 'ch%'": ["Churn 2", "churn"],
        "tags.team = 'b' OR name = 'Default'": ["Churn 2", "Default"],
        "NOT tags.team = 'a'": ["Churn 2", "Default"],
        "creation_time > 0 AND experiment_id != '0'": ["Churn 2", "churn"],
        f"experiment_id IN ('{first}', '0')": ["churn", "Default"],
    }
    for text, expected in names.items():
        assert [one.name for one in store.experiments.search(text).items] == expected, text
    store.experiments.delete(first)
    assert [one.name for one in store.experiments.search(view=ViewType.DELETED_ONLY).items] == ["churn"]
    assert store.experiments.search(view=ViewType.ALL).total == 3


def test_pages_go_on_where_they_ended(store: Store) -> None:
    for n in range(5):
        store.experiments.create(f"e{n}")
    first = store.experiments.search(order_by=["name DESC"], limit=2)
    store.experiments.create("e9")
    second = store.experiments.search(order_by=["name DESC"], limit=2, page_token=first.next_page_token)
    assert [one.name for one in (*first.items, *second.items)] == ["e4", "e3", "e2", "e1"]
    last = store.experiments.search(order_by=["name DESC"], limit=2, page_token=second.next_page_token)
    assert (len(last.items), last.next_page_token) == (2, None)


def test_bad_questions_are_refused(store: Store) -> None:
    with pytest.raises(FilterSyntaxError):
        store.experiments.search("metrics.x > 1")
    with pytest.raises(InvalidValue, match="page"):
        store.experiments.search(limit=0)
    with pytest.raises(InvalidValue, match="token"):
        store.experiments.search(page_token="nonsense")


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 501])
def test_names_outside_the_rules(store: Store, name: str) -> None:
    with pytest.raises(InvalidValue):
        store.experiments.create(name)


def test_odd_names_stay_as_they_are(store: Store) -> None:
    for name in ("<script>alert(1)</script>", "'; DROP TABLE runs; --", "🐧 ünï", "x" * 500):
        assert store.experiments.get(store.experiments.create(name)).name == name
