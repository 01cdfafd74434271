"""Where a webhook may lead: to addresses of the open internet, so that nobody has this server ask its own network.

A name is resolved once, for each request anew, and the connection goes to an address that was looked at: who answers
differently the next time (DNS rebinding) gains nothing.  One address inside makes the whole name refused.
"""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import SplitResult, urlsplit

from trackbook.errors import InvalidValue, shown

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_LOCAL_NAT64 = ipaddress.IPv6Network("64:ff9b:1::/48")
PORTS = {"http": 80, "https": 443}


def checked_url(url: str, *, allow_private: bool) -> SplitResult:
    """Raises `InvalidValue`; looks at no name.  `http` would show the payload to the open internet's every hop."""
    schemes = ("https", "http") if allow_private else ("https",)
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise InvalidValue(f"Invalid webhook URL {shown(url)}") from None
    if parts.scheme not in schemes:
        raise InvalidValue(f"Invalid webhook URL scheme: {parts.scheme!r}. Allowed schemes are: {', '.join(schemes)}.")
    if not host or port == 0:
        raise InvalidValue(f"Webhook URL must include a hostname: {shown(url)}")
    if parts.username is not None or parts.password is not None:
        raise InvalidValue("Webhook URL must not include a user or a password: it is shown to whoever lists webhooks")
    if not url.isascii() or not url.isprintable() or " " in url:
        raise InvalidValue(f"Webhook URL holds characters that a URL has not: {shown(url)}")
    return parts


def addresses_of(parts: SplitResult, *, allow_private: bool) -> list[tuple[str, int]]:
    """The addresses of a checked URL, (IP, port), each of them allowed.  Blocks; raises `InvalidValue`."""
    host = parts.hostname or ""
    port = parts.port or PORTS[parts.scheme]
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise InvalidValue(f"Cannot resolve webhook URL hostname {host!r}: {error}") from None
    places = list(dict.fromkeys(str(one[4][0]) for one in found))
    if not allow_private and not all(is_public(ipaddress.ip_address(place)) for place in places):
        raise InvalidValue(
            f"Webhook URL must not resolve to a non-public IP address, as {host!r} does: whoever runs the server "
            "allows it with --allow-private-webhooks"
        )
    return [(place, port) for place in places]


def is_public(address: Address) -> bool:
    """Whether it is reached over the open internet, and not something that only looks so."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.is_site_local or address.teredo is not None or address in _LOCAL_NAT64:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)
