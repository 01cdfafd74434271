"""Would the notebook, run from top to bottom, run the code that the kernel ran?"""

from __future__ import annotations

import json
import time

import pytest

from trackbook.capture.borders import Stop, Trace
from trackbook.capture.cells import History
from trackbook.capture.program import Seen, Slicer
from trackbook.capture.state import DIFFERS, REPRODUCIBLE, UNKNOWN, Verdict, verdict_json, verdict_on
from trackbook.capture.state.document import DocumentCell, document_cells

LOAD, SCALE, NOTE, TRAIN = "data = [1, 2]", "data.append(3)", "print('hello')", "%%track a\ntotal = sum(data)"


def verdict(
    ran: list[tuple[str, str]],
    document: list[tuple[str, str]] | None,
    *,
    ids: bool = True,
    stops: dict[int, Stop] | None = None,
    outcome: str = "error",
    may_raise: bool = False,
    bound: frozenset[str] = frozenset(),
) -> Verdict:
    """Both as pairs of cell id and source; executions that raised, by index, and whether all cells are tagged so.

    `bound` are names that the first execution was seen to bind.
    """
    history, slicer = History(), Slicer()
    for number, (cell_id, source) in enumerate(ran):
        stop = (stops or {}).get(number)
        one = history.add(source, cell_id=cell_id if ids else None, outcome="ok" if stop is None else outcome)
        slicer.add(one, Seen(Trace(frozenset() if number else bound), stop=stop))
    cells = None
    if document is not None:
        cells = [DocumentCell(source, one if ids else None, may_raise=may_raise) for one, source in document]
    return verdict_on(slicer.slice(), cells)


def kinds(found: Verdict) -> list[tuple[str, str | None]]:
    return [(one.kind, one.cell_id) for one in found.reasons]


IN_ORDER = [("l", LOAD), ("s", SCALE), ("n", NOTE), ("t", TRAIN)]


@pytest.mark.parametrize("ids", [True, False])
def test_a_notebook_run_in_its_order_is_reproducible(ids: bool) -> None:
    found = verdict(IN_ORDER, IN_ORDER, ids=ids)
    assert (found.word, found.reasons, found.executions) == (REPRODUCIBLE, (), (0, 1, 3))


def test_what_the_run_does_not_depend_on_may_be_edited_deleted_and_run_again() -> None:
    ran = [*IN_ORDER[:3], ("n", NOTE), ("x", "x = 1"), IN_ORDER[3]]
    document = [IN_ORDER[0], IN_ORDER[1], ("n", "print('other')"), IN_ORDER[3], ("new", "data = []")]
    assert verdict(ran, document).word == REPRODUCIBLE


def test_an_edited_cell_is_told() -> None:
    found = verdict(IN_ORDER, [("l", "data = [9]"), *IN_ORDER[1:]])
    assert (found.word, kinds(found)) == (DIFFERS, [("edited", "l")])


def test_an_option_of_the_track_line_is_no_edit() -> None:
    assert verdict(IN_ORDER, [*IN_ORDER[:3], ("t", TRAIN.replace("track a", "track b --quiet"))]).word == REPRODUCIBLE


def test_a_deleted_cell_and_the_names_that_went_with_it_are_told() -> None:
    found = verdict(IN_ORDER, IN_ORDER[1:])
    assert found.word == DIFFERS
    assert ("deleted", "l") in kinds(found)
    assert [one.names for one in found.reasons if one.kind == "gone"] == [("data",), ("data",)]


def test_a_cell_run_out_of_order_is_told() -> None:
    found = verdict([("a", "a = [1]"), ("c", "a.append(2)"), ("b", "a[0] = 5"), ("t", "t = sum(a)")],
                    [("a", "a = [1]"), ("b", "a[0] = 5"), ("c", "a.append(2)"), ("t", "t = sum(a)")])  # fmt: skip
    assert (found.word, kinds(found)) == (DIFFERS, [("order", "b")])


def test_the_order_of_cells_that_do_not_need_each_other_is_no_matter() -> None:
    imports, load, helper = ("i", "import math"), ("l", LOAD), ("h", "def half(x):\n    return math.floor(x / 2)")
    train = ("t", "total = half(sum(data))")
    assert verdict([load, helper, imports, train], [imports, helper, load, train]).word == REPRODUCIBLE
    found = verdict([load, helper, imports, train], [imports, helper, ("l", "data = [9]"), train])
    assert kinds(found) == [("edited", "l")]


def test_the_order_of_cells_that_bind_one_name_matters() -> None:
    one, other, train = ("a", "x = 1"), ("b", "if flag:\n    x = 2"), ("t", "total = x")
    flag = ("f", "flag = True")
    found = verdict([flag, other, one, train], [flag, one, other, train])
    assert (found.word, kinds(found)) == (DIFFERS, [("not run", "b")])


