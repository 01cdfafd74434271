"""The run table: first rows at once, the rest by request; the kernel sees what is chosen."""

import pytest

from trackbook.core import tags
from trackbook.core.entities import CellVersion
from trackbook.errors import FilterSyntaxError, InvalidValue, NotFound
from trackbook.widgets.columns import key_of, label_of, order_of, projection, split
from trackbook.widgets.heads import cell_place
from trackbook.widgets.table import last_table
from trackbook.widgets.table_reading import FIRST_ROWS
from trackbook.widgets.views import compare, runs


@pytest.fixture
def three(session, new_run):
    made = [
        new_run(f"r{i}", i, metrics={"acc": [i / 10], "val-loss": [3.0 - i]}, C=str(i), kernel="rbf") for i in (1, 2, 3)
    ]
    session.flush()
    return [run.run_id for run in made]


def ask(table, method, **params):
    answer = table.answer({"kind": "request", "id": "1", "method": method, "params": params})
    return answer.get("result", answer.get("error"))


def names(rows):
    return [row["run"]["name"] for row in rows]


def test_table_shows_what_matches_in_order(three):
    table = runs("metrics.acc > 0.15", order_by="metrics.`val-loss` ASC")
    assert names(table.table["rows"]) == ["r3", "r2"]
    assert table.table["total"] == 2
    assert table.table["unfiltered"] == 3
    assert repr(table).startswith("run table · all experiments · 2 of 3 runs where")
    assert table.table["rows"][0]["cell"] == {"line": "line-1", "label": "line-1", "named": True, "version": 3}


def test_a_cell_without_a_name_is_called_by_its_number() -> None:
    cell = CellVersion("r", "a.ipynb#b169cc35", 2, "x = 1", cell_id="b169cc35", execution_count=7)
    assert cell_place(cell) == {"line": "a.ipynb#b169cc35", "label": "cell [7]", "named": False, "version": 2}
    named = CellVersion("r", "a.ipynb#svm", 2, "x = 1", cell_id="b169cc35", execution_count=7)
    assert cell_place(named)["label"] == "svm"


def test_default_columns_are_metrics_and_differing_params_first(three):
    table = runs()
    assert set(table.columns[:2]) == {"metrics.acc", "metrics.`val-loss`"}
    assert table.columns[2:] == ["params.C", "params.kernel"]
    assert table.table["rows"][0]["values"]["metrics.`val-loss`"] == 0.0


def test_a_run_that_was_started_in_another_one_says_in_which_and_can_be_left_out(session, new_run):
    outer = new_run("<outer>")
    inner = new_run("inner", 2)
    inner.set_tag(tags.PARENT_RUN_ID, outer.run_id)
    new_run("orphan", 3).set_tag(tags.PARENT_RUN_ID, "0" * 32)
    session.flush()
    parents = {"inner": {"run_id": outer.run_id, "name": "<outer>"}, "orphan": {"run_id": "0" * 32, "name": ""}}
    table = runs()
    assert {row["run"]["name"]: row["parent"] for row in table.table["rows"] if "parent" in row} == parents
    alone = ask(table, "runs", run_ids=[inner.run_id], columns=[])
    assert alone[0]["parent"] == parents["inner"], "also where the parent is not among the rows"
    said = table.static_html()
    assert said.count("↳") == 2
    assert 'title="inside &lt;outer&gt;"' in said
    assert names(runs("tags.`mlflow.parentRunId` IS NULL").table["rows"]) == ["<outer>"]


def test_a_row_says_why_its_run_ended(session, new_run):
    dead = new_run("dead", end=None)
    dead.set_tags({tags.ERROR_TYPE: "KernelDied", tags.ERROR_MESSAGE: "last heard\nat noon"})
    dead.end("KILLED")
    new_run("done")
    session.flush()
    table = runs()
    why = {row["run"]["name"]: row.get("error") for row in ask(table, "rows", offset=0, limit=9, columns=[])["rows"]}
    assert why == {"dead": "KernelDied: last heard at noon", "done": None}
    assert 'title="KernelDied: last heard at noon"' in table._repr_mimebundle_()[0]["text/html"]


def test_rows_are_sorted_filtered_and_paged_by_request(three):
    table = runs()
    answer = ask(
        table,
        "rows",
        filter="params.kernel = 'rbf'",
        order_by=[{"key": "metrics.acc", "desc": True}],
        offset=1,
        limit=1,
        columns=["params.C", "metrics.acc.max"],
    )
    assert answer["total"] == 3
    assert names(answer["rows"]) == ["r2"]
    assert answer["rows"][0]["values"] == {"params.C": "2", "metrics.acc.max": 0.2}


def test_bad_filter_answers_with_its_position(three):
    error = ask(runs(), "rows", filter="metrics.acc >> 1", order_by=[], offset=0, limit=5, columns=[])
    assert error["type"] == "FilterSyntaxError"
    assert error["position"] == 13
    with pytest.raises(FilterSyntaxError):
        runs("metrics.acc >> 1")


