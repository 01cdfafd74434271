"""What the Tab key offers on a `%%track` line, and what `?` shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from IPython.core.completer import provisionalcompleter

if TYPE_CHECKING:
    from conftest import Notebook


def offered(notebook: Notebook, text: str) -> list[str]:
    """As the kernel asks for what the page shows."""
    completer = notebook.shell.Completer
    with provisionalcompleter():
        return [one.text for one in completer.completions(text, len(text)) if one.type != "statement"]


def test_options_are_offered_but_none_twice(notebook: Notebook) -> None:
    assert {"--no-metrics", "--no-models"} <= set(offered(notebook, "%%track --no-m"))
    assert "--no-data" not in offered(notebook, "%%track --no-m")
    assert "--seed" in offered(notebook, "%%track lesson --")
    assert "--seed" not in offered(notebook, "%%track lesson --seed 3 --")
    assert "--tag" in offered(notebook, "%%track --tag a=b --")


def test_names_come_from_the_store(notebook: Notebook) -> None:
    assert not notebook.home.exists()
    offered(notebook, "%%track br")
    assert not notebook.home.exists()
    notebook.ran("%%track breast-cancer --name svm-1 --quiet\nC = 1\nval_acc = C * 0.5")
    assert len(notebook.runs) == 1
    assert offered(notebook, "%%track br") == ["breast-cancer"]
    assert offered(notebook, "%%track --resume sv") == ["svm-1"]
    assert offered(notebook, "%%track --goal val") == ["val_acc:max", "val_acc:min"]
    assert "breast-cancer" not in offered(notebook, "%%track other br")


def test_the_words_of_the_line_magic(notebook: Notebook) -> None:
    assert offered(notebook, "%track st") == ["status"]
    assert offered(notebook, "%track set ex") == ["experiment="]
    assert offered(notebook, "%track ig") == ["ignore"]
    assert offered(notebook, "%track ignore ac") == []
    notebook.ran("%%track --quiet\nC = 1\naccuracy = C * 0.5")
    assert len(notebook.runs) == 1  # it is in the store
    assert offered(notebook, "%track ignore ac") == ["accuracy"]


def test_unloading_takes_the_completion_out(bare: Notebook) -> None:
    bare.ran("%load_ext trackbook")
    assert offered(bare, "%%track --no-mo") == ["--no-models"]
    bare.ran("%unload_ext trackbook")
    assert offered(bare, "%%track --no-mo") == []


@pytest.mark.parametrize("asked", ["%%track?", "%track?", "?%%track"])
def test_the_question_mark_shows_the_options(notebook: Notebook, monkeypatch: pytest.MonkeyPatch, asked: str) -> None:
    shown: list[str] = []
    monkeypatch.setitem(notebook.shell.hooks, "show_in_pager", lambda data, **_: shown.append(str(data)))
    ran = notebook.run(asked)
    text = "".join(shown) + ran.stdout
    assert "--goal METRIC:max|min" in text
    assert "%track set KEY=VALUE" in text
    assert notebook.runs == []
