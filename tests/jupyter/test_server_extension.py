"""The server extension answers from the store while no kernel runs, and only to who may ask."""

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from trackbook.core.events import CellRecorded
from trackbook.jupyter.serving import handlers
from trackbook.tracking.fluent.runs import start_run
from trackbook.tracking.session import close_session, open_session
from trackbook.widgets import code

TOKEN = "tok"


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A server root with one notebook folder that has a home, and one that has none; the id of a run."""
    root = tmp_path_factory.mktemp("root")
    for name in ("project", "empty"):
        (root / name / "notebooks").mkdir(parents=True)
        (root / name / "pyproject.toml").write_text("")
    close_session()
    open_session(root / "project", tracking_uri=str(root / "project" / ".trackbook"))
    with start_run(run_name="<b>run</b>") as run:
        run.log_metric("loss", float("nan"))
        for step in range(1000):
            run.log_metric("val/acc co", 1 - 1 / (step + 1), step=step)
    close_session()
    return root, run.run_id


@pytest.fixture(scope="module")
def server(project, tmp_path_factory):
    """The address of a real Jupyter server with the extension."""
    root, _ = project
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folders = tmp_path_factory.mktemp("jupyter")
    command = [sys.executable, "-m", "jupyter_server", "--allow-root", "--no-browser", "--ip=127.0.0.1"]
    command += [f"--port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}"]
    command += [f"--ServerApp.root_dir={root}", "--ServerApp.base_url=/base/"]
    command += ["--ServerApp.jpserver_extensions={'trackbook': True}"]
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "HOME")
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": "src"} | {name: str(folders / name) for name in names}
    with (folders / "log").open("w") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}/base"
    end = time.monotonic() + 120
    while True:
        try:
            urllib.request.urlopen(f"{address}/api", timeout=5).close()
            break
        except OSError:
            assert process.poll() is None, (folders / "log").read_text()
            assert time.monotonic() < end, (folders / "log").read_text()
            time.sleep(0.2)
    yield address
    process.terminate()
    process.wait(10)


def get(server, run_id, path, token=TOKEN, more=""):
    """Status and JSON of a card's answer."""
    return ask(server, f"cards/{run_id}?path={path}{more}", token=token)


