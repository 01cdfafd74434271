"""Cell lines and the history of executed cells."""

from __future__ import annotations

import json

from trackbook.capture.cells import CellExecution, History, Written, digest, history_json, line_of

SVM = "C = 1.0\nmodel = SVC(C=C).fit(X, y)\naccuracy = model.score(X_test, y_test)\n"
SVM_EDITED = SVM.replace("1.0", "10.0")
PLOT = "import matplotlib.pyplot as plt\nplt.plot(history)\nplt.show()\n"


def test_a_name_or_an_id_is_the_line() -> None:
    assert line_of(SVM, notebook="notebooks/a.ipynb", name="svm", cell_id="x").key == "notebooks/a.ipynb#svm"
    assert line_of(SVM, notebook="notebooks/a.ipynb", cell_id="1f0c").key == "notebooks/a.ipynb#1f0c"
    assert line_of(SVM, cell_id="1f0c").key == "notebook#1f0c"
    assert not line_of(SVM, cell_id="1f0c").guessed


def test_without_either_the_most_similar_earlier_source_is_guessed() -> None:
    earlier = {"n#plot": PLOT, "n#svm": "%%track breast-cancer\n" + SVM}
    line = line_of("%%track other --tag a=b\n" + SVM_EDITED, notebook="n", earlier=earlier)
    assert (line.key, line.guessed) == ("n#svm", True)


def test_a_source_like_no_other_opens_a_line_with_a_readable_and_stable_name() -> None:
    line = line_of("%%track\n" + SVM, notebook="n", earlier={"n#plot": PLOT})
    assert line.key.startswith("n#C-")
    assert line == line_of("%%track again\n" + SVM, notebook="n")


def test_history_keeps_order_and_writes_each_source_once() -> None:
    history = History()
    history.add("a = 1", cell_id="c1", execution_count=1, start_ms=5, duration_ms=2.5, outcome="ok")
    history.add("boom", outcome="error")
    history.add("a = 1", outcome="interrupted")
    written = json.loads(history_json(history.executions))
    assert [row["index"] for row in written["executions"]] == [0, 1, 2]
    assert written["executions"][0]["source_hash"] == digest("a = 1")
    assert written["sources"] == {digest("a = 1"): "a = 1", digest("boom"): "boom"}


def test_a_longer_history_has_the_lines_of_the_shorter_one_and_asks_for_each_text_once() -> None:
    history, written, asked = History(), Written(), []

    def text_of(one: CellExecution) -> str:
        asked.append(one.source)
        return one.source.upper()

    for source in ("a = 1", "b", "a = 1"):
        history.add(source)
    shorter = history_json(history.executions, written, text_of).splitlines()
    history.add("c")
    longer = history_json(history.executions, written, text_of)
    assert asked == ["a = 1", "b", "c"]
    assert {line.rstrip(",") for line in shorter} <= {line.rstrip(",") for line in longer.splitlines()}
    assert longer == history_json(history.executions, None, text_of)
    assert json.loads(longer)["sources"][digest("c")] == "C"


def test_another_history_is_written_anew() -> None:
    written, one, other = Written(), History(), History()
    one.add("a = 1")
    other.add("b = 2")
    history_json(one.executions, written)
    assert history_json(other.executions, written) == history_json(other.executions)
    assert json.loads(history_json([], written)) == {"schema": 1, "sources": {}, "executions": []}


def test_a_lone_surrogate_in_a_source_can_be_hashed_and_written() -> None:
    history = History()
    history.add("x = '\ud800'")
    assert history_json(history.executions).encode("utf-8", "replace")
