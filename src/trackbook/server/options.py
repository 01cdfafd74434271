"""What a server is told when it starts."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trackbook.core.access import Role

if TYPE_CHECKING:
    from pathlib import Path

    from argon2 import PasswordHasher

    from trackbook.server.access.oidc import Provider

DEFAULT_PORT = 5000
LOOPBACK = ("localhost", "127.0.0.1", "::1")
MEBIBYTE = 2**20


@dataclass(frozen=True, slots=True)
class Options:
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    """0: any free one."""
    allowed_hosts: tuple[str, ...] = ()
    """Further names under which clients reach this server."""
    auth: bool | None = None
    """Whether it knows users; None: where others than this machine reach it."""
    default_role: Role = Role.NONE
    """What every user may do everywhere."""
    hasher: PasswordHasher | None = None
    """Of passwords, where it is not to be Argon2's recommended one."""
    provider: Provider | None = None
    """Of OpenID, where users sign in through one."""
    allow_private_webhooks: bool = False
    """Whether webhooks may lead into this network, and without TLS."""
    webhook_key: str = field(default="", repr=False)
    """What their secrets are encrypted with in the store; none where it is empty."""
    most_body_bytes: int = 32 * MEBIBYTE
    """Of JSON; files have no limit but the disk."""
    body_timeout_s: float = 60.0
    """Between two pieces of a body."""
    direct: bool = False
    """Whether clients reach the object store themselves, so that they may be sent there with large files."""
    workers: int = 1
    """Processes that serve the port."""
    figures: Path | None = None
    """Where workers of one server put what they have counted, for each other."""
    stop_timeout_s: int = 20
    """How long requests may go on once the server is asked to stop."""

    @property
    def is_local(self) -> bool:
        """Whether only this machine reaches it."""
        return is_loopback(self.host)

    @property
    def has_users(self) -> bool:
        """Whether nobody is served whom it does not know: always, where others reach it, unless `auth` is off."""
        return not self.is_local if self.auth is None else self.auth

    def knows(self, name: str) -> bool:
        """Whether a request's Host, without its port, is this server.

        A page of a foreign site that had its own name point here (DNS rebinding) still sends that name.  It cannot
        send an address, so that a server that is reached from elsewhere answers to every address.
        """
        name = name.lower().removeprefix("[").removesuffix("]")
        if name in LOOPBACK or name == self.host.lower() or name in map(str.lower, self.allowed_hosts):
            return True
        return not self.is_local and _is_address(name)


def is_loopback(host: str) -> bool:
    return host.lower() == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
