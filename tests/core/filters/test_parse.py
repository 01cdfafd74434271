"""The search language: what parses, to which tree."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.share import examples

from trackbook.core.filters import (
    EXPERIMENTS,
    RUNS,
    And,
    Arithmetic,
    Attribute,
    Comparison,
    DatasetField,
    Membership,
    Metric,
    Not,
    Null,
    Number,
    Or,
    Param,
    Tag,
    Text,
    parse,
    parse_order,
)
from trackbook.core.filters.scopes import lower_is_better

FIELDS = {
    "metrics.loss": Metric("loss"),
    "metric.loss": Metric("loss"),
    "metrics.a.b": Metric("a.b"),
    "metrics.`val loss/x`": Metric("val loss/x"),
    'metrics."val-loss"': Metric("val-loss"),
    "metrics.'val-loss'.max": Metric("val-loss", "max"),
    "metrics.loss.min": Metric("loss", "min", "loss.min"),
    "metrics.`loss`.min": Metric("loss", "min"),
    "metrics.`loss.min`": Metric("loss.min"),
    "metrics.min": Metric("min"),
    "METRICS.Loss": Metric("Loss"),
    "params.C": Param("C"),
    "parameter.C": Param("C"),
    "parameters.C": Param("C"),
    "param.C": Param("C"),
    "tags.mlflow.source.name": Tag("mlflow.source.name"),
    "tag.and": Tag("and"),
    "attributes.status": Attribute("status"),
    "attribute.status": Attribute("status"),
    "attr.status": Attribute("status"),
    "run.status": Attribute("status"),
    "status": Attribute("status"),
    "Run_Name": Attribute("run_name"),
    "attributes.`Run name`": Attribute("run_name"),
    "`run name`": Attribute("run_name"),
    "created": Attribute("start_time", number=True),
    "attributes.Created": Attribute("start_time", number=True),
    "dataset.name": DatasetField("name"),
    "datasets.Context": DatasetField("context"),
    "cell": Attribute("cell"),
    "source": Attribute("source"),
}


@pytest.mark.parametrize("written", FIELDS)
def test_fields_and_their_aliases(written: str) -> None:
    assert parse(f"{written} IS NOT NULL") == Null(FIELDS[written], negated=True)
    assert parse_order(f"{written} DESC", RUNS).field == FIELDS[written]


loss = Metric("loss")
CONDITIONS = {
    "metrics.loss<0.5": Comparison(loss, "<", Number(0.5)),
    "metrics.loss == -1e-3": Comparison(loss, "=", Number(-0.001)),
    "metrics.loss <> +.5": Comparison(loss, "!=", Number(0.5)),
    "1 >= metrics.loss": Comparison(Number(1), ">=", loss),
    "metrics.loss < inf": Comparison(loss, "<", Number(float("inf"))),
    "metrics.loss < 2 * metrics.`a` + 1": Comparison(
        loss, "<", Arithmetic("+", Arithmetic("*", Number(2), Metric("a")), Number(1))
    ),
    "metrics.loss < 2 * (metrics.`a` + 1)": Comparison(
        loss, "<", Arithmetic("*", Number(2), Arithmetic("+", Metric("a"), Number(1)))
    ),
    "-metrics.loss > -metrics.`a` - -1": Comparison(
        Arithmetic("*", Number(-1), loss),
        ">",
        Arithmetic("-", Arithmetic("*", Number(-1), Metric("a")), Number(-1)),
    ),
    "params.k = 'it''s'": Comparison(Param("k"), "=", Text("it's")),
    'params.k = "say ""hi"""': Comparison(Param("k"), "=", Text('say "hi"')),
    "\"Run name\" LIKE 'a%'": Comparison(Attribute("run_name"), "LIKE", Text("a%")),
    "tags.t not ilike 'A'": Not(Comparison(Tag("t"), "ILIKE", Text("A"))),
    "source Contains 'SVC('": Comparison(Attribute("source"), "CONTAINS", Text("SVC(")),
    "run_id IN ('a', \"b\",)": Membership(Attribute("run_id"), (Text("a"), Text("b"))),
    "start_time NOT IN (1, -2)": Membership(Attribute("start_time", True), (Number(1), Number(-2)), negated=True),
    "params.k is null": Null(Param("k")),
    "params.k = 'a' AND params.k = 'b' and params.k = 'c'": And(
        tuple(Comparison(Param("k"), "=", Text(text)) for text in "abc")
    ),
    "params.k = 'a' OR params.k = 'b' AND params.k = 'c'": Or(
        (
            Comparison(Param("k"), "=", Text("a")),
            And((Comparison(Param("k"), "=", Text("b")), Comparison(Param("k"), "=", Text("c")))),
        )
    ),
    "NOT (params.k = 'a' OR NOT params.k = 'b')": Not(
        Or((Comparison(Param("k"), "=", Text("a")), Not(Comparison(Param("k"), "=", Text("b")))))
    ),
    "(((metrics.loss)) < (((0.5))))": Comparison(loss, "<", Number(0.5)),
}


