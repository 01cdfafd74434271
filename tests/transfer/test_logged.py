"""Logged models go along with their runs, and are deleted for good with their files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from trackbook.connect import connect
from trackbook.core import events
from trackbook.core.logged_models import ModelMetric, NewModel
from trackbook.core.ports import RunQuery, walk_files
from trackbook.errors import NotFound
from trackbook.transfer.archive import export_runs
from trackbook.transfer.importing import import_from

RUN, READER = "a" * 32, "b" * 32


@pytest.fixture
def filled(store: Any, tmp_path: Path) -> str:
    """A run that made a model, another that read it, a version made of it; its id."""
    store.recording.apply(events.Batch("j", [events.RunStarted(one, "0", one, 5) for one in (RUN, READER)], (), {}))
    model = store.logged_models.create(NewModel("0", "net", "Net", RUN, {"depth": "3"}, {"team": "blue"}))
    store.logged_models.log_metrics([ModelMetric(model.model_id, "acc", 0.5, 1, 2, RUN)])
    store.logged_models.finalize(model.model_id, "READY")
    store.logged_models.link(RUN, outputs=[(model.model_id, 7)])
    store.logged_models.link(READER, inputs=[model.model_id])
    for path in ("MLmodel", "data/weights.bin"):
        (tmp_path / "file").write_text(path * 2000)
        store.model_files.adopt(model.model_id, path, tmp_path / "file")
    return str(model.model_id)


def test_a_logged_model_goes_round_with_its_runs(store: Any, filled: str, tmp_path: Path) -> None:
    store.registry.create_model("net")
    store.registry.create_version("net", f"models:/{filled}", RUN, model_id=filled, location=f"models:/{filled}")
    target = tmp_path / "x.zip"
    export_runs(store, store.runs.search(RunQuery()).items, target)
    other: Any = connect(tmp_path / "other" / ".trackbook")
    assert import_from(other, target).logged_models == 1
    again = import_from(other, target)
    assert (again.logged_models, again.versions, list(again.notes)) == (0, 0, [])
    made, found = store.logged_models.get(filled), other.logged_models.get(filled)
    for name in ("name", "model_type", "status", "source_run_id", "creation_timestamp", "params", "tags"):
        assert getattr(found, name) == getattr(made, name)
    assert list(found.metrics) == list(made.metrics)
    assert [one.path for one in walk_files(other.model_files, filled)] == ["MLmodel", "data/weights.bin"]
    with other.model_files.open(filled, "data/weights.bin") as file:
        assert file.read() == b"data/weights.bin" * 2000
    assert [(one.model_id, one.step) for one in other.runs.get(RUN).outputs.model_outputs] == [(filled, 7)]
    assert [one.model_id for one in other.runs.get(READER).inputs.model_inputs] == [filled]
    assert other.registry.get_version("net", "1").location == f"models:/{filled}"
    other.close()


def test_deleted_models_are_deleted_for_good_with_their_files(store: Any, filled: str) -> None:
    assert store.model_trash.contents() == []
    assert store.model_trash.empty([filled]) == 0
    store.logged_models.delete(filled)
    (found,) = store.model_trash.contents()
    assert (found.model_id, found.files, found.size_bytes) == (filled, 2, 2000 * (7 + 16))
    assert store.model_trash.contents(older_than_ms=10**9) == []
    folder = Path(store.model_files.uri(filled).removeprefix("file://"))
    assert (folder / "MLmodel").exists()
    assert store.model_trash.empty([filled]) == found.size_bytes
    assert not folder.exists()
    with pytest.raises(NotFound):
        store.logged_models.get(filled, deleted=True)
    assert store.runs.get(RUN).outputs.model_outputs == ()


def test_a_model_that_a_version_was_made_of_is_kept_unless_forced(store: Any, filled: str) -> None:
    store.registry.create_model("net")
    store.registry.create_version("net", f"models:/{filled}", model_id=filled, location=f"models:/{filled}")
    store.logged_models.delete(filled)
    (found,) = store.model_trash.contents()
    assert "version" in found.kept_for
    assert store.model_trash.empty([filled]) == 0
    store.logged_models.get(filled, deleted=True)
    assert store.model_trash.empty([filled], force=True) > 0
