"""What a front end shows of a cell in the end, told from the messages it was sent, in their order.

As JupyterLab does it: streams of one name that follow each other are one output, `clear_output` takes away what came
before (with `wait`, when the next output comes), an update replaces a display wherever it stands, and what is printed
inside an `ipywidgets.Output` stands with that widget.  Bounded whatever is sent: a stream keeps its beginning and its
end, and of rich outputs no more than `MOST_BYTES` together are kept.

Source of the messages: https://jupyter-client.readthedocs.io/en/stable/messaging.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from trackbook.capture.ends import MARGIN, Ends
from trackbook.capture.outputs import DISPLAY, MOST_OUTPUTS, MOST_STREAM, RESULT, STREAM, Seen

UPDATE, CLEAR = "update_display_data", "clear_output"
COMM_OPEN, COMM = "comm_open", "comm_msg"
KINDS = frozenset({STREAM, DISPLAY, RESULT, UPDATE, CLEAR, COMM_OPEN, COMM})
"""The types of messages that change what is shown."""
WIDGET_TYPE = "application/vnd.jupyter.widget-view+json"
MOST_BYTES = 50_000_000


@dataclass(slots=True)
class _Stream:
    name: str
    text: Ends = field(default_factory=lambda: Ends(MOST_STREAM, MARGIN))


@dataclass(slots=True)
class _Rich:
    kind: str
    content: Mapping[str, Any]
    size_bytes: int
    display_id: str | None = None


@dataclass(slots=True)
class _Area:
    """The cell's own, or one of an Output widget."""

    entries: list[_Stream | _Rich] = field(default_factory=list)
    clears: bool = False
    """The next output takes away what is there."""


class Screen:
    """The outputs of one execution.  Not thread-safe."""

    def __init__(self) -> None:
        self._cell = _Area()
        self._widgets: dict[str, _Area] = {}
        self._open: list[str] = []
        """Output widgets that take what is sent, the innermost last."""
        self._bytes = 0
        self.left_out: list[str] = []
        """Sentences."""

    def hear(self, kind: str, content: Mapping[str, Any], size_bytes: int) -> None:
        """Take a message of one of `KINDS`; `size_bytes` is that of its content."""
        if kind in (COMM_OPEN, COMM):
            self._hear_widget(content)
        elif kind == CLEAR:
            area = self._area()
            area.clears = True
            if not content.get("wait"):
                self._clear(area)
        elif kind == UPDATE:
            self._update(content, size_bytes)
        elif kind == STREAM:
            self._print(str(content["name"]), str(content["text"]))
        else:
            display_id = content.get("transient", {}).get("display_id")
            self._add(_Rich(kind, content, size_bytes, display_id))

    def shown(self) -> list[Seen]:
        """What there is to be seen now."""
        placed: set[str] = set()
        seen = list(self._seen(self._cell, placed))
        for model, area in self._widgets.items():  # inside a box, or shown by no cell yet
            if model not in placed:
                seen += self._seen(area, placed)
        return seen

    def _seen(self, area: _Area, placed: set[str]) -> Iterator[Seen]:
        for entry in area.entries:
            if isinstance(entry, _Stream):
                yield Seen(STREAM, entry.name, text=entry.text)
                continue
            data = entry.content.get("data") or {}
            yield Seen(entry.kind, data=data, metadata=entry.content.get("metadata") or {})
            model = (data.get(WIDGET_TYPE) or {}).get("model_id")
            if model in self._widgets and model not in placed:
                placed.add(model)
                yield from self._seen(self._widgets[model], placed)

    def _area(self) -> _Area:
        return self._widgets[self._open[-1]] if self._open else self._cell

    def _clear(self, area: _Area) -> None:
        self._bytes -= sum(entry.size_bytes for entry in area.entries if isinstance(entry, _Rich))
        area.entries, area.clears = [], False

    def _room(self) -> _Area | None:
        area = self._area()
        if area.clears:
            self._clear(area)
        if len(area.entries) < MOST_OUTPUTS:
            return area
        self._leave_out(f"outputs after the first {MOST_OUTPUTS} are not kept")
        return None

    def _print(self, name: str, text: str) -> None:
        area = self._area()
        last = None if area.clears or not area.entries else area.entries[-1]
        if not (isinstance(last, _Stream) and last.name == name):
            room = self._room()
            if room is None:
                return
            last = _Stream(name)
            room.entries.append(last)
        last.text.add(text)

    def _add(self, entry: _Rich) -> None:
        room = self._room()
        if room is not None and self._fits(entry.size_bytes):
            self._bytes += entry.size_bytes
            room.entries.append(entry)

    def _update(self, content: Mapping[str, Any], size_bytes: int) -> None:
        """A display of an earlier cell may be meant: that one is not ours to keep."""
        display_id = content.get("transient", {}).get("display_id")
        for area in (self._cell, *self._widgets.values()):
            for entry in area.entries:
                if isinstance(entry, _Rich) and display_id is not None and entry.display_id == display_id:
                    self._bytes -= entry.size_bytes
                    kept = content if self._fits(size_bytes) else {}
                    entry.content, entry.size_bytes = kept, size_bytes if kept else 0
                    self._bytes += entry.size_bytes

    def _fits(self, size_bytes: int) -> bool:
        if self._bytes + size_bytes <= MOST_BYTES:
            return True
        self._leave_out(f"outputs after {MOST_BYTES} bytes are not kept")
        return False

    def _leave_out(self, sentence: str) -> None:
        if sentence not in self.left_out:
            self.left_out.append(sentence)

    def _hear_widget(self, content: Mapping[str, Any]) -> None:
        """An Output widget tells by its `msg_id` from when to when it takes what is sent."""
        model, state = content.get("comm_id"), (content.get("data") or {}).get("state") or {}
        if not isinstance(model, str) or "msg_id" not in state:
            return
        if model in self._open:
            self._open.remove(model)
        if state["msg_id"]:
            self._widgets.setdefault(model, _Area())
            self._open.append(model)
