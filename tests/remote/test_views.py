"""Comparison, charts and the registry over runs that a server keeps, of either kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.remote.servers import Server

import trackbook as tb
from trackbook.tracking.session import Session
from trackbook.widgets.registry import RegistryView

STEPS = 40
MLMODEL = "flavors:\n  sklearn: {serialization_format: skops}\n"


@pytest.fixture
def two(server: Server, session_to: Callable[[str], Session]) -> list[str]:
    """The ids of two runs with a model each."""
    session = session_to(server.url)
    tb.set_experiment("views")
    found = []
    for name, rate in (("slow", 0.1), ("quick", 0.5)):
        with tb.start_run(run_name=name) as run:
            tb.log_params({"rate": rate, "kernel": "rbf"})
            for step in range(STEPS):
                tb.log_metric("loss", 1 / (1 + rate * step), step=step)
            tb.log_text(MLMODEL, "model/MLmodel")
        found.append(run.run_id)
    assert session.flush(60)
    return found


def test_runs_are_compared(two: list[str]) -> None:
    view = tb.compare(two)
    rows = {row["key"]: row for section in view.compare["sections"] for row in section["rows"]}
    assert (rows["rate"]["values"], rows["rate"]["differs"], rows["kernel"]["differs"]) == (["0.1", "0.5"], True, False)
    assert list(view.df.columns[-2:]) == ["slow", "quick"]
    assert [len(one["steps"]) for one in view.compare["curves"]["series"]] == [STEPS, STEPS]


def test_curves_are_drawn(two: list[str]) -> None:
    made = tb.chart(two, "loss")
    assert made.frame.groupby("run").size().to_dict() == {"slow": STEPS, "quick": STEPS}
    assert made.frame["value"].max() == 1.0
    assert {"image/svg+xml", "image/png"} & made._repr_mimebundle_()[0].keys()


def test_a_model_is_promoted_from_the_registry_view(two: list[str]) -> None:
    for run_id in two:
        tb.register_model(f"runs:/{run_id}/model", "viewed")
    view = tb.registry("viewed")
    newest = str(len(tb.TrackbookClient().search_model_versions("name = 'viewed'")))
    done(view, "alias", alias="champion", version=newest)
    done(view, "stage", version=newest, stage="Production", archive=True)
    model = view.registry["model"]
    assert (model["champion"]["version"], model["champion"]["how"]) == (newest, "alias")
    assert tb.TrackbookClient().get_model_version_by_alias("viewed", "champion").current_stage == "Production"
    assert "viewed" in [one["name"] for one in tb.registry().registry["models"]]


def done(view: RegistryView, action: str, **given: Any) -> None:
    """What the view's buttons do: what will change is told, then done."""

    def ask(method: str, **params: Any) -> Any:
        answer = view.answer({"kind": "request", "id": "1", "method": method, "params": params})
        assert "error" not in answer, answer["error"]
        return answer["result"]

    plan = ask("plan", action=action, name="viewed", **given)
    ask("change", action=action, name="viewed", seen=plan["seen"], open="viewed", **given)
