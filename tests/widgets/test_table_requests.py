"""What the run table answers: columns that come into sight, summaries, groups, actions with their way back, texts."""

import time
from pathlib import Path

import numpy as np
import pytest

from trackbook.errors import InvalidName, NotFound
from trackbook.tracking.starting import begin
from trackbook.widgets import table_live
from trackbook.widgets.columns import label_of, projection
from trackbook.widgets.table import BLIND_KEYS
from trackbook.widgets.table_summary import bars
from trackbook.widgets.views import runs

EVERY = {"filter": "", "order_by": [], "view": "active"}


@pytest.fixture
def seeds(session, new_run):
    """Two settings of C, three seeds each; one run of the second has no loss."""
    made = []
    for C in (1, 10):
        for seed in (0, 1, 2):
            metrics = {"acc": [0.1, C + seed / 10], "val-loss": [3.0, float("nan")]}
            run = new_run(f"C{C}-{seed}", seed + 1, line=f"c{C}", metrics=metrics, C=str(C), seed=str(seed))
            made.append(run.run_id)
    session.flush()
    return made


@pytest.fixture
def table(seeds):
    return runs()


def ask(table, method, **params):
    answer = table.answer({"kind": "request", "id": "1", "method": method, "params": {**EVERY, **params}})
    return answer.get("result", answer.get("error"))


def names(table, **params):
    found = ask(table, "rows", offset=0, limit=50, columns=[], **params)
    return sorted(row["run"]["name"] for row in found["rows"])


def test_columns_that_come_into_sight_are_read_for_rows_that_are_there(table, seeds):
    columns = ["metrics.acc.min", "metrics.acc.best", "metrics.`val-loss`.count", "metrics.`acc`@1", "params.seed"]
    found = ask(table, "runs", run_ids=seeds[:1], columns=columns)
    assert found[0]["values"] == {
        "metrics.acc.min": 0.1,
        "metrics.acc.best": 1.0,
        "metrics.`val-loss`.count": 2,
        "metrics.`acc`@1": 1.0,
        "params.seed": "0",
    }
    assert ask(table, "runs", run_ids=[], columns=columns) == []


def test_runs_are_sorted_by_a_metric_at_a_step(table, new_run, session, monkeypatch):
    new_run("stepless", line="n", C="1")
    session.flush()
    column, falling = "metrics.`acc`@1", {"key": "metrics.`acc`@1", "desc": True}
    found = ask(table, "rows", order_by=[falling], offset=1, limit=50, columns=[column])
    assert [row["values"].get(column) for row in found["rows"]] == [10.1, 10.0, 1.2, 1.1, 1.0, None]
    assert found["total"] == 7
    by_setting = ask(
        table, "rows", order_by=[{"key": "params.C", "desc": False}, falling], offset=0, limit=2, columns=[]
    )
    assert [row["run"]["name"] for row in by_setting["rows"]] == ["C1-2", "C1-1"]
    table.order_by = [falling]
    assert table.df["run_name"].tolist()[:2] == ["C10-2", "C10-1"]
    assert column not in table.df
    first = runs(order_by=[f"{column} DESC"], columns=[column]).table
    assert [row["values"].get(column) for row in first["rows"]][:2] == [10.2, 10.1]
    monkeypatch.setattr("trackbook.widgets.table_frame.MOST_BY_STEP", 6)
    assert "filter them to 6" in ask(table, "rows", order_by=[falling], offset=0, limit=1, columns=[])["message"]


def test_a_metric_at_a_step_is_no_field_of_a_search(table):
    assert "no field" in ask(table, "summary", key="metrics.`acc`@1")["message"]
    assert projection(["metrics.`acc`@1"]) == []
    assert (label_of("metrics.`a-b`@7"), label_of("metrics.`a-b`.min")) == ("a-b at 7", "a-b.min")


def test_the_summary_of_a_metric_is_its_histogram(table):
    found = ask(table, "summary", key="metrics.acc")
    assert (found["numeric"], found["runs"], found["low"], found["high"]) == (True, 6, 1.0, 10.2)
    assert sum(found["bars"]) == 6
    nan = ask(table, "summary", key="metrics.`val-loss`")
    assert (nan["nan"], nan["bars"], nan["low"]) == (6, [], None)


