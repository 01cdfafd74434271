"""Processes that a cell forks: they log into its run, and neither end it nor note for it."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

import pytest
from tests.jupyter.kernels import Kernel, kernel_in

from trackbook.capture.data import opens

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")

WORKERS = """
import multiprocessing, trackbook as tb
def work(n):
    tb.log_metric(f"m{n}", n)
    if n == 2:
        raise RuntimeError("worker 2 fails")
workers = [multiprocessing.get_context("fork").Process(target=work, args=(n,)) for n in range(3)]
for one in workers: one.start()
for one in workers: one.join()
"""
FORKS = """
import os, sys, trackbook as tb
child = os.fork()
if child == 0:
    try:
        tb.log_metric("child", 1.0)
        {leaves}
    finally:
        if {exits}: os._exit(0)
else:
    os.waitpid(child, 0)
tb.log_metric("parent", 1.0)
"""
TELL = """
import json, trackbook as tb
from trackbook.jupyter import extension
_ = extension.loaded().hooks.workers.wait(20)
found = tb.search_runs(output_format="list", filter_string="tags.mlflow.runName LIKE '{}%'")
print(json.dumps([(one.info.status, one.data.metrics) for one in found]))
"""


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Any:
    wait = "import threading\nfor one in threading.enumerate():\n    if one.name == 'trackbook-warm': one.join()"
    with kernel_in(tmp_path_factory.mktemp("forks")) as kernel:
        kernel.run(wait)
        yield kernel


def told(kernel: Kernel, name: str) -> list[tuple[str, dict[str, float]]]:
    said = kernel.run(TELL.replace("{}", name)).text
    return [(status, metrics) for status, metrics in json.loads(said.splitlines()[-1])]


def test_workers_log_into_the_cell_s_run_whatever_becomes_of_them(kernel: Kernel) -> None:
    assert not kernel.run(f"%%track --quiet --no-metrics --name workers\n{WORKERS}").of("error")
    assert told(kernel, "workers") == [("FINISHED", {"m0": 0.0, "m1": 1.0, "m2": 2.0})]


@pytest.mark.parametrize("leaves", ["pass", "raise KeyError(1)", "sys.exit(1)", "os.kill(os.getpid(), 9)"])
def test_a_child_that_leaves_does_not_end_the_run(kernel: Kernel, leaves: str) -> None:
    name = f"leaves{sum(map(ord, leaves))}"
    kernel.run(f"%%track --quiet --no-metrics --name {name}\n{FORKS.format(leaves=leaves, exits=True)}")
    assert told(kernel, name) == [("FINISHED", {"child": 1.0, "parent": 1.0})]


def test_a_child_that_gets_to_the_end_of_the_cell_does_not_record_it(kernel: Kernel) -> None:
    cell = FORKS.format(leaves="pass", exits=False).replace("os.waitpid(child, 0)", "pass")
    at_end = "get_ipython().events.register('post_run_cell', lambda _: os._exit(0) if os.getpid() != kernel else None)"
    kernel.run(f"import os\nkernel = os.getpid()\n{at_end}")
    kernel.run(f"%%track --quiet --no-metrics --name falls\n{cell}\nif child == 0: 1 / 0\n_ = os.waitpid(child, 0)")
    assert told(kernel, "falls") == [("FINISHED", {"child": 1.0, "parent": 1.0})]
    kernel.run("get_ipython().events.callbacks['post_run_cell'].pop()")


def test_workers_of_a_cell_that_is_no_run_make_runs_of_their_own_and_say_so(kernel: Kernel) -> None:
    kernel.run("%track on")
    work = WORKERS.replace("tb.log_metric", "tb.set_tag('mlflow.runName', 'alone'); tb.log_metric")
    said = kernel.run(work).text
    kernel.run("%track off\n%track on")
    assert said.count("trackbook: what this forked process logs is a run of its own") == 3
    found = sorted((metrics, status) for status, metrics in map(_sortable, told(kernel, "alone")))
    assert found == [("m0", "FINISHED"), ("m1", "FINISHED"), ("m2", "FAILED")]


def _sortable(run: tuple[str, dict[str, float]]) -> tuple[str, str]:
    return run[0], "".join(run[1])


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_child_notes_no_openings(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("1")
    watch = opens.watch()
    try:
        child = os.fork()
        if child == 0:
            noted = len(watch.noted)
            (tmp_path / "data.csv").read_text()
            sys.stdout.flush()
            os._exit(len(watch.noted) - noted)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        (tmp_path / "data.csv").read_text()
    finally:
        seen = watch.stop()
    assert str(tmp_path / "data.csv") in [one[0] for one in seen]
