"""Requests are answered, always; outputs carry the live view, the static one and the text."""

import threading

import pytest
import traitlets

from trackbook.errors import FilterSyntaxError, InvalidState
from trackbook.widgets.base import VIEW_MIME, View
from trackbook.widgets.table import RunTable


class Small(View):
    _esm = "export default { render() {} }"
    value = traitlets.Int(0).tag(sync=True)

    def __init__(self):
        super().__init__()
        self.answers("double", lambda params: params["n"] * 2)
        self.answers("filter", self._filter)

    def _filter(self, _params):
        raise FilterSyntaxError("a >", 3, "a value", "Hint.")

    def static_html(self):
        return "<p>small</p>"

    def text(self):
        return "small"


class Unbuilt(View):
    bundle = "no-such-bundle"


def test_request_is_answered_by_its_id():
    assert Small().answer({"kind": "request", "id": "7", "method": "double", "params": {"n": 4}}) == {
        "kind": "response",
        "id": "7",
        "result": 8,
    }


def test_filter_error_says_where_and_what_was_expected():
    error = Small().answer({"id": "1", "method": "filter", "params": {}})["error"]
    assert error["type"] == "FilterSyntaxError"
    assert (error["position"], error["expected"], error["hint"]) == (3, "a value", "Hint.")


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"id": None, "method": None, "params": None},
        {"id": "1", "method": "double"},
        {"id": "1", "method": "double", "params": {"n": None}},
        {"id": "1", "method": ["x"], "params": 3},
    ],
)
def test_bad_request_is_answered_with_an_error(request_):
    answer = Small().answer(request_)
    assert answer["kind"] == "response"
    assert answer["error"]["message"]


def test_requests_from_many_threads_are_answered_each():
    widget, answers = Small(), []
    threads = [
        threading.Thread(
            target=lambda n=n: answers.append(widget.answer({"id": n, "method": "double", "params": {"n": n}}))
        )
        for n in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer["result"] for answer in answers) == [2 * n for n in range(20)]


def test_output_carries_live_static_and_text(session):
    table = RunTable()
    data, _ = table._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == table.model_id
    assert data["text/plain"] == "run table · all experiments · 0 runs"
    assert data[VIEW_MIME]["html"] == data["text/html"]
    assert data[VIEW_MIME]["widget"] == table.model_id
    assert set(data[VIEW_MIME]) == {"schema", "view", "widget", "run_id", "html", "title", "standby"}


def test_missing_bundle_is_told_when_a_widget_is_made():
    with pytest.raises(InvalidState, match="npm run build"):
        Unbuilt()