def ask(server, route, body=None, token=TOKEN, headers=None):
    """Status and JSON of an answer; a body is posted."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{server}/trackbook/api/{route}", data, headers or {})
    if token:
        request.add_header("Authorization", f"token {token}")
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            body = error.read()
        return error.code, json.loads(body) if body.startswith(b"{") else {}


def test_card_comes_from_the_notebooks_home(server, project):
    _, run_id = project
    status, card = get(server, run_id, "project/notebooks/a.ipynb")
    assert status == 200
    assert card["run"]["name"] == "<b>run</b>"
    assert card["metrics"][0]["last"] == "NaN"


def test_curves_come_down_sampled(server, project):
    _, run_id = project
    path = "project/notebooks/a.ipynb"
    status, curves = get(server, f"{run_id}/curves", path, more="&key=val/acc%20co&key=none&buckets=20")
    assert status == 200
    assert [curve["key"] for curve in curves] == ["val/acc co"]
    assert 20 <= len(curves[0]["values"]) <= 42
    assert (curves[0]["steps"][0], curves[0]["steps"][-1]) == (0, 999)
    assert get(server, f"{run_id}/curves", path) == (200, [])
    assert get(server, f"{run_id}/curves", path, more="&key=loss&buckets=many")[0] == 400
    assert get(server, f"{'0' * 32}/curves", path, more="&key=loss")[0] == 404
    assert get(server, f"{run_id}/curves", path, token=None)[0] == 403


def test_who_has_no_token_gets_nothing(server, project):
    status, answer = get(server, project[1], "project/notebooks/a.ipynb", token=None)
    assert status == 403
    assert "run" not in answer


@pytest.mark.parametrize(
    ("run_id", "path", "status"),
    [
        ("0" * 32, "project/notebooks/a.ipynb", 404),
        (None, "empty/notebooks/a.ipynb", 404),
        (None, "nowhere/a.ipynb", 404),
        ("%3Cscript%3E", "project/notebooks/a.ipynb", 400),
        (None, "../project/a.ipynb", 400),
        (None, "project/../../x/a.ipynb", 400),
    ],
)
def test_what_is_not_there_is_told_as_json(server, project, run_id, path, status):
    root, known = project
    answered, answer = get(server, run_id or known, path)
    assert answered == status
    assert {*answer["error"]} - {"remedy"} == {"type", "message"}
    assert not (root / "empty" / ".trackbook").exists()


def test_the_code_of_a_view_is_had_by_its_hash(server):
    from trackbook.widgets.code import bundle_of

    bundle = bundle_of("card")

    assert ask(server, "code")[1]["card"] == bundle.hash
    assert ask(server, "code", token=None)[0] == 403
    assert ask(server, f"code/{bundle.hash}") == (200, bundle.code)
    assert ask(server, f"code/{'0' * 16}")[0] == 404
    assert ask(server, f"code/{bundle.hash}", token=None)[0] == 403


def test_code_that_is_half_built_is_none(monkeypatch, tmp_path):
    (tmp_path / "half.css").write_text("")
    monkeypatch.setattr(code, "STATIC", tmp_path)
    assert handlers.known_hashes() == {}
    assert handlers.known_code("0" * code.DIGITS) is None


NOTEBOOK = "project/notebooks/a.ipynb"
SOURCES = ("C = 1\nscore = C", "C = 2\nscore = C", "C = 2\n# <script>\npassword = '[secret: password]'")


@pytest.fixture(scope="module")
def lined(project):
    """Three versions of one cell; the second has the best value of the goal, the last is NaN. Their run ids."""
    root, _ = project
    close_session()
    session = open_session(root / "project", tracking_uri=str(root / "project" / ".trackbook"))
    ids = []
    for source, score in zip(SOURCES, (0.5, 0.9, float("nan")), strict=True):
        about = {"line": "notebooks/a.ipynb#fit", "cell_id": "c1", "notebook": "notebooks/a.ipynb"}
        noted = {
            "trackbook.cell.line": about["line"],
            "trackbook.cell.id": "c1",
            "trackbook.notebook.path": about["notebook"],
            "trackbook.goal": "score:max",
        }
        with start_run(tags=noted) as run:
            run.log_metric("score", score, step=1)
            run.log_metric("score", score / 2, step=2)
            run.record(CellRecorded(run.run_id, source=source, **about))
        ids.append(run.run_id)
    session.flush()
    close_session()
    return ids


def test_a_notebooks_runs_come_newest_first_with_its_cell_lines(server, lined):
    status, found = ask(server, f"runs?path={NOTEBOOK}")
    assert status == 200
    assert [one["run"]["run_id"] for one in found["runs"]] == lined[::-1]
    assert found["runs"][0]["metric"] == {"key": "score", "value": "NaN", "goal": "max"}
    (line,) = found["lines"]
    assert (line["label"], line["cell_ids"], line["versions"]) == ("fit", ["c1"], 3)
    assert line["best"]["metric"]["value"] == 0.9
    assert line["newest"]["run"]["run_id"] == lined[-1]


def test_a_renamed_notebook_keeps_its_runs_and_a_copy_has_none(server, project, lined):
    folder = project[0] / "project" / "notebooks"
    cells = [{"id": "c1", "cell_type": "code", "source": "", "metadata": {}, "outputs": []}]
    for name in ("a.ipynb", "copy.ipynb", "renamed.ipynb"):
        (folder / name).write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    assert ask(server, "runs?path=project/notebooks/copy.ipynb")[1]["total"] == 0
    (folder / "a.ipynb").unlink()
    _, found = ask(server, "runs?path=project/notebooks/renamed.ipynb")
    assert (found["total"], found["lines"][0]["cell_ids"]) == (3, ["c1"])


def test_a_notebook_whose_project_has_no_home_has_no_runs_which_is_told_once(server, project):
    """Pages ask every few seconds: a status 404 would be a line of the server's log each time."""
    address = f"{server}/trackbook/api/runs?path=empty/notebooks/a.ipynb"
    asked = urllib.request.Request(address, headers={"Authorization": f"token {TOKEN}"})
    with urllib.request.urlopen(asked, timeout=60) as answer:
        found, etag = json.load(answer), answer.headers["Etag"]
    assert (found["total"], found["runs"], found["lines"], found["experiment"]) == (0, [], [], None)
    assert found["notebook"] == "empty/notebooks/a.ipynb"
    asked.add_header("If-None-Match", etag)
    with pytest.raises(urllib.error.HTTPError, match="304"):
        urllib.request.urlopen(asked, timeout=60)
    assert ask(server, "runs?path=empty/notebooks/a.ipynb&experiment=1")[0] == 404
    assert not (project[0] / "empty" / ".trackbook").exists()


def test_an_experiments_runs_are_those_of_all_its_notebooks(server, project, lined):
    _, found = ask(server, f"runs?path={NOTEBOOK}")
    experiment = found["experiment"]["experiment_id"]
    _, every = ask(server, f"runs?path={NOTEBOOK}&experiment={experiment}")
    assert {project[1], *lined} <= {one["run"]["run_id"] for one in every["runs"]}
    assert ask(server, f"runs?path={NOTEBOOK}&experiment=987654")[0] == 404


def test_what_has_not_changed_is_not_sent_again(server, lined):
    request = urllib.request.Request(f"{server}/trackbook/api/runs?path={NOTEBOOK}")
    request.add_header("Authorization", f"token {TOKEN}")
    with urllib.request.urlopen(request, timeout=20) as answer:
        tag = answer.headers["Etag"]
    assert ask(server, f"runs?path={NOTEBOOK}", headers={"If-None-Match": tag})[0] == 304
    assert ask(server, f"runs?path={NOTEBOOK}&1795270660269", headers={"If-None-Match": tag})[0] == 304
    assert ask(server, f"runs?path={NOTEBOOK}", headers={"If-None-Match": '"other"'})[0] == 200


