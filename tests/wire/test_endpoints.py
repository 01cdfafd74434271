"""The table is whole: what it names is served, once."""

from collections import Counter

from trackbook.server.handlers import HANDLERS
from trackbook.wire.endpoints import ENDPOINTS, PREFIXES


def test_every_endpoint_has_its_handler_and_every_handler_an_endpoint():
    assert {endpoint.name for endpoint in ENDPOINTS} == set(HANDLERS)


def test_no_way_in_is_there_twice():
    ways = Counter((endpoint.method, path) for endpoint in ENDPOINTS for path in endpoint.paths)
    assert max(ways.values()) == 1
    assert len(ways) == len(ENDPOINTS) * len(PREFIXES)


def test_only_what_changes_nothing_can_be_asked_with_get():
    assert not [endpoint.name for endpoint in ENDPOINTS if endpoint.method == "GET" and endpoint.changes]
