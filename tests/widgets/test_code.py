"""The code of a view travels whole once, then a loader does; it can be asked for by its hash."""

import gzip

import pytest

from trackbook.widgets import code
from trackbook.widgets.code import bundle_of, code_with, module_of
from trackbook.widgets.table import RunTable


@pytest.fixture(autouse=True)
def nothing_sent(monkeypatch):
    monkeypatch.setattr(code, "_sent", set())


def test_the_first_widget_brings_the_code_and_the_others_a_loader():
    first, second = module_of("card"), module_of("card")
    assert len(first) > 80_000
    assert len(second) < 6_000
    assert bundle_of("card").hash in second
    assert len(module_of("table")) > 20_000  # another bundle


def test_a_widget_has_the_loader_and_answers_with_the_code(session):
    first, second = RunTable(), RunTable()
    assert "render" in first._esm
    assert len(second.get_state()["_esm"]) < 6_000
    assert "_css" not in second.get_state()
    table = bundle_of("table")
    request = {"kind": "request", "id": "1", "method": "code", "params": {"hash": table.hash}}
    assert second.answer(request)["result"] == table.code
    refused = second.answer({**request, "params": {"hash": "0"}})
    assert "restart" in refused["error"]["message"]


def test_all_bundles_together_are_small():
    """Those of widgets: the server's page is a file of its own."""
    bundles = [path for path in code.STATIC.iterdir() if path.suffix in (".js", ".css") and path.stem != "page"]
    assert sum(len(gzip.compress(path.read_bytes())) for path in bundles) < 150_000


def test_no_class_is_made_for_a_widget(session):
    assert type(RunTable()) is RunTable


def test_code_is_found_by_its_hash_only():
    assert code_with(bundle_of("card").hash) == bundle_of("card").code
    assert code_with("0" * 16) is None
