"""Sign-ins that failed, so that all servers of a store count them together."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, Index, Integer, Text

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

Id = BigInteger().with_variant(Integer(), "sqlite")
Words = Text().with_variant(Text(collation="C"), "postgresql")


def upgrade() -> None:
    """An empty table."""
    op.create_table(
        "failed_sign_ins",
        Column("id", Id, primary_key=True, autoincrement=True),
        Column("name", Words, nullable=False),
        Column("address", Words, nullable=False),
        Column("time_ms", BigInteger, nullable=False),
        Index("failed_sign_ins_name", "name", "time_ms"),
        Index("failed_sign_ins_address", "address", "time_ms"),
        Index("failed_sign_ins_time", "time_ms"),
        sqlite_autoincrement=True,
    )
