"""The tables, on one page.  `migrations/` gets an older store here; a test proves that both ways agree.

Integers join (`runs.id`, `keys.id`), text ids are what the world sees (`runs.run_id`).  Times are ms since the
epoch.  `deleted_ms` is NULL for what is active.  A metric's NaN is NULL in a row that exists: it compares with
nothing but `!=` and sorts after every number, and a metric that is missing has no row.

`params`, `tags` and `metrics` are clustered by run, so that the values of a page of runs lie together, and carry one
index by (key, value, run), from which a filter or an order on one key reads without touching the rows.
A metric's points are in `metric_chunks` (compressed columns) and, up to `metrics.TAIL` of them, in `metric_tail`
(plain rows): a point that comes alone costs a row, not the rewriting of a chunk.
Files of a run are rows of `artifacts`, its texts below `trackbook/` rows of `documents`, whose content is in `packs`,
found by `pieces` (`trackbook.store.documents` tells how).  Logged models have tables and files of their own;
`run_models` says which run made or read which.
"""

from __future__ import annotations

from sqlalchemy import (
    DDL,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    event,
    text,
)

from trackbook.store.dialect import head

metadata = MetaData()

Id = BigInteger().with_variant(Integer(), "sqlite")
# Binary order everywhere, so that a page begins after the same run on every database.
Words = Text().with_variant(Text(collation="C"), "postgresql")
Real = Float(53)

PARAM, METRIC, TAG, PATH = 1, 2, 3, 4
"""`keys.kind`; a path is a document's"""

DEFAULT_EXPERIMENT_ID = 0


def _of_run() -> Column[int]:
    return Column("run", Id, ForeignKey("runs.id", ondelete="CASCADE"), nullable=False)


def _key() -> Column[int]:
    return Column("key", Id, ForeignKey("keys.id"), nullable=False)


experiments = Table(
    "experiments",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("name", Words, nullable=False),
    Column("artifact_location", Words),
    Column("creation_ms", BigInteger, nullable=False),
    Column("update_ms", BigInteger, nullable=False),
    Column("deleted_ms", BigInteger),
    sqlite_autoincrement=True,
)
Index(
    "experiments_active_name",
    experiments.c.name,
    unique=True,
    sqlite_where=text("deleted_ms IS NULL"),
    postgresql_where=text("deleted_ms IS NULL"),
)

experiment_tags = Table(
    "experiment_tags",
    metadata,
    Column("experiment", Id, ForeignKey("experiments.id", ondelete="CASCADE"), nullable=False),
    Column("key", Words, nullable=False),
    Column("value", Words, nullable=False),
    PrimaryKeyConstraint("experiment", "key", name="experiment_tags_pk"),
    sqlite_with_rowid=False,
)

runs = Table(
    "runs",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("run_id", Words, nullable=False),
    Column("experiment", Id, ForeignKey("experiments.id"), nullable=False),
    Column("name", Words, nullable=False),
    Column("status", Words, nullable=False),
    Column("start_ms", BigInteger, nullable=False),
    Column("end_ms", BigInteger),
    Column("user_id", Words, nullable=False),
    Column("deleted_ms", BigInteger),
    # `experiments.id` of where its artifacts lie, for a run that was moved; NULL: its experiment.
    Column("home", BigInteger),
    UniqueConstraint("run_id", name="runs_run_id"),
    Index("runs_recent", "deleted_ms", "start_ms"),
    Index("runs_of_experiment", "experiment", "deleted_ms", "start_ms"),
    sqlite_autoincrement=True,
)

keys = Table(
    "keys",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("kind", SmallInteger, nullable=False),
    Column("key", Words, nullable=False),
    UniqueConstraint("kind", "key", name="keys_kind_key"),
)

key_counts = Table(
    "key_counts",
    metadata,
    Column("experiment", Id, ForeignKey("experiments.id", ondelete="CASCADE"), nullable=False),
    _key(),
    Column("runs", Integer, nullable=False),
    PrimaryKeyConstraint("experiment", "key", name="key_counts_pk"),
    sqlite_with_rowid=False,
)

params = Table(
    "params",
    metadata,
    _of_run(),
    _key(),
    Column("value", Words, nullable=False),
    PrimaryKeyConstraint("run", "key", name="params_pk"),
    sqlite_with_rowid=False,
)
Index("params_value", params.c.key, head(params.c.value), params.c.run)

tags = Table(
    "tags",
    metadata,
    _of_run(),
    _key(),
    Column("value", Words, nullable=False),
    PrimaryKeyConstraint("run", "key", name="tags_pk"),
    sqlite_with_rowid=False,
)
Index("tags_value", tags.c.key, head(tags.c.value), tags.c.run)

