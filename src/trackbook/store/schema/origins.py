"""What runs came from: the data they read, the cells that made them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)

from trackbook.store.schema.columns import Id, Words, metadata, run_column

datasets = Table(
    "datasets",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("experiment", Id, ForeignKey("experiments.id", ondelete="CASCADE"), nullable=False),
    Column("name", Words, nullable=False),
    Column("digest", Words, nullable=False),
    Column("source_type", Words, nullable=False),
    Column("source", Words, nullable=False),
    Column("schema", Words, nullable=False),
    Column("profile", Words, nullable=False),
    UniqueConstraint("experiment", "name", "digest", name="datasets_digest"),
)

inputs = Table(
    "inputs",
    metadata,
    run_column(),
    Column("dataset", Id, ForeignKey("datasets.id"), nullable=False),
    Column("context", Words, nullable=False),
    Column("tags", Words, nullable=False),
    PrimaryKeyConstraint("run", "dataset", name="inputs_pk"),
    Index("inputs_dataset", "dataset"),
    sqlite_with_rowid=False,
)

cells = Table(
    "cells",
    metadata,
    Column("run", Id, ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("line", Words, nullable=False),
    Column("version", Integer, nullable=False),
    Column("cell_id", Words),
    Column("notebook", Words),
    Column("guessed", Boolean, nullable=False),
    Column("execution_count", BigInteger),
    Column("source", Words, nullable=False),
    UniqueConstraint("line", "version", name="cells_line_version"),
    Index("cells_notebook", "notebook", "line", "version"),
)

cell_lines = Table(
    "cell_lines",
    metadata,
    Column("line", Words, primary_key=True),
    Column("last_version", Integer, nullable=False),  # of all there ever were: runs go, their numbers stay used
)
