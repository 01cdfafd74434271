"""The registry's widget: what it tells, what it plans, what it does, and what it refuses."""

import json

import pytest

from trackbook.core.acting import Actor, acting
from trackbook.errors import NotFound
from trackbook.models.registration import register_model
from trackbook.widgets.registry import RegistryView, registry

HOSTILE = "<script>alert('x')</script>\"&\n‮" + "😀" * 3
MLMODEL = "flavors:\n  sklearn: {serialization_format: skops}\nmetadata: {trackbook.class: sklearn.svm._classes.SVC}\n"


def ask(view, method, **params):
    response = view.answer({"kind": "request", "id": "1", "method": method, "params": params})
    json.dumps(response, allow_nan=False)
    assert "error" not in response, response["error"]
    return response["result"]


def refusal(view, method, **params):
    return view.answer({"kind": "request", "id": "1", "method": method, "params": params})["error"]


def change(view, action, name="churn", **params):
    seen = ask(view, "plan", action=action, name=name, **params)["seen"]
    return ask(view, "change", action=action, name=name, seen=seen, open=name, **params)


@pytest.fixture
def churn(session, new_run):
    """The model `churn` with versions 1 to 3, the first of them champion; their runs are r1, r2, r3."""
    for number in (1, 2, 3):
        run = new_run(
            f"r{number}", number, metrics={"accuracy": [0.5, 0.7 + number / 100], "loss": [1.0 / number]}, end=None
        )
        run.log_text(MLMODEL, "model/MLmodel")
        run.end("FINISHED")
        session.flush()
        register_model(f"runs:/{run.run_id}/model", "churn", alias="champion" if number == 1 else None)
    return session.store.registry


def test_models_are_listed_with_their_champion(churn):
    churn.create_model("empty")
    state = ask(registry(), "state")
    assert [(one["name"], one["versions"], one["latest"]) for one in state["models"]] == [
        ("churn", 3, "3"),
        ("empty", 0, None),
    ]
    champion = state["models"][0]["champion"]
    assert (champion["version"], champion["how"], champion["metrics"]) == (
        "1",
        "alias",
        {"accuracy": 0.71, "loss": 1.0},
    )
    assert [one["name"] for one in ask(registry(), "state", search="HUR")["models"]] == ["churn"]


def test_without_the_alias_the_version_in_production_is_the_champion(churn):
    churn.delete_alias("churn", "champion")
    churn.transition("churn", "2", "Production")
    champion = registry("churn").registry["model"]["champion"]
    assert (champion["version"], champion["how"]) == ("2", "stage")


def test_a_version_stands_beside_the_champion_with_what_it_was_made_of(churn):
    churn.copy_version("churn", "3", "churn")
    found = ask(registry("churn"), "version", name="churn", version="4")
    assert found["champion"] == "1"
    assert [(one["key"], round(one["delta"], 6)) for one in found["metrics"]] == [
        ("accuracy", 0.02),
        ("loss", -0.666667),
    ]
    assert (found["row"]["run"]["name"], found["row"]["cell"]["version"], found["notebook"]) == ("r3", 3, "a.ipynb")
    assert found["copied_from"] == ["churn v3"]


def test_what_will_change_is_told_before_and_done_with_who_and_why(churn):
    view = registry("churn")
    plan = ask(view, "plan", action="alias", name="churn", alias="@champion", version="3")
    assert plan["effects"] == [{"what": "alias champion", "old": "v1", "new": "v3"}]
    assert churn.get_version_by_alias("churn", "champion").version == "1"
    done = ask(
        view,
        "change",
        action="alias",
        name="churn",
        alias="champion",
        version="3",
        seen=plan["seen"],
        reason=" recall ",
        open="churn",
    )
    assert done["said"] == "alias champion: v1 → v3"
    row = done["state"]["model"]["audit"]["rows"][0]
    assert (row["effect"], row["client"], row["reason"]) == (plan["effects"][0], "registry view", "recall")
    assert row["user"]
    assert view.registry["model"]["champion"]["version"] == "3"


