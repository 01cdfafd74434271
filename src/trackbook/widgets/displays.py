"""Putting a widget under a cell, and renewing that very output later, in every kind of IPython and in none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trackbook.widgets.base import View


@dataclass(slots=True)
class Place:
    """Where a widget stands: `handle` renews it; None in a terminal (text at the end) and without IPython (nothing)."""

    handle: Any = None
    terminal: bool = False


def show(widget: View) -> Place:
    """Display a widget under the running cell."""
    shell = _shell()
    if shell is None:
        return Place()
    if getattr(shell, "kernel", None) is None:
        return Place(terminal=True)
    from IPython.display import DisplayHandle

    new: Any = DisplayHandle
    handle = new()
    handle.display(widget)
    return Place(handle=handle)


def renew(place: Place, widget: View) -> None:
    """Replace the output with what the widget shows now, so that a saved notebook keeps it."""
    if place.handle is not None:
        place.handle.update(widget)
    elif place.terminal:
        print(widget.text())  # a terminal has no output to renew


def _shell() -> Any:
    import sys

    ipython = sys.modules.get("IPython")
    return None if ipython is None else ipython.get_ipython()
