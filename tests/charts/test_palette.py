"""The colours of runs; `js/src/lib/runcolours.test.ts` has the same cases."""

from __future__ import annotations

from trackbook.charts.palette import run_slots


def test_runs_of_one_chart_differ_the_later_one_moving_on_and_alone_each_has_what_its_id_prefers() -> None:
    assert run_slots({"a": 1}) == {"a": 0}
    assert run_slots({"k": 1}) == {"k": 0}
    assert run_slots({"a": 1, "k": 2}) == {"a": 0, "k": 1}
    assert run_slots({"a": 2, "k": 1}) == {"a": 1, "k": 0}
    assert run_slots({"a": 1, "k": 2}, {"k": 0}) == {"a": 1, "k": 0}
    ten = run_slots({f"run-{at}": at for at in range(10)})
    assert list(ten.values()) == [5, 6, 3, 4, 9, 0, 7, 8, 1, 2]