metrics = Table(
    "metrics",
    metadata,
    _of_run(),
    _key(),
    Column("count", BigInteger, nullable=False),
    Column("last", Real),
    Column("last_step", BigInteger, nullable=False),
    Column("last_time", BigInteger, nullable=False),
    Column("min", Real),
    Column("min_step", BigInteger, nullable=False),
    Column("max", Real),
    Column("max_step", BigInteger, nullable=False),
    Column("sum", Real),
    Column("sum_count", BigInteger, nullable=False),
    # Where the points are: rows in metric_tail, chunks, and points in the last chunk.
    Column("tail", Integer, nullable=False),
    Column("chunks", Integer, nullable=False),
    Column("open", Integer, nullable=False),
    PrimaryKeyConstraint("run", "key", name="metrics_pk"),
    Index("metrics_last", "key", "last", "run"),
    sqlite_with_rowid=False,
)

metric_chunks = Table(
    "metric_chunks",
    metadata,
    _of_run(),
    _key(),
    Column("seq", Integer, nullable=False),
    Column("n", Integer, nullable=False),
    Column("min_step", BigInteger, nullable=False),
    Column("max_step", BigInteger, nullable=False),
    Column("min_time", BigInteger, nullable=False),
    Column("max_time", BigInteger, nullable=False),
    Column("data", LargeBinary, nullable=False),
    PrimaryKeyConstraint("run", "key", "seq", name="metric_chunks_pk"),
)

metric_tail = Table(
    "metric_tail",
    metadata,
    _of_run(),
    _key(),
    Column("seq", BigInteger, nullable=False),
    Column("step", BigInteger, nullable=False),
    Column("time", BigInteger, nullable=False),
    Column("value", Real),
    PrimaryKeyConstraint("run", "key", "seq", name="metric_tail_pk"),
    sqlite_with_rowid=False,
)

datasets = Table(
    "datasets",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("experiment", Id, ForeignKey("experiments.id", ondelete="CASCADE"), nullable=False),
    Column("name", Words, nullable=False),
    Column("digest", Words, nullable=False),
    Column("source_type", Words, nullable=False),
    Column("source", Words, nullable=False),
    Column("schema", Words, nullable=False),
    Column("profile", Words, nullable=False),
    UniqueConstraint("experiment", "name", "digest", name="datasets_digest"),
)

inputs = Table(
    "inputs",
    metadata,
    _of_run(),
    Column("dataset", Id, ForeignKey("datasets.id"), nullable=False),
    Column("context", Words, nullable=False),
    Column("tags", Words, nullable=False),
    PrimaryKeyConstraint("run", "dataset", name="inputs_pk"),
    Index("inputs_dataset", "dataset"),
    sqlite_with_rowid=False,
)

