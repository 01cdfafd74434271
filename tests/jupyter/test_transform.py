"""The `%%track` line becomes a call, and nothing else of the cell changes."""

from __future__ import annotations

import pytest

from trackbook.jupyter.transform import as_transformed, python_body, track_transform


def test_the_line_becomes_one_line_and_the_body_stays_where_it_is() -> None:
    lines = ["%%track exp --tag a=b\n", "x = 1\n", "x;"]
    assert track_transform(lines) == [
        "get_ipython().run_line_magic('trackbook_begin', 'exp --tag a=b')\n",
        "x = 1\n",
        "x;",
    ]


@pytest.mark.parametrize("first", ["x = 1\n", "%%time\n", "%%tracking\n", "%%track?\n", " %%track\n", "%track on\n"])
def test_other_cells_come_back_as_they_are(first: str) -> None:
    lines = [first, "y\n"]
    assert track_transform(lines) is lines
    assert track_transform([]) == []


def test_a_cell_magic_below_is_called_as_ipython_would() -> None:
    lines = track_transform(["%%track\n", "%%time --no-raise-error\n", "x = 1\n", "x\n"])
    assert lines[1] == "get_ipython().run_cell_magic('time', '--no-raise-error', 'x = 1\\nx\\n')\n"
    assert len(lines) == 2


def test_the_python_body_is_what_stands_below_the_cell_magics() -> None:
    assert python_body("%%track a\n%%time\nx = 1\n") == "x = 1\n"
    assert python_body("%%capture out\n%%track a\nx = 1\n") == "x = 1\n"
    assert python_body("%%track a\n%%bash\nls\n") is None


def test_what_ipython_made_of_the_body_is_taken_where_it_stands_as_it_is() -> None:
    begin = "get_ipython().run_line_magic('trackbook_begin', '')\n"
    body = "x = 1\n%ls\ny = 2\n"
    made = "x = 1\nget_ipython().run_line_magic('ls', '')\ny = 2\n"
    assert as_transformed("%%track\n" + body, body, begin + made) == made
    assert as_transformed(body, body, made) == made
    assert as_transformed("%%track\n%%time\n" + body, body, begin + "get_ipython().run_cell_magic(...)\n") is None
    assert as_transformed("%%track\n" + body, body, "%%track\n" + body) is None  # it does not parse
    assert as_transformed("x", "x", "x\n") is None
    assert as_transformed(body, body, None) is None
