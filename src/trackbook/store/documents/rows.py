"""Documents in the database: which a run has, their texts, putting them there and taking them away."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, select

from trackbook.errors import StoreUnreadable
from trackbook.store import keys, schema
from trackbook.store.dialect import fetched, write_many
from trackbook.store.documents import pieces, tree
from trackbook.store.documents.cutting import cut
from trackbook.store.files.content import Content

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from trackbook.store.dialect import Dialect

_table = schema.documents.c
_COLUMNS = ("run", "key", "size", "digest", "piece", "height")
_OF_RUN = (
    select(schema.keys.c.key, _table.size, _table.digest, _table.piece, _table.height)
    .join_from(schema.documents, schema.keys, schema.keys.c.id == _table.key)
    .where(_table.run == bindparam("run"))
)


@dataclass(frozen=True, slots=True)
class Document:
    content: Content
    piece: int | None
    """The root of its tree; None for an empty text."""
    height: int
    """Levels of nodes above the pieces of the text."""


def of_run(connection: Connection, run: int) -> dict[str, Document]:
    """All of a run, by path."""
    rows = fetched(connection, _OF_RUN, {"run": run})
    return {
        path: Document(Content(size, bytes(digest).hex()), piece, height) for path, size, digest, piece, height in rows
    }


def text(connection: Connection, document: Document) -> bytes:
    """Raises `StoreUnreadable` where it is not what was kept."""
    references = [] if document.piece is None else [document.piece]
    kept: dict[int, list[bytes]] = {}
    for _ in range(document.height):
        nodes = pieces.read(connection, references, kept)
        references = [reference for node in nodes for reference in tree.children(node)]
    found = b"".join(pieces.read(connection, references, kept))
    if hashlib.sha256(found).hexdigest() != document.content.digest:
        raise StoreUnreadable("a document", f"its sha256 is not {document.content.digest[:12]}…", "it was damaged")
    return found


def put(connection: Connection, dialect: Dialect, run: int, texts: Mapping[str, bytes]) -> None:
    """Make these texts the documents of their paths."""
    if not texts:
        return
    pieces.turn(connection, dialect)
    paths = list(texts)
    roots = _roots(connection, [cut(texts[path]) for path in paths])
    ids = keys.define(connection, dialect, {(schema.PATH, path) for path in paths})
    rows = [
        (run, ids[schema.PATH, path], len(texts[path]), hashlib.sha256(texts[path]).digest(), piece, height)
        for path, (piece, height) in zip(paths, roots, strict=True)
    ]
    write_many(connection, schema.documents, _COLUMNS, rows, keys=("run", "key"))


def forget(connection: Connection, run: int, paths: Collection[str]) -> None:
    """Take documents away; their pieces go with the next sweep, unless others have them."""
    ids = keys.find(connection, {(schema.PATH, path) for path in paths})
    if ids:
        connection.execute(delete(schema.documents).where(_table.run == run, _table.key.in_(sorted(ids.values()))))


def _roots(connection: Connection, texts: list[list[bytes]]) -> list[tuple[int | None, int]]:
    """The root of each text's tree and its height; the trees grow together, level by level."""
    keeper = pieces.Keeper(connection)
    levels = keeper.keep(texts)
    heights = [0] * len(levels)
    while growing := [number for number, references in enumerate(levels) if len(references) > 1]:
        nodes = keeper.keep([tree.level(levels[number]) for number in growing])
        for number, references in zip(growing, nodes, strict=True):
            levels[number] = references
            heights[number] += 1
    keeper.close()
    return [(references[0] if references else None, height) for references, height in zip(levels, heights, strict=True)]
