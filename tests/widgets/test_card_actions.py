"""What a card's reader does with a run: edits that do not overwrite each other, baseline, trash, stop."""

import pytest

from trackbook.core import tags
from trackbook.errors import InvalidState
from trackbook.tracking.starting import begin
from trackbook.widgets.card import CardWidget, show_card
from trackbook.widgets.cards import card_of


def card(session, run_id):
    return CardWidget(card_of(session.reading, run_id), session)


def ask(widget, method, **params):
    answer = widget.answer({"id": "1", "method": method, "params": params})
    return answer.get("error") or answer["result"]


def test_name_note_and_tags_are_edited_in_place(session, new_run):
    run = new_run("old")
    widget = card(session, run.run_id)
    assert ask(widget, "edit", what="name", value=" new ", before="old") == {"saved": True, "value": "new"}
    ask(widget, "edit", what="note", value="a note", before="")
    ask(widget, "edit", what="tag", key="team", value="vision", before=None)
    assert widget.card["run"]["name"] == "new"
    assert widget.card["about"]["note"] == "a note"
    assert {"key": "team", "value": "vision"} in widget.card["tags"]
    ask(widget, "edit", what="tag", key="team", value=None, before="vision")
    assert "team" not in session.reading.runs.get(run.run_id).data.tags


def test_the_later_of_two_editors_is_told_of_the_earlier(session, new_run):
    run = new_run("run")
    first, second = card(session, run.run_id), card(session, run.run_id)
    ask(first, "edit", what="note", value="mine", before="")
    assert ask(second, "edit", what="note", value="other", before="") == {"saved": False, "value": "mine"}
    assert session.reading.runs.get(run.run_id).data.tags[tags.NOTE] == "mine"
    assert ask(second, "edit", what="note", value="other", before="mine")["saved"] is True


def test_an_edit_that_cannot_be_is_refused(session, new_run):
    widget = card(session, new_run("run").run_id)
    for params in ({"what": "name", "value": "  "}, {"what": "tag", "key": "", "value": "x"}):
        assert ask(widget, "edit", before="", **params).get("saved") is not True
    assert ask(widget, "edit", what="tag", key=tags.GOAL, value="x", before="")["type"] == "InvalidValue"


def test_a_run_is_edited_while_it_goes_on_and_its_end_is_shown(session, new_run):
    run = new_run("live", end=None)
    handle = show_card(run)
    ask(handle.widget, "edit", what="name", value="renamed", before="live")
    run.end("FINISHED")
    handle.finish()
    assert (handle.widget.card["run"]["name"], handle.widget.card["run"]["status"]) == ("renamed", "FINISHED")


def test_one_run_is_the_baseline_and_others_are_measured_against_it(session, new_run):
    first = new_run("first", 1, metrics={"acc": [0.5]})
    second = new_run("second", 2, metrics={"acc": [0.75]})
    widget = card(session, second.run_id)
    assert ask(widget, "baseline", run_id=first.run_id) is None
    assert widget.card["about"]["baseline"]["name"] == "first"
    assert widget.card["metrics"][0]["baseline"] == 0.25
    assert ask(widget, "baseline", run_id=second.run_id) == first.run_id
    assert widget.card["about"]["is_baseline"]
    assert "baseline" not in widget.card["metrics"][0]
    assert ask(widget, "baseline", run_id=None) == second.run_id
    assert not widget.card["about"]["is_baseline"]


def test_trash_and_back(session, new_run):
    widget = card(session, new_run("run").run_id)
    ask(widget, "trash")
    assert widget.card["about"]["trashed"]
    ask(widget, "restore")
    assert not widget.card["about"]["trashed"]
    running = card(session, new_run("running", end=None).run_id)
    assert ask(running, "trash")["type"] == "InvalidState"


def test_stop_interrupts_the_cell_at_work_and_nothing_else(session, new_run):
    run = new_run("run", end=None)
    widget = card(session, run.run_id)
    assert "tb.end_run" in ask(widget, "stop")["message"]
    run.bound_to_cell = True
    with pytest.raises(KeyboardInterrupt):
        ask(widget, "stop")
    run.end("KILLED")
    assert ask(widget, "stop")["type"] == InvalidState.__name__


def test_parents_and_children_know_each_other(session, new_run):
    parent = new_run("parent", end=None)
    child = begin(session, run_name="fold 1", parent=parent)
    child.log_metric("acc", 0.5)
    child.end()
    parent.set_tag(tags.GOAL, "acc:max")
    parent.end()
    about = card_of(session.reading, parent.run_id)["about"]
    line = {"run_id": child.run_id, "name": "fold 1", "status": "FINISHED", "metric": {"key": "acc", "value": 0.5}}
    assert (about["children"], about["child_count"]) == ([line], 1)
    assert about["goal"] == {"key": "acc", "direction": "max"}
    assert card_of(session.reading, child.run_id)["about"]["parent"]["name"] == "parent"


def test_a_comparison_is_made_with_the_version_before(session, new_run):
    first, second = new_run("first", 1), new_run("second", 2)
    widget = card(session, second.run_id)
    model_id = ask(widget, "compare", **{"with": first.run_id})
    assert widget.compared.model_id == model_id
    assert widget.compared.run_ids == [first.run_id, second.run_id]
