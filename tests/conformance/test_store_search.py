"""`Runs.search`: filters, orders and pages."""

from __future__ import annotations

import math

import pytest
from conformance_tools import Filled, apply, ids, series, start

from trackbook.core.entities import ViewType
from trackbook.core.events import CellRecorded, InputLogged, ParamsLogged
from trackbook.core.filters import RUNS, parse
from trackbook.core.ports import RunQuery, Store, walk
from trackbook.core.tags import PAUSED
from trackbook.errors import FilterSyntaxError, InvalidValue
from trackbook.remote.theirs.matching import Seen, holds


@pytest.fixture
def three(store: Store, run: Filled) -> Store:
    run(
        "a",
        {"C": "1", "kernel": "rbf"},
        {"acc": [0.1, 0.9], "loss": [3.0, 2.0, 1.0]},
        {"team": "x"},
        end=5_000,
        at=1_000,
    )
    run("b", {"C": "10", "kernel": "RBF"}, {"acc": 0.5, "loss": math.nan}, {"mlflow.user": "bo"}, at=2_000, name="Bee")
    run("c", {"kernel": "linear_1"}, {"val.max": 7.0, "val": [9.0, 1.0], "loss": math.inf}, at=3_000, user_id="cy")
    apply(store, CellRecorded("a", "svm", "from sklearn import StandardScaler", notebook="n.ipynb"))
    apply(store, CellRecorded("b", "svm", "scaler = None", notebook="n.ipynb"))
    apply(store, InputLogged("b", "train", "d1", tags={"mlflow.data.context": "training"}))
    return store


CASES = {
    # metrics compare their latest value
    "metrics.acc > 0.5": "a",
    "metrics.acc >= 0.5": "ab",
    "metrics.acc = 0.9": "a",
    "metric.acc == 0.5": "b",
    "metrics.acc < 0.9": "b",
    "0.5 < metrics.acc": "a",
    # NaN satisfies only !=
    "metrics.loss != 1": "bc",
    "metrics.loss != 2": "abc",
    "metrics.loss > -1e308": "ac",
    "metrics.loss = inf": "c",
    "metrics.loss IS NOT NULL": "abc",
    "NOT metrics.loss > 0": "b",
    "metrics.loss IN (1, 2)": "a",
    "metrics.loss NOT IN (1, 2)": "bc",
    # aggregates
    "metrics.acc.min < 0.2": "a",
    "metrics.loss.max = 3": "a",
    "metrics.loss.mean = 2": "a",
    "metrics.loss.count = 3": "a",
    "metrics.loss.best = 1": "a",
    "metrics.acc.best = 0.9": "a",
    "metrics.acc.last = 0.9": "a",
    # a metric of that very name comes first, as MLflow reads it; quotes settle it
    "metrics.val.max = 7": "c",
    "metrics.`val`.max = 9": "c",
    "metrics.`val.max` = 7": "c",
    # metric against metric
    "metrics.acc < metrics.loss": "a",
    "metrics.acc * 2 - 1 < metrics.loss / 1.2": "a",
    "metrics.acc != metrics.loss": "ab",
    "metrics.acc / 0 > 1": "",
    "metrics.acc / 0 != 1": "ab",
    "metrics.acc > metrics.unknown": "",
    # params and tags
    "params.kernel = 'rbf'": "a",
    "params.kernel != 'rbf'": "bc",
    "params.C != '1'": "b",
    "NOT params.C = '1'": "bc",
    "params.C IS NULL": "c",
    "parameter.C IS NOT NULL": "ab",
    "params.unknown IS NULL": "abc",
    "params.unknown != 'x'": "",
    "params.kernel IN ('rbf', 'RBF')": "ab",
    "params.kernel NOT IN ('rbf', 'RBF')": "c",
    "params.kernel LIKE 'r%'": "a",
    "params.kernel LIKE '_b_'": "a",
    "params.kernel LIKE 'linear_1'": "c",
    "params.kernel LIKE 'linear*'": "",
    "params.kernel NOT LIKE 'r%'": "bc",
    "params.kernel ILIKE 'R%'": "ab",
    "params.kernel contains 'inear_'": "c",
    "tags.team = 'x'": "a",
    "tags.mlflow.user = 'bo'": "b",
    'tags."mlflow.user" = "bo"': "b",
    # attributes
    "run_id = 'a'": "a",
    "attributes.run_id IN ('a', 'c')": "ac",
    "run_name = 'Bee'": "b",
    "attributes.`Run name` ILIKE 'BEE'": "b",
    "user_id = 'cy'": "c",
    "status = 'finished'": "a",
    "status != 'FINISHED'": "bc",
    "start_time > 1000": "bc",
    "created <= 2000": "ab",
    "end_time = 5000": "a",
    "end_time != 1": "a",
    "end_time IS NULL": "bc",
    "NOT end_time > 1": "bc",
    "duration >= 4000": "a",
    "duration / 1000 < 5": "a",
    "artifact_uri LIKE '%/a/artifacts'": "a",
    "experiment = 'Default' AND experiment_id = '0'": "abc",
    # datasets, cells, source
    "datasets.name = 'train'": "b",
    "dataset.context LIKE 'train%'": "b",
    "NOT dataset.digest = 'd1'": "ac",
    "dataset.name IS NULL": "ac",
    "cell = 'svm'": "ab",
    "cell = 'svm' AND cell_version = 2": "b",
    "cell_version < metrics.loss": "",
    "cell IS NULL": "c",
    "notebook = 'n.ipynb' AND source contains 'StandardScaler'": "a",
    "NOT source contains 'StandardScaler'": "bc",
    # together
    "metrics.acc > 0.1 AND params.kernel = 'rbf'": "a",
    "metrics.acc > 0.1 and metrics.acc < 0.6": "b",
    "params.C = '10' OR tags.team = 'x'": "ab",
    "NOT (params.C = '10' OR tags.team = 'x')": "c",
    "(params.C = '1' OR params.C = '10') AND NOT metrics.acc = 0.5": "a",
    "": "abc",
}


