"""Runs leave by `trackbook export` and come in by `trackbook import`."""

import json
import shutil
from pathlib import Path

ASSETS = Path(__file__).parents[1] / "assets" / "mlflow"


def test_what_is_exported_is_imported_elsewhere(trackbook, runs, project, monkeypatch):
    code, said, _ = trackbook("export", "-o", "out.zip")
    assert code == 0
    assert "2 runs written to out.zip" in said
    other = project / "elsewhere"
    (other / ".trackbook").mkdir(parents=True)
    shutil.copy("out.zip", other)
    monkeypatch.chdir(other)
    code, said, _ = trackbook("import", "out.zip", "--json")
    assert code == 0
    assert {key: json.loads(said)[key] for key in ("runs", "known", "points", "files")} == {
        "runs": 2,
        "known": 0,
        "points": 4,
        "files": 1,
    }
    code, said, _ = trackbook("show", runs[0], "--json")
    assert json.loads(said)["params"] == {"C": "1.0"}


def test_one_run_is_chosen_by_its_beginning_or_a_filter(trackbook, runs):
    for choice in ([runs[0][:10]], ["--filter", "params.C = '1.0'"]):
        code, said, _ = trackbook("export", *choice, "--json")
        assert (code, json.loads(said)["runs"]) == (0, 1)
    code, _, complained = trackbook("export", runs[0], "--filter", "params.C = '1.0'")
    assert code == 1
    assert "not both" in complained


def test_a_wrong_file_is_named_in_one_line(trackbook, project):
    Path("notes.txt").write_text("hello")
    code, _, complained = trackbook("import", "notes.txt")
    assert code == 1
    assert "notes.txt is no trackbook archive" in complained
    assert "Traceback" not in complained


def test_an_mlflow_folder_is_taken_in(trackbook, project):
    shutil.unpack_archive(ASSETS / "folder-3.17.zip", project)
    code, said, _ = trackbook("import", "mlruns")
    assert code == 0
    assert "8 runs taken in" in said
