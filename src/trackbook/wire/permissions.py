"""Permissions as MLflow's AuthServiceClient speaks of them, said with our users, groups and roles.

MLflow 3 has roles, which hold permissions and are given to users: those are our groups.  A permission is on one
experiment or registered model, or on the workspace, which is everything.  MLflow 2 has permissions of users alone.
READ and USE are our reader, EDIT our editor, MANAGE our manager.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Annotated

from msgspec import Meta

from trackbook.core.access import Grant, Group, Kind, Resource, Role, User
from trackbook.core.names import INT64_MAX
from trackbook.errors import InvalidValue, shown
from trackbook.wire.messages import Digits, Message, Text

WORKSPACE = "workspace"
EVERYTHING = "*"
DEFAULT_WORKSPACE = "default"
_ROLES: Mapping[str, Role] = {
    "READ": Role.READER,
    "USE": Role.READER,
    "EDIT": Role.EDITOR,
    "MANAGE": Role.MANAGER,
}
_WORDS: Mapping[Role, str] = {
    Role.NONE: "NO_PERMISSIONS",
    Role.READER: "READ",
    Role.EDITOR: "EDIT",
    Role.MANAGER: "MANAGE",
    Role.ADMIN: "MANAGE",
}
_KINDS: Mapping[str, Kind] = {"experiment": Kind.EXPERIMENT, "registered_model": Kind.MODEL, "prompt": Kind.MODEL}
"""Prompts are registered models with a tag."""
Number = Annotated[int, Meta(ge=0, le=INT64_MAX)]


def role_of(permission: str) -> Role:
    """Raises `InvalidValue`, also for DENY: here nothing is denied that another role allows.

    And for NO_PERMISSIONS, as MLflow 3: who gives it means to deny, and a permission that is taken back denies nothing.
    """
    if permission not in _ROLES:
        known = ", ".join(_ROLES)
        raise InvalidValue(
            f"Invalid permission {shown(permission)}: give one of {known}, or take the permission back; nothing is "
            "denied that another role allows"
        )
    return _ROLES[permission]


def permission_of(role: Role) -> str:
    return _WORDS[role]


def resource_of(kind: str, id: str) -> Resource:
    """Raises `InvalidValue` for what roles are not given on."""
    if kind not in _KINDS or not id or id == EVERYTHING:
        raise InvalidValue(
            f"Invalid resource {shown(kind)} {shown(id)}: give an experiment by its id or a registered_model by its "
            f"name; a role on everything is one on {WORKSPACE} {EVERYTHING!r}, given to a role and not to a user"
        )
    return Resource(_KINDS[kind], id)


# -- of users --------------------------------------------------------------------------------------------------------


class OnResource(Message):
    """A user and a resource: get, revoke."""

    username: Text
    resource_type: Text
    resource_id: Text

    @property
    def resource(self) -> Resource:
        return resource_of(self.resource_type, self.resource_id)


class GrantOnResource(OnResource):
    permission: Text


class Effective(Message):
    allowed: bool
    """From USE on."""
    permission: str


class Held(Message):
    role_id: int
    role_name: str
    workspace: str
    resource_type: str
    resource_pattern: str
    permission: str


class AllHeld(Message):
    is_admin: bool
    permissions: list[Held]


class OnExperiment(Message):
    experiment_id: Digits
    username: Text

    @property
    def resource(self) -> Resource:
        return Resource(Kind.EXPERIMENT, self.experiment_id)


class GrantOnExperiment(OnExperiment):
    permission: Text


class OnModel(Message):
    name: Text
    username: Text

    @property
    def resource(self) -> Resource:
        return Resource(Kind.MODEL, self.name)


class GrantOnModel(OnModel):
    permission: Text


class ExperimentPermission(Message):
    experiment_id: str
    user_id: int
    permission: str


class FoundExperimentPermission(Message):
    experiment_permission: ExperimentPermission


class ModelPermission(Message):
    name: str
    user_id: int
    permission: str


class FoundModelPermission(Message):
    registered_model_permission: ModelPermission


def experiment_permission(user: User, grant: Grant) -> ExperimentPermission:
    return ExperimentPermission(experiment_id=grant.resource.id, user_id=user.id, permission=permission_of(grant.role))


def model_permission(user: User, grant: Grant) -> ModelPermission:
    return ModelPermission(name=grant.resource.id, user_id=user.id, permission=permission_of(grant.role))


# -- of roles, which are groups --------------------------------------------------------------------------------------


class NewRole(Message):
    """`description` has no place here and is not kept."""

    name: Text
    workspace: Text
    description: str = ""


class OneRole(Message):
    role_id: Number


class ListRoles(Message):
    workspace: list[str] = []


class ChangedRole(OneRole):
    name: str = ""
    description: str = ""


class NewPermission(OneRole, kw_only=True):
    resource_type: Text
    resource_pattern: Text
    permission: Text


class OnePermission(Message):
    role_permission_id: Number


class ChangedPermission(OnePermission, kw_only=True):
    permission: Text


class Assignment(OneRole, kw_only=True):
    username: Text


class Named(Message):
    username: Text


class RolePermission(Message):
    id: int
    role_id: int
    resource_type: str
    resource_pattern: str
    permission: str


class FoundPermission(Message):
    role_permission: RolePermission


class Permissions(Message):
    role_permissions: list[RolePermission]


class MlflowRole(Message):
    id: int
    name: str
    workspace: str
    permissions: list[RolePermission]


class FoundRole(Message):
    role: MlflowRole


class Roles(Message):
    roles: list[MlflowRole]


class Assigned(Message):
    id: int
    user_id: int
    role_id: int


class FoundAssignment(Message):
    assignment: Assigned


class Assignments(Message):
    assignments: list[Assigned]


def role(group: Group, grants: Sequence[Grant]) -> MlflowRole:
    """`grants` of whomever, this group's among them."""
    held = role_permissions(group, grants)
    return MlflowRole(id=group.id, name=group.name, workspace=DEFAULT_WORKSPACE, permissions=held)


def role_permissions(group: Group, grants: Sequence[Grant]) -> list[RolePermission]:
    everywhere = [] if group.role is Role.NONE else [_permission(group, WORKSPACE, EVERYTHING, group.role)]
    own = [grant for grant in grants if grant.is_group and grant.holder == group.name]
    return everywhere + [_permission(group, str(one.resource.kind), one.resource.id, one.role) for one in own]


def assigned(user: User, group: Group) -> Assigned:
    return Assigned(id=_number(f"{user.id}/{group.id}"), user_id=user.id, role_id=group.id)


def held(group: Group, permission: RolePermission) -> Held:
    return Held(
        role_id=group.id,
        role_name=group.name,
        workspace=DEFAULT_WORKSPACE,
        resource_type=permission.resource_type,
        resource_pattern=permission.resource_pattern,
        permission=permission.permission,
    )


def held_directly(grant: Grant) -> Held:
    """MLflow has a role of one user for it, with number 0 here."""
    return Held(
        role_id=0,
        role_name=f"__user_{grant.holder}__",
        workspace=DEFAULT_WORKSPACE,
        resource_type=str(grant.resource.kind),
        resource_pattern=grant.resource.id,
        permission=permission_of(grant.role),
    )


def _permission(group: Group, kind: str, pattern: str, role: Role) -> RolePermission:
    return RolePermission(
        id=_number(f"{group.id}/{kind}/{pattern}"),
        role_id=group.id,
        resource_type=kind,
        resource_pattern=pattern,
        permission=permission_of(role),
    )


def _number(text: str) -> int:
    """What is kept has no number of its own: one that is made of what it says, and that a double holds."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6])
