"""Single files at the addresses of MLflow's page: as bytes to save, and no way out by any of them."""

from __future__ import annotations

import pytest

from trackbook.core.access import Kind, Resource, Role

PROXY, AJAX = "/api/2.0/mlflow-artifacts/artifacts", "/ajax-api/2.0/mlflow"
SCRIPT = b"<script>alert(1)</script>"


@pytest.fixture(scope="module")
def there(served):
    """Addresses that take a path at their end, and a file `page.html` behind each of them."""
    run_id = served.new_run()
    served.ask("PUT", f"{PROXY}/0/{run_id}/artifacts/model/page.html", SCRIPT)
    info = served.say("POST", "/logged-models", experiment_id="0", name="m").json["model"]["info"]
    served.ask("PUT", f"{PROXY}/0/models/{info['model_id']}/artifacts/page.html", SCRIPT)
    served.say("POST", "/registered-models/create", name="downloaded")
    for source in (f"runs:/{run_id}/model", f"models:/{info['model_id']}"):
        served.say("POST", "/model-versions/create", name="downloaded", source=source)
    return [
        f"/get-artifact?run_uuid={run_id}&path=model/",
        f"/get-artifact?run_id={run_id}&path=model/",
        "/model-versions/get-artifact?name=downloaded&version=1&path=",
        "/model-versions/get-artifact?name=downloaded&version=2&path=",
        f"{AJAX}/logged-models/{info['model_id']}/artifacts/files?artifact_file_path=",
    ]


def test_a_file_is_sent_as_bytes_to_save(served, there):
    for address in there:
        answer = served.ask("GET", f"{address}page.html")
        assert (answer.status, answer.body) == (200, SCRIPT), address
        assert answer.headers["content-disposition"] == "attachment"
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert served.ask("GET", f"{address}nowhere").code == "RESOURCE_DOES_NOT_EXIST"
        assert served.ask("GET", address).status in (400, 404)


ESCAPES = [
    "../../../../secret.txt",
    "/etc/passwd",
    "..\\..\\secret.txt",
    "a/../../secret.txt",
    "a\0b",
    "C:/x",
    "file:///etc",
]


def quoted(text: str, times: int) -> str:
    for _ in range(times):
        text = "".join(f"%{byte:02x}" if not chr(byte).isalnum() else chr(byte) for byte in text.encode())
    return text


@pytest.mark.parametrize("decodings", [1, 2, 3])
@pytest.mark.parametrize("escape", ESCAPES)
def test_no_path_leads_out_after_any_decoding(served, there, escape, decodings):
    (served.home / "secret.txt").write_text("secret")
    run_id = there[0].partition("=")[2].partition("&")[0]
    places = [*there, f"/get-artifact?run_uuid={run_id}&path="]
    for address in places:
        answer = served.ask("GET", address + quoted(escape, decodings))
        assert answer.status in (400, 404), address
        assert b"root:" not in answer.body
    upload = f"{AJAX}/upload-artifact?run_uuid={run_id}&path={quoted(escape, decodings)}"
    assert served.ask("POST", upload, b"mine").status == 400
    assert (served.home / "secret.txt").read_text() == "secret"


def test_links_are_not_followed_out(served, there):
    run_id = there[0].partition("=")[2].partition("&")[0]
    (served.home / "secret.txt").write_text("secret")
    folder = next(served.home.glob(f"artifacts/**/{run_id}/artifacts")) / "model"
    (folder / "link.txt").symlink_to(served.home / "secret.txt")
    (folder / "up").symlink_to(served.home)
    for address in (there[0], there[2]):
        for path in ("link.txt", "up/secret.txt"):
            assert served.ask("GET", address + path).status == 400, address
    upload = f"{AJAX}/upload-artifact?run_uuid={run_id}&path=model/up/secret.txt"
    assert served.ask("POST", upload, b"mine").status == 400
    assert (served.home / "secret.txt").read_text() == "secret"


def test_an_upload_of_the_page_is_small_and_from_the_page(served):
    run_id = served.new_run()
    upload = f"{AJAX}/upload-artifact?run_uuid={run_id}&path=deep/a.txt"
    assert served.ask("POST", upload, b"alpha").json == {}
    assert served.ask("GET", f"/get-artifact?run_uuid={run_id}&path=deep/a.txt").body == b"alpha"
    assert served.ask("POST", upload, b"").status == 400
    assert served.ask("POST", upload, b"", {"Content-Length": str(11 * 2**20)}).status == 413
    assert served.ask("POST", upload, b"beta", {"Origin": "http://evil.example"}).status == 403
    assert served.ask("GET", f"/get-artifact?run_uuid={run_id}&path=deep/a.txt").body == b"alpha"


def test_a_version_in_an_object_store_is_not_fetched_for_anybody(served):
    served.say("POST", "/registered-models/create", name="elsewhere")
    served.say("POST", "/model-versions/create", name="elsewhere", source="s3://bucket/model")
    answer = served.ask("GET", "/model-versions/get-artifact?name=elsewhere&version=1&path=MLmodel")
    assert (answer.status, answer.code) == (400, "INVALID_PARAMETER_VALUE")


def test_a_version_is_no_way_around_its_runs_experiment(team):
    admin = team.client(team.user("ann", "admin"))
    experiment = team.store.experiments.create("secret")
    made = admin.post("/api/2.0/mlflow/runs/create", json={"experiment_id": experiment})
    run_id = made.json()["run"]["info"]["run_id"]
    admin.request("PUT", f"{PROXY}/{experiment}/{run_id}/artifacts/model/MLmodel", content=b"flavors: {}")
    team.store.registry.create_model("m")
    team.store.registry.create_version("m", f"runs:/{run_id}/model", run_id)
    bob = team.client(team.user("bob"))
    team.access.grant(Resource(Kind.MODEL, "m"), "bob", Role.MANAGER)
    address = "/model-versions/get-artifact?name=m&version=1&path=MLmodel"
    assert (admin.get(address).status_code, bob.get(address).status_code) == (200, 403)
    team.access.grant(Resource(Kind.EXPERIMENT, experiment), "bob", Role.READER)
    assert bob.get(address).content == b"flavors: {}"
