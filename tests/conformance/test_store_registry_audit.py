"""The port `Registry`: its audit trail."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conformance_tools import start

from trackbook.core.acting import Actor, acting, change_reason
from trackbook.core.entities import AuditEntry
from trackbook.core.ports import Registry, Store
from trackbook.errors import ChangedMeanwhile, InvalidValue, NotFound

Told = tuple[str, str | None, str, str | None, str | None]


def told(entry: AuditEntry) -> Told:
    return entry.action, entry.version, entry.subject, entry.old, entry.new


@pytest.fixture
def registry(store: Store) -> Registry:
    """The model `churn` with versions 1 and 2, the first of them the champion in Production."""
    registry = store.registry
    registry.create_model("churn")
    start(store, "c")
    for run in "ab":
        start(store, run)
        registry.create_version("churn", f"runs:/{run}/model", run)
    registry.set_alias("churn", "champion", "1")
    registry.transition("churn", "1", "Production")
    return registry


CHANGES: list[tuple[Callable[[Registry], object], list[Told]]] = [
    (lambda r: r.update_model("churn", "who leaves"), [("describe_model", None, "", "", "who leaves")]),
    (lambda r: r.set_model_tag("churn", "team", "a"), [("tag_model", None, "team", None, "a")]),
    (lambda r: r.create_version("churn", "runs:/c/m"), [("create_version", "3", "", None, "runs:/c/m")]),
    (lambda r: r.copy_version("churn", "1", "churn"), [("copy_version", "3", "", None, "models:/churn/1")]),
    (lambda r: r.update_version("churn", "2", "new"), [("describe_version", "2", "", "", "new")]),
    (lambda r: r.set_version_tag("churn", "2", "k", "x"), [("tag_version", "2", "k", None, "x")]),
    (lambda r: r.set_alias("churn", "champion", "2"), [("alias", None, "champion", "1", "2")]),
    (lambda r: r.delete_alias("churn", "champion"), [("alias", None, "champion", "1", None)]),
    (
        lambda r: r.transition("churn", "2", "Production", archive_existing=True),
        [("transition", "2", "", "None", "Production"), ("archive", "1", "", "Production", "Archived")],
    ),
    (
        lambda r: r.delete_version("churn", "1"),
        [("delete_version", "1", "", "runs:/a/model", None), ("alias", None, "champion", "1", None)],
    ),
    (
        lambda r: r.delete_model("churn"),
        [("delete_model", None, "", "1, 2", None), ("alias", None, "champion", "1", None)],
    ),
]


@pytest.mark.parametrize("number", range(len(CHANGES)), ids=lambda n: CHANGES[n][1][0][0])
def test_every_change_leaves_an_entry(registry: Registry, number: int) -> None:
    change, expected = CHANGES[number]
    before = len(registry.audit("churn"))
    change(registry)
    assert [told(entry) for entry in registry.audit("churn")][: len(expected)] == expected
    assert len(registry.audit("churn")) == before + len(expected)


def test_tags_that_go_leave_their_last_value(registry: Registry) -> None:
    registry.set_model_tag("churn", "team", "a")
    registry.set_version_tag("churn", "1", "k", "x")
    registry.delete_model_tag("churn", "team")
    registry.delete_version_tag("churn", "1", "k")
    newest = [told(entry) for entry in registry.audit("churn")][:2]
    assert newest == [("tag_version", "1", "k", "x", None), ("tag_model", None, "team", "a", None)]


def test_what_changes_nothing_leaves_none(registry: Registry) -> None:
    before = registry.audit("churn").items
    registry.set_alias("churn", "champion", "1")
    registry.delete_alias("churn", "nobody")
    registry.transition("churn", "1", "Production")
    registry.update_model("churn", "")
    registry.delete_model_tag("churn", "none")
    registry.delete_version_tag("churn", "1", "none")
    with pytest.raises(NotFound):
        registry.set_alias("churn", "champion", "9")
    assert registry.audit("churn").items == before


def test_an_entry_says_who_from_where_and_why(registry: Registry) -> None:
    with acting(Actor("ann", "registry view", "cell [7] of a.ipynb", "better\nrecall")):
        registry.set_alias("churn", "champion", "2")
    with change_reason("back"):
        registry.set_alias("churn", "champion", "1")
    back, moved = registry.audit("churn").items[:2]
    assert (moved.user, moved.client, moved.place) == ("ann", "registry view", "cell [7] of a.ipynb")
    assert (moved.reason, back.reason, back.client) == ("better\nrecall", "back", "Python")
    assert back.id > moved.id
    assert moved.timestamp > 1_700_000_000_000


def test_the_trail_outlives_its_model_and_follows_its_names(registry: Registry) -> None:
    registry.rename_model("churn", "leavers")
    registry.create_model("churn", "another")
    registry.delete_model("leavers")
    actions = [entry.action for entry in registry.audit("leavers")]
    assert actions[:3] == ["delete_model", "alias", "rename_model"]
    assert (actions[-1], len(actions)) == ("create_model", 8)
    assert "another" not in [entry.new for entry in registry.audit("leavers")]
    assert len(registry.audit("nobody")) == 0


def test_pages_of_the_trail(registry: Registry) -> None:
    found: list[int] = []
    token = None
    while True:
        page = registry.audit(limit=2, page_token=token)
        found += [entry.id for entry in page]
        token = page.next_page_token
        if token is None:
            break
    assert found == [entry.id for entry in registry.audit()]
    assert found == sorted(found, reverse=True)
    with pytest.raises(InvalidValue, match="page token"):
        registry.audit(page_token="x")


def test_a_change_on_top_of_one_that_was_not_seen_is_refused(registry: Registry) -> None:
    seen = registry.audit("churn")[0].id
    with acting(Actor("bob")):
        registry.set_alias("churn", "champion", "2")
    with acting(Actor("ann"), seen=seen), pytest.raises(ChangedMeanwhile, match=r"churn.*by bob"):
        registry.set_alias("churn", "champion", "1")
    assert registry.get_version_by_alias("churn", "champion").version == "2"
    with acting(Actor("ann"), seen=registry.audit("churn")[0].id):
        registry.set_alias("churn", "champion", "1")
        registry.set_alias("churn", "blue", "1")
    assert registry.get_version("churn", "1").aliases == ("blue", "champion")
