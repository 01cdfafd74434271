"""A disk that fills, a home that is deleted, a file system that becomes read-only: the training goes on.

The disk is a small tmpfs where one may be mounted, else a limit on the size of files, so that nothing is skipped.
"""

from __future__ import annotations

import json
import textwrap

import pytest

from trackbook.connect import connect
from trackbook.core.ports import RunQuery

FULL = """
import resource
mounted = sys.argv[1] == "True"
run = tb.start_run()
print(run.run_id, flush=True)
for step in range(1000):
    run.log_metric("loss", 0.5, step)
run.flush()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

def fill():
    if not mounted:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        return
    with open("ballast", "wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                pass

def free():
    if mounted:
        os.remove("ballast")
    else:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

fill()
"""


@pytest.mark.parametrize("kind", ["tmpfs", "limit"])
def test_a_full_disk_costs_nothing_that_fits_into_memory(kind, disk, run, steps):
    mounted = kind == "tmpfs" and disk
    code = """
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        slowest = 0.0
        for step in range(1000, 300_000):
            before = time.perf_counter()
            run.log_metric("loss", 0.5, step)
            slowest = max(slowest, time.perf_counter() - before)
        run.set_tag("during", "yes")
        until(lambda: not on_disk())
        free()
        until(on_disk)
    for step in range(300_000, 301_000):
        run.log_metric("loss", 0.5, step)
    print(len(told), slowest)
    die()
    """
    out, errors = run(FULL + textwrap.dedent(code), mounted, ends=-9)
    run_id, told, slowest = out.split()
    assert (int(told), errors.count("cannot write its journal")) == (1, 0)
    assert float(slowest) < 5.0
    assert steps(run_id) == list(range(301_000))


def test_what_memory_cannot_hold_is_counted_and_said_with_the_run(run, project, steps):
    code = """
    import trackbook.journal.trouble as trouble
    trouble.MEMORY_SLOTS_BYTES = 4 << 20
    for step in range(1000, 400_000):
        run.log_metric("loss", 0.5, step)
    free()
    until(on_disk)
    run.flush()
    run.end()
    """
    out, errors = run(FULL + textwrap.dedent(code), False)
    run_id = out.strip()
    found = steps(run_id)
    store = connect(project / ".trackbook")
    (sentence,) = json.loads(store.runs.get(run_id).data.tags["trackbook.warnings"])
    store.close()
    assert found == list(range(len(found)))
    assert f"{400_000 - len(found):,} metric points were not recorded" in sentence
    assert "up to 131,072 points" in errors
    assert errors.count("RuntimeWarning") == 1


def test_a_home_deleted_under_an_open_run_is_made_again(run, steps, project):
    out, errors = run(
        """
    import shutil
    ended = tb.start_run(run_name="before")
    ended.log_metric("loss", 0.5, 0)
    tb.end_run()
    run = tb.start_run()
    run.log_param("lr", 0.1)
    for step in range(1000):
        run.log_metric("loss", 0.5, step)
    run.flush()
    shutil.rmtree(".trackbook")
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        for step in range(1000, 2000):
            run.log_metric("loss", 0.5, step)
        run.set_tag("after", "yes")
        until(lambda: os.path.exists(".trackbook/journal"))
        until(on_disk)
    assert run.flush()
    for step in range(2000, 3000):
        run.log_metric("loss", 0.5, step)
    print(run.run_id, len(told))
    die()
    """,
        ends=-9,
    )
    run_id, told = out.split()
    assert int(told) == 1, errors
    assert steps(run_id) == list(range(3000))
    store = connect(project / ".trackbook")
    found = store.runs.get(run_id)
    assert (found.info.status, found.data.params, found.data.tags["after"]) == ("KILLED", {"lr": "0.1"}, "yes")
    assert [one.info.run_name for one in store.runs.search(RunQuery()).items] == [found.info.run_name]
    store.close()


def test_a_database_deleted_alone_gets_the_open_run_again(run, steps):
    out, _ = run("""
    run = tb.start_run()
    for step in range(1000):
        run.log_metric("loss", 0.5, step)
    run.flush()
    for name in os.listdir(".trackbook"):
        if name.startswith("trackbook.db"):
            os.remove(".trackbook/" + name)
    for step in range(1000, 2000):
        run.log_metric("loss", 0.5, step)
    assert run.flush()
    run.end()
    print(run.run_id)
    """)
    assert steps(out.strip()) == list(range(2000))


def test_a_file_system_that_becomes_read_only_is_left_and_taken_up_again(may_mount, run, steps, project):
    """A read-only file system comes over the home, and goes again; without the right to mount, its mode changes."""
    out, errors = run(
        """
    import subprocess
    mounts = sys.argv[1] == "True"
    run = tb.start_run()
    for step in range(1000):
        run.log_metric("loss", 0.5, step)
    if mounts:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", ".trackbook"], check=True)
    else:
        for folder, _, _ in os.walk(".trackbook"):
            os.chmod(folder, 0o500)
    try:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            for step in range(1000, 200_000):
                run.log_metric("loss", 0.5, step)
            run.set_tag("during", "yes")
            until(lambda: not on_disk())
    finally:
        if mounts:
            subprocess.run(["umount", ".trackbook"], check=True)
        else:
            for folder in (".trackbook", *(one[0] for one in os.walk(".trackbook"))):
                os.chmod(folder, 0o700)
    until(on_disk)
    for step in range(200_000, 201_000):
        run.log_metric("loss", 0.5, step)
    print(run.run_id, len(told))
    die()
    """,
        may_mount,
        ends=-9,
    )
    run_id, told = out.split()
    assert int(told) == 1, errors
    assert steps(run_id) == list(range(201_000))
