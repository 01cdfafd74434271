"""Each change of the registry leaves an entry that cannot be edited: the database itself refuses."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, Index, Integer, Text

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

Id = BigInteger().with_variant(Integer(), "sqlite")
Words = Text().with_variant(Text(collation="C"), "postgresql")
SQLITE = (
    "CREATE TRIGGER registry_audit_kept_{0} BEFORE {1} ON registry_audit "
    "BEGIN SELECT RAISE(ABORT, 'the audit trail of the registry cannot be edited'); END"
)
REFUSE = (
    "CREATE FUNCTION registry_audit_kept() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the audit trail of the registry cannot be edited'; END $$"
)
POSTGRESQL = (
    "CREATE TRIGGER registry_audit_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON registry_audit "
    "FOR EACH STATEMENT EXECUTE FUNCTION registry_audit_kept()"
)


def upgrade() -> None:
    """Empty: what was changed before is not known."""
    op.create_table(
        "registry_audit",
        Column("id", Id, primary_key=True, autoincrement=True),
        Column("time_ms", BigInteger, nullable=False),
        Column("name", Words, nullable=False),
        Column("action", Words, nullable=False),
        Column("version", Integer),
        Column("subject", Words, nullable=False),
        Column("old", Words),
        Column("new", Words),
        Column("user_id", Words, nullable=False),
        Column("client", Words, nullable=False),
        Column("place", Words, nullable=False),
        Column("reason", Words, nullable=False),
        Index("registry_audit_name", "name", "id"),
        sqlite_autoincrement=True,
    )
    if op.get_bind().dialect.name == "sqlite":
        statements = tuple(SQLITE.format(word, word.upper()) for word in ("update", "delete"))
    else:
        statements = (REFUSE, POSTGRESQL)
    for statement in statements:
        op.execute(statement)
