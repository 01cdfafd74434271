"""Every error has one code and one status, and none that its caller made lets MLflow's client try for minutes."""

import pytest

from trackbook import errors
from trackbook.errors import TrackbookError
from trackbook.widgets.base import error_payload
from trackbook.wire.faults import STATUSES, Told, fault, heard, told

RETRIED = {408, 429, 500, 502, 503, 504}
OWN = (errors.StoreUnavailable, errors.JournalDamaged, errors.MissingDependency)
"""What is the server's trouble, with all that is derived from it."""
LEAVES = [
    kind
    for name in errors.__all__
    if isinstance(kind := getattr(errors, name), type)
    and issubclass(kind, TrackbookError)
    and kind is not TrackbookError
]


@pytest.mark.parametrize("kind", LEAVES, ids=lambda kind: kind.__name__)
def test_what_the_caller_did_is_not_tried_again(kind):
    error = kind.__new__(kind)
    error.args = ("said",)
    status, body = fault(error)
    assert body.error_code in STATUSES
    assert (status in RETRIED) == (issubclass(kind, OWN) and kind not in (errors.StoreReadOnly, errors.ServerRefused))


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (errors.NotFound("run", "a"), 404, "RESOURCE_DOES_NOT_EXIST"),
        (errors.AlreadyExists("experiment", "a"), 400, "RESOURCE_ALREADY_EXISTS"),
        (errors.ParamConflict("a", "C", "1", "2"), 400, "INVALID_PARAMETER_VALUE"),
        (errors.UnsafePath("../a"), 400, "INVALID_PARAMETER_VALUE"),
        (errors.InvalidState("deleted"), 400, "INVALID_STATE"),
        (errors.ChangedMeanwhile("m", "her"), 409, "RESOURCE_CONFLICT"),
        (errors.StoreBusy("db", "locked", "wait"), 503, "TEMPORARILY_UNAVAILABLE"),
    ],
)
def test_codes_are_mlflows(error, status, code):
    assert (fault(error)[0], fault(error)[1].error_code) == (status, code)


def test_what_is_not_there_is_told_apart_from_what_to_do():
    given = errors.NotFound("registered model", "x", "the models are 'a'; see tb.search_registered_models()")
    status, body = told(given)
    error = heard(status, body, "http://there")
    assert isinstance(error, errors.NotFound)
    assert str(error) == f"no registered model 'x': {error.remedy}"
    assert error.remedy == given.remedy == error_payload(error)["remedy"]
    assert str(errors.NotFound("run", remedy="it may not be seen")) == "no run: it may not be seen"
    assert str(errors.NotFound("run", "")) == "no run ''"
    unknown = heard(404, Told(error_code="RESOURCE_DOES_NOT_EXIST", message="no run 'a'"), "http://there")
    assert error_payload(unknown) == {"type": "NotFound", "message": "no run 'a'"}


def test_an_error_of_the_program_tells_nothing_of_itself():
    status, body = fault(ValueError("/home/me/secret"))
    assert status == 500
    assert "secret" not in body.message
