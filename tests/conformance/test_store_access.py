"""Users, groups, tokens and grants, and searches that find only what may be seen."""

from __future__ import annotations

import pytest
from conformance_tools import ids
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from trackbook.core.access import ALL, Kind, Resource, Rights, Role, Sight, seeing
from trackbook.core.ports import RunQuery
from trackbook.errors import AlreadyExists, InvalidName, InvalidValue, NotFound
from trackbook.store.sql import SqlStore

LAB, MODEL = Resource(Kind.EXPERIMENT, "1"), Resource(Kind.MODEL, "m")


@pytest.fixture
def store(store) -> SqlStore:
    """With one user, one group, one experiment, one model."""
    store.access.add_user("ann", Role.NONE, "hash")
    store.access.add_group("lab")
    store.experiments.create("lab's")
    store.registry.create_model("m")
    return store


def test_a_users_rights_are_the_greatest_of_all_that_are_given(store):
    access = store.access
    assert access.rights(access.user("ann")) == Rights()
    access.grant(LAB, "lab", Role.EDITOR, is_group=True)
    access.grant(LAB, "ann", Role.READER)
    access.grant(MODEL, "ann", Role.MANAGER)
    assert access.rights(access.user("ann")) == Rights(Role.NONE, {LAB: Role.READER, MODEL: Role.MANAGER})
    access.join("lab", "ann")
    access.join("lab", "ann")
    assert access.user("ann").groups == ("lab",)
    assert access.rights(access.user("ann")).on(LAB) is Role.EDITOR
    access.change_group("lab", Role.MANAGER)
    assert access.rights(access.user("ann")).on(Resource(Kind.EXPERIMENT, "0")) is Role.MANAGER
    access.leave("lab", "ann")
    access.grant(LAB, "ann", Role.NONE)
    assert access.rights(access.user("ann")) == Rights(Role.NONE, {MODEL: Role.MANAGER})


def test_a_grant_follows_a_renamed_model_and_goes_with_a_deleted_one(store):
    access = store.access
    access.grant(MODEL, "ann", Role.EDITOR)
    store.registry.rename_model("m", "new")
    assert access.rights(access.user("ann")).on(Resource(Kind.MODEL, "new")) is Role.EDITOR
    store.registry.delete_model("new")
    store.registry.create_model("new")
    assert access.grants() == []


def test_a_token_is_good_until_it_ends(store):
    access = store.access
    made = access.add_token("ann", "laptop", "d1", 1000, 2000)
    found = access.user_of_token("d1", 1999)
    assert found is not None
    assert found.name == "ann"
    assert access.user_of_token("d1", 2000) is None
    assert access.user_of_token("d2", 1999) is None
    access.revoke(made.id)
    assert access.user_of_token("d1", 1999) is None
    assert [(one.name, one.revoked) for one in access.tokens("ann")] == [("laptop", True)]
    with pytest.raises(NotFound):
        access.revoke(99)


def test_a_new_password_ends_sessions_and_being_disabled_everything(store):
    access = store.access
    access.add_token("ann", "", "session", 0, 2000, is_session=True)
    access.add_token("ann", "laptop", "token", 0, 2000)
    assert access.user_of_token("session", 1, is_session=True) is not None
    assert access.user_of_token("session", 1) is access.user_of_token("token", 1, is_session=True) is None
    assert access.change_user("ann", password_hash="other").password_hash == "other"
    assert access.user_of_token("session", 1, is_session=True) is None
    assert access.user_of_token("token", 1) is not None
    access.change_user("ann", disabled=True)
    access.change_user("ann", disabled=False)
    assert access.user_of_token("token", 1) is None


def test_failures_are_counted_by_name_by_address_and_by_both(store):
    access = store.access
    for time, name, address in ((1, "a", "x"), (2, "a", "x"), (3, "a", "y"), (4, "b", "x")):
        access.add_failure(name, address, time, 0)
    assert [access.failure("a", "x", 0, number) for number in (1, 2, 3)] == [2, 1, None]
    assert (access.failure("a", None, 0, 3), access.failure(None, "x", 0, 1)) == (1, 4)
    assert access.failure("a", "x", 1, 2) is None
    access.drop_failures("a", "x")
    access.drop_failures("nobody", "x")
    assert (access.failure("a", None, 0, 1), access.failure("a", None, 0, 2)) == (3, None)
    access.add_failure("c", "z", 10, 4)
    assert [access.failure(None, address, 0, 1) for address in "xyz"] == [None, None, 10]


def test_what_no_database_takes_is_nobodys_name(store):
    with pytest.raises((NotFound, InvalidValue)):
        store.access.user("a\0b")


def test_errors_of_the_driver_tell_no_values(store):
    with pytest.raises(DBAPIError) as raised, store.database.write() as connection:
        connection.execute(text("SELECT :secret FROM nowhere"), {"secret": "hash of a password"})
    assert "hash of a password" not in str(raised.value)


def test_names_are_unique_and_plain(store):
    access = store.access
    with pytest.raises(AlreadyExists):
        access.add_user("ann")
    access.add_user("lab", subject="https://id#1")
    with pytest.raises(AlreadyExists):
        access.add_user("eve", subject="https://id#1")
    for name in ("", "a:b", "a b", "\n", "-x", "a" * 200, "a\x1b[0m"):
        with pytest.raises(InvalidName):
            access.add_user(name)
    with pytest.raises(InvalidValue):
        access.grant(LAB, "ann", Role.ADMIN)
    with pytest.raises(NotFound):
        access.grant(Resource(Kind.EXPERIMENT, "99"), "ann", Role.READER)
    access.grant(LAB, "lab", Role.READER, is_group=True)
    access.delete_group("lab")
    assert access.grants(LAB) == []
    assert access.groups() == []
    access.delete_user("ann")
    with pytest.raises(NotFound):
        access.user("ann")


def test_searches_find_what_may_be_seen_in_full_pages(store, run):
    for number in range(2, 8):
        store.experiments.create(f"e{number}")
        store.registry.create_model(f"m{number}")
        run(f"r{number}", experiment_id=str(number), params={f"p{number}": "1"})
    seen = Sight(frozenset({"2", "4", "6"}), frozenset({"m2", "m4", "m6"}))
    with seeing(seen):
        first = store.experiments.search(limit=2, order_by=["name"])
        assert [one.experiment_id for one in first] == ["2", "4"]
        assert first.total == 3
        second = store.experiments.search(limit=2, order_by=["name"], page_token=first.next_page_token)
        assert [one.experiment_id for one in second] == ["6"]
        assert second.next_page_token is None
        assert [one.name for one in store.registry.search_models(limit=5)] == ["m2", "m4", "m6"]
        assert {one.name for one in store.registry.audit()} == {"m2", "m4", "m6"}
        assert sorted(ids(store)) == ["r2", "r4", "r6"]
        assert ids(store, experiment_ids=["3", "4"]) == ["r4"]
        assert ids(store, experiment_ids=["3"]) == []
        assert [one.key for one in store.runs.keys(None)] == ["p2", "p4", "p6"]
        assert sorted(store.runs.columns(RunQuery()).run_ids) == ["r2", "r4", "r6"]
    assert len(store.runs.columns(RunQuery()).run_ids) == 6
    assert Rights(Role.READER).sight() is ALL
    with seeing(Rights().sight()):
        assert store.experiments.search().items == []
        assert store.registry.search_versions().items == []
