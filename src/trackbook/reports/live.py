"""Who can ask the front end for the live notebook.  A light module, so that it can be told when the kernel starts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Provider = Callable[[], Mapping[str, Any] | None]
"""Gives `{"path": ..., "content": ...}` of the live notebook, None where nobody answers; may take some seconds.

`path` is as the front end names it, which may be relative to a folder that this process does not know.
"""
Place = Callable[[], Path | None]
"""Gives the file of this kernel's notebook, None where it is unknown."""

_provider: Provider | None = None
_place: Place | None = None


def set_provider(provider: Provider | None, place: Place | None = None) -> None:
    """Register who can ask, and who knows the notebook's file; None takes it back."""
    global _provider, _place
    _provider, _place = provider, place


def ask() -> Mapping[str, Any] | None:
    """The live notebook; None without a provider or an answer."""
    found = _provider() if _provider is not None else None
    return found if found and found.get("content") else None


def place() -> Path | None:
    """The file of this kernel's notebook, as far as the provider knows it."""
    return None if _place is None else _place()
