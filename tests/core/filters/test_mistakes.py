"""What the search language refuses: where, what could stand there, and a hint."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.share import examples

from trackbook.core.filters import EXPERIMENTS, RUNS, parse, parse_order
from trackbook.errors import FilterSyntaxError

MISTAKES = {
    # text: (position, part of what is expected, part of the hint)
    "metrics.loss <": (14, "a number after '<'", ""),
    "params.k =": (10, "text in quotes after '='", ""),
    "metrics.loss": (12, "an operator", ""),
    "metrics.loss > '0.5'": (15, "a number after '>'", "without quotes"),
    "metrics.loss > 'abc'": (15, "a number after '>'", "is a number"),
    "params.C = 1": (11, "text in quotes after '='", "write '1'"),
    "params.k = rbf": (11, "text in quotes after '='", "'rbf'"),
    "params.C < '3'": (9, "=, !=, LIKE", "without order"),
    "metrics.x LIKE 'a'": (10, "=, !=, <", "LIKE is for text"),
    "metricss.loss > 1": (0, "metrics", "'metrics'"),
    "stauts = 'x'": (0, "a field of a run", "'status'"),
    "attributes.stauts = 'x'": (11, "a field of a run", "'status'"),
    "kernel = 'rbf'": (0, "a field of a run", "params.kernel"),
    "datasets.size = '1'": (9, "a field of a dataset", ""),
    "metrics": (7, "'.' and a name", ""),
    "metrics. > 1": (7, "'.' and a name", ""),
    "metrics.loss > 1 adn params.x = 'y'": (17, "AND, OR or the end", "'AND'"),
    "metrics.loss > 1 && params.x = 'y'": (17, "AND, OR or the end", "AND"),
    "metrics.loss > 1 params.x = 'y'": (17, "AND, OR or the end", ""),
    "metrics.loss > 1;": (17 - 1, "AND, OR or the end", "One filter"),
    "metrics.loss > 0.5)": (18, "AND, OR or the end", ""),
    "(metrics.loss > 0.5": (19, "AND, OR or ')'", ""),
    "metrics.loss > 1 AND": (20, "a comparison such as", ""),
    "AND metrics.loss > 1": (0, "a comparison such as", ""),
    "metrics.val-loss > 1": (12, "a field of a run", "metrics.`val-loss`"),
    "metrics.train/loss > 1": (14, "a field of a run", "backticks"),
    "params.train/loss = 'x'": (0, "a number or a metric", "backticks"),
    "metrics.loss > other": (15, "a number after '>'", "metrics.other"),
    "metrics.loss => 1": (14, "a number after '='", ">="),
    "metrics.loss ! 1": (13, "an operator", "NOT"),
    "params.x = 'abc": (11, "text in quotes", "must end with '"),
    "params.`x = 'abc'": (7, "a name in `", "must end with `"),
    "params.x IN ()": (13, "a number or a text in quotes", ""),
    "params.x IN ('a' 'b')": (17, "',' or ')'", ""),
    "params.x IN 'a'": (12, "'(' and a list", ""),
    "metrics.x IN ('1')": (14, "a number after 'IN'", "without quotes"),
    "params.x IS": (11, "NULL or NOT NULL", ""),
    "params.x IS NOT": (15, "NULL", ""),
    "params.x NOT 'a'": (13, "LIKE, ILIKE, CONTAINS or IN", ""),
    "1 < 2": (0, "a comparison such as", ""),
    "'a' = params.x": (0, "a field such as", "at the left"),
    "metrics.x > 1e5x": (12, "a number after '>'", ""),
    "params.x LIKE a%": (15, "AND, OR or the end", "in quotes"),
}


@pytest.mark.parametrize("text", MISTAKES)
def test_mistakes(text: str) -> None:
    position, expected, hint = MISTAKES[text]
    with pytest.raises(FilterSyntaxError) as caught:
        parse(text)
    error = caught.value
    assert (error.position, error.text) == (position, text)
    assert expected in error.expected
    assert hint in error.hint
    assert bool(hint) == bool(error.hint)


def test_the_message_points_at_the_place() -> None:
    with pytest.raises(FilterSyntaxError) as caught:
        parse("params.k = rbf")
    assert str(caught.value).splitlines()[1:3] == ["  params.k = rbf", "             ^"]
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_other_scopes_name_their_own_fields() -> None:
    with pytest.raises(FilterSyntaxError, match="one of attributes, tags"):
        parse("metrics.x > 1", EXPERIMENTS)
    with pytest.raises(FilterSyntaxError, match="a field of an experiment"):
        parse("status = 'x'", EXPERIMENTS)


@pytest.mark.parametrize(
    ("clause", "position"),
    [("", 0), ("metrics.val-loss", 11), ("params.x up", 9), ("x", 0), ("start_time DESC, x", 11)],
)
def test_orders(clause: str, position: int) -> None:
    with pytest.raises(FilterSyntaxError) as caught:
        parse_order(clause, RUNS)
    assert caught.value.position == position


@pytest.mark.parametrize(
    "text",
    [
        "NOT " * 5_000 + "metrics.a > 1",
        "metrics.a > " + "-" * 5_000 + "1",
        "metrics.a > " + " + ".join(["1"] * 5_000),
        " OR ".join(["metrics.a > 1"] * 5_000),
        " AND ".join([f"({' OR '.join(['metrics.a > 1'] * 300)})"] * 2),
        "params.a LIKE 'x' AND params.a ILIKE '" + "%ä" * 5_000 + "'",
        "(" * 5_000,
        "x" * 300_000,
    ],
)
def test_huge_filters_are_refused_and_nothing_worse(text: str) -> None:
    with pytest.raises(FilterSyntaxError) as caught:
        parse(text)
    error = caught.value
    assert len(str(error)) < 2_000
    _, shown, pointer, *_ = str(error).splitlines()
    assert shown[pointer.index("^") :].startswith(error.text[error.position : error.position + 10])


WORDS = (
    "metrics params tags . loss `a b` ' \" ( ) , = != < > <= LIKE IN NOT AND OR IS NULL 1 -2.5 + - * / 'x' \"y\" % & ;"
)
lists = st.lists(st.sampled_from(WORDS.split()), max_size=12)


@given(st.one_of(st.text(max_size=40), lists.map(" ".join), lists.map("".join)))
@pytest.mark.soak
@settings(max_examples=examples(400), deadline=None)
@example("metrics.a > ٣")
@example("LIKE.")
@example("\0")
def test_any_text_parses_or_is_refused_at_a_place_in_it(text: str) -> None:
    try:
        parse(text)
    except FilterSyntaxError as error:
        refused = error
    else:
        return
    assert 0 <= refused.position <= len(text)
    assert refused.expected
