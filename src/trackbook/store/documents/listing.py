"""Documents and files as one tree: a folder lists both, and a name is a file or a folder, never two things."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from trackbook.core.entities import FileInfo
from trackbook.errors import UnsafePath

if TYPE_CHECKING:
    from trackbook.store.documents.rows import Document
    from trackbook.store.files.folder import Folder

_IN_THE_WAY = "another artifact is in the way: a name is a file or a folder"


def below(documents: Mapping[str, Document], path: str) -> dict[str, Document]:
    """The document of a path, or those in that folder; all of them for ""."""
    return {name: one for name, one in documents.items() if not path or name == path or name.startswith(f"{path}/")}


def level(documents: Mapping[str, Document], files: Sequence[FileInfo], path: str) -> Sequence[FileInfo]:
    """One level of a folder, sorted: its files and its documents, which hide a file of their name."""
    start = len(path) + 1 if path else 0
    found = {info.path: info for info in files}
    for name, one in below(documents, path).items():
        child, _, rest = name[start:].partition("/")
        if name != path:
            place = name[:start] + child
            found[place] = FileInfo(place, True) if rest else FileInfo(place, False, one.content.size)
    return [found[one] for one in sorted(found)]


def check_free(path: str, documents: Iterable[str], folder: Folder | None = None) -> None:
    """Raises `UnsafePath` where a document, or a file of `folder`, would be a folder of this path or in it."""
    taken = set(documents)
    if any(one.startswith(f"{path}/") for one in taken):
        raise UnsafePath(path, _IN_THE_WAY)
    if not taken.isdisjoint(_parents(path)):
        raise UnsafePath(path, _IN_THE_WAY)
    if folder is not None and (folder.is_folder(path) or any(folder.size(one) is not None for one in _parents(path))):
        raise UnsafePath(path, _IN_THE_WAY)


def _parents(path: str) -> Iterator[str]:
    while path := path.rpartition("/")[0]:
        yield path