def test_every_operator(three: Store) -> None:
    found = {text: "".join(sorted(ids(three, text))) for text in CASES}
    assert found == CASES


def test_a_client_judges_every_condition_as_the_store_does(three: Store) -> None:
    runs = list(three.runs.search(RunQuery()))
    cells = three.cells.of_runs([run.info.run_id for run in runs])
    seen = [Seen(run, "Default", cells.get(run.info.run_id)) for run in runs]
    found = {
        text: "".join(sorted(one.run.info.run_id for one in seen if holds(parse(text, RUNS), one))) for text in CASES
    }
    assert found == CASES


def test_total_counts_all_that_match(three: Store) -> None:
    for text, expected in CASES.items():
        assert three.runs.search(RunQuery(filter=text, limit=1)).total == len(expected), text


def test_like_and_lower_case_beyond_ascii(store: Store, run: Filled) -> None:
    run("a", {"p": "Äpfel [x]*?"})
    assert ids(store, "params.p LIKE 'Ä%[x]*?'") == ["a"]
    assert ids(store, "params.p LIKE 'ä%'") == []
    assert ids(store, "params.p ILIKE 'äPF%'") == ["a"]
    assert ids(store, r"params.p LIKE '%\%'") == []


def test_long_values_compare_whole(store: Store, run: Filled) -> None:
    run("a", {"p": "x" * 5_000 + "1"})
    run("b", {"p": "x" * 5_000 + "2"})
    assert ids(store, f"params.p = '{'x' * 5_000}2'") == ["b"]


ORDERS = {
    (): "cba",
    ("start_time",): "abc",
    ("metrics.acc",): "bac",
    ("metrics.acc DESC",): "abc",
    # inf, then NaN last, in both directions
    ("metrics.loss",): "acb",
    ("metrics.loss DESC",): "cab",
    ("metrics.loss.max",): "acb",
    ("params.C",): "abc",
    ("params.C DESC",): "bac",
    ("params.kernel",): "bca",
    ("tags.team DESC",): "acb",
    ("end_time",): "acb",
    ("end_time DESC",): "acb",
    ("duration",): "acb",
    ("run_name",): "bac",
    ("status", "start_time"): "abc",
    ("status DESC", "metrics.loss DESC"): "cba",
    ("tags.unknown", "metrics.acc"): "bac",
    ("cell", "cell_version DESC"): "bac",
    ("metrics.unknown DESC",): "cba",
    ("experiment", "run_id DESC"): "cba",
}


