"""Cell lines and the history of executed cells."""

from __future__ import annotations

import json

from trackbook.capture.cells import History, digest, history_json, line_of

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


def test_a_lone_surrogate_in_a_source_can_be_hashed_and_written() -> None:
    history = History()
    history.add("x = '\ud800'")
    assert history_json(history.executions).encode("utf-8", "replace")
