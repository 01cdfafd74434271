"""The machine's state is sampled while a run is open, and only then."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import psutil
import pytest

import trackbook as tb
from trackbook.tracking import system_metrics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture(autouse=True)
def _fast() -> Iterator[None]:
    tb.enable_system_metrics_logging()
    tb.set_system_metrics_sampling_interval(0.1)
    yield
    system_metrics.stop()
    tb.set_system_metrics_sampling_interval(None)
    system_metrics._chosen = None


def sampling_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "trackbook-system-metrics"]


def samples(run_id: str) -> int:
    aggregate = tb.get_run(run_id).data.aggregates.get("system/cpu_utilization_percentage")
    return aggregate.count if aggregate is not None else 0


def wait_until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_an_open_run_is_sampled_and_an_ended_one_is_not() -> None:
    with tb.start_run() as run:
        wait_until(lambda: samples(run.run_id) >= 2)
    wait_until(lambda: not sampling_threads())
    data = tb.get_run(run.run_id).data
    assert samples(run.run_id) >= 2
    assert 0 < data.metrics["system/system_memory_usage_percentage"] <= 100
    assert "system/disk_available_megabytes" in data.metrics


def test_processor_time_is_counted_over_a_while_from_the_first_sample_on(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []
    measured = psutil.cpu_percent

    def noting() -> float:
        asked.append(time.monotonic())
        return measured()

    monkeypatch.setattr(psutil, "cpu_percent", noting)
    with tb.start_run() as run:
        wait_until(lambda: samples(run.run_id) >= 1)
    assert asked[1] - asked[0] >= 0.04  # half of the interval lies between the mark and the first sample


def test_it_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    tb.disable_system_metrics_logging()
    with tb.start_run() as run:
        time.sleep(0.25)
    assert tb.get_run(run.run_id).data.metrics == {}
    system_metrics._chosen = None
    monkeypatch.delenv("TRACKBOOK_SYSTEM_METRICS")
    monkeypatch.setenv("MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING", "false")
    assert not system_metrics.enabled()
