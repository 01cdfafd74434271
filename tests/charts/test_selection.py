"""Which runs a caller means."""

import pandas as pd
import pytest

from trackbook.charts.selection import run_ids_of
from trackbook.core.entities import Run, RunInfo
from trackbook.errors import InvalidName, InvalidValue


class Table:
    selected = ("a", "b")


@pytest.mark.parametrize(
    ("given", "ids"),
    [
        ("a", ["a"]),
        (["a", "b", "a"], ["a", "b"]),
        (Run(RunInfo("a", "n", "0", "FINISHED", 0)), ["a"]),
        ([RunInfo("a", "n", "0", "FINISHED", 0), "b"], ["a", "b"]),
        (pd.DataFrame({"run_id": ["a", "b"]}), ["a", "b"]),
        (Table(), ["a", "b"]),
        ([], []),
    ],
)
def test_ids_are_found(given, ids):
    assert run_ids_of(given) == ids


@pytest.mark.parametrize("given", [3, object(), pd.DataFrame({"x": [1]})])
def test_what_names_no_runs_is_told(given):
    with pytest.raises(InvalidValue):
        run_ids_of(given)


def test_ids_keep_their_rules():
    with pytest.raises(InvalidName):
        run_ids_of(["../x"])
