"""Webhooks, and what is still to be delivered to them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, PrimaryKeyConstraint, Table, UniqueConstraint

from trackbook.store.schema.columns import Id, Words, metadata

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("webhook_id", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("description", Words, nullable=False),
    Column("url", Words, nullable=False),
    Column("status", Words, nullable=False),  # "ACTIVE" or "DISABLED"
    Column("secret", Words),  # of the signature, as the server has sealed it
    Column("creation_ms", BigInteger, nullable=False),
    Column("update_ms", BigInteger, nullable=False),
    UniqueConstraint("webhook_id", name="webhooks_webhook_id"),
    sqlite_autoincrement=True,
)

webhook_events = Table(
    "webhook_events",
    metadata,
    Column("event", Words, nullable=False),  # one of `core.webhooks.EVENTS`
    Column("webhook", Id, ForeignKey("webhooks.id", ondelete="CASCADE"), nullable=False),
    PrimaryKeyConstraint("event", "webhook", name="webhook_events_pk"),
    Index("webhook_events_webhook", "webhook"),
    sqlite_with_rowid=False,
)

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    # What is still to be delivered; a row goes when it was, or when it is given up.
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
