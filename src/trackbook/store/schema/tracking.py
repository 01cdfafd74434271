"""Experiments, runs and what runs carry, but for points and files.

`params` and `tags` (and `points.metrics`) are clustered by run, so that the values of a page of runs lie together, and
carry one index by (key, value, run), from which a filter or an order on one key reads without touching the rows.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    UniqueConstraint,
    text,
)

from trackbook.store.dialect import head
from trackbook.store.schema.columns import Id, Words, key_column, metadata, run_column

DEFAULT_EXPERIMENT_ID = 0

experiments = Table(
    "experiments",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("name", Words, nullable=False),
    Column("artifact_location", Words),
    Column("creation_ms", BigInteger, nullable=False),
    Column("update_ms", BigInteger, nullable=False),
    Column("deleted_ms", BigInteger),
    sqlite_autoincrement=True,
)
Index(
    "experiments_active_name",
    experiments.c.name,
    unique=True,
    sqlite_where=text("deleted_ms IS NULL"),
    postgresql_where=text("deleted_ms IS NULL"),
)

experiment_tags = Table(
    "experiment_tags",
    metadata,
    Column("experiment", Id, ForeignKey("experiments.id", ondelete="CASCADE"), nullable=False),
    Column("key", Words, nullable=False),
    Column("value", Words, nullable=False),
    PrimaryKeyConstraint("experiment", "key", name="experiment_tags_pk"),
    sqlite_with_rowid=False,
)

runs = Table(
    "runs",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("run_id", Words, nullable=False),
    Column("experiment", Id, ForeignKey("experiments.id"), nullable=False),
    Column("name", Words, nullable=False),
    Column("status", Words, nullable=False),
    Column("start_ms", BigInteger, nullable=False),
    Column("end_ms", BigInteger),
    Column("user_id", Words, nullable=False),
    Column("deleted_ms", BigInteger),
    # `experiments.id` of where its artifacts lie, for a run that was moved; NULL: its experiment.
    Column("home", BigInteger),
    UniqueConstraint("run_id", name="runs_run_id"),
    Index("runs_recent", "deleted_ms", "start_ms"),
    Index("runs_of_experiment", "experiment", "deleted_ms", "start_ms"),
    sqlite_autoincrement=True,
)

PARAM, METRIC, TAG, PATH = 1, 2, 3, 4
"""`keys.kind`; a path is a document's"""

keys = Table(
    "keys",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("kind", SmallInteger, nullable=False),
    Column("key", Words, nullable=False),
    UniqueConstraint("kind", "key", name="keys_kind_key"),
)

key_counts = Table(
    "key_counts",
    metadata,
    Column("experiment", Id, ForeignKey("experiments.id", ondelete="CASCADE"), nullable=False),
    key_column(),
    Column("runs", Integer, nullable=False),
    PrimaryKeyConstraint("experiment", "key", name="key_counts_pk"),
    sqlite_with_rowid=False,
)

params = Table(
    "params",
    metadata,
    run_column(),
    key_column(),
    Column("value", Words, nullable=False),
    PrimaryKeyConstraint("run", "key", name="params_pk"),
    sqlite_with_rowid=False,
)
Index("params_value", params.c.key, head(params.c.value), params.c.run)

tags = Table(
    "tags",
    metadata,
    run_column(),
    key_column(),
    Column("value", Words, nullable=False),
    PrimaryKeyConstraint("run", "key", name="tags_pk"),
    sqlite_with_rowid=False,
)
Index("tags_value", tags.c.key, head(tags.c.value), tags.c.run)

journals = Table(
    "journals",
    metadata,
    Column("journal_id", Words, primary_key=True),
    Column("cursor", Words, nullable=False),
    Column("update_ms", BigInteger, nullable=False),
)
