"""Where a notebook went that was renamed or moved while its kernel ran.

The variable that names it keeps the first name.  The Jupyter server knows the new one by its session of this kernel:
it is asked through its own API, with the token that it leaves for the user's programs.  Asked is only the server that
started the kernel, only on this machine, on a thread of ours.  Where it does not answer, the old name stays.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import closing
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

TIMEOUT_S = 3.0
HTTP_OK = 200
MOST_BYTES = 5_000_000
_PREFIX = "kernel-"


def kernel_id() -> str | None:
    """Of the kernel in this process; None outside of one."""
    try:
        from ipykernel.connect import get_connection_file

        name = Path(get_connection_file()).stem
    except Exception:  # noqa: BLE001 - there is no kernel, or none that tells
        return None
    return name.removeprefix(_PREFIX) if name.startswith(_PREFIX) else None


def session_path(kernel: str, environ: Mapping[str, str] = os.environ) -> Path | None:
    """The notebook of this kernel's session, absolute, as its server has it now; None where nobody tells."""
    server = _server(environ.get("JPY_PARENT_PID", ""))
    if server is None:
        return None
    for one in _sessions(server):
        if isinstance(one, dict) and isinstance(one.get("kernel"), dict) and one["kernel"].get("id") == kernel:
            path, root = one.get("path"), server.get("root_dir")
            if isinstance(path, str) and isinstance(root, str) and path.endswith(".ipynb"):
                return Path(root).expanduser() / path
    return None


def _server(pid: str) -> dict[str, Any] | None:
    """What the server with this process id wrote down of itself."""
    from jupyter_core.paths import jupyter_runtime_dir

    if not pid.isdigit():
        return None
    try:
        found = json.loads((Path(jupyter_runtime_dir()) / f"jpserver-{pid}.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and _is_here(str(found.get("url", ""))) else None


def _is_here(url: str) -> bool:
    """Whether an address is one of this machine's own: the token goes nowhere else."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        return False
    try:
        return parts.hostname == "localhost" or ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


def _sessions(server: Mapping[str, Any]) -> list[Any]:
    """None where it refuses, or names another address: no redirection is followed, the token is for this one."""
    from http.client import HTTPConnection, HTTPException, HTTPSConnection

    parts = urlsplit(str(server["url"]))
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    headers = {"Authorization": f"token {server['token']}"} if server.get("token") else {}
    try:
        connection = kind(str(parts.hostname), parts.port, timeout=TIMEOUT_S)
        with closing(connection):
            connection.request("GET", f"{parts.path.rstrip('/')}/api/sessions", headers=headers)
            answer = connection.getresponse()
            found = json.loads(answer.read(MOST_BYTES)) if answer.status == HTTP_OK else []
    except (OSError, ValueError, HTTPException):
        return []
    return found if isinstance(found, list) else []
