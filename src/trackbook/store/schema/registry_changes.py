"""Who changed what in the registry, who must agree to it, and what waits for them.

The database itself refuses to change or delete an entry of the audit trail.
"""

from __future__ import annotations

from sqlalchemy import DDL, BigInteger, Boolean, Column, ForeignKey, Index, Integer, PrimaryKeyConstraint, Table, event

from trackbook.store.schema.columns import Id, Words, metadata

registry_audit = Table(
    "registry_audit",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("time_ms", BigInteger, nullable=False),
    # Texts, not references: an entry outlives what it tells of.
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
_KEPT = "the audit trail of the registry cannot be edited"
_ON_SQLITE = "CREATE TRIGGER registry_audit_kept_{0} BEFORE {1} ON registry_audit BEGIN SELECT RAISE(ABORT, '{2}'); END"
_REFUSE = (
    "CREATE FUNCTION registry_audit_kept() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{_KEPT}'; END $$"
)
_ON_POSTGRESQL = (
    "CREATE TRIGGER registry_audit_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON registry_audit "
    "FOR EACH STATEMENT EXECUTE FUNCTION registry_audit_kept()"
)
for _dialect, _statement in (
    ("sqlite", _ON_SQLITE.format("update", "UPDATE", _KEPT)),
    ("sqlite", _ON_SQLITE.format("delete", "DELETE", _KEPT)),
    ("postgresql", _REFUSE),
    ("postgresql", _ON_POSTGRESQL),
):
    event.listen(registry_audit, "after_create", DDL(_statement).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]

model_approvers = Table(
    "model_approvers",
    metadata,
    # A model with approvers is a protected one.
    Column("model", Id, ForeignKey("registered_models.id", ondelete="CASCADE"), nullable=False),
    Column("name", Words, nullable=False),  # a user's, or "group:" and a group's
    PrimaryKeyConstraint("model", "name", name="model_approvers_pk"),
    sqlite_with_rowid=False,
)

registry_requests = Table(
    "registry_requests",
    metadata,
    # Changes of protected models by those who are no approvers (`core.approvals`).
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