def test_the_order_of_cells_that_perhaps_bind_one_name_matters() -> None:
    zero, flag, train = ("z", "x = 0"), ("f", "flag = True"), ("t", "total = x")
    one, other, beside = ("a", "if flag: x = 1"), ("b", "if flag: x = 2"), ("n", "y = 1")
    document = [zero, flag, other, one, beside, train]
    assert verdict(document, document).word == REPRODUCIBLE
    assert verdict([flag, zero, *document[2:]], document).word == REPRODUCIBLE
    found = verdict([zero, flag, one, other, train], document)
    assert (found.word, kinds(found)) == (DIFFERS, [("order", "b")])


def test_a_cell_run_twice_makes_no_other_one_run_out_of_order() -> None:
    base, again, one, train = ("b", "d = {}"), ("s", "d['k'] = d.get('k', 0) + 1"), ("a", "a = 5"), ("t", "t = [d, a]")
    assert kinds(verdict([base, again, again, one, train], [base, one, again, train])) == [("twice", "s")]


def test_the_order_of_many_cells_is_judged_in_time() -> None:
    """Each asks whether it matters for each that ran before it."""
    number = 300
    ran = [(f"c{one}", f"a{one} = {one}") for one in reversed(range(number))]
    train = ("t", "t = b + " + "+".join(f"a{one}" for one in range(number)))
    began = time.thread_time()
    found = verdict([("e", "b = 1"), *ran, train], [("e", "b = 2"), *reversed(ran), train])
    assert kinds(found) == [("edited", "e")]
    assert time.thread_time() - began < 2


def test_a_cell_that_only_defines_may_run_as_often_as_one_likes() -> None:
    helper, use, train = ("h", "def half(x):\n    return x / 2"), ("u", "low = half(4)"), ("t", "total = half(low)")
    document = [helper, use, train]
    assert verdict([helper, use, helper, train], document).word == REPRODUCIBLE
    other = ("h", "def half(x):\n    return x / 3")
    assert kinds(verdict([other, use, helper, train], document)) == [("twice", "h")]


def test_comments_layout_and_magics_that_define_nothing_are_no_edit() -> None:
    ran = [("l", "%load_ext autoreload\n" + LOAD), IN_ORDER[3], ("x", "%matplotlib inline"), IN_ORDER[3]]
    document = [("x", "%load_ext other"), ("l", f"# the data\n{LOAD}  # all\n"), ("t", f"{TRAIN}\n\n# done")]
    assert verdict(ran, document).word == REPRODUCIBLE
    assert kinds(verdict(ran, [("l", "%load_ext autoreload"), IN_ORDER[3]]))[0] == ("edited", "l")


@pytest.mark.parametrize("magic", ["%%cython", "%%R -o x", "%%sql db"])
def test_a_cell_of_another_language_is_compared_by_its_text(magic: str) -> None:
    ran = [("x", f"{magic}\nx = 1"), ("t", "%%track\ntotal = 5")]
    assert verdict(ran, ran).word == REPRODUCIBLE
    for edited in (f"{magic}\nx = 2", f"{magic} --other\nx = 1"):
        found = verdict(ran, [("x", edited), ran[1]])
        assert (found.word, kinds(found)) == (DIFFERS, [("edited", "x")])


CLEAN, CLEANED = "data.append(3)\ndata[9] = 1", "data.append(3)"


def test_a_cell_that_raised_and_did_something_before_is_told() -> None:
    ran = [IN_ORDER[0], ("s", CLEAN), IN_ORDER[3]]
    found = verdict(ran, ran, stops={1: Stop("IndexError", 2, 0)})
    assert (found.word, [(one.kind, one.cell_id, one.error) for one in found.reasons]) == (
        DIFFERS,
        [("raised", "s", "IndexError")],
    )
    assert json.loads(verdict_json(found))["reasons"][0]["error"] == "IndexError"
    corrected = [*ran[:2], ("s", CLEANED), ran[2]]
    found = verdict(corrected, [ran[0], ("s", CLEANED), ran[2]], stops={1: Stop("IndexError", 2, 0)})
    assert kinds(found) == [("raised", "s")]


def test_a_cell_that_was_interrupted_and_did_something_before_is_told() -> None:
    ran = [IN_ORDER[0], ("s", CLEAN), IN_ORDER[3]]
    found = verdict(ran, ran, stops={1: Stop("KeyboardInterrupt", 2, 0)}, outcome="interrupted")
    assert kinds(found) == [("interrupted", "s")]


