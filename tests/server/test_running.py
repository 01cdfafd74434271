"""The server as a process: what it says of itself, what it logs, how it stops."""

import json
import signal
import subprocess
import sys


def test_it_tells_its_health_version_and_abilities(served):
    assert served.ask("GET", "/health").body == b"OK"
    major, minor, _ = served.ask("GET", "/version").body.decode().split(".")
    assert (int(major), int(minor)) >= (3, 4)
    info = served.ask("GET", "/api/3.0/mlflow/server-info").json
    assert (info["store_type"], info["multipart_uploads_enabled"]) == ("SqlStore", False)


def test_prometheus_reads_its_figures(served):
    served.say("POST", "/runs/search", experiment_ids=["0"])
    served.ask("GET", '/no"such\nplace'.replace("\n", "%0a"))
    text = served.ask("GET", "/metrics").body.decode()
    assert 'trackbook_requests_total{endpoint="search_runs",method="POST",status="200"}' in text
    assert 'trackbook_request_seconds_bucket{endpoint="search_runs",le="+Inf"}' in text
    assert "such" not in text


def test_the_access_log_holds_no_secrets_and_no_lines_of_others(serve, tmp_path):
    with serve(tmp_path / "home") as server:
        server.ask(
            "GET", "/api/2.0/mlflow/runs/get?run_id=x&token=hunter2", headers={"Authorization": "Bearer hunter3"}
        )
        server.ask("GET", "/a%0aforged")
        log = (tmp_path / "server.log").read_text()
    assert "'/api/2.0/mlflow/runs/get' 404" in log
    assert "hunter" not in log
    assert "\nforged" not in log


def test_what_was_answered_is_there_after_it_stopped_and_it_stops_quietly(serve, tmp_path):
    with serve(tmp_path / "home") as server:
        run_id = server.new_run(run_name="kept")
        server.say("POST", "/runs/log-metric", run_id=run_id, key="m", value=1.5, timestamp=1)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(30) == -signal.SIGTERM  # as uvicorn has it, once it has stopped
    listed = subprocess.run(
        [sys.executable, "-m", "trackbook.cli", "runs", "--json"],
        env={"PATH": "", "HOME": str(tmp_path), "TRACKBOOK_TRACKING_URI": str(tmp_path / "home")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "kept" in json.dumps(json.loads(listed.stdout))
    log = (tmp_path / "server.log").read_text()
    assert "shutdown complete" in log
    assert "Traceback" not in log


def test_a_taken_port_is_told_in_one_line(served, tmp_path):
    port = served.url.rpartition(":")[2]
    command = [sys.executable, "-m", "trackbook.cli", "server", "--backend-store-uri", str(tmp_path / "h")]
    done = subprocess.run([*command, "--port", port], capture_output=True, text=True)
    assert done.returncode == 1
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr
