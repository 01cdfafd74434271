"""Who can ask the front end for the live notebook.  A light module, so that it can be told when the kernel starts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Provider = Callable[[], Mapping[str, Any] | None]
"""Gives `{"path": ..., "content": ...}` of the live notebook, None where nobody answers; may take some seconds.

`path` is as the front end names it, which may be relative to a folder that this process does not know.
"""

_provider: Provider | None = None


def set_provider(provider: Provider | None) -> None:
    """Register who can ask; None takes it back."""
    global _provider
    _provider = provider


def ask() -> Mapping[str, Any] | None:
    """The live notebook; None without a provider or an answer."""
    found = _provider() if _provider is not None else None
    return found if found and found.get("content") else None
