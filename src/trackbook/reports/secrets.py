"""Secrets in what a report shows: replaced as they are in runs, and counted, since the file is made to be given away.

Twice over the notebook: first to know its secrets, which may be printed above the line that says what they are, then to
replace them in what the page shows.  HTML is looked at as what it says (`pass &amp; word`, marked-up code), and what a
terminal coloured as if it were plain.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from bs4 import BeautifulSoup, Tag
from bs4.element import PreformattedString

from trackbook.capture.secrets import Finding, Redacted, redact
from trackbook.reports.cleaning import REMOVED

if TYPE_CHECKING:
    import nbformat

CODE, TEXT, OUTPUTS, TRACEBACKS = "code", "text", "outputs", "tracebacks"
MOST_CELLS = 6
UNSEARCHED = "(left out: it is too long to be searched for secrets in time)"


@dataclass(frozen=True, slots=True)
class _Place:
    """A text of the notebook: `holder[key]`, and how it is searched."""

    holder: Any
    key: str
    name: str
    """"" for the copy of another text, which is not counted again."""
    cell: str
    search: Callable[[str], Redacted]


def replace_secrets(notebook: nbformat.NotebookNode, *, with_code: bool) -> str:
    """Replace them in place; as in "replaced 3 secrets: 2 in code ([1]), 1 in outputs ([4])", "" where there are none.

    For a notebook whose outputs are settled.  Code that the page does not show tells of secrets, but is not counted.
    """
    places = list(_places(notebook))
    for place in places:
        place.search(place.holder[place.key])
    counts: Counter[str] = Counter()
    cells: dict[str, dict[str, None]] = {}
    left_out = 0
    for place in places:
        found = place.search(place.holder[place.key])
        place.holder[place.key] = found.text if found.complete else UNSEARCHED
        if place.name and (with_code or place.name != CODE):
            left_out += not found.complete
            if found.findings:
                counts[place.name] += len(found.findings)
                cells.setdefault(place.name, {}).update({place.cell: None} if place.cell else {})
    return _sentence(counts, cells, left_out)


def _sentence(counts: Counter[str], cells: dict[str, dict[str, None]], left_out: int) -> str:
    total = counts.total()
    where = ", ".join(f"{count} in {name}{_cells_text(list(cells[name]))}" for name, count in counts.items())
    said = [f"replaced {total} {'secret' if total == 1 else 'secrets'}: {where}"] if total else []
    said += [f"left out {left_out} too long to be searched for secrets"] if left_out else []
    return "; ".join(said)


def _cells_text(cells: list[str]) -> str:
    more = ", …" if len(cells) > MOST_CELLS else ""
    return f" ({', '.join(cells[:MOST_CELLS])}{more})" if cells else ""


def _places(notebook: nbformat.NotebookNode) -> Iterator[_Place]:
    for cell in notebook["cells"]:
        is_code = cell.get("cell_type") == "code"
        number = f"[{cell['execution_count']}]" if isinstance(cell.get("execution_count"), int) else ""
        if isinstance(cell.get("source"), str):
            yield _Place(cell, "source", CODE if is_code else TEXT, number, redact)
        for output in cell.get("outputs", []):
            yield from _of_output(output, number)


def _of_output(output: Any, cell: str) -> Iterator[_Place]:
    if isinstance(output.get("traceback"), list):
        output["traceback"] = ["\n".join(map(str, output["traceback"]))]
        yield _Place(output["traceback"], 0, TRACEBACKS, cell, _text)  # type: ignore[arg-type]  # a list's key
    for key in ("ename", "evalue"):
        if isinstance(output.get(key), str):
            yield _Place(output, key, "", cell, _text)
    if isinstance(output.get("text"), str):
        yield _Place(output, "text", OUTPUTS, cell, _text)
    data = output.get("data")
    for mime, value in data.items() if isinstance(data, dict) else ():
        if isinstance(value, str) and (mime.startswith("text/") or mime == "image/svg+xml"):
            yield _Place(data, mime, OUTPUTS, cell, _html if "html" in mime or "svg" in mime else _text)
    about = output.get("metadata")
    for one in about.values() if isinstance(about, dict) else ():
        if isinstance(one, dict) and isinstance(one.get("alt"), str):
            yield _Place(one, "alt", "", cell, _text)


_text = partial(redact, code=False)


def _html(text: str) -> Redacted:
    soup = BeautifulSoup(text, "html.parser")
    redact(soup.get_text())  # marked-up code is in many pieces: what it says is known in each of them from here on
    findings: list[Finding] = []
    complete = True

    def clean(piece: str) -> str:
        nonlocal complete
        found = _text(piece)
        findings.extend(found.findings)
        complete &= found.complete
        return found.text

    for piece in soup.find_all(string=True):
        is_shown = not isinstance(piece, PreformattedString) and piece.parent and piece.parent.name not in REMOVED
        if is_shown and (cleaned := clean(str(piece))) != piece:
            piece.replace_with(cleaned)
    for element in soup.find_all(True):
        _clean_attributes(element, clean)
    return Redacted(str(soup) if findings else text, tuple(findings), complete)


def _clean_attributes(element: Tag, clean: Callable[[str], str]) -> None:
    for name, value in list(element.attrs.items()):
        if isinstance(value, str) and not value.lstrip().startswith("data:"):
            element.attrs[name] = clean(value)