def test_the_summary_of_a_param_is_its_values(table):
    found = ask(table, "summary", key="params.C", filter="params.seed != '0'")
    assert found["values"] == [{"value": "1", "runs": 2}, {"value": "10", "runs": 2}]
    assert ask(table, "summary", key="params.none")["missing"] == 6


def test_bars_take_any_range():
    assert bars(np.array([-1.7e308, 0.0, 1.7e308]), -1.7e308, 1.7e308)[0::12] == [1, 1]
    assert bars(np.array([3.0, 3.0]), 3.0, 3.0) == [2]
    assert bars(np.array([]), float("nan"), float("nan")) == []


def test_runs_that_differ_in_their_seed_alone_are_a_group(table):
    found = ask(table, "groups", by=["seeds"], columns=["metrics.acc", "metrics.`val-loss`", "params.C"])
    assert (found["by"], found["seeds"], found["total"]) == (["params.C"], ["seed"], 6)
    assert sorted((group["key"], group["runs"]) for group in found["groups"]) == [(["1"], 3), (["10"], 3)]
    one = next(group for group in found["groups"] if group["key"] == ["1"])
    assert one["values"]["metrics.acc"] == pytest.approx({"n": 3, "mean": 1.1, "std": 0.1, "min": 1.0, "max": 1.2})
    assert "metrics.`val-loss`" not in one["values"]  # NaN only
    assert names(table, group=one["filter"]) == ["C1-0", "C1-1", "C1-2"]


def test_runs_without_a_value_are_a_group_of_their_own(table, new_run, session):
    new_run("bare", line="x")
    session.flush()
    found = ask(table, "groups", by=["params.C"], columns=[])
    bare = next(group for group in found["groups"] if group["key"] == [None])
    assert names(table, group=bare["filter"]) == ["bare"]


def test_groups_by_a_number_are_refused(table):
    assert "is a number" in ask(table, "groups", by=["metrics.acc"], columns=[])["message"]


def test_the_frame_is_what_is_shown(seeds):
    table = runs("params.C = '1'", columns=["metrics.acc.min", "metrics.`acc`@1", "params.seed"])
    frame = table.df.sort_values("run_name")
    assert frame["params.seed"].tolist() == ["0", "1", "2"]
    assert frame["metrics.acc.min"].tolist() == [0.1] * 3
    assert frame["metrics.`acc`@1"].tolist() == [1.0, 1.1, 1.2]
    grouped = runs(group_by="seed", columns=["metrics.acc"]).df
    assert list(grouped.columns) == ["params.C", "runs", *(f"metrics.acc {word}" for word in ("mean", "std", "n"))]


def test_a_tag_is_set_on_many_and_taken_back(table, seeds, session):
    done = ask(table, "tag", run_ids=seeds[:2], key="team", value="blue")
    assert done["said"] == "2 runs tagged team = blue"
    assert names(table, filter="tags.team = 'blue'") == ["C1-0", "C1-1"]
    ask(table, "tag", run_ids=seeds[:3], key="team", value="red")
    ask(table, "undo", token=done["undo"])
    assert names(table, filter="tags.team IS NOT NULL") == ["C1-2"]
    assert ask(table, "tag", run_ids=seeds[:1], key="", value="x")["type"] == "InvalidName"
    assert ask(table, "tag", run_ids=[], key="a", value="x")["type"] == "InvalidValue"


def test_runs_are_moved_and_moved_back(table, seeds, session):
    done = ask(table, "move", run_ids=seeds[:2], experiment="other")
    other = session.store.experiments.get_by_name("other").experiment_id
    assert session.store.runs.get(seeds[0]).info.experiment_id == other
    assert {"experiment_id": other, "name": "other"} in ask(table, "experiments")
    ask(table, "undo", token=done["undo"])
    assert session.store.runs.get(seeds[0]).info.experiment_id != other


def test_runs_go_to_the_trash_and_come_back(table, seeds):
    done = ask(table, "trash", run_ids=seeds[:2])
    assert names(table, view="trash") == ["C1-0", "C1-1"]
    assert len(names(table)) == 4
    ask(table, "restore", run_ids=seeds[:1])
    assert ask(table, "undo", token=done["undo"])["said"] == "2 runs restored"
    assert len(names(table)) == 6
    assert ask(table, "undo", token=done["undo"])["type"] == "NotFound"


def test_a_run_that_goes_on_is_not_moved_to_the_trash(session, table):
    run = begin(session, run_name="going")
    session.flush()
    assert ask(table, "trash", run_ids=[run.run_id])["type"] == "InvalidState"


