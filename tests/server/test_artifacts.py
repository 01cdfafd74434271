"""The proxy of files, and the ways out of it that others have left open."""

import http.client

import pytest

PROXY = "/api/2.0/mlflow-artifacts/artifacts"


@pytest.fixture(scope="module")
def run_id(served):
    return served.new_run()


@pytest.fixture(scope="module")
def secret(served):
    """A file beside the artifacts, which nobody may reach."""
    file = served.home / "secret.txt"
    file.write_text("secret")
    return file


def test_a_file_goes_in_and_comes_out_as_bytes_to_save(served, run_id):
    content = b"<script>alert(1)</script>" * 100_000
    path = f"{PROXY}/0/{run_id}/artifacts/deep/page.html"
    assert served.ask("PUT", path, content).json == {}
    answer = served.ask("GET", path)
    assert answer.body == content
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == "attachment"
    assert answer.headers["x-content-type-options"] == "nosniff"
    listed = served.ask("GET", f"{PROXY}?path=0/{run_id}/artifacts/deep").json
    assert listed == {"files": [{"path": "page.html", "is_dir": False, "file_size": len(content)}]}
    assert served.ask("DELETE", path).json == {}
    assert (served.ask("GET", path).status, served.ask("GET", path).code) == (404, "RESOURCE_DOES_NOT_EXIST")


def test_a_runs_artifacts_are_listed_below_its_root(served):
    run_id = served.new_run()
    served.ask("PUT", f"{PROXY}/0/{run_id}/artifacts/deep/a.txt", b"alpha")
    path = f"/ajax-api/2.0/mlflow/artifacts/list?run_id={run_id}"
    root = f"mlflow-artifacts:/0/{run_id}/artifacts"
    assert served.ask("GET", path).json == {"root_uri": root, "files": [{"path": "deep", "is_dir": True}]}
    below = served.ask("GET", f"{path}&path=deep").json["files"]
    assert below == [{"path": "deep/a.txt", "is_dir": False, "file_size": 5}]


def test_what_is_no_folder_is_an_empty_listing(served, run_id):
    for path in ("", "0", f"0/{run_id}", f"0/{run_id}/artifacts/nowhere", "9/nobody/artifacts"):
        assert served.ask("GET", f"{PROXY}?path={path}").json == {}


ESCAPES = [
    "../../../../secret.txt",
    "..%2f..%2f..%2f..%2fsecret.txt",
    "%2e%2e/%2e%2e/%2e%2e/%2e%2e/secret.txt",
    "%252e%252e%252f%252e%252e%252fsecret.txt",
    "%25252e%25252e%25252fsecret.txt",
    "..%5c..%5csecret.txt",
    "..%255c..%255csecret.txt",
    "a/../../secret.txt",
    "a%00b",
    "a%2500b",
    "C:/secret.txt",
]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("escape", ESCAPES)
def test_no_path_leads_out(served, run_id, secret, method, escape):
    answer = served.ask(method, f"{PROXY}/0/{run_id}/artifacts/{escape}", b"mine" if method == "PUT" else None)
    assert (answer.status, answer.code) == (400, "INVALID_PARAMETER_VALUE")
    assert secret.read_text() == "secret"


@pytest.mark.parametrize("escape", ESCAPES)
def test_no_listing_leads_out(served, run_id, secret, escape):
    answer = served.ask("GET", f"{PROXY}?path=0/{run_id}/artifacts/{escape}")
    assert (answer.status, answer.code) == (400, "INVALID_PARAMETER_VALUE")
    listed = served.ask("GET", f"/api/2.0/mlflow/artifacts/list?run_id={run_id}&path={escape}")
    assert listed.status == 400 or listed.json.get("files", []) == []


@pytest.mark.parametrize("path", ["/etc/passwd", "//etc/passwd", "/%2fetc/passwd", "/%252fetc/passwd"])
def test_absolute_paths_are_refused(served, path):
    assert served.ask("GET", f"{PROXY}/{path}").code == "INVALID_PARAMETER_VALUE"


def test_what_belongs_to_no_run_is_not_served(served, secret):
    for path in ("secret.txt", "trackbook.db", "0/secret.txt", "0/x/secret.txt", "0/%2e/artifacts/a"):
        answer = served.ask("GET", f"{PROXY}/{path}")
        assert answer.status in (400, 404)
        assert b"secret" not in answer.body.replace(b"secret.txt", b"")


