"""Registered models and their versions."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)

from trackbook.store.schema.columns import Id, Words, metadata

registered_models = Table(
    "registered_models",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("name", Words, nullable=False),
    Column("description", Words, nullable=False),
    Column("creation_ms", BigInteger, nullable=False),
    Column("update_ms", BigInteger, nullable=False),
    # Never lowered, so that a version's number is never used again.
    Column("last_version", Integer, nullable=False),
    UniqueConstraint("name", name="registered_models_name"),
)

model_versions = Table(
    "model_versions",
    metadata,
    Column("model", Id, ForeignKey("registered_models.id", ondelete="CASCADE"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("source", Words, nullable=False),
    # A run's text id: the run may live elsewhere, or be gone.
    Column("run_id", Words),
    Column("status", Words, nullable=False),
    Column("stage", Words, nullable=False),
    Column("description", Words, nullable=False),
    Column("creation_ms", BigInteger, nullable=False),
    Column("update_ms", BigInteger, nullable=False),
    # Where the files lie for a copied version, whose source is the other version's URI.
    Column("location", Words),
    Column("run_link", Words, nullable=False, server_default=""),
    Column("model_id", Words),
    Column("user_id", Words, nullable=False, server_default=""),
    Column("status_message", Words, nullable=False, server_default=""),
    PrimaryKeyConstraint("model", "version", name="model_versions_pk"),
    Index("model_versions_run", "run_id"),
)

model_aliases = Table(
    "model_aliases",
    metadata,
    Column("model", Id, nullable=False),
    Column("alias", Words, nullable=False),
    Column("version", Integer, nullable=False),
    PrimaryKeyConstraint("model", "alias", name="model_aliases_pk"),
    ForeignKeyConstraint(["model", "version"], ["model_versions.model", "model_versions.version"], ondelete="CASCADE"),
    sqlite_with_rowid=False,
)

model_tags = Table(
    "model_tags",
    metadata,
    Column("model", Id, ForeignKey("registered_models.id", ondelete="CASCADE"), nullable=False),
    Column("key", Words, nullable=False),
    Column("value", Words, nullable=False),
    PrimaryKeyConstraint("model", "key", name="model_tags_pk"),
    sqlite_with_rowid=False,
)

version_tags = Table(
    "version_tags",
    metadata,
    Column("model", Id, nullable=False),
    Column("version", Integer, nullable=False),
    Column("key", Words, nullable=False),
    Column("value", Words, nullable=False),
    PrimaryKeyConstraint("model", "version", "key", name="version_tags_pk"),
    ForeignKeyConstraint(["model", "version"], ["model_versions.model", "model_versions.version"], ondelete="CASCADE"),
    sqlite_with_rowid=False,
)
