"""What the tables share: their collection, the types of their columns, and references that many of them have."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Integer, MetaData, Text

metadata = MetaData()

Id = BigInteger().with_variant(Integer(), "sqlite")
# Binary order everywhere, so that a page begins after the same run on every database.
Words = Text().with_variant(Text(collation="C"), "postgresql")
Real = Float(53)


def run_column() -> Column[int]:
    """`run`, whose row takes this one with it."""
    return Column("run", Id, ForeignKey("runs.id", ondelete="CASCADE"), nullable=False)


def key_column() -> Column[int]:
    """`key`, of the table of keys."""
    return Column("key", Id, ForeignKey("keys.id"), nullable=False)
