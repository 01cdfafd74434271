"""The table of policies: what each endpoint needs, by its name.  One that is not here is served to nobody.

Editors log, make and change; what is deleted for good, renamed, emptied or taken elsewhere needs a manager.  Deleting
a run only marks it, so that editors may.  What makes a new experiment or model needs the role of an editor everywhere;
who made it becomes its manager.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from trackbook.core.access import Kind, Resource, Role
from trackbook.server.access import needs
from trackbook.server.access.needs import Needs, field
from trackbook.server.backend import Backend


class Who(Enum):
    EVERYONE = auto()
    """Also who is not signed in: nothing of anybody's is told."""
    USERS = auto()
    """Whoever is signed in; searches find what the user may see."""
    EVERYWHERE = auto()
    """Who has the role everywhere."""
    HOLDERS = auto()
    """Who has the roles that `needs` tells of the request."""
    HIMSELF = auto()
    """The user that the request names, and admins."""


@dataclass(frozen=True, slots=True)
class Policy:
    who: Who
    role: Role = Role.NONE
    """The greatest that is needed: who has it everywhere is let in without a look at what is asked."""
    needs: Needs | None = None
    made: Callable[[Backend, Any], Resource] | None = None
    """What the request has made, whose manager its user becomes."""


EVERYONE = Policy(Who.EVERYONE)
USERS = Policy(Who.USERS)
ADMINS = Policy(Who.EVERYWHERE, Role.ADMIN)
HIMSELF = Policy(Who.HIMSELF, Role.ADMIN)


def _holds(role: Role, of: Callable[[Role], Needs]) -> Policy:
    return _needs(role, of(role))


def _needs(role: Role, of: Needs) -> Policy:
    return Policy(Who.HOLDERS, role, of)


READ_RUN, EDIT_RUN = _holds(Role.READER, needs.run), _holds(Role.EDITOR, needs.run)
READ_RUNS = _holds(Role.READER, needs.runs)
READ_EXPERIMENT = _holds(Role.READER, needs.experiment)
EDIT_EXPERIMENT, MANAGE_EXPERIMENT = _holds(Role.EDITOR, needs.experiment), _holds(Role.MANAGER, needs.experiment)
READ_MODEL, EDIT_MODEL = _holds(Role.READER, needs.model), _holds(Role.EDITOR, needs.model)
MANAGE_MODEL = _holds(Role.MANAGER, needs.model)
NEW_VERSION = _needs(Role.EDITOR, needs.new_version)


def _experiment_made(backend: Backend, asked: Any) -> Resource:
    found = backend.store.experiments.get_by_name(field(asked, "name"))
    return Resource(Kind.EXPERIMENT, found.experiment_id if found is not None else "")


def _model_made(backend: Backend, asked: Any) -> Resource:
    return Resource(Kind.MODEL, field(asked, "name"))


NEW_EXPERIMENT = Policy(Who.EVERYWHERE, Role.EDITOR, made=_experiment_made)
NEW_MODEL = Policy(Who.EVERYWHERE, Role.EDITOR, made=_model_made)


def _each(policy: Policy, names: str) -> dict[str, Policy]:
    return dict.fromkeys(names.split(), policy)


MLFLOW: Mapping[str, Policy] = {
    **_each(USERS, "search_experiments search_runs search_models search_versions"),
    **_each(USERS, "search_logged_models search_datasets get_experiment_by_name"),
    **_each(NEW_EXPERIMENT, "create_experiment"),
    **_each(READ_EXPERIMENT, "get_experiment"),
    **_each(EDIT_EXPERIMENT, "set_experiment_tag delete_experiment_tag create_run"),
    **_each(MANAGE_EXPERIMENT, "update_experiment delete_experiment restore_experiment"),
    **_each(READ_RUN, "get_run metric_history list_artifacts"),
    **_each(EDIT_RUN, "update_run delete_run restore_run log_param set_tag delete_tag"),
    **_each(_needs(Role.EDITOR, needs.logged_metrics), "log_metric log_batch"),
    **_each(EDIT_RUN, "log_model log_inputs log_outputs"),
    "bulk_history": _needs(Role.READER, needs.runs(Role.READER, "run_id")),
    **_each(READ_RUNS, "sampled_history"),
    **_each(EDIT_EXPERIMENT, "create_logged_model"),
    **_each(_holds(Role.READER, needs.logged_model), "get_logged_model list_logged_model_files"),
    **_each(_holds(Role.EDITOR, needs.logged_model), "finalize_logged_model delete_logged_model"),
    **_each(_holds(Role.EDITOR, needs.logged_model), "log_logged_model_params set_logged_model_tags"),
    **_each(_holds(Role.EDITOR, needs.logged_model), "delete_logged_model_tag"),
    **_each(NEW_MODEL, "create_model"),
    **_each(READ_MODEL, "get_model latest_versions version_by_alias get_version download_uri"),
    **_each(EDIT_MODEL, "update_model set_model_tag delete_model_tag set_alias delete_alias"),
    **_each(EDIT_MODEL, "update_version transition_version set_version_tag delete_version_tag"),
    **_each(MANAGE_MODEL, "rename_model delete_model delete_version"),
    **_each(NEW_VERSION, "create_version"),
    **_each(ADMINS, "create_webhook list_webhooks get_webhook update_webhook delete_webhook test_webhook"),
}
"""Endpoints of `wire.endpoints`."""

