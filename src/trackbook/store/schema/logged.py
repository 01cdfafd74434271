"""Logged models, with tables and files of their own; `run_models` says which run made or read which."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    UniqueConstraint,
)

from trackbook.store.schema.columns import Id, Real, Words, metadata, run_column

logged_models = Table(
    "logged_models",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("model_id", Words, nullable=False),
    Column("experiment", Id, ForeignKey("experiments.id"), nullable=False),
    Column("name", Words, nullable=False),
    Column("model_type", Words, nullable=False),
    # A run's text id, as in model_versions.
    Column("source_run", Words, nullable=False),
    Column("status", Words, nullable=False),
    Column("creation_ms", BigInteger, nullable=False),
    Column("update_ms", BigInteger, nullable=False),
    Column("deleted_ms", BigInteger),
    UniqueConstraint("model_id", name="logged_models_model_id"),
    Index("logged_models_of_experiment", "experiment", "deleted_ms", "creation_ms"),
    sqlite_autoincrement=True,
)


def _of_model() -> Column[int]:
    return Column("model", Id, ForeignKey("logged_models.id", ondelete="CASCADE"), nullable=False)


logged_model_params = Table(
    "logged_model_params",
    metadata,
    _of_model(),
    Column("key", Words, nullable=False),
    Column("value", Words, nullable=False),
    PrimaryKeyConstraint("model", "key", name="logged_model_params_pk"),
    sqlite_with_rowid=False,
)

logged_model_tags = Table(
    "logged_model_tags",
    metadata,
    _of_model(),
    Column("key", Words, nullable=False),
    Column("value", Words, nullable=False),
    PrimaryKeyConstraint("model", "key", name="logged_model_tags_pk"),
    sqlite_with_rowid=False,
)

logged_model_metrics = Table(
    "logged_model_metrics",
    metadata,
    _of_model(),
    Column("key", Words, nullable=False),
    Column("time", BigInteger, nullable=False),
    Column("step", BigInteger, nullable=False),
    Column("run_id", Words, nullable=False),
    Column("value", Real),
    Column("dataset_name", Words, nullable=False),
    Column("dataset_digest", Words, nullable=False),
    PrimaryKeyConstraint("model", "key", "time", "step", "run_id", name="logged_model_metrics_pk"),
    sqlite_with_rowid=False,
)

logged_model_files = Table(
    "logged_model_files",
    metadata,
    _of_model(),
    Column("path", Words, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("digest", Words, nullable=False),
    PrimaryKeyConstraint("model", "path", name="logged_model_files_pk"),
    sqlite_with_rowid=False,
)

INPUT, OUTPUT = 1, 2
"""`run_models.kind`"""

run_models = Table(
    "run_models",
    metadata,
    run_column(),
    Column("kind", SmallInteger, nullable=False),
    # Text: a logged model may live elsewhere, or be gone.
    Column("model_id", Words, nullable=False),
    Column("step", BigInteger, nullable=False),
    PrimaryKeyConstraint("run", "kind", "model_id", "step", name="run_models_pk"),
    sqlite_with_rowid=False,
)
