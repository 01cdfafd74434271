"""Processes that fork inside a run, and two kernels on one home: nothing lost or doubled, no hang, the run staysopen"""

from __future__ import annotations

import json
import textwrap

import pytest

from trackbook.connect import connect
from trackbook.core.ports import RunQuery


@pytest.fixture
def recorded(run, steps, project):
    """Run a script that prints its run's id: the run, and the steps of its metric `loss`."""

    def go(code: str):
        out, errors = run(code)
        run_id = out.split()[-1]
        found = steps(run_id)
        store = connect(project / ".trackbook")
        known = store.runs.get(run_id)
        store.close()
        assert list((project / ".trackbook" / "journal").iterdir()) == []
        assert "Traceback" not in errors
        return known, found

    return go


def test_a_pool_of_forked_workers(recorded):
    known, found = recorded("""
    import multiprocessing
    run = tb.start_run()
    for step in range(100):
        run.log_metric("loss", 0.5, step)

    def work(number):
        for step in range(100):
            tb.log_metric("loss", 0.5, 1000 * number + step)
        tb.set_tag(f"worker{number}", "was here")

    with multiprocessing.get_context("fork").Pool(4) as pool:
        pool.map(work, range(1, 9))
        pool.close()
        pool.join()
    assert run.flush()
    assert tb.get_run(run.run_id).info.status == "RUNNING"
    run.log_metric("loss", 0.5, 100)
    tb.end_run()
    print(run.run_id)
    """)
    assert found == sorted([*range(101), *(1000 * number + step for number in range(1, 9) for step in range(100))])
    assert known.info.status == "FINISHED"
    assert [known.data.tags[f"worker{number}"] for number in range(1, 9)] == ["was here"] * 8


def test_a_loop_of_forks_under_a_logging_thread(recorded):
    known, found = recorded("""
    run = tb.start_run()
    stop = threading.Event()

    def log():
        step = 0
        while not stop.is_set():
            run.log_metric("other", 0.5, step)
            step += 1

    thread = threading.Thread(target=log)
    thread.start()
    for number in range(20):
        pid = os.fork()
        if pid == 0:
            run.log_metric("loss", 0.5, number)
            if number % 2:
                run.flush(1.0)
            os._exit(0)
        assert os.waitpid(pid, 0)[1] == 0
    stop.set()
    thread.join()
    tb.end_run()
    print(run.run_id)
    """)
    assert found == list(range(20))
    assert known.info.status == "FINISHED"


def test_workers_of_joblib(recorded):
    known, found = recorded("""
    from joblib import Parallel, delayed
    from sklearn.datasets import load_iris
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_score
    run = tb.start_run()
    for step in range(100):
        run.log_metric("loss", 0.5, step)
        if step % 50 == 0:
            scores = cross_val_score(LogisticRegression(max_iter=200), *load_iris(return_X_y=True), n_jobs=2)
            assert len(scores) == 5
            assert Parallel(n_jobs=2)(delayed(abs)(-number) for number in range(10)) == list(range(10))
    assert run.flush()
    assert tb.get_run(run.run_id).info.status == "RUNNING"
    tb.end_run()
    print(run.run_id)
    """)
    assert found == list(range(100))
    assert known.info.status == "FINISHED"


def test_a_data_loader_with_workers(recorded):
    import torch  # noqa: F401 - the dev group brings it; without it this fails, and is not skipped

    known, found = recorded("""
    import torch

    class Squares(torch.utils.data.Dataset):
        def __len__(self):
            return 64

        def __getitem__(self, index):
            tb.log_metric("loaded", 1.0, index)
            return torch.tensor(index * index)

    run = tb.start_run()
    step = 0
    for epoch in range(2):
        for batch in torch.utils.data.DataLoader(Squares(), batch_size=8, num_workers=2):
            run.log_metric("loss", float(batch.sum()), step)
            step += 1
        assert run.flush()
        assert tb.get_run(run.run_id).info.status == "RUNNING"
    tb.end_run()
    print(run.run_id)
    """)
    assert found == list(range(16))
    assert known.info.status == "FINISHED"


def test_workers_that_are_killed(recorded):
    known, found = recorded("""
    run = tb.start_run()
    run.log_metric("loss", 0.5, 0)
    children = []
    for number in range(1, 5):
        pid = os.fork()
        if pid == 0:
            run.log_metric("loss", 0.5, number)
            die()
        children.append(pid)
    for pid in children:
        os.waitpid(pid, 0)
    tb.end_run()
    print(run.run_id)
    """)
    assert found == list(range(5))
    assert known.info.status == "FINISHED"


def test_two_kernels_on_one_home(begin, project, steps):
    code = """
    tb.set_experiment("both")
    for number in range(3):
        with tb.start_run() as run:
            for step in range(5000):
                run.log_metric("loss", 0.5, step)
                if step % 500 == 0:
                    run.log_param(f"p{step}", step)
                    time.sleep(0.005)
            assert run.flush(60.0)
            print(run.run_id, flush=True)
    """
    processes = [begin(code) for _ in range(2)]
    ids = []
    for process in processes:
        out, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
        ids += out.split()
    for run_id in ids:
        assert steps(run_id) == list(range(5000))
    store = connect(project / ".trackbook")
    found = store.runs.search(RunQuery()).items
    assert sorted(one.info.run_id for one in found) == sorted(ids)
    assert {one.info.status for one in found} == {"FINISHED"}
    assert {len(one.data.params) for one in found} == {10}
    assert len({one.info.experiment_id for one in found}) == 1
    store.close()
    assert list((project / ".trackbook" / "journal").iterdir()) == []


def test_one_kernel_dies_while_the_other_goes_on(begin, steps, project):
    logs = """
    run = tb.start_run()
    print(run.run_id, flush=True)
    for step in range(1 << 40):
        run.log_metric("loss", 0.5, step)
        print(json.dumps(step), flush=True) if step % 100 == 0 else None
        time.sleep(0.0001)
    """
    dying = begin("import json\n" + textwrap.dedent(logs))
    run_id = dying.stdout.readline().strip()
    living = begin("""
    run = tb.start_run()
    for step in range(3000):
        run.log_metric("loss", 0.5, step)
        time.sleep(0.001)
    tb.end_run()
    print(run.run_id)
    """)
    acknowledged = -1
    for _ in range(20):
        acknowledged = json.loads(dying.stdout.readline())
    dying.kill()
    out, errors = living.communicate(timeout=120)
    assert living.returncode == 0, errors
    assert steps(out.strip()) == list(range(3000))
    found = steps(run_id)
    assert found == list(range(len(found)))
    assert len(found) > acknowledged
    store = connect(project / ".trackbook")
    assert store.runs.get(run_id).info.status == "KILLED"
    store.close()
