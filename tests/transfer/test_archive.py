"""An archive gives back what it was given, and a damaged one says where."""

from __future__ import annotations

import hashlib
import io
import json
import math
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from trackbook.connect import connect
from trackbook.core import events
from trackbook.core.ports import RunQuery
from trackbook.errors import InvalidValue, UnsafePath
from trackbook.transfer.archive import export_runs
from trackbook.transfer.importing import import_from

if TYPE_CHECKING:
    from trackbook.core.ports import Store

RUN = "a" * 32


@pytest.fixture
def filled(store: Store, tmp_path: Path) -> Store:
    experiment = store.experiments.create("zürich")
    points = events.Points(
        RUN,
        "loss/train",
        np.arange(3000, dtype=np.int64),
        np.arange(3000, dtype=np.int64) + 10,
        np.where(np.arange(3000) == 7, math.nan, np.arange(3000) / 7),
    )
    batch = [
        events.RunStarted(RUN, experiment, "first", 5, "ann", {"team": "blue", "mlflow.runName": "first"}),
        events.ParamsLogged(RUN, {"C": "1.0"}),
        events.InputLogged(RUN, "iris", "d1", tags={"context": "train"}),
        events.CellRecorded(RUN, "nb.ipynb#svm", "C = 1.0", None, "nb.ipynb", False, 3),
        events.RunEnded(RUN, "FINISHED", 99),
    ]
    store.recording.apply(events.Batch("j", batch, [points], {"n": 1}))
    file = tmp_path / "model.bin"
    file.write_bytes(bytes(range(256)))
    store.artifacts.adopt(RUN, "model/model.bin", file)
    return store


def exported(store: Store, tmp_path: Path) -> Path:
    target = tmp_path / "runs.trackbook.zip"
    assert export_runs(store, store.runs.search(RunQuery()).items, target).runs == 1
    return target


def test_a_run_goes_round_whole(filled: Store, tmp_path: Path) -> None:
    archive = exported(filled, tmp_path)
    other = connect(str(tmp_path / "other" / ".trackbook"))
    done = import_from(other, archive)
    assert (done.runs, done.points, done.files) == (1, 3000, 1)
    before, after = filled.runs.get(RUN), other.runs.get(RUN)
    assert after.data.params == before.data.params
    assert after.data.tags == before.data.tags
    assert after.inputs == before.inputs
    assert (after.info.start_time, after.info.end_time, after.info.user_id) == (5, 99, "ann")
    np.testing.assert_array_equal(
        other.metrics.history(RUN, "loss/train").values, filled.metrics.history(RUN, "loss/train").values
    )
    cell = other.cells.of_run(RUN)
    assert cell is not None
    assert (cell.line, cell.source, cell.execution_count) == ("nb.ipynb#svm", "C = 1.0", 3)
    with other.artifacts.open(RUN, "model/model.bin") as file:
        assert file.read() == bytes(range(256))
    assert import_from(other, archive).known == 1
    other.close()


@pytest.mark.parametrize("damage", ["changed", "stray", "truncated", "newer", "escape"])
def test_a_damaged_archive_is_refused(filled: Store, tmp_path: Path, damage: str) -> None:
    whole = exported(filled, tmp_path)
    broken = tmp_path / "broken.zip"
    if damage == "truncated":
        broken.write_bytes(whole.read_bytes()[:-200])
    else:
        rewrite(whole, broken, damage)
    other = connect(str(tmp_path / "other" / ".trackbook"))
    with pytest.raises(InvalidValue, match=r"broken\.zip|\.\."):
        import_from(other, broken)
    assert other.runs.search(RunQuery()).total == 0
    other.close()


@pytest.mark.parametrize("member", ["../../evil", "/evil", "a/../../../evil", "C:/evil", "..\\evil", "a\\..\\evil"])
def test_no_member_leads_out_of_its_runs_artifacts(filled: Store, tmp_path: Path, member: str) -> None:
    whole, broken = exported(filled, tmp_path), tmp_path / "broken.zip"
    forged(whole, broken, {f"runs/{RUN}/artifacts/{member}": b"evil"})
    other = connect(str(tmp_path / "other" / ".trackbook"))
    with pytest.raises(UnsafePath):
        import_from(other, broken)
    assert other.runs.search(RunQuery()).total == 0
    assert not list(tmp_path.rglob("*evil*"))
    other.close()


def test_a_run_is_not_told_as_another(filled: Store, tmp_path: Path) -> None:
    whole, broken = exported(filled, tmp_path), tmp_path / "broken.zip"
    with zipfile.ZipFile(whole) as archive:
        fields = json.loads(archive.read(f"runs/{RUN}/run.json"))
    fields["info"] |= {"run_id": "b" * 32, "lifecycle_stage": "deleted"}
    forged(whole, broken, {f"runs/{RUN}/run.json": json.dumps(fields).encode()})
    with pytest.raises(InvalidValue, match="another run"):
        import_from(filled, broken)


class Sings:
    """Unpickled it makes a file."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.file,)


def test_a_pickle_among_the_metrics_is_not_unpickled(filled: Store, tmp_path: Path) -> None:
    whole, broken, sang = exported(filled, tmp_path), tmp_path / "broken.zip", tmp_path / "sang"
    columns = {f"0.{name}": np.array([Sings(sang)], object) for name in ("steps", "times", "values")}
    buffer = io.BytesIO()
    np.savez(buffer, **columns)  # type: ignore[arg-type]
    forged(whole, broken, {f"runs/{RUN}/metrics.npz": buffer.getvalue()})
    other = connect(str(tmp_path / "other" / ".trackbook"))
    with pytest.raises(InvalidValue, match="metrics"):
        import_from(other, broken)
    assert other.runs.search(RunQuery()).total == 0
    assert not sang.exists()
    with np.load(io.BytesIO(buffer.getvalue()), allow_pickle=True) as found:
        assert len(found["0.steps"]) == 1
    assert sang.exists()
    other.close()


def forged(whole: Path, broken: Path, members: dict[str, bytes]) -> None:
    """With these members, and a manifest that says so."""
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(broken, "w") as target:
        found = {name: source.read(name) for name in source.namelist()} | members
        manifest = json.loads(found.pop("manifest.json"))
        manifest["files"] |= {name: hashlib.sha256(data).hexdigest() for name, data in members.items()}
        for name, data in found.items():
            target.writestr(name, data)
        target.writestr("manifest.json", json.dumps(manifest))


def rewrite(whole: Path, broken: Path, damage: str) -> None:
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(broken, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "manifest.json":
                manifest = json.loads(data)
                if damage == "newer":
                    manifest["version"] = 99
                if damage == "escape":
                    manifest["runs"] = ["../../etc"]
                data = json.dumps(manifest).encode()
            elif damage == "changed" and name.endswith("model.bin"):
                data = b"other" + data[5:]
            target.writestr(name, data)
        if damage == "stray":
            target.writestr("runs/extra.txt", "x")
