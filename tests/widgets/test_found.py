"""How params and metrics were found can be looked up on the card, and changed for the next runs."""

import json

import pytest

from trackbook.core import tags
from trackbook.tracking.words import words_of
from trackbook.widgets import static
from trackbook.widgets.card import CardWidget
from trackbook.widgets.cards import card_of


@pytest.fixture
def widget(session, new_run):
    run = new_run("found", C="1", end=None)
    run.set_tag(tags.ORIGINS, json.dumps({"C": "assigned in line 3"}))
    run.set_tag(tags.LEFT_OUT, json.dumps(["<b>cfg</b> has 60 entries"]))
    run.end()
    return CardWidget(card_of(session.reading, run.run_id), session)


def asked(widget, method, **params):
    return widget.answer({"id": "1", "method": method, "params": params})


def test_the_card_says_where_a_param_was_found_and_what_was_left_out(widget):
    assert widget.card["params"][0]["origin"] == "assigned in line 3"
    assert widget.card["left_out"] == ["<b>cfg</b> has 60 entries"]
    html = static.card_html(widget.card)
    assert '<span title="assigned in line 3">C</span>' in html
    assert "&lt;b&gt;cfg&lt;/b&gt; has 60 entries" in html
    older = {key: value for key, value in widget.card.items() if key != "left_out"}
    assert "left out" not in static.card_html(older)


def test_a_word_from_the_card_is_kept_for_the_line(widget, session):
    assert asked(widget, "words")["result"] == {}
    assert asked(widget, "say", key="C", word="metric")["result"] == {"C": "metric"}
    assert words_of(session.settings.home, "line-1") == {"C": "metric"}
    assert asked(widget, "words")["result"] == {"C": "metric"}
    assert asked(widget, "say", key="C", word=None)["result"] == {}


@pytest.mark.parametrize(
    ("key", "word"), [("C", "other"), ("../up", "ignore"), (None, "ignore"), (3, None), ("C", ["x"])]
)
def test_what_is_no_word_or_no_name_is_refused(widget, session, key, word):
    assert "error" in asked(widget, "say", key=key, word=word)
    assert words_of(session.settings.home, "line-1") == {}


def test_tags_that_say_nonsense_are_as_good_as_absent(session, new_run):
    run = new_run("odd", end=None)
    run.set_tags({tags.LEFT_OUT: "[" * 5000, tags.ORIGINS: "[1]"})
    run.end()
    assert card_of(session.reading, run.run_id)["left_out"] == []
