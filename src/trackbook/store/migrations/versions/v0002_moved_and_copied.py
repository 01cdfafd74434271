"""Runs that were moved keep their artifacts where they are; model versions get the rest of MLflow's fields."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, Text

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

Words = Text().with_variant(Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Columns only; what is there stays as it is."""
    op.add_column("runs", Column("home", BigInteger))
    op.add_column("model_versions", Column("location", Words))
    op.add_column("model_versions", Column("run_link", Words, nullable=False, server_default=""))
    op.add_column("model_versions", Column("model_id", Words))
    op.add_column("model_versions", Column("user_id", Words, nullable=False, server_default=""))
    op.add_column("model_versions", Column("status_message", Words, nullable=False, server_default=""))
