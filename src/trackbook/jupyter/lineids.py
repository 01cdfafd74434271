"""By which id a cell's line goes, in doubt after a look at the notebook's file.

A front end that sends ids is believed, but where several cells of the file have one: that is found out after a run, on
a thread of ours, and remembered.  Where no ids are sent the file is looked at as the run opens: headless runners alone
send none.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from trackbook.capture import cellids, notebook
from trackbook.capture.state.document import DocumentCell, document_cells

if TYPE_CHECKING:
    from trackbook.jupyter.place import Place

_shared: dict[Path, cellids.Shared] = {}
"""Of each notebook that was looked at."""


def told_by_file(place: Place, sources: Iterable[str]) -> str | None:
    """The id in the file of the first of these sources that it has once; None where it has none of them."""
    document = _document(place)
    return next((found for source in sources if (found := cellids.id_of(document, source))), None)


def told_apart(place: Place, cell_id: str, source: str) -> str:
    """The id, or what stands for it where several cells have it, as far as that is known."""
    shared = None if place.path is None else _shared.get(place.path)
    return cellids.told_apart(cell_id, source, shared) if shared else cell_id


def learn(place: Place, cell_id: str | None) -> int:
    """Look for ids that several cells have; how many have this one, 0 where it is one cell's own."""
    if place.path is None:
        return 0
    found = _shared[place.path] = cellids.shared_ids(_document(place))
    return len(found.get(cell_id or "", ()))


def _document(place: Place) -> list[DocumentCell]:
    path = place.origin or place.path
    saved = None if path is None else notebook.saved_notebook(path)
    return [] if saved is None else document_cells(saved.content) or []
