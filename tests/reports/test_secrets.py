"""A report is made to be given away: it holds no secret of its notebook, and its one line says how many it replaced."""

from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from trackbook.capture.secrets import known
from trackbook.reports.notebook import Report, report

PASSWORD, KEY, IN_URL = "Tr0ub4dor&3xyz", "sk-" + "proj-" + "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1x", "hunter2" + "secret"


@pytest.fixture(autouse=True)
def _unknown() -> Iterator[None]:
    known.forget()
    yield
    known.forget()


def code(source: str, *outputs: object, number: int | None = 1) -> dict[str, object]:
    return new_code_cell(source, outputs=list(outputs), execution_count=number)


def made(tmp_path: Path, *cells: object, **options: str) -> tuple[Report, str]:
    found = report(new_notebook(cells=list(cells)), tmp_path / "shared.html", **options)  # type: ignore[arg-type]
    return found, unescape(found.path.read_text("utf-8"))


def test_secrets_of_the_source_are_replaced_and_counted(tmp_path):
    source = f"db_password = '{PASSWORD}'\nAPI_KEY = '{KEY}'\nURL = 'postgresql://admin:{IN_URL}@host/db'"
    found, html = made(tmp_path, code(source))
    assert not [one for one in (PASSWORD, KEY, IN_URL) if one in html]
    assert "[secret: password]" in html
    assert str(found).endswith("; replaced 3 secrets: 3 in code ([1])")
    assert "replaced 3 secrets" in found._repr_mimebundle_()["text/html"]


@pytest.mark.parametrize(
    ("output", "where"),
    [
        (new_output("stream", text=f"it is {PASSWORD}\n"), "outputs"),
        (new_output("stream", text=f"password\x1b[0m: \x1b[31m{PASSWORD}\x1b[0m\n"), "outputs"),
        (new_output("display_data", {"text/html": f"<b title='{PASSWORD}'>x</b>"}), "outputs"),
        (new_output("display_data", {"text/html": "<td>Tr0ub4dor&amp;3xyz</td>"}), "outputs"),
        (new_output("execute_result", {"text/plain": repr(PASSWORD)}), "outputs"),
        (new_output("display_data", {"text/markdown": f"**{PASSWORD}**"}), "outputs"),
        (new_output("error", ename="E", evalue="", traceback=["a", f"\x1b[31mE\x1b[0m: {PASSWORD}"]), "tracebacks"),
    ],
)
def test_what_a_cell_showed_above_the_line_that_names_the_secret_is_replaced(tmp_path, output, where):
    cells = code("show()", output), new_markdown_cell("Text"), code(f"db_password = '{PASSWORD}'", number=2)
    found, html = made(tmp_path, *cells)
    assert PASSWORD not in html
    assert found.secrets == f"replaced 2 secrets: 1 in {where} ([1]), 1 in code ([2])"


@pytest.mark.parametrize(
    "output",
    [
        new_output("display_data", {"text/html": "<pre>password = &#39;hunt3r&#39;</pre>"}),
        new_output("error", ename="E", evalue="", traceback=["\x1b[32mpassword\x1b[39m = \x1b[33m'hunt3r'\x1b[39m"]),
    ],
)
def test_short_secrets_are_seen_through_entities_and_colours(tmp_path, output):
    assert "hunt3r" not in made(tmp_path, code("show()", output))[1]


def test_marked_up_code_in_an_output_is_read_as_one_text(tmp_path):
    marked = f"<code><span>db_password</span> <span>=</span> <span>'{PASSWORD.replace('&', '&amp;')}'</span></code>"
    found, html = made(tmp_path, code("show()", new_output("display_data", {"text/html": marked})))
    assert PASSWORD not in html
    assert found.secrets == "replaced 1 secret: 1 in outputs ([1])"


def test_markdown_is_searched_and_a_picture_s_text(tmp_path):
    picture = new_output("display_data", {"image/png": "iVBORw0KGgo=", "text/plain": f"token='{KEY}'"})
    found, html = made(tmp_path, new_markdown_cell(f"It is `password = '{PASSWORD}'`"), code("show()", picture))
    assert PASSWORD not in html
    assert KEY not in html
    assert found.secrets == "replaced 2 secrets: 1 in text, 1 in outputs ([1])"


def test_code_that_is_hidden_is_not_counted_but_tells_of_secrets(tmp_path):
    shown = new_output("stream", text=PASSWORD)
    found, html = made(tmp_path, code(f"db_password = '{PASSWORD}'\nprint(db_password)", shown), code="hide")
    assert PASSWORD not in html
    assert found.secrets == "replaced 1 secret: 1 in outputs ([1])"


def test_a_notebook_without_secrets_has_nothing_said_and_nothing_changed(tmp_path):
    html = "<td>use_cls_token=True</td><img src='data:image/png;base64,iVBORw0KGgo='>"
    found, page = made(tmp_path, code("use_cls_token = True", new_output("display_data", {"text/html": html})))
    assert found.secrets == ""
    assert "replaced" not in str(found)
    assert "use_cls_token=True" in page
