"""What a cell displayed and printed, as nbformat's outputs, each within a limit, and its pictures as files.

Given references to what the kernel keeps anyway; nothing here stands between a cell and its front end.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from trackbook.capture.ends import MARGIN, Ends, settled
from trackbook.core.tags import FIGURES_FOLDER

MOST_STREAM = 1_000_000
"""Characters of a stream that are kept: half of them from its beginning, half from its end."""
MOST_RICH_BYTES = 5_000_000
"""Of one output's form: a larger one is left out."""
MOST_OUTPUTS = 500
MOST_FIGURES = 50
OWN_TYPE = "application/vnd.trackbook.view+json"
FIGURE_TYPES = {"image/png": "png", "image/jpeg": "jpg", "image/svg+xml": "svg"}
_WARNING = re.compile(
    r"^(?P<place>[^\n]{1,300}?):\d+: (?P<category>\w*Warning): (?P<message>[^\n]{0,500})", re.MULTILINE
)

STREAM, DISPLAY, RESULT = "stream", "display_data", "execute_result"


@dataclass(frozen=True, slots=True)
class Seen:
    """One output as the kernel keeps it."""

    kind: str
    name: str = ""
    """stdout or stderr, of a stream."""
    pieces: Sequence[str] = ()
    text: Ends | None = None
    """Of a stream that is not given in pieces."""
    data: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Outputs:
    outputs: list[dict[str, Any]] = field(default_factory=list)
    figures: dict[str, bytes] = field(default_factory=dict)
    """Name in their folder -> content."""
    warnings: list[dict[str, str]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    """Sentences."""

    def json(self) -> str:
        return json.dumps(
            {"schema": 1, "outputs": self.outputs, "warnings": self.warnings, "left_out": self.left_out},
            ensure_ascii=False,
        )


def collect(seen: Iterable[Seen], execution_count: int | None, folder: str = FIGURES_FOLDER) -> Outputs:
    """The outputs in their order; what is too large is cut or left out, and said.  Figures go to this `folder`."""
    found = Outputs()
    for number, one in enumerate(seen):
        if number == MOST_OUTPUTS:
            found.left_out.append(f"outputs after the first {MOST_OUTPUTS} are not kept")
            break
        if one.kind == STREAM:
            _add_stream(found, one)
        elif OWN_TYPE not in one.data:
            _add_rich(found, one, execution_count, folder)
    return found


def _add_stream(found: Outputs, one: Seen) -> None:
    ends = one.text
    if ends is None:
        ends = Ends(MOST_STREAM, MARGIN)
        for piece in one.pieces:
            ends.add(piece)
    text, cut = ends.read()
    text = settled(text)
    if cut:
        found.left_out.append(f"{cut} characters of {one.name} are left out of its middle")
    found.outputs.append({"output_type": STREAM, "name": one.name, "text": text})
    if one.name == "stderr":
        found.warnings += [
            {"category": match["category"], "message": match["message"]} for match in _WARNING.finditer(text)
        ]


def _add_rich(found: Outputs, one: Seen, execution_count: int | None, folder: str) -> None:
    data: dict[str, Any] = {}
    files: list[str] = []
    number = len({name.partition(".")[0] for name in found.figures}) + 1
    for mime, value in one.data.items():
        if _size(value) > MOST_RICH_BYTES:
            found.left_out.append(f"an output's {mime} of more than {MOST_RICH_BYTES} bytes is left out")
        elif mime in FIGURE_TYPES and number <= MOST_FIGURES:
            content = picture_bytes(mime, value)
            if content is not None:
                name = f"figure-{number}.{FIGURE_TYPES[mime]}"
                found.figures[name] = content
                files.append(f"{folder}/{name}")
        elif isinstance(value, str | Mapping | list):
            data[mime] = value
    metadata = {mime: about for mime, about in one.metadata.items() if mime in one.data or mime == "isolated"}
    if files:
        metadata["trackbook"] = {"files": files}
    output: dict[str, Any] = {"output_type": one.kind, "data": data, "metadata": metadata}
    if one.kind == RESULT:
        output["execution_count"] = execution_count
    found.outputs.append(output)


def picture_bytes(mime: str, value: Any) -> bytes | None:
    """A picture's bytes: base64 or bytes as they are displayed, SVG as text; None for what is none."""
    if isinstance(value, bytes):
        return value
    if not isinstance(value, str):
        return None
    if mime == "image/svg+xml":
        return value.encode("utf-8", "replace")
    try:
        return base64.b64decode(value)
    except (binascii.Error, ValueError):
        return None


def _size(value: Any) -> int:
    if isinstance(value, str | bytes):
        return len(value)
    try:
        return len(json.dumps(value))
    except (TypeError, ValueError, RecursionError):
        return MOST_RICH_BYTES + 1
