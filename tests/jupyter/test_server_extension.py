"""The server extension answers from the store while no kernel runs, and only to who may ask."""

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from trackbook.tracking.fluent import start_run
from trackbook.tracking.session import close_session, open_session

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
    for _ in range(150):
        try:
            urllib.request.urlopen(f"{address}/api", timeout=1).close()
            break
        except OSError:
            assert process.poll() is None, (folders / "log").read_text()
            time.sleep(0.2)
    yield address
    process.terminate()
    process.wait(10)


def get(server, run_id, path, token=TOKEN, more=""):
    """Status and JSON of an answer."""
    request = urllib.request.Request(f"{server}/trackbook/api/cards/{run_id}?path={path}{more}")
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
    assert set(answer["error"]) == {"type", "message"}
    assert not (root / "empty" / ".trackbook").exists()


def test_the_code_of_a_view_is_had_by_its_hash(server):
    from trackbook.widgets.code import bundle_of

    bundle = bundle_of("card")

    def ask(digest, token=TOKEN):
        headers = {"Authorization": f"token {token}"} if token else {}
        request = urllib.request.Request(f"{server}/trackbook/api/code/{digest}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, None

    assert ask(bundle.hash) == (200, bundle.code)
    assert ask("0" * 16) == (404, None)
    assert ask(bundle.hash, token=None) == (403, None)