def test_links_are_not_followed_out(served, secret):
    run_id = served.new_run()
    served.ask("PUT", f"{PROXY}/0/{run_id}/artifacts/here.txt", b"here")
    folder = next(served.home.glob(f"artifacts/**/{run_id}/artifacts"))
    (folder / "link.txt").symlink_to(secret)
    (folder / "up").symlink_to(served.home)
    listed = served.ask("GET", f"{PROXY}?path=0/{run_id}/artifacts").json["files"]
    assert [one["path"] for one in listed] == ["here.txt"]
    for method, path in (
        ("GET", "link.txt"),
        ("GET", "up/secret.txt"),
        ("PUT", "up/secret.txt"),
        ("DELETE", "up/secret.txt"),
    ):
        assert (
            served.ask(method, f"{PROXY}/0/{run_id}/artifacts/{path}", b"x" if method == "PUT" else None).status == 400
        )
    assert secret.read_text() == "secret"


def test_half_an_upload_leaves_nothing(served, run_id):
    connection = http.client.HTTPConnection(served.place, timeout=30)
    connection.putrequest("PUT", f"{PROXY}/0/{run_id}/artifacts/half.bin")
    connection.putheader("Content-Length", "1000000")
    connection.endheaders(b"x" * 1000)
    connection.close()
    assert served.ask("GET", f"{PROXY}/0/{run_id}/artifacts/half.bin").status == 404
    assert served.ask("GET", "/health").body == b"OK"


SOURCES = ["/etc/passwd", "file:///etc/passwd", "passwd", "models:/../../x", "models:/m-0123", "mlflow-artifacts:/../x"]
SOURCES += ["s3://bucket/../x", "s3://bucket/%2e%2e/x", "FILE:///etc", "http:///x", "runs:/nobody/../x", ""]
# As peers were led out by what stands behind the path (CVE-2024-1483, -1593, -3848).
SOURCES += [
    "http:///#/../../etc/",
    "s3://bucket/#/../x",
    "s3://bucket/a;/../x",
    "s3://bucket/?/../x",
    "local:///etc#/x",
]


@pytest.mark.parametrize("source", SOURCES)
def test_a_models_source_cannot_lead_out(served, source):
    served.say("POST", "/registered-models/create", name="sourced")
    answer = served.say("POST", "/model-versions/create", name="sourced", source=source)
    assert (answer.status, answer.code) == (400, "INVALID_PARAMETER_VALUE")


def test_a_source_of_another_run_is_refused(served, run_id):
    served.say("POST", "/registered-models/create", name="sourced")
    other = served.new_run()
    for source in (f"runs:/{other}/model", f"mlflow-artifacts:/0/{other}/artifacts/model"):
        answer = served.say("POST", "/model-versions/create", name="sourced", source=source, run_id=run_id)
        assert (answer.status, answer.code) == (400, "INVALID_PARAMETER_VALUE")


def test_files_of_a_logged_model_are_served_below_its_experiment(served):
    info = served.say("POST", "/logged-models", experiment_id="0", name="m").json["model"]["info"]
    place = info["artifact_uri"].removeprefix("mlflow-artifacts:")
    proxy = "/api/2.0/mlflow-artifacts/artifacts"
    assert served.ask("PUT", f"{proxy}{place}/data/MLmodel", b"flavors: {}").status == 200
    assert served.ask("GET", f"{proxy}{place}/data/MLmodel").body == b"flavors: {}"
    path = f"/api/2.0/mlflow/logged-models/{info['model_id']}/artifacts/directories?artifact_directory_path=data"
    listed = served.ask("GET", path).json
    assert listed["files"] == [{"path": "data/MLmodel", "is_dir": False, "file_size": 11}]
    assert served.ask("GET", f"{path}/%2e%2e/%2e%2e").status == 400
    gone = "m-" + "0" * 32
    assert served.ask("PUT", f"{proxy}/0/models/{gone}/artifacts/x", b"x").status == 404
    assert served.say("DELETE", f"/logged-models/{info['model_id']}").json == {}
    assert served.ask("PUT", f"{proxy}{place}/late", b"x").status == 404
