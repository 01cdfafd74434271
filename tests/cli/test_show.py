"""`trackbook show RUN`: all that is recorded of a run, set for a terminal of 80 columns, and as JSON."""

import json

import pytest

import trackbook as tb
from trackbook.core import tags
from trackbook.core.entities import Dataset
from trackbook.tracking.executions import begin_another
from trackbook.tracking.session import close_session, current_session, open_session
from trackbook.tracking.starting import begin, resume

DIGEST = "0123456789abcdef" * 4
FILES = {
    "source.py": "model.fit(x)\n",
    "program.py": "x = 1\n",
    "state.json": json.dumps(
        {
            "verdict": "differs",
            "label": "traced",
            "executions": [1, 2],
            "reasons": [{"kind": "edited", "execution_count": 3, "line": "x = 3"}],
        }
    ),
    "environment.json": json.dumps(
        {
            "python": "3.11.4",
            "platform": "Linux",
            "cpu": "Chip",
            "cpu_count": 4,
            "packages": [{"name": "a", "version": "1"}],
        }
    ),
    "requirements.txt": "a==1\n",
    "notebook.json": json.dumps(
        {
            "snapshots": [
                {"when": "end", "file": "notebook.ipynb", "origin": "live", "unsaved": True, "taken_ms": 10**12}
            ]
        }
    ),
    "secrets.json": json.dumps({"replaced": [{"kind": "password", "place": "trackbook/source.py", "line": 3}]}),
    "outputs.json": json.dumps(
        {
            "outputs": [{"output_type": "stream", "name": "stdout", "text": "epoch 1\n"}],
            "warnings": [{"category": "UserWarning", "message": "careful"}],
        }
    ),
    "files.json": json.dumps({"written": [{"path": "out.csv", "size_bytes": 1234, "mtime_ns": 1}]}),
    "modules.json": json.dumps({"modules": [{"name": "helper"}]}),
    "uncommitted.diff": "+x\n",
}
TAGS = {
    "stage": "draft",
    tags.NOTE: "a first try",
    tags.GOAL: "acc:max",
    tags.BASELINE: "true",
    tags.SEED: json.dumps({"seed": 7, "set": ["random", "numpy"]}),
    tags.GIT_COMMIT: "4f3a1b2c" * 5,
    tags.GIT_BRANCH: "main",
    tags.GIT_DIRTY: "true",
    tags.ORIGINS: json.dumps({"C": "assigned in line 3"}),
    tags.LEFT_OUT: json.dumps(["token looks like a secret"]),
    tags.TRAINED: "SVC",
}
SAID = (
    "stage=draft",
    "a first try",
    "acc:max",
    "7 for random, numpy",
    "4f3a1b2c4f3a on main, with uncommitted changes (trackbook/uncommitted.diff)",
    "assigned in line 3",
    "token looks like a secret",
    "the notebook would not run the same code from top to bottom",
    "cell [3] was edited after it ran: x = 3",
    "2 cells, traced: trackbook/program.py",
    "3.11.4, 1 package (trackbook/requirements.txt)",
    "4 × Chip",
    "the open document, not saved",
    "trackbook/source.py 3",
    "epoch 1",
    "UserWarning: careful",
    "out.csv",
    "1.2 kB",
    "helper",
    "data/train.csv",
    "passed to fit",
    "a step was skipped",
    "model.fit(x)",
)


@pytest.fixture
def recorded(project):
    """A run of which all is recorded, named `full`."""
    open_session(project)
    run = begin(current_session(), run_name="full", run_tags=TAGS)
    for name, text in FILES.items():
        run.log_text(text, f"trackbook/{name}")
    run.log_param("C", 3)
    run.log_metric("acc", 0.9)
    run.log_metric("system/cpu", 50.0)
    profile = json.dumps({"size_bytes": 5})
    run.log_input(Dataset("data/train.csv", DIGEST, profile=profile), "training", {tags.INPUT_SEEN: "passed to fit"})
    run.warn("a step was skipped")
    run.end()
    close_session()
    return run.run_id


def test_everything_recorded_is_shown_within_80_columns(recorded, trackbook):
    status, said, complained = trackbook("show", "full", environ={"COLUMNS": "80"})
    assert status == 0, complained
    missing = [part for part in SAID if part not in " ".join(said.split())]
    assert not missing, said
    assert max(map(len, said.splitlines())) <= 80


def test_a_digest_is_whole_where_there_is_room_and_cut_where_there_is_none(recorded, trackbook):
    assert DIGEST in trackbook("show", "full", environ={"COLUMNS": "140"})[1]
    narrow = trackbook("show", "full", environ={"COLUMNS": "80"})[1]
    assert DIGEST not in narrow
    assert "0123456789abcdef" in narrow
    assert "…" in narrow


