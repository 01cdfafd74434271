"""Where a webhook may not lead, however it is written."""

from __future__ import annotations

import ipaddress
import socket

import pytest

from trackbook.errors import InvalidValue
from trackbook.server.webhooks.addresses import addresses_of, checked_url, is_public

INSIDE = [
    "127.0.0.1",
    "10.0.0.1",
    "172.16.3.4",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fd00::1",
    "fec0::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "2002:7f00:1::",
    "2002:a00:1::",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:db8::1",
]


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_none_of_the_internet(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_an_address_of_the_internet_is_one(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "127.1", "0x7f.0.0.1", "2130706433", "0", "[::1]", "[::ffff:7f00:1]"]
)
def test_a_url_of_this_machine_is_refused_unless_allowed(host: str) -> None:
    parts = checked_url(f"https://{host}/hook", allow_private=False)
    with pytest.raises(InvalidValue, match="allow-private-webhooks"):
        addresses_of(parts, allow_private=False)
    places = addresses_of(parts, allow_private=True)
    assert {port for _, port in places} == {443}


def test_one_address_inside_refuses_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def answered(host: str, port: int, **given: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (place, port)) for place in ("8.8.8.8", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", answered)
    with pytest.raises(InvalidValue, match="non-public"):
        addresses_of(checked_url("https://mixed.example/", allow_private=False), allow_private=False)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "https:///path",
        "https://user:secret@example.com/",
        "https://example.com/a b",
        "https://example.com/\r\nX: y",
        "https://example.com:0/",
        "https://example.com:99999/",
        "https://[::1/",
        "",
        "hook",
    ],
)
def test_what_is_no_webhook_url(url: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        checked_url(url, allow_private=False)
    assert "secret" not in str(caught.value)


def test_http_is_for_the_own_network_alone() -> None:
    assert checked_url("http://ci.internal:8080/hook", allow_private=True).port == 8080
