"""A file that the cell wrote is kept as an artifact of its run, by the run's id, and only as the run wrote it."""

import json
import os

import pytest

from trackbook.core import tags
from trackbook.core.entities import FileInfo
from trackbook.widgets.card import stored_card
from trackbook.widgets.written import MAX_WRITTEN, Row, offered, rows


@pytest.fixture
def wrote(session, new_run, tmp_path):
    """A stored run that wrote the files of these names, and others as they are given."""

    def wrote(*names, others=()):
        listed = list(others)
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(f"of {name}")
            about = path.stat()
            listed.append({"path": name, "size_bytes": about.st_size, "mtime_ns": about.st_mtime_ns})
        run = new_run("wrote", end=None)
        run.log_text(json.dumps({"schema": 1, "written": listed}), tags.FILES_FILE)
        run.end()
        return stored_card(run.run_id)

    return wrote


def keep(widget, path):
    return widget.answer({"id": "1", "method": "keep", "params": {"path": path}})


def kept_file(session, widget, path):
    with session.reading.artifacts.open(widget.run_id, path) as file:
        return file.read()


def test_a_file_is_kept_after_the_run_has_ended_and_the_card_says_so(session, wrote):
    widget = wrote("out/a.csv", "b.csv")
    assert [one["kept"] for one in widget.card["record"]["written"]] == [None, None]
    assert keep(widget, "out/a.csv")["result"] == {"path": "out/a.csv", "size": 12, "kept": "files/out/a.csv"}
    assert kept_file(session, widget, "files/out/a.csv") == b"of out/a.csv"
    assert [one["kept"] for one in widget.card["record"]["written"]] == ["files/out/a.csv", None]
    assert widget.card["run"]["status"] == "FINISHED"
    assert "kept as files/out/a.csv" in widget.static_html()
    assert "error" not in keep(widget, "b.csv")
    assert len([one for one in stored_card(widget.run_id).card["record"]["written"] if one["kept"]]) == 2


def test_what_the_cell_has_logged_itself_is_not_offered_again():
    wrote = [("out/a.csv", 3), ("b.csv", 4), ("x/c.csv", 5), ("y/c.csv", 5), ("d.csv", 6)]
    logged = [("a.csv", 3), ("sub/b.csv", 4), ("x/c.csv", 5), ("d.csv", 7)]
    found = offered([Row(*one, 1) for one in wrote], [FileInfo(path, False, size) for path, size in logged])
    assert [one["kept"] for one in found] == ["a.csv", "sub/b.csv", "x/c.csv", None, None]


def test_a_file_outside_of_the_project_is_kept_below_its_whole_path(session, wrote, tmp_path_factory):
    path = tmp_path_factory.mktemp("else") / "c.csv"
    path.write_text("c")
    widget = wrote(others=[{"path": str(path), "size_bytes": 1, "mtime_ns": path.stat().st_mtime_ns}])
    assert keep(widget, str(path))["result"]["kept"] == f"files{path}"
    assert kept_file(session, widget, f"files{path}") == b"c"


@pytest.mark.parametrize("path", ["b.csv", "../a.csv", "/etc/passwd", "", None, 3, ["a.csv"], {}, "a.csv\0", "./a.csv"])
def test_what_the_run_did_not_write_is_refused(wrote, path):
    widget = wrote("a.csv")
    assert keep(widget, path)["error"]["type"] == "InvalidValue"
    assert widget.card["artifact_count"] == 1


def test_a_file_of_another_run_is_refused(wrote):
    first, second = wrote("a.csv"), wrote("b.csv")
    assert "error" in keep(second, "a.csv")
    assert "error" not in keep(first, "a.csv")


@pytest.mark.parametrize("path", ["../../etc/passwd", "a/../../b", "\0", "x\ny\0"])
def test_a_list_that_leads_out_of_the_project_is_not_followed(wrote, path):
    widget = wrote(others=[{"path": path, "size_bytes": 1, "mtime_ns": 1}])
    assert keep(widget, path)["error"]["type"] == "UnsafePath"


def test_a_file_that_is_gone_or_has_changed_is_said_to_be(wrote, tmp_path):
    widget = wrote("a.csv", "b.csv", "c.csv", "d.csv")
    (tmp_path / "a.csv").unlink()
    (tmp_path / "b.csv").write_text("longer than it was")
    os.utime(tmp_path / "c.csv", ns=(1, 1))
    (tmp_path / "d.csv").unlink()
    (tmp_path / "d.csv").mkdir()
    errors = [keep(widget, f"{name}.csv")["error"] for name in "abcd"]
    assert [error["type"] for error in errors] == ["NotFound", "InvalidState", "InvalidState", "InvalidState"]
    assert "run the cell again" in errors[0]["message"]
    assert "has changed since the run wrote it" in errors[1]["message"]
    assert widget.card["artifact_count"] == 1


def test_odd_lists_offer_what_they_can():
    listed = [{"path": "a", "size_bytes": 1, "mtime_ns": 2}, {"path": 3}, None, {"path": "b", "size_bytes": "1"}]
    assert [one.path for one in rows({"written": listed})] == ["a"]
    assert rows(None) == rows([]) == rows({"written": {}}) == []
    many = rows({"written": [{"path": str(i), "size_bytes": 1, "mtime_ns": 2} for i in range(200)]})
    assert len(offered(many, ())) == MAX_WRITTEN