def test_a_pause_before_a_run_was_gone_on_with_is_no_part_of_its_duration(store: Store, run: Filled) -> None:
    run("a", tags={PAUSED: "7000"}, at=1_000, end=9_000)
    run("b", tags={PAUSED: "1e9 days"}, at=1_000, end=3_000)
    run("c", at=1_000, end=2_500)
    run("d", tags={PAUSED: "9000"}, at=2_000, end=3_000)
    run("e", at=1_000)
    assert ids(store, order_by=("duration",)) == list("dacbe")
    assert ids(store, "duration < 1500", ("duration",)) == ["d", "a"]
    assert ids(store, "duration < 0") == []
    assert sorted(store.runs.values(RunQuery(), "attributes.duration").values.tolist()) == [0, 1000, 1500, 2000]


def test_every_order_and_its_pages(three: Store) -> None:
    for order_by, expected in ORDERS.items():
        assert "".join(ids(three, order_by=order_by)) == expected, order_by
        walked = [run.info.run_id for run in walk(three.runs, RunQuery(order_by=order_by, limit=1))]
        assert "".join(walked) == expected, order_by
        jumped = [ids(three, order_by=order_by, offset=n, limit=1) for n in range(4)]
        assert jumped == [[expected[0]], [expected[1]], [expected[2]], []], order_by


def test_an_order_within_a_filter_of_the_same_metric(three: Store) -> None:
    assert ids(three, "metrics.loss IS NOT NULL", ["metrics.loss"]) == ["a", "c", "b"]
    assert ids(three, "metrics.acc > 0", ["metrics.acc.min"]) == ["a", "b"]


def test_pages_neither_skip_nor_repeat_while_runs_arrive(store: Store, run: Filled) -> None:
    for n in range(6):
        run(f"r{n}", at=n)
    first = store.runs.search(RunQuery(limit=3))
    run("new", at=99)
    second = store.runs.search(RunQuery(limit=3, page_token=first.next_page_token))
    assert [one.info.run_id for one in (*first.items, *second.items)] == ["r5", "r4", "r3", "r2", "r1", "r0"]
    assert second.next_page_token is None


def test_ties_are_broken_by_run_id(store: Store, run: Filled) -> None:
    for name in "cab":
        run(name, metrics={"m": 1.0}, at=7)
    for order_by in ((), ("metrics.m",), ("metrics.m DESC",)):
        assert [one.info.run_id for one in walk(store.runs, RunQuery(order_by=order_by, limit=1))] == ["a", "b", "c"]


def test_a_page_carries_its_values(three: Store) -> None:
    page = three.runs.search(RunQuery(order_by=("start_time",), limit=1))
    (run,) = page.items
    assert run == three.runs.get("a")


PROJECTIONS: dict[tuple[str, ...], tuple[set[str], set[str], set[str]]] = {
    (): (set(), set(), set()),
    ("attributes.start_time", "run_name", "params.unknown"): (set(), set(), set()),
    ("params.C", "metric.loss", "tags.`team`"): ({"C"}, {"loss"}, {"team"}),
    # an aggregate brings its metric, and the metric of that very name
    ("metrics.acc.min",): (set(), {"acc"}, set()),
    ("metrics.val.max",): (set(), {"val", "val.max"}, set()),
    ("metrics.`val.max`",): (set(), {"val.max"}, set()),
}


def test_a_page_carries_the_columns_asked_for(three: Store) -> None:
    for columns, (params, metrics, tags) in PROJECTIONS.items():
        for run in three.runs.search(RunQuery(columns=columns)):
            whole = three.runs.get(run.info.run_id)
            assert run.info == whole.info
            assert run.data.params == {key: one for key, one in whole.data.params.items() if key in params}, columns
            assert run.data.tags == {key: one for key, one in whole.data.tags.items() if key in tags}, columns
            assert (
                list(run.data.metrics) == list(run.data.aggregates) == [k for k in whole.data.metrics if k in metrics]
            )
    with pytest.raises(FilterSyntaxError):
        three.runs.search(RunQuery(columns=["nonsense.x"]))


