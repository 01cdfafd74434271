"""The tables, by subject.  `migrations/` gets an older store here; a test proves that both ways agree.

    columns             what the tables share
    tracking            experiments, runs, keys, params, tags; the journals that were taken in
    points              metrics and their points
    origins             datasets and cells
    files               artifacts and documents
    logged              logged models
    registry            registered models and their versions
    registry_changes    the audit trail, approvers and requests
    access              users, groups, tokens, roles
    outbox              webhooks

Integers join (`runs.id`, `keys.id`), text ids are what the world sees (`runs.run_id`).  Times are ms since the
epoch.  `deleted_ms` is NULL for what is active.  The rest of the store imports this package alone
(`schema.runs`, `schema.METRIC`).
"""

from trackbook.store.schema.access import (
    access_tokens,
    experiment_roles,
    failed_sign_ins,
    members,
    model_roles,
    principals,
)
from trackbook.store.schema.columns import metadata
from trackbook.store.schema.files import artifacts, documents, packs, pieces
from trackbook.store.schema.logged import (
    INPUT,
    OUTPUT,
    logged_model_files,
    logged_model_metrics,
    logged_model_params,
    logged_model_tags,
    logged_models,
    run_models,
)
from trackbook.store.schema.origins import cell_lines, cells, datasets, inputs
from trackbook.store.schema.outbox import webhook_deliveries, webhook_events, webhooks
from trackbook.store.schema.points import metric_chunks, metric_tail, metrics
from trackbook.store.schema.registry import model_aliases, model_tags, model_versions, registered_models, version_tags
from trackbook.store.schema.registry_changes import model_approvers, registry_audit, registry_requests
from trackbook.store.schema.tracking import (
    DEFAULT_EXPERIMENT_ID,
    METRIC,
    PARAM,
    PATH,
    TAG,
    experiment_tags,
    experiments,
    journals,
    key_counts,
    keys,
    params,
    runs,
    tags,
)

__all__ = [
    "DEFAULT_EXPERIMENT_ID",
    "INPUT",
    "METRIC",
    "OUTPUT",
    "PARAM",
    "PATH",
    "TAG",
    "access_tokens",
    "artifacts",
    "cell_lines",
    "cells",
    "datasets",
    "documents",
    "experiment_roles",
    "experiment_tags",
    "experiments",
    "failed_sign_ins",
    "inputs",
    "journals",
    "key_counts",
    "keys",
    "logged_model_files",
    "logged_model_metrics",
    "logged_model_params",
    "logged_model_tags",
    "logged_models",
    "members",
    "metadata",
    "metric_chunks",
    "metric_tail",
    "metrics",
    "model_aliases",
    "model_approvers",
    "model_roles",
    "model_tags",
    "model_versions",
    "packs",
    "params",
    "pieces",
    "principals",
    "registered_models",
    "registry_audit",
    "registry_requests",
    "run_models",
    "runs",
    "tags",
    "version_tags",
    "webhook_deliveries",
    "webhook_events",
    "webhooks",
]
