"""The files that a tracked cell reads are inputs of its run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from trackbook.core import tags

if TYPE_CHECKING:
    from conftest import Notebook


def settle(notebook: Notebook) -> None:
    done = threading.Event()
    notebook.hooks.workers.later.submit(done.set)
    assert done.wait(20)


def inputs(notebook: Notebook) -> dict[str, Any]:
    settle(notebook)
    return {one.dataset.name: one for one in notebook.last.inputs.dataset_inputs}


def test_files_read_are_inputs_and_files_written_are_listed(notebook: Notebook) -> None:
    Path("train.csv").write_text("a,b\n1,2\n")
    Path("deep").mkdir()
    Path("deep/test.csv").write_text("a,b\n3,4\n")
    notebook.ran(
        "%%track\nimport pandas as pd\ntrain = pd.read_csv('train.csv')\n%cd -q deep\n"
        "test = pd.read_csv('test.csv')\n%cd -q ..\ntest.to_csv('out.csv')\nrows = float(len(test))"
    )
    found = inputs(notebook)
    assert set(found) == {"train.csv", "deep/test.csv"}
    train = found["train.csv"].dataset
    assert train.source_type == "local"
    assert json.loads(train.source) == {"uri": str(Path("train.csv").resolve())}
    assert json.loads(train.profile) == {"size_bytes": 8, "digest": "sha256"}
    assert found["train.csv"].tags == {"mlflow.data.context": "training", "trackbook.seen": "opened"}
    listed = json.loads(notebook.artifact(notebook.last, tags.FILES_FILE))
    assert [one["path"] for one in listed["written"]] == ["out.csv"]
    assert [one["digest"] for one in listed["read"]] == [found[one["path"]].dataset.digest for one in listed["read"]]


def test_what_numpy_sklearn_and_torch_load_are_inputs(notebook: Notebook) -> None:
    notebook.ran("import numpy as np, torch\nfrom sklearn.datasets import load_files, load_svmlight_file")
    np.save("a.npy", np.arange(3))
    torch.save({"w": 1}, "t.pt")
    Path("s.svm").write_text("1 1:2\n")
    Path("texts/kind").mkdir(parents=True)
    Path("texts/kind/x.txt").write_text("hi")
    notebook.ran(
        "%%track\na = np.load('a.npy')\nb = np.memmap('a.npy', mode='r')\nt = torch.load('t' + '.pt')\n"
        "s = load_svmlight_file('s' + '.svm')\nf = load_files('texts')"
    )
    assert set(inputs(notebook)) == {"a.npy", "t.pt", "s.svm", "texts/kind/x.txt"}


def test_a_bundled_data_set_is_recorded_by_its_name(notebook: Notebook) -> None:
    notebook.ran("%%track\nfrom sklearn.datasets import load_iris\niris = load_iris()")
    found = inputs(notebook)
    assert list(found) == ["sklearn/iris.csv"]
    assert found["sklearn/iris.csv"].dataset.source_type == "sklearn"


def test_a_cell_that_reads_nothing_has_no_inputs_and_no_list(notebook: Notebook) -> None:
    notebook.ran("%%track\nimport colorsys\nC = 1")
    assert inputs(notebook) == {}
    assert tags.FILES_FILE not in _files(notebook)


def test_the_project_s_own_settings_are_no_data(notebook: Notebook) -> None:
    notebook.ran("%%track --quiet\nimport trackbook.settings\nhome = str(trackbook.settings.load().home)")
    assert inputs(notebook) == {}


def test_odd_files_do_no_harm(notebook: Notebook) -> None:
    os.mkfifo("pipe")
    Path(os.fsdecode(b"odd\xff.bin")).write_bytes(b"1")
    with Path("sparse.bin").open("wb") as file:
        file.truncate(2 << 30)
    Path("gone.csv").write_text("1")
    notebook.ran(
        "%%track\nimport os\nhandle = os.open('pipe', os.O_RDONLY | os.O_NONBLOCK)\nos.close(handle)\n"
        "for name in (os.fsdecode(b'odd\\xff.bin'), 'sparse.bin', 'gone.csv'): open(name, 'rb').close()\n"
        "os.listdir('.')\nos.remove('gone.csv')\nold = open\nopen = None"
    )
    found = inputs(notebook)
    assert set(found) == {"odd�.bin", "sparse.bin"}
    assert found["sparse.bin"].dataset.digest.startswith("s:")
    assert notebook.last.info.status == "FINISHED"


def test_an_interrupted_or_failed_cell_has_its_inputs_too(notebook: Notebook) -> None:
    Path("a.csv").write_text("1")
    notebook.run("%%track\nopen('a.csv').close()\nraise ValueError('no')")
    assert set(inputs(notebook)) == {"a.csv"}
    assert notebook.last.info.status == "FAILED"


def test_unloading_puts_the_packages_own_functions_back(bare: Notebook) -> None:
    import fsspec.utils

    original = fsspec.utils.stringify_path
    bare.ran("%load_ext trackbook")
    bare.ran("%%track\nC = 1")
    assert fsspec.utils.stringify_path is not original
    bare.shell.extension_manager.unload_extension("trackbook")
    assert fsspec.utils.stringify_path is original
    assert sys.modules["fsspec.core"].stringify_path is original  # type: ignore[attr-defined]


def test_the_project_s_modules_and_uncommitted_changes_are_kept(notebook: Notebook) -> None:
    def git(*words: str) -> None:
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
        subprocess.run(["git", *identity, *words], check=True, capture_output=True)

    Path("tbhelper.py").write_text("rate = 0.5\n")
    git("init", "-q")
    git("add", "tbhelper.py")
    git("commit", "-q", "-m", "first")
    Path("tbhelper.py").write_text("rate = 0.25\n")
    Path("uv.lock").write_text("version = 1\n")
    notebook.ran("%%track\nimport sys\nsys.path.insert(0, '')\nimport tbhelper\nloss = tbhelper.rate * 2")
    settle(notebook)
    run = notebook.last
    assert "+rate = 0.25" in notebook.artifact(run, tags.DIFF_FILE)
    assert [one["path"] for one in json.loads(notebook.artifact(run, tags.MODULES_FILE))["modules"]] == ["tbhelper.py"]
    assert notebook.artifact(run, f"{tags.LOCKS_FOLDER}/uv.lock") == "version = 1\n"
    sys.modules.pop("tbhelper")


def _files(notebook: Notebook) -> list[str]:
    from trackbook.tracking.session import current_session

    return [one.path for one in current_session().reading.artifacts.list(notebook.last.info.run_id, tags.FOLDER)]