def test_very_many_columns(three: Store) -> None:
    many = ["params.C", *(f"params.p{n}" for n in range(6_000))]
    assert [dict(run.data.params) for run in three.runs.search(RunQuery(columns=many))] == [{}, {"C": "10"}, {"C": "1"}]
    apply(three, ParamsLogged("c", {f"p{n}": "x" for n in range(6_000)}))
    found = three.runs.search(RunQuery(columns=[name for name in many if name != "params.p7"], limit=1)).items[0]
    assert len(found.data.params) == 5_999


def test_a_page_carries_inputs(three: Store) -> None:
    found = {run.info.run_id: run.inputs for run in three.runs.search(RunQuery())}
    assert [one.dataset.name for one in found["b"].dataset_inputs] == ["train"]
    assert found == {run_id: three.runs.get(run_id).inputs for run_id in "abc"}


def test_columns_are_those_of_the_pages(three: Store) -> None:
    apply(three, ParamsLogged("c", {"odd": "a\x1fb", "empty": ""}))
    for order_by in ((), ("metrics.acc",)):
        query = RunQuery(filter="run_id != 'x'", order_by=order_by)
        pages, columns = list(walk(three.runs, query)), three.runs.columns(query)
        assert columns.run_ids == [run.info.run_id for run in pages]
        assert columns.artifact_uris == [run.info.artifact_uri for run in pages]
        assert columns.start_times == [run.info.start_time for run in pages]
        assert columns.end_times == [run.info.end_time for run in pages]
        assert columns.statuses == [run.info.status for run in pages]
        assert columns.experiment_ids == ["0", "0", "0"]
        for kind in ("params", "metrics", "tags"):
            column = getattr(columns, kind)
            values = [dict(getattr(run.data, kind)) for run in pages]
            missing = math.nan if kind == "metrics" else None
            expected = {key: [one.get(key, missing) for one in values] for key in sorted(set().union(*values))}
            assert repr({key: column[key].tolist() for key in sorted(column)}) == repr(expected)


def test_columns_may_be_chosen_and_many(three: Store) -> None:
    columns = three.runs.columns(RunQuery(columns=["params.C", "metrics.acc"], limit=1_000_000))
    assert (list(columns.params), list(columns.metrics), list(columns.tags)) == (["C"], ["acc"], [])
    nothing = three.runs.columns(RunQuery(filter="params.C = 'no'"))
    assert (nothing.run_ids, dict(nothing.params), dict(nothing.metrics)) == ([], {}, {})


@pytest.mark.parametrize(
    ("filter", "column", "expected"),
    [
        ("", "params.kernel", ["RBF", "linear_1", "rbf"]),
        ("params.C IS NOT NULL", "metrics.loss.min", [1.0, math.nan]),
        ("metrics.loss > 0", "metrics.loss", [1.0, math.inf]),
        ("metrics.loss > 0", "attributes.cell", ["svm"]),
        ("", "attributes.duration", [4000.0]),
        ("", "metrics.unknown", []),
        ("", "tags.team", ["x"]),
    ],
)
def test_values_of_a_column_are_those_of_all_runs_that_match(three: Store, filter, column, expected) -> None:
    found = three.runs.values(RunQuery(filter=filter, limit=1), column)
    assert str(sorted(found.values.tolist(), key=str)) == str(sorted(expected, key=str))
    assert len(set(found.runs.tolist())) == len(expected)


def test_columns_of_values_can_be_joined_by_run(three: Store) -> None:
    losses, kernels = (three.runs.values(RunQuery(), column) for column in ("metrics.loss", "params.kernel"))
    of_run = dict(zip(kernels.runs.tolist(), kernels.values.tolist(), strict=True))
    assert {of_run[run]: str(loss) for run, loss in zip(losses.runs.tolist(), losses.values.tolist(), strict=True)} == {
        "rbf": "1.0",
        "RBF": "nan",
        "linear_1": "inf",
    }


def test_a_total_can_be_spared(three: Store) -> None:
    page = three.runs.search(RunQuery(limit=2, count=False))
    assert (len(page), page.total, page.next_page_token is None) == (2, None, False)