CALLS: Mapping[str, Policy] = {
    **_each(USERS, "experiments.search runs.search runs.columns runs.values runs.keys cells.versions cells.lines"),
    **_each(USERS, "registry.search_models registry.search_versions recording.cursor recording.forget"),
    **_each(USERS, "experiments.get_by_name"),
    **_each(NEW_EXPERIMENT, "experiments.create"),
    **_each(READ_EXPERIMENT, "experiments.get"),
    **_each(EDIT_EXPERIMENT, "experiments.set_tag experiments.delete_tag"),
    **_each(MANAGE_EXPERIMENT, "experiments.rename experiments.delete experiments.restore"),
    **_each(READ_RUN, "runs.get metrics.history cells.of_run artifacts.list artifacts.digest artifacts.uri"),
    **_each(READ_RUNS, "metrics.curves cells.of_runs"),
    **_each(EDIT_RUN, "runs.delete runs.restore"),
    "runs.move": _needs(Role.MANAGER, needs.moved_runs),
    "recording.apply": _needs(Role.EDITOR, needs.batch),
    "recording.end_abandoned": _holds(Role.EDITOR, needs.runs),
    "artifacts.delete": _holds(Role.MANAGER, needs.run),
    **_each(NEW_MODEL, "registry.create_model"),
    **_each(READ_MODEL, "registry.get_model registry.get_version registry.latest_version registry.latest_versions"),
    **_each(READ_MODEL, "registry.get_version_by_alias"),
    **_each(EDIT_MODEL, "registry.update_model registry.set_model_tag registry.delete_model_tag registry.set_alias"),
    **_each(EDIT_MODEL, "registry.delete_alias registry.update_version registry.transition"),
    **_each(EDIT_MODEL, "registry.set_version_tag registry.delete_version_tag"),
    **_each(MANAGE_MODEL, "registry.rename_model registry.delete_model registry.delete_version"),
    **_each(NEW_VERSION, "registry.create_version"),
    "registry.copy_version": _needs(Role.EDITOR, needs.copied_version),
    **_each(USERS, "registry.audit registry.requests"),
    **_each(MANAGE_MODEL, "registry.protect_model"),
    **_each(_holds(Role.READER, needs.request), "registry.approve_request registry.refuse_request"),
    **_each(ADMINS, "trash.contents trash.empty trash.empty_experiments"),
}
"""Methods of `wire.calls`."""

PAGE: Mapping[str, Policy] = {
    **_each(EVERYONE, "page page_file"),
    **_each(USERS, "page.about page.mark page.experiments page.registry.runs"),
    **_each(_holds(Role.READER, needs.experiments), "page.table.state page.table.rows page.table.runs"),
    **_each(_holds(Role.READER, needs.experiments), "page.table.columns page.table.summary page.table.groups"),
    **_each(_holds(Role.READER, needs.experiments), "page.table.text"),
    **_each(READ_RUN, "page.card.card page.card.curves page.card.preview page.card.notebook"),
    **_each(READ_RUNS, "page.chart.state page.chart.curves page.chart.image"),
    **_each(READ_RUNS, "page.compare.state page.compare.diff page.compare.curves page.compare.image"),
    **_each(_holds(Role.READER, needs.named_model), "page.registry.state"),
    **_each(READ_MODEL, "page.registry.versions page.registry.version page.registry.audit"),
    **_each(EDIT_RUN, "page.card.edit page.card.trash page.card.restore"),
    "page.card.baseline": _needs(Role.EDITOR, needs.marked_baseline),
    **_each(NEW_VERSION, "page.card.register page.table.register"),
    **_each(_holds(Role.EDITOR, needs.runs), "page.table.tag page.table.trash page.table.restore"),
    "page.table.move": _needs(Role.MANAGER, needs.moved_by_name),
    **_each(USERS, "page.table.experiments"),
    "page.table.undo": _needs(Role.EDITOR, needs.undone),
    **_each(_needs(Role.MANAGER, needs.registry_change), "page.registry.plan page.registry.change"),
}
"""The web page and its questions (`server.page`); behind them every read goes by the policy of its call above."""

GIVE = _holds(Role.MANAGER, needs.on_resource)
PERMISSIONS: Mapping[str, Policy] = {
    **_each(GIVE, "grant_permission revoke_permission create_experiment_permission get_experiment_permission"),
    **_each(GIVE, "update_experiment_permission delete_experiment_permission create_model_permission"),
    **_each(GIVE, "get_model_permission update_model_permission delete_model_permission"),
    **_each(HIMSELF, "get_permission list_permissions list_user_roles"),
    **_each(USERS, "own_permissions"),
    **_each(ADMINS, "create_role get_role list_roles update_role delete_role add_role_permission"),
    **_each(ADMINS, "remove_role_permission list_role_permissions update_role_permission"),
    **_each(ADMINS, "assign_role unassign_role list_role_users"),
}
"""What MLflow's AuthServiceClient asks of permissions; see `permissions.py`."""

ROUTES: Mapping[str, Policy] = {
    **_each(EVERYONE, "health version"),
    **_each(USERS, "server_info metrics openapi"),
    "list_files": _holds(Role.READER, needs.place),
    "download_file": _holds(Role.READER, needs.place),
    "upload_file": _holds(Role.EDITOR, needs.place),
    "file_in_parts": _holds(Role.EDITOR, needs.place),
    "delete_file": _holds(Role.MANAGER, needs.place),
    "file_of_run": READ_RUN,
    "file_of_version": _needs(Role.READER, needs.version_files),
    "file_of_model": _holds(Role.READER, needs.logged_model),
    "upload_of_page": EDIT_RUN,
    **_each(EVERYONE, "sign_in sign_in_page sign_out oidc_begin oidc_end"),
    **_each(USERS, "current_user list_tokens create_token revoke_token"),
    **_each(ADMINS, "create_user list_users update_user_admin delete_user"),
    **_each(HIMSELF, "get_user update_user_password"),
    **PERMISSIONS,
}
"""All others."""

POLICIES: Mapping[str, Policy] = {**MLFLOW, **CALLS, **PAGE, **ROUTES}