def test_a_cell_that_may_raise_and_did_is_reproducible() -> None:
    ran = [IN_ORDER[0], ("s", CLEAN + "\ndata = 5"), IN_ORDER[3]]
    assert verdict(ran, ran, stops={1: Stop("IndexError", 2, 0)}, may_raise=True).word == REPRODUCIBLE


@pytest.mark.parametrize(
    ("wrong", "stop"),
    [
        ("print(dat)\ndata.append(3)", Stop("NameError", 1, 6)),
        ("data[0] = unknown(5)", Stop("NameError", 1, 10)),
        ("import nothing\ndata.append(3)", Stop("ModuleNotFoundError", 1, 0)),
        ("%%track b\n\nsize = len(data)\nsize / 0\ndata.clear()", Stop("ZeroDivisionError", 3, 0)),
        ("\n\n%pwd\nmore = [*data]\nmore + 1\ndata.clear()", Stop("TypeError", 3, 0)),
    ],
)
def test_a_cell_that_failed_and_was_corrected_is_no_matter_where_it_left_nothing(wrong: str, stop: Stop) -> None:
    document = [IN_ORDER[0], ("s", SCALE), IN_ORDER[3]]
    ran = [IN_ORDER[0], ("s", wrong), ("s", SCALE), IN_ORDER[3]]
    assert verdict(ran, document, stops={1: stop}).word == REPRODUCIBLE


def test_the_run_of_a_cell_that_raised_is_judged_by_what_it_did() -> None:
    ran = [IN_ORDER[0], ("o", "other = 1"), ("t", "%%track\nprint(sum(data))\n1 / 0\nprint(other)")]
    assert verdict(ran, ran, stops={2: Stop("ZeroDivisionError", 3, 0)}).word == REPRODUCIBLE


def test_a_cell_run_twice_with_effect_is_told() -> None:
    found = verdict([IN_ORDER[0], IN_ORDER[1], IN_ORDER[1], IN_ORDER[3]], IN_ORDER)
    assert (found.word, kinds(found)) == (DIFFERS, [("twice", "s")])


def test_a_cell_run_twice_tells_of_the_random_numbers_that_it_draws() -> None:
    cells = [("s", "import numpy as np\nnp.random.seed(0)"), ("t", "metric = np.random.rand()")]
    found = verdict([*cells, cells[1]], cells)
    assert [(one.kind, one.draws, one.code) for one in found.reasons] == [("twice", ("numpy",), ())]


def test_a_cell_run_twice_tells_of_the_code_that_may_change_its_data() -> None:
    cells = [("d", "from tools import clean\ndata = [1]"), ("t", "clean(data)\nmetric = len(data)")]
    found = verdict([*cells, cells[1]], cells)
    assert [(one.kind, one.draws, one.code) for one in found.reasons] == [("twice", (), ("clean",))]
    assert json.loads(verdict_json(found))["reasons"][0]["code"] == ["clean"]


def test_a_cell_run_twice_with_a_helper_that_only_reads_is_reproducible() -> None:
    cells = [("d", "data = [1]\ndef mean(values):\n    return sum(values) / len(values)"), ("t", "metric = mean(data)")]
    assert verdict([*cells, cells[1]], cells).word == REPRODUCIBLE


def test_a_cell_run_twice_without_effect_is_not() -> None:
    assert verdict([IN_ORDER[0], *IN_ORDER], IN_ORDER).word == REPRODUCIBLE


def test_a_cell_above_that_never_ran_and_would_matter_is_told() -> None:
    found = verdict([IN_ORDER[0], IN_ORDER[3]], IN_ORDER)
    assert (found.word, kinds(found)) == (DIFFERS, [("not run", "s")])


def test_without_a_document_nothing_is_known() -> None:
    assert verdict(IN_ORDER, None).word == UNKNOWN


def test_a_name_that_no_recorded_cell_defined_leaves_a_doubt() -> None:
    found = verdict([("t", "t = before + 1")], [("t", "t = before + 1")])
    assert (found.word, found.reasons[0].names) == (UNKNOWN, ("before",))