def test_runs_are_exported_into_an_archive(table, seeds):
    assert "1 run" in ask(table, "export", run_ids=seeds[:1])["said"]
    assert len(list(Path().glob("runs-*.trackbook.zip"))) == 1


def test_texts_hold_what_is_shown_with_odd_characters_quoted(seeds, table, session):
    ask(table, "tag", run_ids=seeds[:1], key="odd", value="a|b & 5%\n_x")
    table.columns = ["metrics.acc", "tags.odd"]
    assert ask(table, "text", format="csv")["text"].splitlines()[0].endswith("acc,odd")
    markdown = ask(table, "text", format="markdown", run_ids=seeds[:1])
    assert markdown["runs"] == 1
    assert "a\\|b & 5% \\_x" in markdown["text"]
    assert r"a|b \& 5\% \_x" in ask(table, "text", format="latex")["text"]
    assert ask(table, "text", format="pdf")["type"] == "InvalidValue"


def test_column_sets_are_kept_by_name_for_user_and_experiment(table, session):
    order = [{"key": "metrics.acc", "desc": True}]
    ask(table, "save_set", name=" mine ", columns=["params.C"], order_by=order, group_by=["seeds"])
    assert ask(runs(), "sets") == [{"name": "mine", "columns": ["params.C"], "order_by": order, "group_by": ["seeds"]}]
    again = runs(columns="mine")
    assert (again.columns, again.order_by, again.group_by) == (["params.C"], order, ["seeds"])
    session.choose_experiment("elsewhere")
    assert ask(runs(experiment_names="elsewhere"), "sets") == []
    ask(table, "delete_set", name="mine")
    with pytest.raises(NotFound, match="none is saved"):
        runs(columns="mine")
    with pytest.raises(InvalidName):
        table.sets.save("", [], [], [])


def test_a_damaged_column_set_is_left_out(table, session):
    table.sets.save("good", ["params.C"], [], [])
    (session.settings.home / "column-sets" / "bad.json").write_text("{")
    assert [one["name"] for one in table.sets.all()] == ["good"]


def test_the_marked_run_is_the_baseline_unless_another_is_named(table, seeds):
    assert table.baseline == ""
    ask(table, "tag", run_ids=seeds[1:2], key="trackbook.baseline", value="true")
    assert runs().baseline == seeds[1]
    assert runs(baseline=seeds[0]).baseline == seeds[0]
    assert runs(baseline="").baseline == ""
    with pytest.raises(NotFound):
        runs(baseline="?")


def test_new_and_changed_runs_are_sent_once(table, new_run, session, monkeypatch):
    sent = []
    monkeypatch.setattr(table, "send", sent.append)
    ask(table, "rows", offset=0, limit=2, columns=["metrics.acc"])
    table.look()
    assert sent == []
    new_run("newest", line="n", metrics={"acc": [9.0]})
    session.flush()
    table.look()
    table.look()
    assert [(one["kind"], one["total"], one["offset"]) for one in sent] == [("rows", 7, 0)]
    assert sent[0]["rows"][0]["values"] == {"metrics.acc": 9.0}


def test_a_shown_table_hears_of_runs_by_itself(table, new_run, session, monkeypatch):
    sent = []
    monkeypatch.setattr(table, "send", sent.append)
    ask(table, "watch", on=True)
    new_run("newest", line="n")
    session.flush()
    end = time.monotonic() + 20
    while not sent and time.monotonic() < end:
        time.sleep(0.05)
    assert sent[0]["total"] == 7
    ask(table, "watch", on=False)
    assert not table.is_open()


def test_a_view_that_begins_later_hears_at_once_of_what_came_since(table, new_run, session, monkeypatch):
    sent = []
    monkeypatch.setattr(table, "send", sent.append)
    ask(table, "watch", on=True)
    assert sent == []
    new_run("newest", line="n")
    session.flush()
    for views in (1, 2):  # the second one begins with the same state as the first
        ask(table, "watch", on=True)
        assert [one["total"] for one in sent] == [7] * views
    for _ in range(3):
        ask(table, "watch", on=False)


def test_runs_are_compared_in_a_widget_of_their_own(table, seeds):
    ask(table, "compare", run_ids=seeds[:2])
    first = table._comparison
    assert ask(table, "compare", run_ids=seeds[:3]) == table._comparison.model_id
    assert (first.comm, len(table._comparison.run_ids)) == (None, 3)


