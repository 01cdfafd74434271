"""Webhooks with what waits to be delivered; approvers of protected models and the requests that wait for them."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
)

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

Id = BigInteger().with_variant(Integer(), "sqlite")
Words = Text().with_variant(Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Empty tables: nothing is protected yet, and nobody is told."""
    op.create_table(
        "webhooks",
        Column("id", Id, primary_key=True, autoincrement=True),
        Column("webhook_id", Words, nullable=False),
        Column("name", Words, nullable=False),
        Column("description", Words, nullable=False),
        Column("url", Words, nullable=False),
        Column("status", Words, nullable=False),
        Column("secret", Words),
        Column("creation_ms", BigInteger, nullable=False),
        Column("update_ms", BigInteger, nullable=False),
        UniqueConstraint("webhook_id", name="webhooks_webhook_id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "webhook_events",
        Column("event", Words, nullable=False),
        Column("webhook", Id, ForeignKey("webhooks.id", ondelete="CASCADE"), nullable=False),
        PrimaryKeyConstraint("event", "webhook", name="webhook_events_pk"),
        Index("webhook_events_webhook", "webhook"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "webhook_deliveries",
        Column("id", Id, primary_key=True, autoincrement=True),
        Column("webhook", Id, ForeignKey("webhooks.id", ondelete="CASCADE"), nullable=False),
        Column("delivery_id", Words, nullable=False),
        Column("body", Words, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("due_ms", BigInteger, nullable=False),
        Index("webhook_deliveries_due", "due_ms"),
        Index("webhook_deliveries_webhook", "webhook"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "model_approvers",
        Column("model", Id, ForeignKey("registered_models.id", ondelete="CASCADE"), nullable=False),
        Column("name", Words, nullable=False),
        PrimaryKeyConstraint("model", "name", name="model_approvers_pk"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "registry_requests",
        Column("id", Id, primary_key=True, autoincrement=True),
        Column("model", Id, ForeignKey("registered_models.id", ondelete="CASCADE"), nullable=False),
        Column("time_ms", BigInteger, nullable=False),
        Column("action", Words, nullable=False),
        Column("version", Integer),
        Column("subject", Words, nullable=False),
        Column("archive", Boolean, nullable=False),
        Column("user_id", Words, nullable=False),
        Column("client", Words, nullable=False),
        Column("place", Words, nullable=False),
        Column("reason", Words, nullable=False),
        Column("state", Words, nullable=False),
        Column("decided_by", Words, nullable=False),
        Column("decided_ms", BigInteger),
        Column("answer", Words, nullable=False),
        Index("registry_requests_model", "model", "state"),
        sqlite_autoincrement=True,
    )