@pytest.mark.parametrize(
    ("early", "later", "last"),
    [
        ("g = (one * k for one in [1])", "k = 2", "t = sum(g)"),
        (
            "class A:\n    def __init_subclass__(cls): pass\nclass B(A):\n    def f(self): return k",
            "k = 2",
            "t = B().f()",
        ),
        ("def f(): return k\nshown = f", "k = 2", "t = shown()"),
        ("fs = []\nfs.append(lambda: k)", "k = 2", "t = fs[0]()"),
        ("n = [1]\ndef f(): return k\nexec('m = 1')", "size = len(n)\nk = 2", "t = f()"),
        ("def f():\n    yield k\ng = f()", "k = 2", "t = sum(g)"),
        ("class C:\n    def f(self): return k\nc = C()", "k = 2", "t = c.f()"),
        (
            "from __future__ import annotations\nclass C:\n    k: k = 1\n    def f(self, c: C) -> C: return k",
            "k = 2",
            "t = C().f(1)",
        ),
        ("class C:\n    n = 2\n    m = n + 1\nc = C()", "d = c", "t = d.m"),
        ("if (n := 3) > 2 and (m := n): pass", "d = m", "t = d"),
    ],
)
def test_a_name_that_code_reads_when_it_is_bound_leaves_no_doubt(early: str, later: str, last: str) -> None:
    cells = [("e", early), ("l", later), ("t", last)]
    found = verdict(cells, cells)
    assert (found.word, found.reasons, found.executions) == (REPRODUCIBLE, (), (0, 1, 2))


@pytest.mark.parametrize(
    ("early", "read"),
    [
        ("", "class C:\n    x = k\n    def f(self): return k\na = 1"),
        ("", "a = sum(k for _ in [1])"),
        ("", "a = 0\nfor one in (k for _ in [1]): a += one"),
        ("", "a = (lambda: k)()"),
        ("", "a = sorted([2, 1], key=lambda one: one * k)"),
        ("", "a = list(map(lambda one: one * k, [1]))"),
        ("def f(): return k", "a = f()"),
        ("def f(kept=[]): return k", "a = f()"),
        ("def f(one): return k * one", "a = sorted([2, 1], key=f)"),
        ("g = (k for _ in [1])", "a = sum(g)"),
        ("f = lambda: k", "a = f()"),
    ],
)
def test_a_name_that_code_has_read_before_it_is_bound_leaves_a_doubt(early: str, read: str) -> None:
    cells = [("e", early or "n = 0"), ("r", read), ("l", "k = 2"), ("t", "t = [a, k]")]
    if "class" in read:
        cells[-1] = ("t", "t = [C, k]")
    found = verdict(cells, cells)
    assert (found.word, [one.names for one in found.reasons]) == (UNKNOWN, [("k",)])


def test_a_name_that_a_cell_binds_by_code_is_not_gone_while_the_cell_is_there() -> None:
    ran = [("x", "exec('a = 1')"), ("l", "b = 2"), ("t", "t = a + b")]
    found = verdict(ran, [ran[0], ("l", "b = 3"), ran[2]], bound=frozenset("a"))
    assert kinds(found) == [("edited", "l")]
    assert ("gone", "t") in kinds(verdict(ran, [("x", "exec('c = 1')"), *ran[1:]], bound=frozenset("a")))


def test_no_parameter_of_a_function_is_gone() -> None:
    ran = [
        ("f", "def f(model):\n    return sum(model(one) for one in [1])"),
        ("m", "class M:\n    def __call__(self, x): return x\nm = M()"),
        ("a", "a = f(m)"),
        ("o", "m.w = 3"),
        ("t", "t = f(m)"),
    ]
    found = verdict(ran, [*ran[:2], *ran[3:]])
    assert not [one.names for one in found.reasons if one.names and one.names != ("a",)]


def test_copied_cells_with_one_id_are_told_apart_by_their_source() -> None:
    document = [("l", LOAD), ("l", SCALE), ("t", TRAIN)]
    assert verdict(document, document).word == REPRODUCIBLE


def test_it_is_written_as_json() -> None:
    written = json.loads(verdict_json(verdict(IN_ORDER, [("l", "data = [9]"), *IN_ORDER[1:]])))
    assert written["verdict"] == "differs"
    assert written["reasons"] == [{"kind": "edited", "cell_id": "l", "execution": 0, "line": LOAD}]


def test_the_code_cells_of_a_document_are_read_whatever_its_form() -> None:
    content = {
        "cells": [{"cell_type": "markdown", "source": "x"}, {"cell_type": "code", "source": ["a\n", "b"], "id": "i"}]
    }
    assert document_cells(json.dumps(content).encode()) == [DocumentCell("a\nb", "i")]
    tagged = {"cell_type": "code", "source": "1 / 0", "metadata": {"tags": ["raises-exception"]}}
    assert document_cells({"cells": [tagged]}) == [DocumentCell("1 / 0", None, may_raise=True)]
    assert document_cells(b"no json") is None
    assert document_cells({"worksheets": []}) is None


def test_a_first_line_is_cut_behind_the_search_for_secrets() -> None:
    line = 'engine = create_engine("postgresql://somebody:Sup3rS3cretPassw0rd@db.example.org/x")'
    found = verdict([("e", line), ("t", "%%track\nx = engine")], [("t", "%%track\nx = engine")])
    assert len(found.reasons[0].line) == 60
    assert "Sup3rS3cret" not in verdict_json(found)