def test_a_table_opened_before_the_first_result_gets_its_columns_later(session, new_run):
    empty, mine = runs(), runs(columns=["params.seed"])
    assert empty.columns == []
    new_run("first", 1, metrics={"acc": [0.5]}, C="1")
    session.flush()
    for table in (empty, mine):
        table.look()
    assert empty.columns[0] == "metrics.acc"
    assert mine.columns == ["params.seed"]
    empty.columns = []
    new_run("second", 2, metrics={"loss": [0.5]})
    session.flush()
    empty.look()
    assert empty.columns == []


def test_metrics_that_first_appear_get_columns_unless_somebody_chose_them(session, new_run, monkeypatch):
    new_run("first", 1, metrics={"acc": [0.5]}, C="1")
    session.flush()
    table, mine, hidden = runs(), runs(columns=["metrics.acc"]), runs()
    hidden.columns = ["params.C"]
    sent = []
    monkeypatch.setattr(table, "send", sent.append)
    shown = ["metrics.acc", "params.C"]
    assert table.columns == shown
    for new in ({"system/cpu": [1.0]}, {"val-loss": [2.0]}, {f"m{i}": [1.0] for i in range(9)}):
        new_run("next", 2, metrics=new)
        session.flush()
        for each in (table, mine, hidden):
            each.look()
        if "val-loss" in new:
            shown.insert(1, "metrics.`val-loss`")
            assert sent[-1]["rows"][0]["values"] == {"metrics.`val-loss`": 2.0}
        if "m0" in new:
            shown[2:2] = [f"metrics.m{i}" for i in range(6)]
        assert table.columns == shown
    assert (mine.columns, hidden.columns) == (["metrics.acc"], ["params.C"])


@pytest.mark.parametrize(
    "uri", ["http://127.0.0.1:5000", "https://example.org/a", "postgresql+psycopg://ann@host/db?x=1"]
)
def test_nothing_tells_at_once_of_changes_of_a_store_that_is_no_file(uri):
    assert table_live.mark_of(uri) is None


def test_a_table_is_kept_fresh_after_failures_that_passed(table, monkeypatch):
    watcher, fails = table_live.Watcher(), [True, True, False] * 3
    monkeypatch.setattr(table, "store_uri", lambda: "http://127.0.0.1:5000")
    monkeypatch.setattr(table, "is_open", lambda: True)
    monkeypatch.setattr(table, "look", lambda: 1 / 0 if fails.pop() else None)
    while fails:
        watcher._visit(table)
        assert watcher._keeps(table)


def test_a_store_in_a_file_tells_of_changes(session, new_run):
    uri = session.store.uri
    before = table_live.mark_of(uri)
    assert before is not None
    new_run("newest", line="n")
    session.flush()
    assert table_live.mark_of(uri) != before


def test_an_output_begins_again_with_columns_only_where_somebody_chose_them(table, seeds):
    mine = runs(columns=["params.seed"], filter="params.C = '1'")
    begins = [one.standby_for_output()["about"]["begin"] for one in (table, mine)]
    assert ["columns" in begin for begin in begins] == [False, True]
    assert (begins[1]["columns"], begins[1]["filter"]) == (["params.seed"], "params.C = '1'")
    table.columns = ["params.C"]
    assert table.standby_for_output()["about"]["begin"]["columns"] == ["params.C"]


def test_columns_chosen_while_keys_are_read_stay(table, new_run, session, monkeypatch):
    keys = session.store.runs.keys

    def chosen_meanwhile(ids):
        table.columns = ["params.C"]
        return keys(ids)

    new_run("newest", 4, metrics={"f1": [0.5]})
    session.flush()
    monkeypatch.setattr(session.store.runs, "keys", chosen_meanwhile)
    table.look()
    assert table.columns == ["params.C"]


def test_a_look_waits_for_no_writing_and_asks_a_server_seldom_for_keys(table, session, monkeypatch):
    asked, keys = [], session.store.runs.keys
    monkeypatch.setattr(session.store.runs, "keys", lambda ids: asked.append(ids) or keys(ids))
    monkeypatch.setattr(type(session), "flush", lambda self: pytest.fail("waited for the writing"))
    for _ in range(3):
        table.look()
    assert len(asked) == 3
    table._store_uri = "https://example.invalid"
    for _ in range(2 * BLIND_KEYS):
        table.look()
    assert len(asked) == 5