@pytest.mark.parametrize("text", CONDITIONS)
def test_conditions(text: str) -> None:
    assert parse(text) == CONDITIONS[text]


def test_an_empty_filter_is_no_condition() -> None:
    assert parse("") is None
    assert parse(" \n\t ") is None


def test_scopes_have_their_own_words() -> None:
    assert parse("created > 5", EXPERIMENTS) == Comparison(Attribute("creation_time", True), ">", Number(5))


def test_orders() -> None:
    assert not parse_order("metrics.loss", RUNS).descending
    assert parse_order(" metrics.`a b`  desc ", RUNS).field == Metric("a b")
    assert str(parse_order("metrics.loss.max Asc", RUNS)) == "metrics.loss.max ASC"


def test_best_is_the_least_loss_and_the_greatest_score() -> None:
    assert all(map(lower_is_better, ["loss", "val_loss", "train/Loss", "rmse", "error", "wer", "fit_time"]))
    assert not any(map(lower_is_better, ["accuracy", "auc", "f1", "power", "answer", "lifetime_value"]))


def test_the_grammar_is_not_loaded_for_an_empty_filter() -> None:
    code = "import sys; from trackbook.core.filters import parse; parse(''); print('lark' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


keys = st.text(
    st.characters(codec="utf-8", exclude_characters="`\"'\n", exclude_categories=["Cc"]), min_size=1, max_size=9
)
numbers = st.builds(
    Number, st.one_of(st.integers(-(2**63) + 1, 2**63 - 1), st.floats(allow_nan=False).filter(lambda n: n == n))
)
metrics = st.builds(Metric, keys, st.sampled_from(["last", "min", "max", "mean", "count", "best"]))
times = st.sampled_from([Attribute("start_time", True), Attribute("duration", True), Attribute("cell_version", True)])
operands = st.recursive(
    st.one_of(metrics, times, numbers),
    lambda inner: st.builds(Arithmetic, st.sampled_from("+-*/"), inner, inner),
    max_leaves=4,
)
sides = operands.filter(lambda operand: "Metric" in repr(operand) or "Attribute" in repr(operand))
texts = st.builds(Text, st.text(st.characters(codec="utf-8"), max_size=12))
named = st.one_of(
    st.builds(Param, keys), st.builds(Tag, keys), st.just(Attribute("status")), st.just(DatasetField("digest"))
)
comparisons = st.one_of(
    st.builds(Comparison, sides, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), operands),
    st.builds(Comparison, named, st.sampled_from(["=", "!=", "LIKE", "ILIKE", "CONTAINS"]), texts),
    st.builds(Membership, named, st.lists(texts, min_size=1, max_size=3).map(tuple), st.booleans()),
    st.builds(Membership, metrics, st.lists(numbers, min_size=1, max_size=3).map(tuple), st.booleans()),
    st.builds(Null, st.one_of(named, metrics, times), st.booleans()),
)


def joined(inner: st.SearchStrategy) -> st.SearchStrategy:
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(st.builds(And, several), st.builds(Or, several), st.builds(Not, inner))


@given(st.recursive(comparisons, joined, max_leaves=6))
@pytest.mark.soak
@settings(max_examples=examples(150), deadline=None)
def test_the_text_of_a_tree_parses_to_an_equal_tree(tree: object) -> None:
    assert parse(str(tree)) == tree
