"""What could not be recorded is told whole or counted, and never breaks what it is told beside."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import pytest

import trackbook as tb
from trackbook.core.names import MAX_TAG_VALUE
from trackbook.errors import InvalidName, InvalidValue, UnstorableValue
from trackbook.tracking.notes import Notes

pytestmark = pytest.mark.usefixtures("session")


def test_many_sentences_stay_one_valid_tag() -> None:
    notes = Notes()
    told = [text for number in range(5000) if (text := notes.add(f"metric {number} " + "ü" * 150))]
    assert all(len(text) <= MAX_TAG_VALUE for text in told)
    last = json.loads(told[-1])
    assert last[0].startswith("metric 0")
    assert last[-1].startswith("and ")
    assert len(told) < 100


def test_a_training_goes_on_through_a_thousand_bad_values() -> None:
    run = tb.start_run()
    run.bound_to_cell = True
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number in range(1000):
            tb.log_metric(f"m{number}", "abc")
        tb.set_tag("trackbook.warnings", "not json")
        tb.log_metric("x", "abc")
    tb.log_metric("good", 1.0)
    run.end()
    assert tb.get_run(run.run_id).data.metrics == {"good": 1.0}


def test_the_warning_names_the_users_line() -> None:
    run = tb.start_run()
    run.bound_to_cell = True
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        tb.log_metric("m", "abc")
        tb.log_param("", 1)
        tb.set_tag("", 1)
    run.end()
    assert [Path(one.filename).name for one in caught] == ["test_notes.py"] * 3


def test_what_is_no_mapping_no_time_or_no_text_is_refused_by_name() -> None:
    with tb.start_run():
        with pytest.raises(InvalidValue, match="log_metrics takes a dictionary"):
            tb.log_metrics([1, 2])  # type: ignore[arg-type]
        with pytest.raises(UnstorableValue, match="time"):
            tb.log_metric("m", 1.0, timestamp="now")  # type: ignore[arg-type]
        tb.log_dict({(1, 2): 3}, "a.json")
    for name in ("e\ud800", "e\x00"):
        with pytest.raises(InvalidName, match="surrogates"):
            tb.set_experiment(name)
    with pytest.raises(InvalidName, match="501 characters"):
        tb.start_run(run_name="n" * 501)


def test_rows_are_added_to_a_table_without_reading_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    with tb.start_run() as run:
        tb.set_tag("mlflow.loggedArtifacts", "not json")
        tb.log_table({"x": [1]}, "t.json")
        with monkeypatch.context() as patch:
            patch.setattr(type(run.session), "reading", property(lambda _: pytest.fail("the store was read")))
            tb.log_table({"x": [2]}, "t.json")
    table = json.loads(Path(tb.TrackbookClient().download_artifacts(run.run_id, "t.json")).read_text())
    assert table["data"] == [[1], [2]]