def test_a_total_follows_what_is_written(three: Store) -> None:
    query = RunQuery(filter="metrics.acc > 0")
    assert [three.runs.search(query).total for _ in range(2)] == [2, 2]
    apply(three, points=[series("c", "acc", [0.5])])
    assert three.runs.search(query).total == 3
    three.runs.delete("a")
    assert three.runs.search(query).total == 2


def test_scope_and_views(three: Store) -> None:
    number = three.experiments.create("other")
    start(three, "d", number)
    three.runs.delete("a")
    assert ids(three, experiment_ids=[number]) == ["d"]
    assert ids(three, experiment_ids=[]) == []
    assert ids(three, experiment_ids=["nonsense", "77"]) == []
    assert sorted(ids(three, experiment_ids=["0", number])) == ["b", "c", "d"]
    assert ids(three, view=ViewType.DELETED_ONLY) == ["a"]
    assert ids(three, "lifecycle_stage = 'Deleted'", view=ViewType.ALL) == ["a"]
    assert len(ids(three, view=ViewType.ALL)) == 4


def test_bad_questions_are_refused(three: Store) -> None:
    with pytest.raises(FilterSyntaxError, match="position 13"):
        three.runs.search(RunQuery(filter="metrics.acc > "))
    with pytest.raises(FilterSyntaxError):
        three.runs.search(RunQuery(order_by=("metrics.acc SIDEWAYS",)))
    with pytest.raises(InvalidValue, match="dataset"):
        three.runs.search(RunQuery(order_by=("dataset.name",)))
    for limit in (0, -1, 50_001):
        with pytest.raises(InvalidValue, match="page"):
            three.runs.search(RunQuery(limit=limit))
    with pytest.raises(InvalidValue, match="offset"):
        three.runs.search(RunQuery(offset=-1))


def test_foreign_page_tokens_are_refused(three: Store) -> None:
    token = three.runs.search(RunQuery(limit=1)).next_page_token
    assert token is not None
    for query in (
        RunQuery(page_token=token, filter="metrics.acc > 0"),
        RunQuery(page_token="x"),
        RunQuery(page_token=""),
    ):
        with pytest.raises(InvalidValue, match="page token"):
            three.runs.search(query)


def test_text_in_filters_is_only_text(three: Store) -> None:
    assert ids(three, "params.C = '1''; DROP TABLE runs; --'") == []
    assert ids(three, "params.C = '\0\ud800'") == []
    assert len(ids(three)) == 3


def test_wide_filters(three: Store) -> None:
    assert ids(three, " AND ".join(f"metrics.loss != {n + 10}" for n in range(400)) + " AND run_id = 'a'") == ["a"]
    assert len(ids(three, " AND ".join(["run_id != 'x'"] * 500))) == 3
    assert ids(three, " OR ".join(f"params.C = '{n}'" for n in range(400)), ["start_time"]) == ["a", "b"]
    many = " AND ".join(f"params.p{n} IS NULL" for n in range(80))
    assert len(ids(three, many)) == 3
    listed = ", ".join(f"'{n}'" for n in range(5_000))
    assert ids(three, f"run_id IN ({listed}, 'a')") == ["a"]
    for unit in ("ä", "%ä", "[", "_"):
        assert ids(three, f"params.C ILIKE '{unit * (10_000 // len(unit))}'") == []


def test_an_order_of_as_many_fields_as_there_may_be(store: Store, run: Filled) -> None:
    for name in "ab":
        run(name, {f"p{n}": name for n in range(60)})
    wanted = " AND ".join(f"params.p{n} != 'x'" for n in range(30))
    assert ids(store, wanted, [f"params.p{59 - n} DESC" for n in range(32)]) == ["b", "a"]
    with pytest.raises(InvalidValue, match="32 fields"):
        ids(store, "", [f"params.p{n}" for n in range(33)])


def test_many_keys_demanded_at_once(store: Store, run: Filled) -> None:
    run("a", {f"p{n}": str(n) for n in range(80)})
    run("b", {f"p{n}": str(n) for n in range(79)})
    assert ids(store, " AND ".join(f"params.p{n} = '{n}'" for n in range(80))) == ["a"]