def test_versions_of_a_cell_and_what_putting_one_back_would_change(server, lined):
    _, found = ask(server, f"versions?path={NOTEBOOK}&line=notebooks/a.ipynb%23fit")
    assert [one["version"] for one in found["versions"]] == [3, 2, 1]
    status, diff = ask(server, f"diff?path={NOTEBOOK}", {"run_id": lined[0], "text": SOURCES[1]})
    assert (status, diff["source"], diff["same"]) == (200, SOURCES[0], False)
    assert {"op": "+", "text": "C = 1"} in diff["lines"]
    assert ask(server, f"versions?path={NOTEBOOK}&line=none")[0] == 404
    assert ask(server, f"diff?path={NOTEBOOK}", {"run_id": "../x", "text": ""})[0] == 400


def test_a_version_stands_in_the_cell_whatever_ends_its_lines_and_with_its_secret_filled_in(server, lined):
    def stands(version, text):
        _, diff = ask(server, f"diff?path={NOTEBOOK}", {"run_id": lined[version - 1], "text": text})
        assert diff["same"] is (diff["lines"] == [])
        return diff["same"]

    assert stands(2, SOURCES[1].replace("\n", "\r\n") + "\n")
    assert stands(3, SOURCES[2].replace("[secret: password]", "hunter2hunter2"))
    assert not stands(3, SOURCES[2].replace("[secret: password]", "hunter2hunter2").replace("C = 2", "C = 3"))


def test_a_table_reads_and_refuses_to_change(server, lined):
    def table(method, **params):
        return ask(server, f"table?path={NOTEBOOK}", {"experiment_ids": None, "method": method, "params": params})

    assert table("state")[1]["table"]["total"] == 4
    _, rows = table("rows", filter="metrics.score > 0.4", columns=["metrics.score"])
    assert [row["values"]["metrics.score"] for row in rows["rows"]] == [0.45]
    status, refused = table("rows", filter="metrics.score >")
    assert (status, refused["error"]["type"]) == (400, "FilterSyntaxError")
    assert refused["error"]["position"] >= 0
    assert "metrics.score" in [column["key"] for column in table("columns")[1]]
    assert table("trash", run_ids=lined)[0] == 409
    assert table("explode")[0] == table("rows", limit="many")[0] == 400
    assert table("rows")[1]["total"] == 4


def test_runs_are_compared_without_a_kernel(server, lined):
    def compare(ids, method="state", **params):
        return ask(server, f"compare?path={NOTEBOOK}", {"run_ids": ids, "method": method, "params": params})

    status, state = compare(lined[:2], baseline=lined[1])
    assert status == 200
    assert [run["run_id"] for run in state["runs"]] == [lined[1], lined[0]]
    assert compare(lined[:2], "diff", what="cell")[0] == 200
    assert compare(lined[:2], "curves", runs=lined, keys=["score"])[0] == 200
    assert compare(lined[:1])[0] == compare(lined[:2], "curves", x="sideways")[0] == 400


def test_a_widgets_questions_are_answered_for_its_own_store_alone(server, project, lined):
    def asked(route, method, params=None, **about):
        return ask(server, f"{route}?path={NOTEBOOK}", {"method": method, "params": params or {}, **about})

    curves = {"runs": lined, "keys": ["score"]}
    assert asked("chart", "curves", curves, run_ids=lined[:1])[1][0]["values"] == [0.5, 0.25]
    assert asked("card", "curves", {"keys": ["score"]}, run_id=lined[0])[1][0]["values"] == [0.5, 0.25]
    assert asked("card", "edit", run_id=lined[0])[0] == asked("registry", "change")[0] == 400
    assert asked("registry", "state", {"name": None})[1]["total"] == 0
    begin = {"order_by": [{"key": "metrics.score", "desc": True}], "columns": ["metrics.score"]}
    _, state = asked("table", "state", experiment_ids=None, begin=begin)
    assert state["table"]["rows"][0]["run"]["run_id"] == lined[1]
    status, refused = asked("registry", "state", store="0123456789abcdef")
    assert (status, refused["error"]["type"]) == (409, "InvalidState")


@pytest.mark.parametrize("route", ["runs", "versions", "diff", "table", "compare", "registry"])
def test_no_route_answers_who_has_no_token_or_asks_for_other_folders(server, project, route):
    body = None if route in ("runs", "versions") else {"method": "state", "run_id": project[1], "run_ids": []}
    assert ask(server, f"{route}?path={NOTEBOOK}", body, token=None)[0] == 403
    assert ask(server, f"{route}?path=../{NOTEBOOK}", body)[0] == 400
    assert ask(server, f"{route}?path=empty/notebooks/a.ipynb", body)[0] == (200 if route == "runs" else 404)
    assert not (project[0] / "empty" / ".trackbook").exists()
