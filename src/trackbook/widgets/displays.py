"""Putting a widget under a cell, and renewing that very output later, in every kind of IPython and in none."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trackbook.widgets.base import View


@dataclass(slots=True)
class Place:
    """Where a widget stands: `handle` renews it; None in a terminal (text at the end) and without IPython (nothing)."""

    handle: Any = None
    terminal: bool = False
    publisher: Any = None
    """The kernel's, which sends to its front ends; None where the cell's displays are held back (`%%capture`)."""
    request: Mapping[str, Any] = field(default_factory=dict)
    """The header of the request that the cell is."""


def show(widget: View, *, leads: bool = False) -> Place:
    """Display a widget under the running cell; it `leads` where the cell has not run any code of its own before."""
    shell = _shell()
    if shell is None:
        return Place()
    if getattr(shell, "kernel", None) is None:
        return Place(terminal=True)
    from IPython.display import DisplayHandle

    new: Any = DisplayHandle
    handle = new()
    publisher = shell.display_pub
    if not hasattr(publisher, "pub_socket"):
        handle.display(widget)
        return Place(handle=handle)
    data, metadata = widget._repr_mimebundle_()  # what `display` would find by asking each of its formatters in turn
    place = Place(handle=handle, publisher=publisher, request=dict(publisher.parent_header))
    if leads and _may_be_sent_as_is(publisher):
        _send(place, "display_data", data, metadata)
    else:
        publisher.publish(data, metadata, transient={"display_id": handle.display_id})
    return place


def renew(place: Place, widget: View) -> None:
    """Replace the output with what the widget shows now, so that a saved notebook keeps it."""
    if place.handle is not None:
        place.handle.update(widget)
    elif place.terminal:
        print(widget.text())  # a terminal has no output to renew


def renew_later(place: Place, widget: View) -> None:
    """As `renew`, when the cell has ended and another one may run: from any thread, in the name of its own cell.

    Sent as it is, since `publish` would flush the streams of the cell that runs now, and name that one.
    """
    if place.publisher is not None:
        _send(place, "update_display_data", *widget._repr_mimebundle_())


def _send(place: Place, kind: str, data: Mapping[str, Any], metadata: Mapping[str, Any]) -> None:
    pub = place.publisher
    content = {"data": data, "metadata": metadata, "transient": {"display_id": place.handle.display_id}}
    pub.session.send(pub.pub_socket, kind, content, parent=dict(place.request), ident=pub.topic)


def _may_be_sent_as_is(publisher: Any) -> bool:
    """Whether the kernel's own `publish` would but flush streams in which nothing is, and wait for a thread for it."""
    is_heard = getattr(publisher, "_hooks", True) or getattr(publisher, "store_display_history", False)
    if is_heard or getattr(publisher.publish, "__module__", "") != "ipykernel.zmqshell":
        return False
    return not any(getattr(one, "_flush_pending", True) for one in (sys.stdout, sys.stderr))


def _shell() -> Any:
    ipython = sys.modules.get("IPython")
    return None if ipython is None else ipython.get_ipython()
