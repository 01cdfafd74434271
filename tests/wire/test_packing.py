"""What the ports speak, as bytes and back."""

from __future__ import annotations

import numpy as np
import pytest

from trackbook.core.events import Batch, ParamsLogged, Points
from trackbook.core.ports import RunColumns
from trackbook.errors import ChangedMeanwhile, InvalidValue, NotFound, StoreAway, TrackbookError
from trackbook.wire.calls import CALLS
from trackbook.wire.faults import Told, heard, told
from trackbook.wire.packing import built, packed, sent, unpacked


def points(n: int) -> Points:
    values = np.arange(n) / 7
    values[0] = np.nan
    return Points("r", "loss", np.arange(n), np.arange(n) + 10**12, values)


def test_points_travel_in_columns_of_24_bytes_a_point() -> None:
    n = 10_000
    body = packed(sent({"batch": Batch("j", [], [points(n)], {"n": 1})}))
    assert len(body) < 24 * n + 500


def test_a_batch_comes_as_it_went() -> None:
    given = Batch("j", [ParamsLogged("r", {"p": "half a pair: \ud800"})], [points(3)], {"lines": [1, 2]})
    found = built(Batch, unpacked(packed(sent({"batch": given})))["batch"])
    assert (found.journal_id, found.events, found.cursor) == ("j", given.events, given.cursor)
    assert np.array_equal(found.points[0].values, given.points[0].values, equal_nan=True)
    assert found.points[0].times.tolist() == given.points[0].times.tolist()


def test_columns_of_objects_keep_what_is_missing() -> None:
    column = np.array(["a", None], object)
    given = RunColumns(["1", "2"], ["0", "0"], ["RUNNING"] * 2, ["", ""], [1, 2], [None, 3], {"p": column}, {}, {})
    found = built(RunColumns, unpacked(packed(given)))
    assert found.params["p"].tolist() == ["a", None]


@pytest.mark.parametrize("body", [b"", b"\xc1", b"\xc7\x01\x05x", b"\xc7\x04\x01\x92\xa1Zx", b"{}"])
def test_what_cannot_be_read_is_an_invalid_value(body: bytes) -> None:
    with pytest.raises(InvalidValue):
        built(Batch, unpacked(body))


def test_every_call_has_the_annotations_of_its_port() -> None:
    assert len(CALLS) > 50
    assert CALLS["recording.apply"].arguments == {"batch": Batch}
    assert CALLS["recording.apply"].repeatable
    assert not CALLS["registry.create_version"].repeatable


@pytest.mark.parametrize("error", [NotFound("run", "x"), ChangedMeanwhile("churn", "ann"), InvalidValue("no")])
def test_an_error_is_raised_again_as_it_was(error: TrackbookError) -> None:
    status, body = told(error)
    again = heard(status, body, "http://x")
    assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))


def test_a_server_in_trouble_is_one_that_is_away() -> None:
    fault = Told(error_code="INTERNAL_ERROR", message="the server failed")
    assert isinstance(heard(500, fault, "http://x"), StoreAway)
