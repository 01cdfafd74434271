"""Fresh, old, new and foreign databases."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from trackbook.connect import connect
from trackbook.core.events import Batch, CellRecorded, RunStarted
from trackbook.errors import SchemaTooNew
from trackbook.store import migrate
from trackbook.store.engine import Database

ASSETS = Path(__file__).parent.parent / "assets" / "stores"
NEXT = "9999"


def tables(file: Path) -> dict[str, str]:
    """The words of each table's and index's definition."""
    with closing(sqlite3.connect(file)) as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    return {name: " ".join(sql.replace("(", " ( ").replace(")", " ) ").split()) for name, sql in rows}


def test_all_migrations_give_what_the_schema_says(tmp_path: Path) -> None:
    connect(tmp_path).runs.keys()
    migrated = tmp_path / "migrated.db"
    migrated.touch()
    database = Database(path=migrated)
    engine = database._sqlite_engine(migrated)
    event.listen(engine, "begin", database._begin)
    migrate._upgrade(engine, None, "")
    engine.dispose()
    assert tables(migrated) == tables(tmp_path / "trackbook.db")
    assert [one.name for one in connect(f"sqlite:///{migrated}").experiments.search().items] == ["Default"]


def test_every_revision_has_its_file() -> None:
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(migrate._SCRIPTS))
    assert tuple(reversed([script.revision for script in scripts.walk_revisions()])) == migrate.REVISIONS


def test_a_newer_schema_is_left_alone(tmp_path: Path) -> None:
    connect(tmp_path).runs.keys()
    with closing(sqlite3.connect(tmp_path / "trackbook.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '99999'")
    with pytest.raises(SchemaTooNew, match=r"trackbook\.db.*99999.*pip install"):
        connect(tmp_path).runs.keys()


def test_an_old_store_is_migrated_after_a_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    connect(tmp_path).experiments.create("kept")
    scripts = tmp_path / "migrations"
    shutil.copytree(migrate._SCRIPTS, scripts)
    (scripts / "versions" / f"v{NEXT}_next.py").write_text(
        f"from alembic import op\nrevision = '{NEXT}'\ndown_revision = '{migrate.HEAD}'\n"
        "def upgrade():\n    op.execute('CREATE TABLE added (x INTEGER)')\n"
    )
    monkeypatch.setattr(migrate, "_SCRIPTS", scripts)
    earlier = migrate.HEAD
    monkeypatch.setattr(migrate, "REVISIONS", (*migrate.REVISIONS, NEXT))
    monkeypatch.setattr(migrate, "HEAD", NEXT)
    found = connect(tmp_path).experiments.get_by_name("kept")
    assert found is not None
    assert "added" in tables(tmp_path / "trackbook.db")
    backup = tmp_path / f"trackbook.db.before-{NEXT}-from-{earlier}"
    assert "added" not in tables(backup)
    assert backup.stat().st_mode & 0o777 == 0o600
    assert str(backup) in caplog.text


@pytest.mark.parametrize("asset", sorted(ASSETS.glob("*.db")), ids=lambda path: path.stem)
def test_stores_of_every_earlier_schema_open(asset: Path, tmp_path: Path) -> None:
    shutil.copy(asset, tmp_path / "trackbook.db")
    store: Any = connect(tmp_path)
    run = store.runs.get("firstrun")
    assert run.data.params == {"C": "1.0", "kernel": "rbf"}
    assert (run.data.metrics["loss"], run.data.tags) == (0.25, {"note": "old"})
    assert store.metrics.history("firstrun", "loss").values.tolist() == [1.0, 0.5, 0.25]
    assert len(store.metrics.history("firstrun", "long").values) == 300
    cell = store.cells.of_run("firstrun")
    assert cell is not None
    assert (cell.line, cell.version) == ("svm", 1)
    started = RunStarted("nextrun", run.info.experiment_id, "next", 1)
    store.recording.apply(Batch("j", [started, CellRecorded("nextrun", "svm", "x = 2")], [], {"n": 1}))
    newest = store.cells.of_run("nextrun")
    assert newest is not None
    assert newest.version == 2
    assert store.registry.get_version_by_alias("churn", "champion").run_id == "firstrun"
    made = [store.logged_models.get(one.model_id) for one in run.outputs.model_outputs]  # since schema 0007
    assert [(one.name, one.params, one.metrics[0].value) for one in made] in ([], [("kept", {"C": "1"}, 0.5)])


def test_opening_does_not_load_alembic(tmp_path: Path) -> None:
    code = (
        "import sys; from trackbook.connect import connect; print('sqlalchemy' in sys.modules); "
        f"connect({str(tmp_path)!r}).runs.keys(); print('alembic' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["False", "False"]


def test_the_asset_of_the_present_schema_is_there() -> None:
    assert (ASSETS / f"schema-{migrate.HEAD}.db").exists()
