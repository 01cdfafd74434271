"""`trackbook doctor` says what is in force and why; `trackbook recover` brings the runs of dead kernels home."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from trackbook.cli.doctor import _LOADED
from trackbook.store.migrate import HEAD


def findings(said):
    return {finding["name"]: finding for finding in json.loads(said)}


def test_doctor_names_settings_with_their_origin(project, trackbook):
    _, said, _ = trackbook("doctor", "--json", environ={"TRACKBOOK_EXPERIMENT": "moons"})
    found = findings(said)
    assert found["home"]["value"] == str(project / ".trackbook")
    assert "pyproject.toml" in found["home"]["origin"]
    assert found["experiment"]["value"] == "moons"
    assert found["experiment"]["origin"] == "environment variable TRACKBOOK_EXPERIMENT"


def test_doctor_shows_no_password(project, trackbook):
    address = "postgresql://me:secret@localhost:1/name"
    _, said, _ = trackbook("doctor", "--json", environ={"TRACKBOOK_TRACKING_URI": address})
    assert "postgresql://localhost:1/name" in said
    assert "secret" not in said


def test_doctor_says_how_kernels_load_trackbook(project, trackbook):
    """What it advises is tried: a shell with that line knows the magics."""
    home = {"IPYTHONDIR": str(project / "ipython")}
    before = findings(trackbook("doctor", "--json", environ=home)[1])["loaded"]
    line = before["value"].partition("by all with ")[2]
    assert not (project / "ipython").exists()
    config = Path(before["origin"])
    config.parent.mkdir(parents=True)
    config.write_text(f"# {line}\n")
    assert findings(trackbook("doctor", "--json", environ=home)[1])["loaded"] == before
    config.write_text(f"c = get_config()\n{line}\n")
    assert findings(trackbook("doctor", "--json", environ=home)[1])["loaded"]["value"] == "by every kernel"
    shell = [sys.executable, "-m", "IPython", "--no-banner", "-c", "get_ipython().run_line_magic('track', 'status')"]
    said = subprocess.run(shell, cwd=project, env={**os.environ, **home}, capture_output=True, text=True, check=True)
    assert "recording is on" in said.stdout


LISTED = """c.InteractiveShellApp.extensions = [
    "autoreload",  # as [before]
    # "trackbook",
    {}
]
c.InteractiveShell.banner1 = "trackbook"
"""


@pytest.mark.parametrize(("last", "is_listed"), [('"trackbook",', True), ("", False)])
def test_a_list_over_several_lines_is_read_up_to_its_end(last, is_listed):
    assert bool(_LOADED.search(LISTED.format(last))) is is_listed


def test_doctor_makes_nothing(project, trackbook):
    trackbook("doctor")
    assert not (project / ".trackbook").exists()


def test_doctor_leaves_what_a_dead_process_left(runs, project, trackbook):
    (project / ".trackbook" / "journal" / ".gone-1").mkdir()
    trackbook("doctor")
    assert (project / ".trackbook" / "journal" / ".gone-1").exists()


def test_doctor_names_the_artifact_root(project, trackbook):
    found = findings(trackbook("doctor", "--json")[1])["artifact_root"]
    assert (found["value"], found["origin"]) == ("beside the store", "default")
    _, said, _ = trackbook("doctor", "--json", environ={"TRACKBOOK_ARTIFACT_ROOT": "s3://bucket/prefix"})
    found = findings(said)["artifact_root"]
    assert found["value"] == "s3://bucket/prefix"
    assert found["origin"] == "environment variable TRACKBOOK_ARTIFACT_ROOT"


def test_doctor_reads_the_schema(runs, trackbook):
    found = findings(trackbook("doctor", "--json")[1])
    assert found["store"]["value"] == f"schema {HEAD}"
    assert found["store"]["remedy"] == ""


def test_doctor_says_what_to_do_about_a_foreign_file(project, trackbook):
    (project / "foreign.db").write_text("no database")
    status, said, _ = trackbook(
        "doctor", "--json", environ={"TRACKBOOK_TRACKING_URI": f"sqlite:///{project}/foreign.db"}
    )
    assert status == 1
    assert "TRACKBOOK_TRACKING_URI" in findings(said)["store"]["remedy"]


KILLED_WHILE_LOGGING = """
import os, signal
import trackbook as tb
run = tb.start_run(run_name="cut short")
for step in range(1000):
    tb.log_metric("loss", 1 / (step + 1), step=step)
print(run.run_id, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_recover_ends_the_run_of_a_killed_process_with_every_point(project, trackbook, trackbook_json):
    died = subprocess.run([sys.executable, "-c", KILLED_WHILE_LOGGING], cwd=project, capture_output=True, text=True)
    assert died.returncode == -signal.SIGKILL, died.stderr
    run_id = died.stdout.strip()
    waiting = findings(trackbook("doctor", "--json")[1])["journals"]
    assert "1 of dead kernels" in waiting["value"]
    assert "trackbook recover" in waiting["remedy"]

    status, said, _ = trackbook("recover")
    assert status == 0
    assert f"{run_id}  KILLED" in said
    shown = trackbook_json("show", run_id)
    assert shown["status"] == "KILLED"
    assert shown["metrics"]["loss"]["count"] == 1000
    assert "nothing to recover" in trackbook("recover")[1]
    assert list((project / ".trackbook" / "journal").iterdir()) == []
