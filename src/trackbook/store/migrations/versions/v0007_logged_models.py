"""Logged models (MLflow 3): models apart from runs, with params, tags, metrics and files of their own."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Text,
    UniqueConstraint,
)

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

Id = BigInteger().with_variant(Integer(), "sqlite")
Words = Text().with_variant(Text(collation="C"), "postgresql")


def of_model() -> Column[int]:
    return Column("model", Id, ForeignKey("logged_models.id", ondelete="CASCADE"), nullable=False)


def upgrade() -> None:
    op.create_table(
        "logged_models",
        Column("id", Id, primary_key=True, autoincrement=True),
        Column("model_id", Words, nullable=False),
        Column("experiment", Id, ForeignKey("experiments.id"), nullable=False),
        Column("name", Words, nullable=False),
        Column("model_type", Words, nullable=False),
        Column("source_run", Words, nullable=False),
        Column("status", Words, nullable=False),
        Column("creation_ms", BigInteger, nullable=False),
        Column("update_ms", BigInteger, nullable=False),
        Column("deleted_ms", BigInteger),
        UniqueConstraint("model_id", name="logged_models_model_id"),
        Index("logged_models_of_experiment", "experiment", "deleted_ms", "creation_ms"),
        sqlite_autoincrement=True,
    )
    for name in ("logged_model_params", "logged_model_tags"):
        op.create_table(
            name,
            of_model(),
            Column("key", Words, nullable=False),
            Column("value", Words, nullable=False),
            PrimaryKeyConstraint("model", "key", name=f"{name}_pk"),
            sqlite_with_rowid=False,
        )
    op.create_table(
        "logged_model_metrics",
        of_model(),
        Column("key", Words, nullable=False),
        Column("time", BigInteger, nullable=False),
        Column("step", BigInteger, nullable=False),
        Column("run_id", Words, nullable=False),
        Column("value", Float(53)),
        Column("dataset_name", Words, nullable=False),
        Column("dataset_digest", Words, nullable=False),
        PrimaryKeyConstraint("model", "key", "time", "step", "run_id", name="logged_model_metrics_pk"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "logged_model_files",
        of_model(),
        Column("path", Words, nullable=False),
        Column("size", BigInteger, nullable=False),
        Column("digest", Words, nullable=False),
        PrimaryKeyConstraint("model", "path", name="logged_model_files_pk"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "run_models",
        Column("run", Id, ForeignKey("runs.id", ondelete="CASCADE"), nullable=False),
        Column("kind", SmallInteger, nullable=False),
        Column("model_id", Words, nullable=False),
        Column("step", BigInteger, nullable=False),
        PrimaryKeyConstraint("run", "kind", "model_id", "step", name="run_models_pk"),
        sqlite_with_rowid=False,
    )
