"""Large files in parts: MLflow's own client past the server to an S3 endpoint, and whole where there is none."""

import json
import os
import re
import subprocess

import pytest

CLIENT = """
import hashlib, os, sys, mlflow
from pathlib import Path
url, folder = sys.argv[1:]
mlflow.set_tracking_uri(url)
mlflow.set_experiment("parts")
large = Path(folder) / "large.bin"
large.write_bytes(os.urandom(13 << 20))
with mlflow.start_run() as run:
    mlflow.log_artifact(str(large), "deep")
listed = mlflow.MlflowClient().list_artifacts(run.info.run_id, "deep")
assert [(one.path, one.file_size) for one in listed] == [("deep/large.bin", 13 << 20)], listed
got = mlflow.artifacts.download_artifacts(f"runs:/{run.info.run_id}/deep/large.bin", dst_path=folder + "/got")
assert Path(got).read_bytes() == large.read_bytes()
print(run.info.run_id)
"""
SMALL = {
    "MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE": str(6 << 20),
    "MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE": str(5 << 20),
    "MLFLOW_MULTIPART_DOWNLOAD_MINIMUM_FILE_SIZE": str(6 << 20),
    "MLFLOW_MULTIPART_DOWNLOAD_CHUNK_SIZE": str(5 << 20),
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
}


def client(peers, url, folder, **env) -> str:
    command = [str(peers / "python"), "-c", CLIENT, url, str(folder)]
    done = subprocess.run(command, env={**os.environ, **SMALL, **env}, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.split()[-1]


def post(server, where, **fields):
    body = json.dumps(fields).encode()
    return server.ask("POST", f"/api/2.0/mlflow-artifacts/mpu/{where}", body, {"Content-Type": "application/json"})


@pytest.fixture
def bucket(s3, serve, tmp_path):
    with serve(tmp_path / "home", "--artifacts-destination", "s3://bucket/parts", "--direct-transfers") as server:
        yield server


def test_the_genuine_client_sends_and_fetches_parts_past_the_server(bucket, s3, peers, tmp_path):
    run_id = client(peers, bucket.url, tmp_path)
    log = s3.read_text()
    assert set(re.findall(rf'"PUT /bucket/parts/\d+/{run_id}/artifacts/deep/large.bin\?.*?partNumber=(\d+)', log)) == {
        "1",
        "2",
        "3",
    }
    said = (tmp_path / "server.log").read_text()
    assert not re.search(r"(PUT|GET) '/api/2.0/mlflow-artifacts/artifacts/.*large.bin'", said)
    assert "X-Amz-Signature" not in said


def test_where_nothing_is_signed_the_client_sends_the_file_whole(serve, peers, tmp_path):
    with serve(tmp_path / "home", "--direct-transfers") as server:
        client(peers, server.url, tmp_path, MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD="true")
    assert re.search(
        r"PUT '/api/2.0/mlflow-artifacts/artifacts/.*large.bin' 200", (tmp_path / "server.log").read_text()
    )


def test_an_upload_is_given_up_or_refused_and_leaves_no_file(bucket):
    run_id = bucket.new_run()
    place = f"0/{run_id}/artifacts"

    def ask(what: str, **fields):
        return post(bucket, f"{what}/{place}", path="/home/me/a.bin", **fields)

    begun = ask("create", num_parts=2).json
    assert len(begun["credentials"]) == 2
    assert f"/parts/0/{run_id}/artifacts/a.bin?" in begun["credentials"][0]["url"]
    lacking = ask("complete", upload_id=begun["upload_id"], parts=[{"part_number": 1, "etag": "none"}])
    assert (lacking.status, lacking.code) == (400, "INVALID_PARAMETER_VALUE")
    assert ask("abort", upload_id=begun["upload_id"]).json == {}
    assert ask("abort", upload_id=begun["upload_id"]).json == {}
    assert bucket.ask("GET", f"/api/2.0/mlflow/artifacts/list?run_id={run_id}").json.get("files", []) == []
    for parts in (0, 10_001):
        assert ask("create", num_parts=parts).status == 400


@pytest.mark.parametrize("path", ["..", "a/..", "%2e%2e", "%252e%252e"])
def test_no_part_leads_out_of_the_run(bucket, path):
    body = {"path": path, "num_parts": 1}
    place = f"0/{bucket.new_run()}/artifacts"
    assert post(bucket, f"create/{place}", **body).status == 400
    climbing = post(bucket, f"create/{place}/%252e%252e", path="f", num_parts=1)
    assert climbing.status == 400


def test_nothing_is_signed_unless_it_was_asked_for(served):
    place = f"0/{served.new_run()}/artifacts"
    refused = post(served, f"create/{place}", path="f", num_parts=1)
    assert (refused.status, refused.code) == (501, "NOT_IMPLEMENTED")
    assert refused.json["message"].startswith("Multipart upload is not supported for the current artifact repository")
    refused = served.ask("GET", f"/api/2.0/mlflow-artifacts/presigned/{place}/f")
    assert (refused.status, refused.code) == (501, "NOT_IMPLEMENTED")
