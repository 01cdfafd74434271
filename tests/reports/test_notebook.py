"""The notebook as one HTML file that asks nobody for anything."""

import base64
import os
import re
import time
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from trackbook.errors import InvalidValue, NotFound
from trackbook.reports import document
from trackbook.reports.cleaning import clean
from trackbook.reports.notebook import report
from trackbook.widgets.base import VIEW_MIME

RUN_ID = "0123456789abcdef0123456789abcdef"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def notebook():
    card = {"schema": 1, "view": "card", "widget": "w1", "run_id": RUN_ID, "title": "<b>run</b>", "html": "<i>x</i>"}
    widget = {"model_id": "w1", "version_major": 2, "version_minor": 0}
    cells = [
        new_markdown_cell("# Title\n\n<script>alert(1)</script>\n\n![here](dot.png) ![far](https://example.org/a.png)"),
        new_code_cell(
            "secret_of_the_code = 1",
            outputs=[
                new_output(
                    "display_data",
                    data={
                        "application/vnd.jupyter.widget-view+json": widget,
                        VIEW_MIME: card,
                        "text/html": '<div class="tb-static" style="color:red">the card</div>',
                        "text/plain": "plain card",
                    },
                )
            ],
        ),
        new_code_cell(
            "chart",
            outputs=[
                new_output(
                    "display_data",
                    data={
                        "application/vnd.vegalite.v5+json": {"$schema": "https://vega.github.io/schema"},
                        "image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
                        "text/plain": "a chart",
                    },
                ),
                new_output(
                    "display_data", data={"text/html": '<img src="https://example.org/x.png" onerror="alert(2)">'}
                ),
                new_output(
                    "display_data", data={"text/html": "<style>@import 'http://example.org/s.css'; a{}</style>"}
                ),
                new_output("display_data", data={"application/javascript": "alert(3)"}),
                new_output("stream", name="stdout", text="<script>alert(4)</script>"),
                new_output("error", ename="E", evalue="v", traceback=["\x1b[31mboom\x1b[0m <b>"]),
            ],
        ),
    ]
    made = new_notebook(cells=cells)
    made.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}, "version_major": 2}}
    return made


class Assets(HTMLParser):
    """Everything that a page would fetch or run."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        if tag in ("script", "iframe", "object", "embed", "link"):
            self.found.append(tag)
        for name, value in attrs:
            fetched = name in ("src", "srcset", "poster", "data") or (name == "href" and tag != "a")
            if name.startswith("on") or (fetched and not (value or "").startswith("data:")):
                self.found.append((tag, name, value))


@pytest.fixture
def page(tmp_path):
    (tmp_path / "dot.png").write_bytes(PNG)
    path = tmp_path / "analysis.ipynb"
    nbformat.write(notebook(), path)
    return report(path).path.read_text("utf-8")


def test_page_fetches_and_runs_nothing(page):
    assets = Assets()
    assets.feed(page)
    assert assets.found == []
    assert not re.search(r"@import|url\(\s*['\"]?http", page)
    assert "Content-Security-Policy" in page


def test_page_keeps_static_views_charts_and_streams(page):
    assert '<div class="tb-static" style="color:red">the card</div>' in page
    assert 'src="data:image/svg+xml;base64,' in page
    assert "&lt;script&gt;alert(4)" in page
    assert "boom" in page


def test_local_pictures_are_taken_in_and_far_ones_named(page):
    assert base64.b64encode(PNG).decode() in page
    assert "(picture far is not part of this file)" in page


def test_runs_are_linked_to_where_they_stand(page):
    assert f'<a href="#run-{RUN_ID}">&lt;b&gt;run&lt;/b&gt;</a>' in page
    assert f'id="run-{RUN_ID}"' in page


@pytest.mark.parametrize(
    ("code", "kept", "folded"), [("show", True, False), ("fold", True, True), ("hide", False, False)]
)
def test_code_is_shown_folded_or_hidden(tmp_path, code, kept, folded):
    html = report(notebook(), tmp_path / "out.html", code=code).path.read_text("utf-8")
    assert ("secret_of_the_code" in html) is kept
    assert ('<details class="code">' in html) is folded


def test_given_notebook_is_left_as_it_was(tmp_path):
    given = notebook()
    before = nbformat.writes(given)
    report(given, tmp_path / "out.html")
    assert nbformat.writes(given) == before


def test_live_document_comes_from_the_provider(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    live = {"path": str(tmp_path / "open.ipynb"), "content": new_notebook(cells=[new_markdown_cell("unsaved words")])}
    document.set_provider(lambda: live)
    try:
        made = report()
    finally:
        document.set_provider(None)
    assert made.path == tmp_path / "open.html"
    assert "unsaved words" in made.path.read_text("utf-8")
    assert "as it was open" in made.origin


def test_saved_file_is_said_to_be_saved(tmp_path):
    path = tmp_path / "a.ipynb"
    nbformat.write(new_notebook(), path)
    made = report(path)
    assert "saved at" in made.origin
    assert "report" in made._repr_mimebundle_()["text/plain"]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (new_code_cell("x", outputs=[new_output("stream", text="y")]), "17 min ago: save first to include later"),
        (new_code_cell("x"), "17 min ago: it holds no outputs: once it is executed and saved, run `trackbook report`"),
    ],
)
def test_a_file_in_the_place_of_an_open_notebook_is_said_to_be_old(tmp_path, cell, said):
    path = tmp_path / "a.ipynb"
    nbformat.write(new_notebook(cells=[cell]), path)
    before = time.time() - 17 * 60 - 5
    os.utime(path, (before, before))
    document.set_provider(lambda: None, lambda: path)
    try:
        made = report(output=tmp_path / "out.html")
    finally:
        document.set_provider(None)
    assert said in str(made)
    assert said in made._repr_mimebundle_()["text/plain"]


def test_no_notebook_is_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTEST_CURRENT_TEST", raising=False)
    with pytest.raises(NotFound, match="name its file"):
        report()
    with pytest.raises(NotFound):
        report(tmp_path / "none.ipynb")


@pytest.mark.parametrize("text", ["", "no json", "[]", '{"cells": 3}', '{"nbformat": 4}'])
def test_what_is_no_notebook_is_refused(tmp_path, text):
    path = tmp_path / "bad.ipynb"
    path.write_text(text)
    with pytest.raises(InvalidValue):
        report(path)


def test_unknown_code_word_is_refused(tmp_path):
    with pytest.raises(InvalidValue, match="'show', 'fold', 'hide'"):
        report(notebook(), tmp_path / "x.html", code="folded")


@pytest.mark.parametrize(("source", "output"), [("a.ipynb", "b.ipynb"), ("a.ipynb", "A.IPYNB"), ("a.json", "a.json")])
def test_a_notebook_is_never_replaced(tmp_path, source, output):
    nbformat.write(notebook(), tmp_path / source)
    before = (tmp_path / source).read_bytes()
    with pytest.raises(InvalidValue, match="would replace the notebook: name an"):
        report(tmp_path / source, tmp_path / output)
    assert (tmp_path / source).read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [source]


@pytest.mark.parametrize(
    "html",
    [
        "<!--><meta http-equiv=refresh content='0;url=http://evil.example/'>-->",
        "<!---><img src=http://evil.example/>-->",
        "<!-- --!><img src=http://evil.example/> -->",
        "<![CDATA[><img src=http://evil.example/>]]>",
        "<?php <img src=http://evil.example/>?>",
        "<!doctype x '<img src=http://evil.example/>'>",
    ],
)
def test_what_browsers_read_otherwise_than_the_parser_is_left_out(html):
    cleaned = clean(f"<p>before</p>{html}<p>after</p>", None)
    assert "<!" not in cleaned
    assert "<?" not in cleaned
    assert "<meta" not in cleaned
    assert "<img" not in cleaned
    assert "<p>before</p>" in cleaned


def test_policy_lets_no_form_and_no_base_through(page):
    assert {"form-action &#x27;none&#x27;", "base-uri &#x27;none&#x27;"} <= set(re.split(r'; |"', page))


def test_hostile_title_is_text(tmp_path):
    html = report(notebook(), tmp_path / "x.html", title="</title><script>x</script>").path.read_text("utf-8")
    assert "<script>" not in html


def test_pictures_outside_the_folder_stay_outside(tmp_path):
    (tmp_path / "private.png").write_bytes(PNG)
    folder = tmp_path / "inside"
    folder.mkdir()
    path = folder / "n.ipynb"
    nbformat.write(new_notebook(cells=[new_markdown_cell("![p](../private.png) ![q](/etc/passwd)")]), path)
    assert base64.b64encode(PNG).decode() not in Path(report(path).path).read_text("utf-8")
