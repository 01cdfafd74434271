"""What pages without a kernel show: escaped, without script, small."""

import re
from html.parser import HTMLParser

import pytest

from trackbook.core.entities import Run, RunData, RunInfo
from trackbook.models.registration import register_model
from trackbook.widgets import sparks, static
from trackbook.widgets.card import stored_card
from trackbook.widgets.comparison import Comparison
from trackbook.widgets.registry import registry
from trackbook.widgets.table import RunTable
from trackbook.widgets.table_query import table_rows
from trackbook.widgets.table_reading import FIRST_ROWS
from trackbook.widgets.views import compare

HOSTILE = "<script>alert('x')</script>\"&<img src=x onerror=alert(1)>"


DRAWING = set(
    "xmlns width height viewbox aria-hidden d fill fill-opacity stroke stroke-width stroke-linejoin stroke-opacity x y "
    "text-anchor transform".split()
)


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
        "card": stored_card(full_run).static_html(),
        "table": table.static_html(),
        "compare": Comparison([full_run, other.run_id]).static_html(),
        "registry": registry().static_html(),
    }


@pytest.mark.parametrize("view", ["card", "table", "compare", "registry"])
def test_names_are_text_and_never_markup(pages, view):
    found = parsed(pages[view])
    assert found.names <= {
        "div",
        "span",
        "strong",
        "text",
        "rect",
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
        "svg",
        "path",
    }
    assert found.attributes <= {"class", "style", "title", "tabindex", "role", "aria-label"} | DRAWING
    assert f'class="tb-static tb-static-{view} ' in pages[view]


def test_dollars_in_names_are_no_mathematics(pages):
    for page in pages.values():
        assert "mathjax_ignore" in page[: page.index(">")]


@pytest.mark.parametrize("view", ["table", "compare"])
def test_a_keyboard_reaches_what_is_wider_than_its_page(pages, view):
    top = pages[view][: pages[view].index(">")]
    assert 'tabindex="0"' in top
    assert 'role="region"' in top
    assert "aria-label=" in top


def test_card_tells_its_story(pages):
    for words in ("Failed", "version 2", "SVC", "champion", "ValueError", "Python 3.11.7", "uncommitted"):
        assert words in pages["card"]


def test_a_saved_card_keeps_small_curves_and_the_machine_apart(pages, session, new_run):
    assert pages["card"].count("<svg") == 1  # loss; accuracy is one point
    assert "1 → 2" in pages["card"]
    assert pages["card"].index("accuracy") < pages["card"].index(">system</summary>") < pages["card"].index("cpu")
    noisy = [(-1) ** i * i for i in range(3000)]
    run = new_run("many", 1, metrics={f"m{k}": noisy for k in range(6)})
    session.flush()
    html = stored_card(run.run_id).static_html()
    pictures = re.findall("<svg.*?</svg>", html)
    assert len(pictures) == 4
    assert max(map(len, pictures)) < 4000
    assert "currentColor" in pictures[0]


@pytest.mark.parametrize("values", [[1.0, float("nan"), 3.0, 2.0], [5.0, 5.0], [-1.7e308, 1.7e308], ["Infinity", 1, 2]])
def test_any_values_are_drawn_within_the_picture(values):
    html = sparks.figures([{"key": "k", "steps": list(range(len(values))), "values": values}])
    numbers = [float(text) for text in re.search(r' d="([^"]*)"', html)[1].replace("M", "").split()]
    assert all(0 <= number <= sparks.WIDTH for number in numbers)
    assert all(number <= sparks.HEIGHT for number in numbers[1::2])


def test_a_long_value_is_cut_and_folded(session, new_run):
    run = new_run("long", 1, text="x" * 7000)
    session.flush()
    html = stored_card(run.run_id).static_html()
    assert f"{'x' * 59}…</summary>" in html
    assert len(html) < 4000


def test_a_run_is_named_by_its_id_and_its_cell(pages, session, full_run, new_run):
    assert f'title="{full_run}">{full_run[:8]}<' in pages["card"]
    assert f">{full_run[:8]}<" in pages["table"]
    assert "line-1" in pages["table"]


def test_columns_that_do_not_fit_are_named(session, new_run):
    new_run("r", 1, **{f"p{k}": str(k) for k in range(12)})
    session.flush()
    table = RunTable(columns=[f"params.p{k}" for k in range(12)])
    assert "4 more columns: p8, p9, p10, p11" in table.static_html()
    assert "1 run<" in table.static_html()


def test_comparison_shows_differing_rows_and_code(pages):
    assert ">C<" in pages["compare"]
    assert ">kernel<" in pages["compare"]
    assert "- score = 2" in pages["compare"]
    assert "+ score = 3" in pages["compare"]
    assert pages["compare"].count("<thead>") == 1, "a run's values stand in one column through all sections"


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
    assert "first 20 of 10000 runs" in html


def test_empty_views_say_so(session):
    assert "0 runs" in RunTable().static_html()
    assert "no registered models" in registry().static_html()


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
