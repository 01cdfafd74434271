"""Users, groups, their roles, and API tokens."""

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
    SmallInteger,
    Text,
    UniqueConstraint,
)

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

Id = BigInteger().with_variant(Integer(), "sqlite")
Words = Text().with_variant(Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Empty tables: nobody has a user yet."""
    op.create_table(
        "principals",
        Column("id", Id, primary_key=True, autoincrement=True),
        Column("kind", Words, nullable=False),
        Column("name", Words, nullable=False),
        Column("role", SmallInteger, nullable=False),
        Column("password", Words),
        Column("subject", Words),
        Column("disabled", Boolean, nullable=False),
        Column("creation_ms", BigInteger, nullable=False),
        UniqueConstraint("kind", "name", name="principals_name"),
        UniqueConstraint("subject", name="principals_subject"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "members",
        Column("group", Id, ForeignKey("principals.id", ondelete="CASCADE"), nullable=False),
        Column("user", Id, ForeignKey("principals.id", ondelete="CASCADE"), nullable=False),
        PrimaryKeyConstraint("group", "user", name="members_pk"),
        Index("members_user", "user"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "access_tokens",
        Column("id", Id, primary_key=True, autoincrement=True),
        Column("user", Id, ForeignKey("principals.id", ondelete="CASCADE"), nullable=False),
        Column("name", Words, nullable=False),
        Column("digest", Words, nullable=False),
        Column("creation_ms", BigInteger, nullable=False),
        Column("expires_ms", BigInteger, nullable=False),
        Column("revoked_ms", BigInteger),
        Column("is_session", Boolean, nullable=False),
        UniqueConstraint("digest", name="access_tokens_digest"),
        Index("access_tokens_user", "user"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "experiment_roles",
        Column("experiment", Id, ForeignKey("experiments.id", ondelete="CASCADE"), nullable=False),
        Column("principal", Id, ForeignKey("principals.id", ondelete="CASCADE"), nullable=False),
        Column("role", SmallInteger, nullable=False),
        PrimaryKeyConstraint("experiment", "principal", name="experiment_roles_pk"),
        Index("experiment_roles_principal", "principal"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "model_roles",
        Column("model", Id, ForeignKey("registered_models.id", ondelete="CASCADE"), nullable=False),
        Column("principal", Id, ForeignKey("principals.id", ondelete="CASCADE"), nullable=False),
        Column("role", SmallInteger, nullable=False),
        PrimaryKeyConstraint("model", "principal", name="model_roles_pk"),
        Index("model_roles_principal", "principal"),
        sqlite_with_rowid=False,
    )
