"""Giving back the pieces that no document needs any more.

What is needed is found from the documents' roots downwards; only nodes are read for it.  That is done without holding
anybody up first, and again for what came meanwhile when it is this writer's turn, so that no piece goes that another
writer has just found.  A pack that loses some of its pieces is written anew without them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, select, update

from trackbook.store import schema
from trackbook.store.dialect import fetched
from trackbook.store.documents import pieces, tree
from trackbook.store.documents.packs import SLOTS, blanked

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from trackbook.store.engine import Database

_table = schema.documents.c
_ROOTS = select(_table.piece, _table.height).where(_table.piece.is_not(None)).distinct()
_PIECES = select(schema.pieces.c.digest, schema.pieces.c.piece)
_ANY = select(schema.pieces.c.piece).limit(1)
_AT_ONCE = 500
"""Nodes, and packs, in memory at a time."""


def sweep(database: Database) -> int:
    """Bytes given back to the database.  Safe while others write."""
    needed = _Needed()
    with database.read() as connection:
        if connection.execute(_ANY).first() is None:
            return 0
        needed.find(connection)
    with database.write() as connection:
        pieces.turn(connection, database.dialect)
        needed.find(connection)
        gone = {bytes(name): piece for name, piece in fetched(connection, _PIECES, {}) if piece not in needed.found}
        if gone:
            unnamed = delete(schema.pieces).where(schema.pieces.c.digest == bindparam("name"))
            connection.execute(unnamed, [{"name": name} for name in gone])
        return _taken_out(connection, gone.values())


class _Needed:
    """The references that documents lead to."""

    def __init__(self) -> None:
        self.found: set[int] = set()
        self._nodes: set[tuple[int, int]] = set()

    def find(self, connection: Connection) -> None:
        """Look at what was not looked at before."""
        by_height: dict[int, set[int]] = {}
        for piece, height in fetched(connection, _ROOTS, {}):
            by_height.setdefault(height, set()).add(piece)
        for height in range(max(by_height, default=0), 0, -1):
            new = sorted(piece for piece in by_height.pop(height, ()) if (piece, height) not in self._nodes)
            for start in range(0, len(new), _AT_ONCE):
                for node in pieces.read(connection, new[start : start + _AT_ONCE], {}):
                    by_height.setdefault(height - 1, set()).update(tree.children(node))
            self._nodes.update((piece, height) for piece in new)
            self.found.update(new)
        self.found.update(by_height.get(0, ()))


def _taken_out(connection: Connection, gone: Iterable[int]) -> int:
    """Take pieces out of their packs: bytes given back."""
    slots: dict[int, list[int]] = {}
    for piece in gone:
        slots.setdefault(piece // SLOTS, []).append(piece % SLOTS)
    freed, numbers = 0, sorted(slots)
    emptied = delete(schema.packs).where(schema.packs.c.id == bindparam("number"))
    changed = update(schema.packs).where(schema.packs.c.id == bindparam("number")).values(data=bindparam("left"))
    for start in range(0, len(numbers), _AT_ONCE):
        for number, blob in pieces.blobs(connection, numbers[start : start + _AT_ONCE]).items():
            left = blanked(blob, slots[number])
            if left is None:
                connection.execute(emptied, {"number": number})
            else:
                connection.execute(changed, {"number": number, "left": left})
            freed += len(blob) - len(left or b"")
    return freed
