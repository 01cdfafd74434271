"""What pages without a kernel show: escaped, without script, small."""

import re
from html.parser import HTMLParser

import pytest

from trackbook.core.entities import Run, RunData, RunInfo
from trackbook.models.registration import register_model
from trackbook.widgets import static
from trackbook.widgets.cards import card_of
from trackbook.widgets.comparison import Comparison
from trackbook.widgets.registry import registry
from trackbook.widgets.table import FIRST_ROWS, RunTable, table_rows
from trackbook.widgets.views import compare

HOSTILE = "<script>alert('x')</script>\"&<img src=x onerror=alert(1)>"


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.names, self.attributes, self.open = set(), set(), []

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def parsed(html):
    tags = Tags()
    tags.feed(html)
    assert tags.open == []
    return tags


@pytest.fixture
def pages(session, full_run, new_run):
    other = new_run(HOSTILE, 3, metrics={"accuracy": [0.9]}, C=HOSTILE)
    session.flush()
    register_model(f"runs:/{full_run}/model", "<b>name", alias="champion", description=HOSTILE)
    table = RunTable(filter="params.C != '<script>'")
    return {
        "card": static.card_html(card_of(session.store, full_run)),
        "table": table.static_html(),
        "compare": Comparison([full_run, other.run_id]).static_html(),
        "registry": registry()._repr_mimebundle_()["text/html"],
    }


@pytest.mark.parametrize("view", ["card", "table", "compare", "registry"])
def test_names_are_text_and_never_markup(pages, view):
    found = parsed(pages[view])
    assert found.names <= {
        "div",
        "span",
        "strong",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "details",
        "summary",
        "pre",
        "code",
    }
    assert found.attributes <= {"class", "style"}
    assert f'class="tb-static tb-static-{view}"' in pages[view]


def test_card_tells_its_story(pages):
    for words in ("FAILED", "version 2", "SVC", "champion", "ValueError", "numpy", "Python 3.11.7", "uncommitted"):
        assert (words in pages["card"]) is (words != "numpy")


def test_comparison_shows_differing_rows_and_code(pages):
    assert ">C<" in pages["compare"]
    assert ">kernel<" in pages["compare"]
    assert "- score = 2" in pages["compare"]
    assert "+ score = 3" in pages["compare"]


def test_table_of_ten_thousand_runs_stays_small(session):
    runs = [
        Run(
            RunInfo(f"{i:032x}", f"run {i} " + "long name " * 50, "0", "FINISHED", 0, 1000),
            RunData({f"p{k}": "value " * 40 for k in range(40)}, {f"m{k}": 1 / (k + 3) for k in range(40)}),
        )
        for i in range(FIRST_ROWS)
    ]
    columns = [f"metrics.m{k}" for k in range(20)] + [f"params.p{k}" for k in range(20)]
    state = {
        "schema": 1,
        "title": "t",
        "filter": "",
        "order_by": [],
        "columns": columns,
        "total": 10_000,
        "rows": table_rows(session.store, runs, columns),
    }
    html = static.table_html(state)
    assert len(html) < 40_000
    assert "of 10000 runs" in html


def test_empty_views_say_so(session):
    assert "0 runs" in RunTable().static_html()
    assert "no registered models" in registry()._repr_mimebundle_()["text/html"]


def test_texts_are_the_same_for_the_same_results(session, new_run):
    texts = []
    for _ in range(2):
        runs = [new_run(f"name {i}", i, line=f"line {i}", metrics={"accuracy": [i / 3]}, C=str(i)) for i in (1, 2)]
        ids = [run.run_id for run in runs]
        session.flush()
        view = compare(ids)
        texts.append(repr(view))
        assert not any(run_id in repr(view) for run_id in ids)
    assert texts[0] == texts[1]
    assert re.search(r"params that differ: C\nmetrics that differ: accuracy", texts[0])
