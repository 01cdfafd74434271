"""A card tells what the store knows, whole and bounded."""

import json

import pytest

from trackbook.core import tags
from trackbook.errors import NotFound
from trackbook.models.registration import register_model
from trackbook.widgets.cards import MAX_ARTIFACTS, card_of
from trackbook.widgets.origins import ENDED_EARLY, warnings


def by_key(items):
    return {item["key"]: item for item in items}


def test_card_compares_with_the_version_before(session, full_run):
    card = card_of(session.store, full_run)
    assert card["cell"]["version"] == 2
    assert card["cell"]["previous_name"] == "first"
    assert by_key(card["params"])["C"]["previous"] == "1"
    assert by_key(card["params"])["kernel"]["previous"] is None
    assert by_key(card["metrics"])["accuracy"]["delta"] == pytest.approx(0.2)
    assert by_key(card["metrics"])["loss"]["delta"] is None
    assert [line["op"] for line in card["diff"]] == ["-", "+", " ", "-", "+"]


def test_card_says_where_values_came_from(session, full_run):
    card = card_of(session.store, full_run, {"kernel": "read"})
    origin = {key: item["origin"] for key, item in by_key(card["params"] + card["metrics"]).items()}
    assert origin == {"C": "assigned", "kernel": "read", "accuracy": "computed", "loss": "logged"}


def test_card_sets_the_machine_apart_and_leaves_system_tags_out(session, full_run):
    card = card_of(session.store, full_run)
    assert "system/cpu" not in by_key(card["metrics"])
    assert [item["key"] for item in card["system"]] == ["system/cpu"]
    assert list(by_key(card["tags"])) == ["note", "team"]


def test_card_shows_environment_error_model_and_warning(session, full_run):
    card = card_of(session.store, full_run)
    assert card["environment"] == {
        "python": "3.11.7",
        "platform": "Linux-6",
        "packages": 2,
        "git": {"commit": "abc123", "branch": "main", "dirty": True},
    }
    assert card["error"]["traceback"] == "Traceback: <b>boom</b>"
    assert card["models"] == [
        {"path": "model", "flavor": "sklearn", "class_name": "sklearn.svm._classes.SVC", "registered": []}
    ]
    assert card["warnings"] == ["param x was too odd"]


def test_registered_versions_stand_beside_their_model(session, full_run):
    register_model(f"runs:/{full_run}/model", "m'o\"del", alias="champion")
    assert card_of(session.store, full_run)["models"][0]["registered"] == [
        {"name": "m'o\"del", "version": "1", "aliases": ["champion"]}
    ]


def test_card_of_a_first_version_has_nothing_to_compare(session, new_run):
    run = new_run("alone")
    card = card_of(session.reading, run.run_id)
    assert card["diff"] is None
    assert card["cell"]["previous_run_id"] is None


def test_card_stays_small_however_much_a_run_holds(session, new_run):
    run = new_run("big", end=None)
    run.log_params({f"p{i}": "v" * 5000 for i in range(300)})
    for i in range(MAX_ARTIFACTS + 10):
        run.log_text("x", f"files/{i}.txt")
    run.set_tag(tags.ERROR_TYPE, "E")
    run.log_text("line\n" * 100_000, tags.TRACEBACK_FILE)
    run.end()
    card = card_of(session.reading, run.run_id)
    assert len(json.dumps(card)) < 300_000
    assert len(card["artifacts"]) == MAX_ARTIFACTS
    assert card["artifact_count"] == MAX_ARTIFACTS + 11


def test_files_that_do_not_parse_are_as_good_as_absent(session, new_run):
    run = new_run("odd", end=None)
    run.log_text("{not json", tags.ENVIRONMENT_FILE)
    run.log_text("[" * 100_000, tags.HISTORY_FILE)
    run.log_text("!!python/object:os.system x", "bad/MLmodel")
    run.set_tags({tags.ORIGINS: "[1", tags.WARNINGS: "3"})
    run.end()
    card = card_of(session.reading, run.run_id)
    assert card["environment"] is None
    assert card["models"] == []
    assert card["warnings"] == []


def test_unknown_run_is_told(session):
    with pytest.raises(NotFound):
        card_of(session.store, "0" * 32)


@pytest.mark.parametrize(("until_ms", "said"), [(1, True), (99_999_999_999_999, False), ("soon", False)])
def test_warnings_say_when_a_kernel_ended_before_all_was_kept(until_ms, said):
    found = warnings({tags.COLLECTING: str(until_ms), tags.WARNINGS: '["x was too odd"]'}, now_ms=10)
    assert found == ["x was too odd", *[ENDED_EARLY] * said]
