"""Texts below a run's `trackbook/` are kept in the database, in pieces that runs share; files stay where they are."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
)

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

Id = BigInteger().with_variant(Integer(), "sqlite")


def upgrade() -> None:
    """Empty tables: nothing is moved."""
    op.create_table(
        "packs",
        Column("id", Id, primary_key=True, autoincrement=True),
        Column("data", LargeBinary, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "pieces",
        Column("digest", LargeBinary, primary_key=True),
        Column("piece", BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "documents",
        Column("run", Id, ForeignKey("runs.id", ondelete="CASCADE"), nullable=False),
        Column("key", Id, ForeignKey("keys.id"), nullable=False),
        Column("size", BigInteger, nullable=False),
        Column("digest", LargeBinary, nullable=False),
        Column("piece", BigInteger),
        Column("height", SmallInteger, nullable=False),
        PrimaryKeyConstraint("run", "key", name="documents_pk"),
        sqlite_with_rowid=False,
    )
