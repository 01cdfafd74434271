"""The README's compose file: its command in its environment, on a PostgreSQL and an S3 endpoint of our own.

There is no Docker here, so hosts and the port are replaced, pip installs nothing, and the images are not tried.
"""

import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import s3fs
import yaml

ROOT = Path(__file__).parents[2]
VALUES = {"DB_PASSWORD": "of the database", "FILES_PASSWORD": "of the files", "PROXY_ADDRESS": "127.0.0.1"}
PASSWORD = "a long enough password"
API = "/api/2.0/mlflow"


def filled(value):
    """As Compose does: variables are filled in, and $$ is a dollar."""
    if isinstance(value, dict):
        return {key: filled(one) for key, one in value.items()}
    if isinstance(value, list):
        return [filled(one) for one in value]
    if not isinstance(value, str):
        return value
    return re.sub(r"\$\$|\$\{(\w+)\}", lambda found: VALUES[found[1]] if found[1] else "$", value)


@pytest.fixture(scope="module")
def compose():
    text = re.search(r"```yaml\n(services:.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    return filled(yaml.safe_load(text[1]))


@pytest.fixture
def started(compose, postgresql, s3, tmp_path):
    """The server, as the file starts it: its address and the token of its first admin."""
    database = "trackbook"
    postgresql.psql(f"CREATE ROLE {database} LOGIN;")
    postgresql.psql(f"CREATE DATABASE {database} OWNER {database};")
    socket = parse_qs(urlsplit(postgresql.get_uri(database=database)).query)["host"][0]
    s3fs.S3FileSystem().call_s3("create_bucket", Bucket="runs")
    service = compose["services"]["trackbook"]
    command = shlex.split(service["command"])
    command[-1] = command[-1].replace("@database/trackbook", f"@/trackbook?host={socket}")
    programs = {"pip": "exit 0", "trackbook": f'exec {shlex.quote(sys.executable)} -m trackbook.cli "$@" --port 0'}
    for name, does in programs.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{does}\n")
        (tmp_path / name).chmod(0o700)
    environment = {**service["environment"], "AWS_ENDPOINT_URL": os.environ["AWS_ENDPOINT_URL"]}
    environment |= {"PATH": f"{tmp_path}:/usr/bin:/bin", "HOME": str(tmp_path)}
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=subprocess.PIPE, stderr=log, text=True)
        first = server.stdout.readline()
        assert first.startswith("http"), (tmp_path / "log").read_text()
        yield re.sub(r"//[^:]+:", "//127.0.0.1:", first.split()[0]), server.stdout.readline().split()[-1]
        server.terminate()
        server.communicate(timeout=60)


def test_a_team_is_served_as_the_file_says(started, compose):
    url, token = started
    own = {"host": "tracking.example", "authorization": f"Bearer {token}"}
    with httpx.Client(base_url=url, headers=own, timeout=60) as client:
        assert client.get(f"{API}/users/current", headers={"host": "elsewhere.example"}).status_code == 403
        made = {"username": "ann", "password": PASSWORD}
        client.post(f"{API}/users/create", json=made).raise_for_status()
        run = client.post(f"{API}/runs/create", json={"experiment_id": "0"}).raise_for_status().json()["run"]["info"]
        place = run["artifact_uri"].removeprefix("mlflow-artifacts:/")
        path = f"/api/2.0/mlflow-artifacts/artifacts/{place}/a.txt"
        client.put(path, content=b"kept").raise_for_status()
        assert client.get(path).content == b"kept"
        proxied = {"host": "tracking.example", "x-forwarded-proto": "https", "origin": "https://tracking.example"}
        form = {"user": "ann", "password": PASSWORD}
        signed_in = httpx.post(f"{url}/sign-in", data=form, headers=proxied, timeout=60)
        assert (signed_in.status_code, "secure" in signed_in.headers["set-cookie"].lower()) == (303, True)
    assert [one.endswith("/artifacts/a.txt") for one in s3fs.S3FileSystem().find("runs")] == [True]


def test_the_services_fit_each_other(compose):
    services, command = compose["services"], compose["services"]["trackbook"]["command"]
    database, files, ours = (services[name]["environment"] for name in ("database", "files", "trackbook"))
    assert f"postgresql://{database['POSTGRES_USER']}@database/{database['POSTGRES_DB']} " in command
    assert ours["PGPASSWORD"] == database["POSTGRES_PASSWORD"] == VALUES["DB_PASSWORD"]
    assert (ours["AWS_ACCESS_KEY_ID"], ours["AWS_SECRET_ACCESS_KEY"]) == tuple(files.values())
    assert ours["AWS_ENDPOINT_URL"] == "http://files:9000"
    for service in services.values():
        assert set(service.get("depends_on", ())) <= services.keys()
        assert {one.partition(":")[0] for one in service.get("volumes", ())} <= compose["volumes"].keys()
    extras = re.search(r"trackbook\[([\w,]+)\]", command)[1].split(",")
    assert (
        set(extras) <= tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"].keys()
    )
