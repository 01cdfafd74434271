"""System metrics: what the machine was doing while a run went on.

One daemon thread a process samples for every open run, under MLflow's names (`system/cpu_utilization_percentage` …,
`mlflow/system_metrics/monitors`), with the sample's number as the step.  The first sample comes one interval after the
start, so that a short cell pays nothing.  Switched off by `TRACKBOOK_SYSTEM_METRICS=0`, MLflow's
`MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING=false` or `disable_system_metrics_logging()`.
"""

from __future__ import annotations

import logging
import os
import threading
from typing import TYPE_CHECKING, Any

from trackbook.core import forks
from trackbook.tracking import active

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trackbook.tracking.run import ActiveRun

log = logging.getLogger(__name__)

INTERVAL_S = 10.0
MARK_S = 1.0
"""After the start, so that a short cell pays nothing: from here on processor time and traffic are counted."""
MEGABYTE = 1e6
OFF_WORDS = ("0", "false", "no", "off")
PREFIX = "system/"


def machine_reader() -> Callable[[], Mapping[str, float]]:
    """Reads CPU, memory, disk and network; traffic counts from the moment this is made."""
    import psutil

    psutil.cpu_percent()  # the first call only sets the mark
    first = psutil.net_io_counters()

    def read() -> Mapping[str, float]:
        memory, disk, network = psutil.virtual_memory(), psutil.disk_usage(os.sep), psutil.net_io_counters()
        values = {
            "cpu_utilization_percentage": psutil.cpu_percent(),
            "system_memory_usage_megabytes": memory.used / MEGABYTE,
            "system_memory_usage_percentage": memory.percent,
            "disk_usage_megabytes": disk.used / MEGABYTE,
            "disk_usage_percentage": disk.percent,
            "disk_available_megabytes": disk.free / MEGABYTE,
        }
        if network is not None and first is not None:
            values["network_receive_megabytes"] = (network.bytes_recv - first.bytes_recv) / MEGABYTE
            values["network_transmit_megabytes"] = (network.bytes_sent - first.bytes_sent) / MEGABYTE
        return values

    return read


def gpu_reader() -> Callable[[], Mapping[str, float]] | None:
    """Reads each NVIDIA GPU's load, memory, power and temperature; None without a GPU, its driver or `nvidia-ml-py`."""
    try:
        import pynvml

        pynvml.nvmlInit()
        handles = [pynvml.nvmlDeviceGetHandleByIndex(number) for number in range(pynvml.nvmlDeviceGetCount())]
    except Exception:  # noqa: BLE001 - no library, no driver, no device: all mean no GPU to read
        return None

    def read() -> Mapping[str, float]:
        values = {}
        for number, handle in enumerate(handles):
            memory = pynvml.nvmlDeviceGetMemoryInfo(handle)
            values[f"gpu_{number}_memory_usage_megabytes"] = memory.used / MEGABYTE
            values[f"gpu_{number}_memory_usage_percentage"] = 100 * memory.used / memory.total
            values[f"gpu_{number}_utilization_percentage"] = pynvml.nvmlDeviceGetUtilizationRates(handle).gpu
            values[f"gpu_{number}_power_usage_watts"] = pynvml.nvmlDeviceGetPowerUsage(handle) / 1000
        return values

    return read if handles else None


class Sampler:
    """The sampling thread; it runs while a run is open and leaves when none is."""

    def __init__(self, interval_s: float = INTERVAL_S) -> None:
        self.interval_s = interval_s
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._samples: dict[str, int] = {}

    def watch(self, run: ActiveRun) -> None:
        """Sample for this run until it ends."""
        with self._lock:
            self._samples.setdefault(run.run_id, 0)
            if self._thread is None or not self._thread.is_alive():
                self._wake.clear()
                self._thread = threading.Thread(target=self._work, name="trackbook-system-metrics", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Leave; the thread is gone when this returns."""
        thread = self._thread
        self._wake.set()
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout=5)

    def _work(self) -> None:
        readers: list[Any] = []
        pause_s = min(MARK_S, self.interval_s / 2)
        while not self._wake.wait(pause_s):
            with self._lock:  # a run opened now is either seen here or finds no thread and starts one
                runs = [run for run in active.open_runs() if run.run_id in self._samples]
                if not runs:
                    self._samples.clear()
                    self._thread = None
                    return
            try:
                if not readers:
                    readers = [reader for reader in (machine_reader(), gpu_reader()) if reader is not None]
                    pause_s = self.interval_s - pause_s
                    continue
                pause_s = self.interval_s
                values = {PREFIX + key: value for reader in readers for key, value in reader().items()}
                for run in runs:
                    run.log_metrics(values, self._samples[run.run_id])
                    self._samples[run.run_id] += 1
            except Exception:
                log.warning("system metrics are switched off: sampling failed", exc_info=True)
                return

    def after_fork_in_child(self) -> None:
        """The parent's runs are sampled by the parent."""
        self.__init__(self.interval_s)  # type: ignore[misc]


_sampler = Sampler()
forks.in_child(_sampler.after_fork_in_child)
_chosen: bool | None = None


def enabled() -> bool:
    """Whether new runs are sampled: what was asked for by a call, else by the environment, else yes."""
    if _chosen is not None:
        return _chosen
    for name in ("TRACKBOOK_SYSTEM_METRICS", "MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING"):
        if os.environ.get(name):
            return os.environ[name].strip().lower() not in OFF_WORDS
    return True


def enable_system_metrics_logging() -> None:
    """Sample the runs started from now on."""
    global _chosen
    _chosen = True


def disable_system_metrics_logging() -> None:
    """Sample no run started from now on, and stop sampling those that are open."""
    global _chosen
    _chosen = False
    _sampler.stop()


def set_system_metrics_sampling_interval(interval: float | None) -> None:
    """Seconds between samples; None for the default of 10."""
    _sampler.interval_s = INTERVAL_S if interval is None else max(0.1, float(interval))


def watch(run: ActiveRun, wanted: bool | None = None) -> None:
    """Sample for this run, where that is switched on."""
    if enabled() if wanted is None else wanted:
        _sampler.watch(run)


def stop() -> None:
    """End the sampling thread; the next run starts it again."""
    _sampler.stop()
