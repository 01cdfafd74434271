"""What a notebook was called before: its runs have the path that it had then.

A notebook's cells keep their ids when its file is renamed or moved.  So the runs of another path belong to it where no
file has that path any more, and most of the cells that made them stand in this one; of a copy the original is still
there.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

from trackbook.capture.files import regular_bytes
from trackbook.core import tags
from trackbook.core.filters.tree import quoted_text
from trackbook.core.ports import RunQuery
from trackbook.widgets.columns import key_of, projection

if TYPE_CHECKING:
    from trackbook.jupyter.serving.stores import Place

LARGEST_BYTES = 20_000_000
MOST_CELLS = 500
MOST_RUNS = 500
"""The newest runs of these cells."""
KNOWN_S = 15.0
_known: dict[tuple[str, str], tuple[float, list[str]]] = {}
"""Store and notebook -> until when, earlier names."""


def earlier_names(place: Place) -> list[str]:
    """Paths below the project's root that this notebook had before, looked for every few seconds at most."""
    asked = place.store.uri, place.notebook
    until, names = _known.get(asked, (0.0, []))
    if time.monotonic() > until:
        names = _find(place)
        _known[asked] = time.monotonic() + KNOWN_S, names
    return names


def _find(place: Place) -> list[str]:
    root = place.settings.home.parent
    ids = cell_ids(root / place.notebook)
    if not ids:
        return []
    cell, notebook = key_of("tags", tags.CELL_ID), key_of("tags", tags.NOTEBOOK)
    listed = ", ".join(quoted_text(one) for one in ids[:MOST_CELLS])
    wanted = f"{cell} IN ({listed}) AND {notebook} != {quoted_text(place.notebook)}"
    columns = projection([cell, notebook])
    found = place.store.runs.search(RunQuery(filter=wanted, limit=MOST_RUNS, columns=columns, count=False)).items
    names = dict.fromkeys(run.data.tags[tags.NOTEBOOK] for run in found)
    return [name for name in names if not (root / name).exists() and _is_of(place, name, set(ids))]


def _is_of(place: Place, name: str, ids: set[str]) -> bool:
    """Whether most of the cells that made the runs of this name are among these."""
    cell, notebook = key_of("tags", tags.CELL_ID), key_of("tags", tags.NOTEBOOK)
    wanted = f"{notebook} = {quoted_text(name)}"
    columns = projection([cell])
    found = place.store.runs.search(RunQuery(filter=wanted, limit=MOST_RUNS, columns=columns, count=False)).items
    theirs = {run.data.tags[tags.CELL_ID] for run in found if tags.CELL_ID in run.data.tags}
    return 2 * len(theirs & ids) >= len(theirs)


def cell_ids(file: Path) -> list[str]:
    """Of the notebook's code cells, as saved; none where it cannot be read, or its format is older than 4.5."""
    try:
        cells = json.loads(regular_bytes(file, LARGEST_BYTES) or b"{}").get("cells", [])
        return [cell["id"] for cell in cells if cell.get("cell_type") == "code" and isinstance(cell.get("id"), str)]
    except (OSError, ValueError, AttributeError, TypeError, RecursionError):
        return []
