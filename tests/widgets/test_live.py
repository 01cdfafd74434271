"""A card while its run goes on: counted from the drained points, bounded, throttled."""

import threading
import time

import numpy as np
import pytest

from trackbook.core.events import Points
from trackbook.widgets.card import CardWidget, show_card
from trackbook.widgets.live import PUSH_POINTS, LiveMetrics, Throttle, thinned


def points(key, values, first_step=0):
    steps = np.arange(first_step, first_step + len(values))
    return Points("r", key, steps, 1000 + steps, np.asarray(values, dtype=float))


def test_aggregates_are_counted_piece_by_piece():
    live = LiveMetrics({"loss": "computed"})
    live.add(points("loss", [3.0, np.nan, 1.0]))
    live.take()
    live.add(points("loss", [2.0, np.inf], first_step=3))
    metrics, curves = live.take()
    assert metrics == [
        {
            "key": "loss",
            "last": "Infinity",
            "step": 4,
            "count": 5,
            "min": 1.0,
            "max": "Infinity",
            "delta": None,
            "origin": "computed",
        }
    ]
    assert curves == [{"key": "loss", "steps": [3, 4], "times": [1003, 1004], "values": [2.0, "Infinity"]}]


def test_last_is_the_greatest_step_not_the_last_written():
    live = LiveMetrics()
    live.add(points("a", [5.0], first_step=10))
    live.add(points("a", [1.0], first_step=2))
    assert (live.all()[0]["last"], live.all()[0]["step"]) == (5.0, 10)


def test_only_what_changed_is_taken():
    live = LiveMetrics()
    live.add(points("a", [1.0]))
    live.add(points("b", [1.0]))
    live.take()
    live.add(points("b", [2.0]))
    assert [metric["key"] for metric in live.take()[0]] == ["b"]
    assert live.take() == ([], [])


def test_a_push_is_bounded_and_keeps_spikes():
    live = LiveMetrics()
    values = np.zeros(100_000)
    values[54_321] = 9.0
    values[60_000] = np.nan
    live.add(points("a", values))
    _, [curve] = live.take()
    assert len(curve["values"]) <= PUSH_POINTS
    assert 9.0 in curve["values"]
    assert (curve["steps"][0], curve["steps"][-1]) == (0, 99_999)


@pytest.mark.parametrize("count", [0, 1, 2, 47, 48, 49, 97, 1000])
@pytest.mark.parametrize("limit", [4, 24, 48])
def test_thinning_keeps_order_ends_and_limit(count, limit):
    kept = thinned(np.random.default_rng(1).normal(size=count), limit)
    assert len(kept) <= max(limit, 4)
    assert list(kept) == sorted(set(kept))
    assert count == 0 or (kept[0], kept[-1]) == (0, count - 1)


def test_throttle_calls_at_once_then_once_more_when_the_interval_is_over():
    calls, done = [], threading.Event()
    throttle = Throttle(0.1, lambda: (calls.append(time.monotonic()), len(calls) > 1 and done.set()))
    for _ in range(50):
        throttle.call()
    assert len(calls) == 1
    assert done.wait(2)
    assert calls[1] - calls[0] >= 0.09
    throttle.stop()
    throttle.call()
    assert len(calls) == 2


def test_finished_card_is_whole(session, new_run):
    run = new_run("first", 1, C="1", metrics={"acc": [0.5]})
    run = new_run("live", 2, end=None)
    handle = show_card(run, origins={"C": "assigned"})
    assert handle.widget.card["run"]["status"] == "RUNNING"
    run.log_params({"C": "2"})
    run.log_metric("acc", 0.75)
    run.end("FINISHED")
    card = handle.finish({"acc": "computed"})
    assert card["run"]["status"] == "FINISHED"
    assert [(item["key"], item["origin"], item["previous"]) for item in card["params"]] == [("C", "assigned", "1")]
    assert [(item["key"], item["origin"], item["delta"]) for item in card["metrics"]] == [("acc", "computed", 0.25)]
    assert handle.widget.card == card
    assert "acc = 0.75" in handle.widget.text()


def test_card_answers_with_curves_and_registers(session, full_run):
    from trackbook.widgets.cards import card_of

    widget = CardWidget(card_of(session.store, full_run))
    ask = lambda method, **params: widget.answer({"id": "1", "method": method, "params": params})  # noqa: E731
    assert ask("curves", keys=["loss", "none"], buckets=10)["result"][0]["values"] == [1.0, 2.0]
    assert ask("card")["result"]["run"]["run_id"] == full_run
    assert ask("register", path="model", name="m", alias="champion")["result"]["aliases"] == ["champion"]
    assert widget.card["models"][0]["registered"][0]["name"] == "m"
    assert ask("register", path="../x", name="m", alias=None)["error"]["type"] == "UnsafePath"
    assert ask("register", path="model", name="a/b", alias=None)["error"]["type"] == "InvalidName"


def test_what_is_recorded_after_the_cell_is_shown_when_the_card_looks_again(session, new_run):
    run = new_run("late", end=None)
    handle = show_card(run)
    run.end()
    run.log_input([1, 2, 3], name="given")
    sent = []
    handle.widget.send = lambda message: sent.append(message) if message["kind"] == "card" else None
    assert handle.finish()["record"] is None
    handle.widget.look_again()
    assert [message["card"]["record"] is not None for message in sent] == [False, True]
    assert handle.widget.card["record"]["inputs"][0]["name"] == "given"
    handle.widget.look_again()
    assert len(sent) == 2  # no news


def test_a_card_that_is_finished_late_or_gone_loses_nothing_and_raises_nothing(session, new_run):
    run = new_run("quick", end=None)
    handle = show_card(run)
    run.end()
    handle.widget.look_again()  # the worker was quicker than the cell's thread
    handle.finish()
    assert handle.widget.card["record"] is not None
    handle.widget.close()
    run.log_param("C", 1)
    handle.widget.look_again()
    assert [one["key"] for one in handle.widget.card["params"]] == ["C"]


def test_what_a_push_costs_is_paid_back_by_a_pause():
    """Of processor time, since the machine may be busy with other things."""
    calls = []

    def work():
        end = time.thread_time() + 0.01
        while time.thread_time() < end:
            pass
        calls.append(time.monotonic())

    throttle = Throttle(0.0, work)
    end = time.monotonic() + 1.0
    while time.monotonic() < end:
        throttle.call()
        time.sleep(0.001)
    throttle.stop()
    assert 1 <= len(calls) <= 3
