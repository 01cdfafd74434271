"""A run is found by what a person has of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import trackbook as tb
from trackbook.core.events import Batch, RunStarted
from trackbook.errors import InvalidValue, NotFound
from trackbook.tracking.lookup import find_run

if TYPE_CHECKING:
    from trackbook.tracking.session import Session


def made(session: Session, name: str) -> str:
    with tb.start_run(run_name=name) as run:
        run_id: str = run.info.run_id
    session.flush()
    return run_id


@pytest.mark.parametrize("name", ["svm", 'it\'s <b>"quoted"</b> 100%', "Größe 🚀"])
def test_id_beginning_and_name_find_the_same_run(session: Session, name: str) -> None:
    run_id = made(session, name)
    made(session, "another")
    for text in (run_id, run_id[:8], run_id[:8].upper(), name, f" {name} "):
        assert find_run(session.store, text).info.run_id == run_id


def test_a_run_comes_with_all_that_it_holds(session: Session) -> None:
    with tb.start_run(run_name="svm"):
        tb.log_param("kernel", "rbf")
    session.flush()
    assert find_run(session.store, "svm").data.params == {"kernel": "rbf"}


def test_a_name_of_several_runs_asks_for_an_id(session: Session) -> None:
    ids = [made(session, "svm") for _ in range(3)]
    with pytest.raises(InvalidValue, match="'svm' names 3 runs: give an id") as error:
        find_run(session.store, "svm")
    assert {f"  {run_id[:8]}  svm  in Default" for run_id in ids} == set(str(error.value).splitlines()[1:])


def test_runs_whose_names_or_ids_begin_so_are_listed_ten_at_most(session: Session) -> None:
    tb.set_experiment("sea")
    for number in range(11):
        made(session, f"calm-otter-{number}")
    with pytest.raises(NotFound, match="no run 'Calm': so begin the names of 10 runs or more") as error:
        find_run(session.store, "Calm")
    listed = str(error.value).splitlines()[1:]
    assert len(listed) == 10
    assert all("  calm-otter-" in line and line.endswith("  in sea") for line in listed)
    ids = [f"feed{number:028x}" for number in (1, 2)]
    session.store.recording.apply(Batch("", [RunStarted(run_id, "0", "two", 1000) for run_id in ids], (), {}))
    with pytest.raises(InvalidValue, match="'feed' names 2 runs") as ambiguous:
        find_run(session.store, "feed")
    assert all(f"  {run_id}  two" in str(ambiguous.value) for run_id in ids), "as long as tells them apart"


def test_an_unknown_name_is_told_the_nearest(session: Session) -> None:
    made(session, "calm-otter")
    with pytest.raises(NotFound, match=r"no run 'calm-oter': did you mean 'calm-otter'\?"):
        find_run(session.store, "calm-oter")
    with pytest.raises(NotFound, match=r"no run 'CALM': did you mean 'calm-otter'\?"):
        find_run(session.store, "CALM")
    with pytest.raises(NotFound, match="its name"):
        find_run(session.store, "zzzz")


@pytest.mark.parametrize("text", ["long" * 2501, "'" * 8000])
def test_a_text_too_long_for_a_name_is_no_runs(session: Session, text: str) -> None:
    made(session, "svm")
    with pytest.raises(NotFound):
        find_run(session.store, text)


def test_a_short_beginning_finds_nothing(session: Session) -> None:
    run_id = made(session, "svm")
    with pytest.raises(NotFound):
        find_run(session.store, run_id[:3])


def test_a_deleted_run_is_found_by_id_and_not_by_name(session: Session) -> None:
    run_id = made(session, "svm")
    tb.delete_run(run_id)
    assert find_run(session.store, run_id[:8]).info.run_id == run_id
    with pytest.raises(NotFound):
        find_run(session.store, "svm")