def test_a_plan_that_another_overtook_is_refused_and_told(churn):
    view = registry("churn")
    plan = ask(view, "plan", action="alias", name="churn", alias="champion", version="3")
    with acting(Actor("bob")):
        churn.set_alias("churn", "champion", "2")
    given = {"action": "alias", "name": "churn", "alias": "champion", "version": "3"}
    error = refusal(view, "change", **given, seen=plan["seen"])
    assert error["type"] == "ChangedMeanwhile"
    assert "bob" in error["message"]
    assert churn.get_version_by_alias("churn", "champion").version == "2"
    assert ask(view, "plan", **given)["effects"][0]["old"] == "v2"


def test_every_action(churn):
    view = registry("churn")
    change(view, "stage", version="1", stage="Production")
    change(view, "stage", version="2", stage="production", archive=True)
    change(view, "describe", version="2", text="the second")
    change(view, "describe", text="who leaves")
    change(view, "tag", version="2", key="checked", value="yes")
    change(view, "tag", key="team", value="a")
    change(view, "tag", key="team", value=None)
    change(view, "copy", version="2", to="churn-eu")
    change(view, "unalias", alias="champion")
    change(view, "delete", version="3")
    model = change(view, "rename", to="leavers")["state"]
    assert model["model"] is None
    rows = {one["version"]: one for one in registry("leavers").registry["model"]["versions"]["rows"]}
    assert {number: one["stage"] for number, one in rows.items()} == {"1": "Archived", "2": "Production"}
    assert (rows["2"]["description"], rows["2"]["tags"]) == ("the second", [{"key": "checked", "value": "yes"}])
    assert churn.get_model("leavers").aliases == {}
    assert churn.get_version("churn-eu", "1").source == "models:/churn/2"
    assert change(view, "delete", "leavers")["state"]["model"] is None
    with pytest.raises(NotFound):
        churn.get_model("leavers")


def test_the_effects_of_what_goes(churn):
    churn.transition("churn", "1", "Production")
    view = registry("churn")
    told = ask(view, "plan", action="delete", name="churn", version="1")
    assert [(one["what"], one["new"]) for one in told["effects"]] == [("version v1", None), ("alias champion", None)]
    archived = ask(view, "plan", action="stage", name="churn", version="2", stage="Production", archive=True)
    assert archived["effects"][1] == {"what": "stage of v1", "old": "Production", "new": "Archived"}


def test_a_run_with_a_model_is_registered(churn):
    view = registry()
    (found, *_) = ask(view, "runs")
    given = {"run_id": found["run"]["run_id"], "path": found["paths"][0], "alias": "challenger"}
    assert [one["what"] for one in ask(view, "plan", action="register", name="new", **given)["effects"]] == [
        "model",
        "version v1 of new",
        "alias challenger",
    ]
    change(view, "register", "new", **given)
    assert churn.get_version_by_alias("new", "challenger").version == "1"


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"action": "alias", "version": "1", "alias": "champion"}, "Nothing would change"),
        ({"action": "alias", "version": "1", "alias": "v3"}, "reserved"),
        ({"action": "alias", "version": "9", "alias": "x"}, "no model version"),
        ({"action": "stage", "version": "1", "stage": "moon"}, "stage 'moon'"),
        ({"action": "rename", "to": "a/b"}, "leave '/'"),
        ({"action": "tag", "key": "", "value": ""}, "it is empty"),
        ({"action": "explode"}, "is none of"),
        ({"action": "register", "run_id": "none", "path": "model"}, "no run"),
    ],
)
def test_a_plan_says_why_it_cannot_be_done(churn, params, said):
    plan = ask(registry("churn"), "plan", **{"name": "churn", **params})
    assert said in plan["problem"]
    assert plan["effects"] == []


def test_changes_by_others_reach_an_open_view(churn):
    view = registry("churn")
    churn.set_alias("churn", "champion", "2")
    view.look()
    assert view.registry["model"]["champion"]["version"] == "2"
    churn.set_alias("churn", "champion", "1")
    ask(view, "watch", on=True)  # a page that was loaded anew
    assert view.registry["model"]["champion"]["version"] == "1"
    ask(view, "watch", on=False)


