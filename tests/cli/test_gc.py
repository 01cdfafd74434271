"""`trackbook gc`: nothing goes without `--yes`, and what goes is gone."""

import os
import sqlite3
import time

import pytest

import trackbook as tb
from trackbook.connect import connect
from trackbook.errors import NotFound
from trackbook.tracking.session import close_session


@pytest.fixture
def trashed(runs, project):
    """The first of two runs, deleted."""
    tb.delete_run(runs[0])
    close_session()
    return runs[0]


def test_without_yes_it_only_lists(trackbook, trashed, project):
    for arguments in ((), ("--dry-run",), ("--dry-run", "--yes")):
        status, said, _ = trackbook("gc", *arguments)
        assert status == 0
        assert "calm otter" in said
        assert "--yes" in said
    assert len(connect(project / ".trackbook").trash.contents()) == 1


def test_with_yes_the_run_is_gone(trackbook, trashed, runs, project):
    folder = next((project / ".trackbook" / "artifacts").glob(f"*/{trashed}"))
    status, said, _ = trackbook("gc", "--yes", "--vacuum")
    assert status == 0
    assert "deleted 1 runs" in said
    assert not folder.exists()
    with pytest.raises(NotFound):
        connect(project / ".trackbook").runs.get(trashed)
    assert connect(project / ".trackbook").runs.get(runs[1]).info.run_id == runs[1]
    assert "nothing to delete" in trackbook("gc", "--yes", "--dry-run")[1]


def test_json(trackbook_json, trashed):
    plan = trackbook_json("gc")
    assert [one["run_id"] for one in plan["would_delete"]] == [trashed]
    assert plan["would_delete"][0]["points"] == 3
    done = trackbook_json("gc", "--yes")
    assert (done["deleted"], done["kept"]) == ([trashed], {})
    assert done["freed_bytes"] >= 5


def test_older_than(trackbook, trackbook_json, trashed, project):
    assert trackbook_json("gc", "--older-than", "30d")["would_delete"] == []
    with sqlite3.connect(project / ".trackbook" / "trackbook.db") as connection:
        connection.execute("UPDATE runs SET deleted_ms = deleted_ms - 86400000 * 31 WHERE deleted_ms IS NOT NULL")
    connection.close()
    assert len(trackbook_json("gc", "--older-than", "4w2d12h")["would_delete"]) == 1
    for text in ("soon", "3", "3d later", "-1d"):
        status, _, complained = trackbook("gc", "--older-than", text)
        assert status != 0
        assert "30d" in complained


def test_one_run(trackbook, trackbook_json, trashed, runs):
    tb.delete_run(runs[1])
    close_session()
    assert [one["run_id"] for one in trackbook_json("gc", "--run", trashed[:10])["would_delete"]] == [trashed]
    assert trackbook_json("gc", "--run", trashed, "--yes")["deleted"] == [trashed]
    assert len(trackbook_json("gc")["would_delete"]) == 1
    tb.TrackbookClient().restore_run(runs[1])
    status, _, complained = trackbook("gc", "--run", runs[1], "--yes")
    assert (status, "not in the trash" in complained) == (1, True)


def test_a_registered_run_is_kept_and_said_why(trackbook, trackbook_json, trashed):
    client = tb.TrackbookClient()
    client.create_registered_model("churn")
    client.create_model_version("churn", f"runs:/{trashed}/model", trashed)
    close_session()
    assert "registered model 'churn'" in trackbook("gc")[1]
    done = trackbook_json("gc", "--yes")
    assert (done["deleted"], list(done["kept"])) == ([], [trashed])
    assert trackbook_json("gc", "--yes", "--force")["deleted"] == [trashed]


def test_orphans_go_only_when_asked_for(trackbook_json, runs, project):
    root = project / ".trackbook" / "artifacts"
    orphan, fresh = root / "0" / "nobody" / "artifacts", root / "0" / "justnow" / "artifacts"
    for folder in (orphan, fresh):
        folder.mkdir(parents=True)
        (folder / "f").write_bytes(b"12345")
    long_ago = time.time() - 2 * 86_400
    for place in (orphan / "f", orphan, orphan.parent):
        os.utime(place, (long_ago, long_ago))
    assert trackbook_json("gc", "--yes")["orphans"] == []
    assert orphan.exists()
    assert [one["path"] for one in trackbook_json("gc", "--report")["orphans"]] == [str(orphan.parent)]
    done = trackbook_json("gc", "--yes", "--orphans")
    assert (done["orphans"], done["freed_bytes"]) == ([str(orphan.parent)], 5)
    assert not orphan.exists()
    assert fresh.exists()
    assert connect(project / ".trackbook").artifacts.list(runs[0], "notes")


def test_orphans_of_a_shared_folder_may_be_anothers_runs(trackbook_json, runs, project):
    orphan = project / ".trackbook" / "artifacts" / "0" / "nobody" / "artifacts"
    orphan.mkdir(parents=True)
    os.utime(orphan, (0, 0))
    os.utime(orphan.parent, (0, 0))
    (project / ".trackbook" / "other.db").touch()
    assert trackbook_json("gc", "--orphans", "--yes")["orphans"] == []
    assert orphan.exists()


def test_the_report_tells_where_the_space_goes(trackbook, trackbook_json, trashed):
    found = trackbook_json("gc", "--report")
    assert found["database_bytes"] > 0
    assert {one["name"]: one["runs"] for one in found["experiments"]} == {"iris": 2, "Default": 0}
    assert (found["trash"]["runs"], found["trash"]["points"]) == (1, 3)
    assert found["largest"][0]["name"] == "calm otter"
    status, said, _ = trackbook("gc", "--report")
    assert status == 0
    assert "calm otter" in said
