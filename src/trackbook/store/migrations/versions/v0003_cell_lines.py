"""Each cell line keeps its count, so that a version's number never comes twice, also after its run is gone."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Integer, Text

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

Words = Text().with_variant(Text(collation="C"), "postgresql")


def upgrade() -> None:
    """The count begins at the greatest version that is there."""
    op.create_table(
        "cell_lines",
        Column("line", Words, primary_key=True),
        Column("last_version", Integer, nullable=False),
    )
    op.execute("INSERT INTO cell_lines (line, last_version) SELECT line, max(version) FROM cells GROUP BY line")