def test_a_look_waits_for_nothing_that_is_still_written(churn, session, monkeypatch):
    view = registry("churn")
    churn.set_alias("churn", "champion", "2")
    monkeypatch.setattr(type(session), "flush", lambda *_: pytest.fail("a look waited for the recorder"))
    view.look()
    assert view.registry["model"]["champion"]["version"] == "2"


def test_500_versions_and_500_characters(session):
    session.store.registry.create_model("é'\"%" + "x" * 250, HOSTILE * 20)
    for number in range(120):
        session.store.registry.create_version("é'\"%" + "x" * 250, f"s3://bucket/{number}", description=HOSTILE)
    view = RegistryView("é'\"%" + "x" * 250)
    model = view.registry["model"]
    assert (len(model["versions"]["rows"]), model["versions"]["total"]) == (25, 120)
    assert len(ask(view, "versions", name=model["name"], limit=1000)["rows"]) == 120
    assert ask(view, "version", name=model["name"], version="1")["row"]["run"] is None
    assert len(json.dumps(view.registry)) < 40_000
    assert "<script" not in view.static_html()
    page = ask(view, "audit", name=model["name"], token=model["audit"]["token"])
    assert len(page["rows"]) == 20


def test_frames_and_text(churn):
    view = registry()
    assert view.df[["version", "aliases", "run_name"]].values.tolist() == [
        [3, "", "r3"],
        [2, "", "r2"],
        [1, "champion", "r1"],
    ]
    assert view.audit["action"].tolist()[-2:] == ["create_version", "create_model"]
    assert repr(view) == "churn: 3 versions (champion → 1)"
    html = registry("churn").static_html()
    assert "@champion" in html
    assert "+0.02" in html
    assert "Audit trail" in html


def test_a_protected_model_shows_what_waits_and_an_approver_decides(churn, session):
    churn.protect_model("churn", ["ann"])
    view = registry("churn")
    plan = ask(view, "plan", action="alias", name="churn", alias="champion", version="3")
    assert plan["problem"] == ""
    assert "this waits for ann" in plan["notes"][-1]
    given = {"action": "alias", "name": "churn", "alias": "champion", "version": "3", "reason": HOSTILE}
    refused = refusal(view, "change", **given, seen=plan["seen"])
    assert (refused["type"], "request 1" in refused["message"]) == ("ApprovalNeeded", True)
    view.renew()
    (waiting,) = view.registry["model"]["requests"]
    assert (waiting["id"], waiting["words"], waiting["reason"]) == ("1", "alias champion to v3", HOSTILE)
    page = view.static_html()
    assert "approved by ann" in page
    assert "request 1: alias champion to v3" in page
    assert "<script>" not in page
    assert "not yours" in refusal(view, "change", action="approve", name="churn", request="1")["message"]
    with acting(Actor("ann")):
        approver = registry("churn")
    approver._actor = Actor("ann", "registry view")
    done = change(approver, "approve", request="1", reason="fine")
    assert done["said"] == "request 1: approved, alias champion to v3"
    assert (done["state"]["model"]["requests"], churn.get_model("churn").aliases["champion"]) == ([], "3")
    told = [row["effect"] for row in done["state"]["model"]["audit"]["rows"][:4]]
    assert told == [
        {"what": "alias champion", "old": "v1", "new": "v3"},
        {"what": "request 1", "old": None, "new": "approved, alias champion to v3"},
        {"what": "request 1", "old": None, "new": "asked, alias champion to v3"},
        {"what": "approvers", "old": None, "new": "ann"},
    ]


def test_approvers_are_set_in_the_view(churn):
    view = registry("churn")
    assert change(view, "protect", approvers=" bob, ann ,")["said"] == "approvers: ann, bob"
    assert churn.get_model("churn").approvers == ("ann", "bob")
    assert "Nothing would change" in ask(view, "plan", action="protect", name="churn", approvers="ann,bob")["problem"]
    assert "no number" in ask(view, "plan", action="approve", name="churn", request="x")["problem"]
    assert "waiting request" in ask(view, "plan", action="refuse", name="churn", request="9")["problem"]
    assert change(view, "protect", approvers="")["said"] == "approvers: ann, bob → nothing"
