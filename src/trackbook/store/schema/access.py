"""Users, groups, tokens and roles."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    UniqueConstraint,
)

from trackbook.store.schema.columns import Id, Words, metadata

principals = Table(
    "principals",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("kind", Words, nullable=False),  # "user" or "group"
    Column("name", Words, nullable=False),
    Column("role", SmallInteger, nullable=False),  # `core.access.Role`, everywhere
    Column("password", Words),  # an Argon2 hash
    Column("subject", Words),  # issuer and subject of OIDC
    Column("disabled", Boolean, nullable=False),
    Column("creation_ms", BigInteger, nullable=False),
    UniqueConstraint("kind", "name", name="principals_name"),
    UniqueConstraint("subject", name="principals_subject"),
    sqlite_autoincrement=True,
)

members = Table(
    "members",
    metadata,
    Column("group", Id, ForeignKey("principals.id", ondelete="CASCADE"), nullable=False),
    Column("user", Id, ForeignKey("principals.id", ondelete="CASCADE"), nullable=False),
    PrimaryKeyConstraint("group", "user", name="members_pk"),
    Index("members_user", "user"),
    sqlite_with_rowid=False,
)

access_tokens = Table(
    "access_tokens",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("user", Id, ForeignKey("principals.id", ondelete="CASCADE"), nullable=False),
    Column("name", Words, nullable=False),
    Column("digest", Words, nullable=False),  # sha256 of what was shown once
    Column("creation_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Column("revoked_ms", BigInteger),
    Column("is_session", Boolean, nullable=False),
    UniqueConstraint("digest", name="access_tokens_digest"),
    Index("access_tokens_user", "user"),
    sqlite_autoincrement=True,
)

failed_sign_ins = Table(
    "failed_sign_ins",
    metadata,
    # Of the last minutes (`server.access.attempts`).
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("name", Words, nullable=False),  # sha256 of what was given
    Column("address", Words, nullable=False),
    Column("time_ms", BigInteger, nullable=False),
    Index("failed_sign_ins_name", "name", "time_ms"),
    Index("failed_sign_ins_address", "address", "time_ms"),
    Index("failed_sign_ins_time", "time_ms"),
    sqlite_autoincrement=True,
)

experiment_roles = Table(
    "experiment_roles",
    metadata,
    Column("experiment", Id, ForeignKey("experiments.id", ondelete="CASCADE"), nullable=False),
    Column("principal", Id, ForeignKey("principals.id", ondelete="CASCADE"), nullable=False),
    Column("role", SmallInteger, nullable=False),
    PrimaryKeyConstraint("experiment", "principal", name="experiment_roles_pk"),
    Index("experiment_roles_principal", "principal"),
    sqlite_with_rowid=False,
)

model_roles = Table(
    "model_roles",
    metadata,
    Column("model", Id, ForeignKey("registered_models.id", ondelete="CASCADE"), nullable=False),
    Column("principal", Id, ForeignKey("principals.id", ondelete="CASCADE"), nullable=False),
    Column("role", SmallInteger, nullable=False),
    PrimaryKeyConstraint("model", "principal", name="model_roles_pk"),
    Index("model_roles_principal", "principal"),
    sqlite_with_rowid=False,
)
