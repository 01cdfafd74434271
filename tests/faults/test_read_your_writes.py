"""What was logged before a flush, a read, the end of a cell or the end of the process is in the store after it."""

from __future__ import annotations

import signal
import time

import pytest

from trackbook.connect import connect


def test_a_flush_under_load_brings_what_was_logged_before_it(run):
    """Four threads log without a pause; each flush must come back, and what it promised must be there."""
    out, _ = run("""
    run = tb.start_run()
    stop = threading.Event()

    def log(number):
        step = 0
        while not stop.is_set():
            run.log_metric(f"m{number}", 0.5, step)
            step += 1
            if step % 1000 == 0:
                run.set_tag(f"t{number}", step)

    threads = [threading.Thread(target=log, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    store, slowest = current_session().store, 0.0
    for step in range(20):
        run.log_metric("loss", 0.5, step)
        run.set_tag("mine", step)
        before = time.monotonic()
        assert run.flush(60.0)
        slowest = max(slowest, time.monotonic() - before)
        assert sorted(store.metrics.history(run.run_id, "loss").steps.tolist()) == list(range(step + 1))
        assert store.runs.get(run.run_id).data.tags["mine"] == str(step)
    stop.set()
    for thread in threads:
        thread.join()
    tb.end_run()
    print(slowest)
    """)
    assert float(out) < 20.0


def test_reading_its_own_run_needs_no_flush(run):
    run("""
    run = tb.start_run()
    for step in range(50):
        run.log_metric("loss", step, step)
        run.log_param(f"p{step}", step)
        data = tb.get_run(run.run_id).data
        assert data.metrics["loss"] == step
        assert data.params[f"p{step}"] == str(step)
    """)


@pytest.mark.parametrize(
    ("ending", "code", "status"),
    [
        ("tb.end_run()", 0, "FINISHED"),
        ("pass", 0, "FINISHED"),
        ("sys.exit(3)", 3, "FINISHED"),
        ("raise ValueError", 1, "FAILED"),
        ("os.kill(os.getpid(), signal.SIGINT); time.sleep(5)", -signal.SIGINT, "KILLED"),
    ],
)
def test_a_process_that_ends_leaves_nothing_behind(ending, code, status, run, project):
    """No recovery is needed: the store has all, and the journal is gone."""
    out, _ = run(
        f"""
    run = tb.start_run()
    for step in range(20_000):
        run.log_metric("loss", 0.5, step)
    print(run.run_id, flush=True)
    {ending}
    """,
        ends=code,
    )
    assert list((project / ".trackbook" / "journal").iterdir()) == []
    store = connect(project / ".trackbook")
    assert sorted(store.metrics.history(out.strip(), "loss").steps.tolist()) == list(range(20_000))
    assert store.runs.get(out.strip()).info.status == status
    store.close()


def test_an_interrupt_in_the_middle_of_logging_loses_nothing(begin, steps, project):
    process = begin("""
    run = tb.start_run()
    print(run.run_id, flush=True)
    step = 0
    try:
        with run:
            while True:
                run.log_metric("loss", 0.5, step)
                step += 1
    except KeyboardInterrupt:
        print(step, flush=True)
        assert run.flush()
        print(len(current_session().store.metrics.history(run.run_id, "loss").steps), flush=True)
    """)
    run_id = process.stdout.readline().strip()
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    returned, stored = map(int, out.split())
    assert returned <= stored <= returned + 1
    assert steps(run_id) == list(range(stored))
    store = connect(project / ".trackbook")
    assert store.runs.get(run_id).info.status == "KILLED"
    store.close()


def test_the_end_of_a_cell_brings_its_run_into_the_store(run):
    """Another process sees it without any further call in this one."""
    run("""
    from IPython.core.interactiveshell import InteractiveShell
    from trackbook.connect import connect
    from trackbook.core.ports import RunQuery
    shell = InteractiveShell.instance()
    shell.run_line_magic("load_ext", "trackbook")
    cell = "%%track\\nimport trackbook as tb\\nfor step in range(1000):\\n    tb.log_metric('loss', 0.5, step)\\n"
    shell.run_cell(cell, store_history=True).raise_error()
    store = connect(".trackbook")
    until(lambda: [one.info.status for one in store.runs.search(RunQuery()).items] == ["FINISHED"], 2.0)
    (found,) = store.runs.search(RunQuery()).items
    assert len(store.metrics.history(found.info.run_id, "loss").steps) == 1000
    """)