def test_a_notebook_that_was_the_same_at_start_and_end_is_one_row(project, trackbook):
    open_session(project)
    for name, start in (("kept", "notebook.ipynb"), ("edited", "notebook-start.ipynb")):
        run = begin(current_session(), run_name=name)
        files = {"start": start, "end": "notebook.ipynb"}
        rows = [{"when": when, "file": file, "origin": "file", "taken_ms": 10**12} for when, file in files.items()]
        run.log_text(json.dumps({"snapshots": rows}), "trackbook/notebook.json")
        run.end()
    close_session()
    kept, edited = (
        [line for line in trackbook("show", name)[1].splitlines() if line.rstrip().endswith(".ipynb")]
        for name in ("kept", "edited")
    )
    assert [line.startswith("start and end, the same") for line in kept] == [True]
    assert [line.split()[0] for line in edited] == ["start", "end"]


def test_json_has_the_same(recorded, trackbook_json):
    found = trackbook_json("show", "full")
    record = found["record"]
    assert (found["inputs"][0]["digest"], found["inputs"][0]["seen"]) == (DIGEST, "passed to fit")
    assert found["origins"] == {"C": "assigned in line 3"}
    assert found["warnings"] == ["a step was skipped"]
    assert (record["state"]["verdict"], record["program"]["label"]) == ("differs", "traced")
    assert (record["git"]["dirty"], record["environment"]["python"], record["seed"]["seed"]) == (True, "3.11.4", 7)
    assert (record["printed"], record["source"]) == ("epoch 1\n", "model.fit(x)\n")
    assert [one["kind"] for one in record["secrets"]] == ["password"]


def test_a_run_with_little_to_say_has_no_empty_parts(runs, trackbook):
    said = trackbook("show", runs[0])[1]
    for title in ("again", "inputs", "executions", "secrets", "warnings", "printed", "traceback", "git", "python"):
        assert f"\n{title}" not in said
    assert [line for line in said.splitlines() if line.startswith(("params", "metrics", "artifacts"))] == [
        "params",
        "metrics",
        "artifacts",
    ]


@pytest.mark.parametrize("text", ["", "[", "[" * 9999, "3", '{"snapshots": 3, "outputs": [3], "reasons": "x"}'])
def test_files_that_say_nonsense_break_nothing(project, trackbook, trackbook_json, text):
    open_session(project)
    run = begin(current_session(), run_name="odd", run_tags={tags.SEED: text or "x", tags.ARGUMENTS: text or "x"})
    for name in FILES:
        run.log_text(text, f"trackbook/{name}")
    run.end()
    close_session()
    assert trackbook("show", "odd")[0] == 0
    assert trackbook_json("show", "odd")["run_id"] == run.run_id


def test_the_executions_are_listed_and_each_is_shown_by_its_number(recorded, trackbook, trackbook_json):
    open_session()
    run = resume(current_session(), recorded)
    begin_another(run, "again.py")
    run.log_text("second()\n", tags.SOURCE_FILE)
    run.log_metric("later", 1)
    run.failed(ValueError("no"))
    run.end("FAILED")
    close_session()
    of = {key: one["execution"] for key, one in trackbook_json("show", "full")["metrics"].items()}
    assert of.pop("later") == 2
    assert set(of.values()) == {1}
    last = trackbook("show", "full")[1]
    assert "took" in last
    took, found = trackbook_json("show", "full")["duration_ms"], trackbook_json("show", "full")
    assert took == found["end_time"] - found["start_time"] - int(found["tags"][tags.PAUSED])
    assert "execution" in next(line for line in last.splitlines() if line.startswith("metric "))
    for part in ("2 of 2", "ValueError: no", "again.py", "second()", "FINISHED", "trackbook/resumed-2-"):
        assert part in last
    assert "model.fit(x)" not in last
    first = trackbook("show", "full", "--execution", "1")[1]
    assert "1 of 2" in first
    assert "model.fit(x)" in first
    assert "7 for random, numpy" in first
    assert "ValueError" not in first


def test_a_run_inside_another_is_shown_with_the_record_of_that_one(recorded, project, trackbook, trackbook_json):
    open_session(project)
    outer = resume(current_session(), recorded)
    with tb.start_run(run_name="fold 1", nested=True):
        tb.log_metric("fold", 0.5)
    outer.end()
    close_session()
    said = trackbook("show", "fold 1")[1]
    assert f"that of full ({recorded[:8]}), in which it ran" in said
    assert "code of the run around it, full\nmodel.fit(x)" in said
    found = trackbook_json("show", "fold 1")
    assert found["metrics"]["fold"]["last"] == 0.5
    assert found["parent"] == {"run_id": recorded, "run_name": "full"}
    assert found["record"]["of"] == {"run_id": recorded, "run_name": "full", "own": False}
    assert [one["run_name"] for one in trackbook_json("show", "full")["children"]] == ["fold 1"]
