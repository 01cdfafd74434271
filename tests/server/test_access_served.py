"""A server with users as a process: MLflow's own client signs in, and no secret is in anything that it prints."""

import base64
import os
import subprocess

SCRIPT = """
import os, sys, mlflow
from mlflow.exceptions import MlflowException
url, token, password = sys.argv[1:]
mlflow.set_tracking_uri(url)

def refused():
    try:
        mlflow.search_experiments()
    except MlflowException as error:
        return error.error_code
assert refused() == "UNAUTHENTICATED", refused()
os.environ["MLFLOW_TRACKING_TOKEN"] = token
assert mlflow.get_experiment_by_name("Default").experiment_id == "0"
del os.environ["MLFLOW_TRACKING_TOKEN"]
os.environ |= {"MLFLOW_TRACKING_USERNAME": "ann", "MLFLOW_TRACKING_PASSWORD": password}
mlflow.set_experiment("hers")
with mlflow.start_run() as run:
    mlflow.log_metric("m", 1.5)
    mlflow.log_text("text", "a.txt")
assert mlflow.get_run(run.info.run_id).data.metrics == {"m": 1.5}
assert mlflow.artifacts.load_text(f"runs:/{run.info.run_id}/a.txt") == "text"
os.environ["MLFLOW_TRACKING_PASSWORD"] = password + "x"
assert refused() == "UNAUTHENTICATED"
"""


def test_the_genuine_client_signs_in_and_the_log_tells_no_secret(serve, peers, tmp_path):
    password = "correct horse battery"
    with serve(tmp_path / "home", "--auth") as server:
        assert server.process.stdout is not None
        token = server.process.stdout.readline().split()[-1]
        assert token.startswith("tb_")
        admin = {"Authorization": f"Bearer {token}"}
        server.say("POST", "/users/create", admin, username="ann", password=password)
        server.say("PATCH", "/users/update-admin", admin, username="ann", is_admin=True)
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW", "TRACKBOOK"))}
        script = [peers / "python", "-c", SCRIPT, server.url, token, password]
        done = subprocess.run(script, capture_output=True, text=True, cwd=tmp_path, env=clean)
        assert done.returncode == 0, done.stderr[-3000:]
        given = base64.b64encode(f"ann:{password}".encode()).decode()
        answers = [
            server.ask("GET", f"/api/2.0/mlflow/users/get?username=ann&token={token}", None, {"Authorization": header})
            for header in (f"Bearer {token}", f"Basic {given}", f"Basic {token}", f"Bearer {password}", token)
        ]
        answers.append(server.ask("POST", "/sign-in", f"user=ann&password={password}x".encode()))
    log = (tmp_path / "server.log").read_text()
    assert "'/api/2.0/mlflow/runs/create' 200" in log
    told = log + "".join(str(answer.headers) + answer.body.decode() for answer in answers)
    assert [secret for secret in (token, given, password, "$argon2") if secret in told] == []
