"""Files of runs are rows of `artifacts`; their texts below `trackbook/` are rows of `documents`.

The content of documents is in `packs`, found by `pieces` (`trackbook.store.documents` tells how).
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, LargeBinary, PrimaryKeyConstraint, SmallInteger, Table

from trackbook.store.schema.columns import Id, Words, key_column, metadata, run_column

artifacts = Table(
    "artifacts",
    metadata,
    run_column(),
    Column("path", Words, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("digest", Words, nullable=False),
    PrimaryKeyConstraint("run", "path", name="artifacts_pk"),
    sqlite_with_rowid=False,
)

documents = Table(
    "documents",
    metadata,
    run_column(),
    key_column(),
    Column("size", BigInteger, nullable=False),
    Column("digest", LargeBinary, nullable=False),  # sha256
    # The root of its tree, `pack * packs.SLOTS + slot`, and the levels of nodes; NULL for an empty text.
    Column("piece", BigInteger),
    Column("height", SmallInteger, nullable=False),
    PrimaryKeyConstraint("run", "key", name="documents_pk"),
    sqlite_with_rowid=False,
)

pieces = Table(
    "pieces",
    metadata,
    Column("digest", LargeBinary, primary_key=True),  # blake2b, 16 bytes
    Column("piece", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

packs = Table(
    "packs",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("data", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)