cells = Table(
    "cells",
    metadata,
    Column("run", Id, ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("line", Words, nullable=False),
    Column("version", Integer, nullable=False),
    Column("cell_id", Words),
    Column("notebook", Words),
    Column("guessed", Boolean, nullable=False),
    Column("execution_count", BigInteger),
    Column("source", Words, nullable=False),
    UniqueConstraint("line", "version", name="cells_line_version"),
    Index("cells_notebook", "notebook", "line", "version"),
)

cell_lines = Table(
    "cell_lines",
    metadata,
    Column("line", Words, primary_key=True),
    Column("last_version", Integer, nullable=False),  # of all there ever were: runs go, their numbers stay used
)
artifacts = Table(
    "artifacts",
    metadata,
    _of_run(),
    Column("path", Words, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("digest", Words, nullable=False),
    PrimaryKeyConstraint("run", "path", name="artifacts_pk"),
    sqlite_with_rowid=False,
)

documents = Table(
    "documents",
    metadata,
    _of_run(),
    _key(),
    Column("size", BigInteger, nullable=False),
    Column("digest", LargeBinary, nullable=False),  # sha256
    # The root of its tree, `pack * packs.SLOTS + slot`, and the levels of nodes; NULL for an empty text.
    Column("piece", BigInteger),
    Column("height", SmallInteger, nullable=False),
    PrimaryKeyConstraint("run", "key", name="documents_pk"),
    sqlite_with_rowid=False,
)

pieces = Table(
    "pieces",
    metadata,
    Column("digest", LargeBinary, primary_key=True),  # blake2b, 16 bytes
    Column("piece", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

packs = Table(
    "packs",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("data", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)

journals = Table(
    "journals",
    metadata,
    Column("journal_id", Words, primary_key=True),
    Column("cursor", Words, nullable=False),
    Column("update_ms", BigInteger, nullable=False),
)

registered_models = Table(
    "registered_models",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("name", Words, nullable=False),
    Column("description", Words, nullable=False),
    Column("creation_ms", BigInteger, nullable=False),
    Column("update_ms", BigInteger, nullable=False),
    # Never lowered, so that a version's number is never used again.
    Column("last_version", Integer, nullable=False),
    UniqueConstraint("name", name="registered_models_name"),
)

model_versions = Table(
    "model_versions",
    metadata,
    Column("model", Id, ForeignKey("registered_models.id", ondelete="CASCADE"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("source", Words, nullable=False),
    # A run's text id: the run may live elsewhere, or be gone.
    Column("run_id", Words),
    Column("status", Words, nullable=False),
    Column("stage", Words, nullable=False),
    Column("description", Words, nullable=False),
    Column("creation_ms", BigInteger, nullable=False),
    Column("update_ms", BigInteger, nullable=False),
    # Where the files lie for a copied version, whose source is the other version's URI.
    Column("location", Words),
    Column("run_link", Words, nullable=False, server_default=""),
    Column("model_id", Words),
    Column("user_id", Words, nullable=False, server_default=""),
    Column("status_message", Words, nullable=False, server_default=""),
    PrimaryKeyConstraint("model", "version", name="model_versions_pk"),
    Index("model_versions_run", "run_id"),
)

model_aliases = Table(
    "model_aliases",
    metadata,
    Column("model", Id, nullable=False),
    Column("alias", Words, nullable=False),
    Column("version", Integer, nullable=False),
    PrimaryKeyConstraint("model", "alias", name="model_aliases_pk"),
    ForeignKeyConstraint(["model", "version"], ["model_versions.model", "model_versions.version"], ondelete="CASCADE"),
    sqlite_with_rowid=False,
)

model_tags = Table(
    "model_tags",
    metadata,
    Column("model", Id, ForeignKey("registered_models.id", ondelete="CASCADE"), nullable=False),
    Column("key", Words, nullable=False),
    Column("value", Words, nullable=False),
    PrimaryKeyConstraint("model", "key", name="model_tags_pk"),
    sqlite_with_rowid=False,
)

version_tags = Table(
    "version_tags",
    metadata,
    Column("model", Id, nullable=False),
    Column("version", Integer, nullable=False),
    Column("key", Words, nullable=False),
    Column("value", Words, nullable=False),
    PrimaryKeyConstraint("model", "version", "key", name="version_tags_pk"),
    ForeignKeyConstraint(["model", "version"], ["model_versions.model", "model_versions.version"], ondelete="CASCADE"),
    sqlite_with_rowid=False,
)

logged_models = Table(
    "logged_models",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("model_id", Words, nullable=False),
    Column("experiment", Id, ForeignKey("experiments.id"), nullable=False),
    Column("name", Words, nullable=False),
    Column("model_type", Words, nullable=False),
    # A run's text id, as in model_versions.
    Column("source_run", Words, nullable=False),
    Column("status", Words, nullable=False),
    Column("creation_ms", BigInteger, nullable=False),
    Column("update_ms", BigInteger, nullable=False),
    Column("deleted_ms", BigInteger),
    UniqueConstraint("model_id", name="logged_models_model_id"),
    Index("logged_models_of_experiment", "experiment", "deleted_ms", "creation_ms"),
    sqlite_autoincrement=True,
)


def _of_model() -> Column[int]:
    return Column("model", Id, ForeignKey("logged_models.id", ondelete="CASCADE"), nullable=False)


logged_model_params = Table(
    "logged_model_params",
    metadata,
    _of_model(),
    Column("key", Words, nullable=False),
    Column("value", Words, nullable=False),
    PrimaryKeyConstraint("model", "key", name="logged_model_params_pk"),
    sqlite_with_rowid=False,
)

logged_model_tags = Table(
    "logged_model_tags",
    metadata,
    _of_model(),
    Column("key", Words, nullable=False),
    Column("value", Words, nullable=False),
    PrimaryKeyConstraint("model", "key", name="logged_model_tags_pk"),
    sqlite_with_rowid=False,
)

logged_model_metrics = Table(
    "logged_model_metrics",
    metadata,
    _of_model(),
    Column("key", Words, nullable=False),
    Column("time", BigInteger, nullable=False),
    Column("step", BigInteger, nullable=False),
    Column("run_id", Words, nullable=False),
    Column("value", Real),
    Column("dataset_name", Words, nullable=False),
    Column("dataset_digest", Words, nullable=False),
    PrimaryKeyConstraint("model", "key", "time", "step", "run_id", name="logged_model_metrics_pk"),
    sqlite_with_rowid=False,
)

logged_model_files = Table(
    "logged_model_files",
    metadata,
    _of_model(),
    Column("path", Words, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("digest", Words, nullable=False),
    PrimaryKeyConstraint("model", "path", name="logged_model_files_pk"),
    sqlite_with_rowid=False,
)

INPUT, OUTPUT = 1, 2
"""`run_models.kind`"""

run_models = Table(
    "run_models",
    metadata,
    _of_run(),
    Column("kind", SmallInteger, nullable=False),
    # Text: a logged model may live elsewhere, or be gone.
    Column("model_id", Words, nullable=False),
    Column("step", BigInteger, nullable=False),
    PrimaryKeyConstraint("run", "kind", "model_id", "step", name="run_models_pk"),
    sqlite_with_rowid=False,
)

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