def test_columns_are_named_as_the_search_language_names_them(three):
    found = {column["key"]: column for column in ask(runs(), "columns")}
    assert found["params.C"]["runs"] == 3
    assert found["metrics.`val-loss`"] == {
        "key": "metrics.`val-loss`",
        "kind": "metric",
        "label": "val-loss",
        "runs": 3,
    }
    assert found["attributes.user_id"]["kind"] == "attribute"


def test_every_column_can_be_shown_and_sorted_by(three):
    table = runs()
    for column in ask(table, "columns"):
        order = [{"key": column["key"], "desc": False}]
        answer = ask(table, "rows", filter="", order_by=order, offset=0, limit=9, columns=[column["key"]])
        assert answer["total"] == 3, column


def test_selection_gives_runs_and_the_comparison(three):
    table = runs()
    table.selected = [three[2], three[0], "0" * 32]
    assert [run.info.run_id for run in table.runs] == [three[2], three[0]]
    assert last_table() is table
    table.selected = three[:2]
    assert [run["name"] for run in compare().compare["runs"]] == ["r1", "r2"]


def test_frame_holds_all_matching_rows_and_the_columns_shown(three):
    table = runs("metrics.acc < 0.25")
    table.columns = ["metrics.acc", "params.C"]
    frame = table.df
    assert list(frame.columns) == [
        "run_id",
        "run_name",
        "status",
        "start_time",
        "duration_s",
        "metrics.acc",
        "params.C",
    ]
    assert sorted(frame["metrics.acc"]) == [0.1, 0.2]
    assert str(frame["start_time"].dt.tz) == "UTC"


def test_frame_of_an_empty_table_has_its_columns(session):
    assert runs().df.empty


def test_table_registers_the_model_of_a_run(session, full_run):
    answer = ask(runs(), "register", run_id=full_run, name="m", alias="champion")
    assert answer == {"name": "m", "version": "1", "aliases": ["champion"]}


def test_run_without_a_model_cannot_be_registered(three):
    assert ask(runs(), "register", run_id=three[0], name="m", alias=None)["type"] == "NotFound"


def test_only_the_first_rows_travel_with_the_table(session, new_run):
    for i in range(FIRST_ROWS + 10):
        new_run(f"r{i}", line=f"l{i}")
    session.flush()
    table = runs(max_rows=1000)
    assert (len(table.table["rows"]), table.table["total"]) == (FIRST_ROWS, FIRST_ROWS + 10)


def test_unknown_experiment_is_told(session):
    with pytest.raises(NotFound):
        runs(experiment_names="nowhere")


def test_compare_without_a_selection_takes_the_two_newest_and_says_so(three, capsys):
    table = runs()
    compared = compare()
    assert "the two newest in the store" in capsys.readouterr().out
    assert [run["run_id"] for run in compared.compare["runs"]] == three[-2:]
    table.selected = [three[0]]
    with pytest.raises(InvalidValue, match="select at least two"):
        compare()


def test_runs_are_compared_by_name_and_a_name_that_none_has_is_told_the_nearest(three):
    assert [run["name"] for run in compare(["r3", three[0][:9]], baseline="r1").compare["runs"]] == ["r1", "r3"]
    assert runs(baseline="r2").baseline == three[1]
    for ask_for in (lambda: compare("r9"), lambda: compare(["r1", "r9"]), lambda: runs(baseline="r9")):
        with pytest.raises(NotFound, match=r"no run 'r9': did you mean 'r\d' or .*\?"):
            ask_for()
    with pytest.raises(NotFound, match="no run 'v-none': give a run's id, 4 or more of its first characters, or its n"):
        compare("v-none")
    with pytest.raises(NotFound, match=r"no run '0{32}': look for it with"):
        compare([three[0], "0" * 32])
    with pytest.raises(InvalidValue, match=r"^3 names no run"):
        compare([three[0], 3])


@pytest.mark.parametrize("name", ["loss", "val-loss", "a b", "loss.min", "2x", "x.y", "ä", "system/cpu"])
def test_column_keys_lead_back_to_their_names(name):
    assert split(key_of("metrics", name)) == ("metrics", name)
    assert label_of(key_of("metrics", name)) == name


def test_order_clauses_are_read():
    assert order_of("metrics.loss desc") == {"key": "metrics.loss", "desc": True}
    assert order_of("start_time") == {"key": "attributes.start_time", "desc": False}
    with pytest.raises(InvalidValue):
        order_of("nonsense.x DESC")


def test_only_the_columns_shown_are_read() -> None:
    assert projection(["attributes.end_time", "params.C", "metrics.`a-b`", "metrics.loss.min"]) == [
        "params.`C`",
        "metrics.`a-b`",
        "metrics.`loss.min`",
        "metrics.`loss`",
    ]
    assert projection(['params.say `"hi"`']) is None
    assert projection(['params.say "hi"', "params.a`b"]) == ['params.`say "hi"`', 'params."a`b"']
