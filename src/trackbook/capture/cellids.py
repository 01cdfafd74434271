"""What a notebook's document tells of its cells' ids: the one that nobody sent, and those that several cells have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trackbook.capture.sources import most_alike
from trackbook.capture.state.document import DocumentCell

Shared = Mapping[str, Sequence[str]]
"""Id of several cells -> their sources, in the document's order."""


def id_of(document: Sequence[DocumentCell], source: str) -> str | None:
    """The id of the one code cell that has this source; None where none has, or several, or its id is another's too.

    A runner that sends no ids (papermill, nbclient) executes what is in the file, under the ids that JupyterLab sends.
    """
    wanted = source.strip()
    found = [one.cell_id for one in document if one.source.strip() == wanted]
    if len(found) != 1 or sum(one.cell_id == found[0] for one in document) != 1:
        return None
    return found[0]


def shared_ids(document: Sequence[DocumentCell]) -> dict[str, tuple[str, ...]]:
    """Those of copied cells, where the copies are not the same."""
    sources: dict[str, list[str]] = {}
    for one in document:
        if one.cell_id is not None:
            sources.setdefault(one.cell_id, []).append(one.source.strip())
    return {name: tuple(held) for name, held in sources.items() if len(set(held)) > 1}


def told_apart(cell_id: str, source: str, shared: Shared) -> str:
    """The name of a cell's line: its id, and for the second cell of that id `id-2`, as its snapshot has it.

    Which one it is is told by its source; one that was edited since is the one that it is most like.
    """
    sources = shared.get(cell_id)
    if sources is None:
        return cell_id
    wanted = source.strip()
    alike = wanted if wanted in sources else most_alike(wanted, sources)
    position = sources.index(alike) if alike is not None else 0
    return f"{cell_id}-{position + 1}" if position else cell_id
