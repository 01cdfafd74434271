"""Whose journal it is, and whether that process still lives.

A process is named by pid *and* start time, within one boot and pid namespace: a pid alone is soon used again.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from trackbook.errors import JournalDamaged
from trackbook.journal.format import FORMAT

OWNER_NAME = "owner.json"
_TEXTS = ("journal_id", "destination", "process_start", "boot_id", "pid_namespace", "host", "version")


@dataclass(frozen=True, slots=True)
class Owner:
    """The content of `owner.json`; texts are "" where the system does not tell."""

    journal_id: str
    pid: int
    destination: str
    created: int = 0
    """ms"""
    process_start: str = ""
    boot_id: str = ""
    pid_namespace: str = ""
    host: str = ""
    version: str = ""
    format: int = FORMAT

    def write(self, folder: Path) -> None:
        """Raises `OSError`."""
        new = folder / ("." + OWNER_NAME)
        new.write_text(json.dumps(asdict(self), indent=1), "utf-8")
        new.replace(folder / OWNER_NAME)


def this_process(journal_id: str, destination: str, created: int, version: str) -> Owner:
    """The owner record of the calling process."""
    pid = os.getpid()
    return Owner(journal_id, pid, destination, created, _start_of(pid), _boot_id(), _pid_namespace(), _host(), version)


def read_owner(folder: Path) -> Owner:
    """Raises `JournalDamaged` where the record is missing, foreign or of a newer format."""
    path = folder / OWNER_NAME
    try:
        fields: Any = json.loads(path.read_text("utf-8"))
        known = {name: fields[name] for name in Owner.__dataclass_fields__ if name in fields}
        owner = Owner(**known)
        pid, version = int(owner.pid), int(owner.format)
        for name, kind in (("created", int), *((name, str) for name in _TEXTS)):
            if not isinstance(getattr(owner, name), kind):
                raise TypeError(name)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise JournalDamaged(path, f"its owner cannot be read ({type(error).__name__})") from None
    if version > FORMAT or pid <= 0:
        raise JournalDamaged(path, f"format {version} is newer than this trackbook reads ({FORMAT}); upgrade trackbook")
    if owner.journal_id != folder.name:
        raise JournalDamaged(path, f"it names another journal, {owner.journal_id}")
    return owner


def surely_dead(owner: Owner) -> bool:
    """True only where this host, boot and pid namespace are the owner's and its process is gone or another one."""
    if not owner.process_start or (owner.host, owner.boot_id, owner.pid_namespace) != (
        _host(),
        _boot_id(),
        _pid_namespace(),
    ):
        return False
    return _start_of(owner.pid) != owner.process_start


def _start_of(pid: int) -> str:
    """Clock ticks from boot to the process's start, as text; "" where there is no such process, or no /proc.

    https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: field 22; field 2 may hold spaces and parentheses.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("ascii", "replace")
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()
    # A zombie has died, although its parent has not asked for its status yet.
    return "" if len(fields) < 20 or fields[0] in "ZX" else fields[19]


def _boot_id() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except (OSError, ValueError):
        return ""


def _pid_namespace() -> str:
    try:
        return str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return ""


def _host() -> str:
    return os.uname().nodename if hasattr(os, "uname") else ""
