"""What MLflow's AuthServiceClient asks beyond users: permissions of users, and roles, which are groups here.

Whoever manages an experiment or a model gives roles on it to others; groups are the admins' business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.core.access import Grant, Group, Resource, Role
from trackbook.errors import AlreadyExists, InvalidValue, NotFound, shown
from trackbook.server.access.gate import Caller, Gate
from trackbook.server.access.users import answering, reading, user_of
from trackbook.wire import permissions as wire
from trackbook.wire.endpoints import PREFIXES
from trackbook.wire.messages import Message, Nothing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.routing import Route

    from trackbook.server.options import Options

PREFIXES_3 = tuple(prefix.replace("2.0", "3.0") for prefix in PREFIXES)


class _OfUsers:
    """They block."""

    def __init__(self, gate: Gate) -> None:
        self.access = gate.access

    def grant_permission(self, caller: Caller, asked: wire.GrantOnResource) -> Nothing:
        self.access.grant(asked.resource, asked.username, wire.role_of(asked.permission))
        return Nothing()

    def revoke_permission(self, caller: Caller, asked: wire.OnResource) -> Nothing:
        self.access.grant(asked.resource, asked.username, Role.NONE)
        return Nothing()

    def get_permission(self, caller: Caller, asked: wire.OnResource) -> wire.Effective:
        role = self.access.rights(self.access.user(asked.username)).on(asked.resource)
        return wire.Effective(allowed=role >= Role.EDITOR, permission=wire.permission_of(role))

    def list_permissions(self, caller: Caller, asked: wire.Named) -> wire.AllHeld:
        user, grants = self.access.user(asked.username), self.access.grants()
        own = [wire.held_directly(one) for one in grants if not one.is_group and one.holder == user.name]
        groups = [group for group in self.access.groups() if user.name in group.members]
        of_groups = [wire.held(group, one) for group in groups for one in wire.role_permissions(group, grants)]
        return wire.AllHeld(is_admin=user.role is Role.ADMIN, permissions=own + of_groups)

    def own_permissions(self, caller: Caller, asked: Nothing) -> wire.AllHeld:
        return self.list_permissions(caller, wire.Named(username=user_of(caller).name))

    def create_experiment_permission(
        self, caller: Caller, asked: wire.GrantOnExperiment
    ) -> wire.FoundExperimentPermission:
        self._give_first(asked.resource, asked.username, asked.permission)
        return self.get_experiment_permission(caller, asked)

    def get_experiment_permission(self, caller: Caller, asked: wire.OnExperiment) -> wire.FoundExperimentPermission:
        grant = self._held(asked.resource, asked.username)
        permission = wire.experiment_permission(self.access.user(asked.username), grant)
        return wire.FoundExperimentPermission(experiment_permission=permission)

    def create_model_permission(self, caller: Caller, asked: wire.GrantOnModel) -> wire.FoundModelPermission:
        self._give_first(asked.resource, asked.username, asked.permission)
        return self.get_model_permission(caller, asked)

    def get_model_permission(self, caller: Caller, asked: wire.OnModel) -> wire.FoundModelPermission:
        grant = self._held(asked.resource, asked.username)
        permission = wire.model_permission(self.access.user(asked.username), grant)
        return wire.FoundModelPermission(registered_model_permission=permission)

    def change_held(self, caller: Caller, asked: wire.GrantOnExperiment | wire.GrantOnModel) -> Nothing:
        self._held(asked.resource, asked.username)
        self.access.grant(asked.resource, asked.username, wire.role_of(asked.permission))
        return Nothing()

    def drop_held(self, caller: Caller, asked: wire.OnExperiment | wire.OnModel) -> Nothing:
        self._held(asked.resource, asked.username)
        self.access.grant(asked.resource, asked.username, Role.NONE)
        return Nothing()

    def _give_first(self, resource: Resource, name: str, permission: str) -> None:
        if self._found(resource, name) is not None:
            raise AlreadyExists("permission", f"of {name} on {resource}", "update it")
        self.access.grant(resource, name, wire.role_of(permission))

    def _held(self, resource: Resource, name: str) -> Grant:
        found = self._found(resource, name)
        if found is None:
            raise NotFound("permission", f"of {name} on {resource}")
        return found

    def _found(self, resource: Resource, name: str) -> Grant | None:
        grants = self.access.grants(resource, name)
        return next((one for one in grants if not one.is_group), None)


class _OfRoles:
    """They block."""

    def __init__(self, gate: Gate) -> None:
        self.access = gate.access

    def create_role(self, caller: Caller, asked: wire.NewRole) -> wire.FoundRole:
        _check_workspaces([asked.workspace])
        return self._told(self.access.add_group(asked.name))

    def get_role(self, caller: Caller, asked: wire.OneRole) -> wire.FoundRole:
        return self._told(self._group(asked.role_id))

    def list_roles(self, caller: Caller, asked: wire.ListRoles) -> wire.Roles:
        _check_workspaces(asked.workspace)
        return self._all(self.access.groups())

    def update_role(self, caller: Caller, asked: wire.ChangedRole) -> wire.FoundRole:
        group = self._group(asked.role_id)
        if asked.name and asked.name != group.name:
            self.access.rename_group(group.name, asked.name)
        return self._told(self._group(asked.role_id))

    def delete_role(self, caller: Caller, asked: wire.OneRole) -> Nothing:
        self.access.delete_group(self._group(asked.role_id).name)
        return Nothing()

    def add_role_permission(self, caller: Caller, asked: wire.NewPermission) -> wire.FoundPermission:
        return self._give(self._group(asked.role_id), asked.resource_type, asked.resource_pattern, asked.permission)

    def remove_role_permission(self, caller: Caller, asked: wire.OnePermission) -> Nothing:
        group, one = self._permission(asked.role_permission_id)
        self._set(group, one.resource_type, one.resource_pattern, Role.NONE)
        return Nothing()

    def update_role_permission(self, caller: Caller, asked: wire.ChangedPermission) -> wire.FoundPermission:
        group, one = self._permission(asked.role_permission_id)
        return self._give(group, one.resource_type, one.resource_pattern, asked.permission)

    def list_role_permissions(self, caller: Caller, asked: wire.OneRole) -> wire.Permissions:
        group = self._group(asked.role_id)
        return wire.Permissions(role_permissions=wire.role_permissions(group, self.access.grants()))

    def assign_role(self, caller: Caller, asked: wire.Assignment) -> wire.FoundAssignment:
        group, user = self._group(asked.role_id), self.access.user(asked.username)
        self.access.join(group.name, user.name)
        return wire.FoundAssignment(assignment=wire.assigned(user, group))

    def unassign_role(self, caller: Caller, asked: wire.Assignment) -> Nothing:
        group = self._group(asked.role_id)
        if self.access.user(asked.username).name not in group.members:
            raise NotFound("assignment", f"of {asked.username} to {group.name}")
        self.access.leave(group.name, asked.username)
        return Nothing()

    def list_user_roles(self, caller: Caller, asked: wire.Named) -> wire.Roles:
        name = self.access.user(asked.username).name
        return self._all([group for group in self.access.groups() if name in group.members])

    def list_role_users(self, caller: Caller, asked: wire.OneRole) -> wire.Assignments:
        group = self._group(asked.role_id)
        users = [user for user in self.access.users() if user.name in group.members]
        return wire.Assignments(assignments=[wire.assigned(user, group) for user in users])

    def _group(self, role_id: int) -> Group:
        for group in self.access.groups():
            if group.id == role_id:
                return group
        raise NotFound("role", role_id)

    def _all(self, groups: Sequence[Group]) -> wire.Roles:
        grants = self.access.grants()
        return wire.Roles(roles=[wire.role(group, grants) for group in groups])

    def _told(self, group: Group) -> wire.FoundRole:
        return wire.FoundRole(role=wire.role(group, self.access.grants(holder=group.name)))

    def _give(self, group: Group, kind: str, pattern: str, permission: str) -> wire.FoundPermission:
        self._set(group, kind, pattern, wire.role_of(permission))
        kept = kind if kind == wire.WORKSPACE else str(wire.resource_of(kind, pattern).kind)
        held = wire.role_permissions(self._group(group.id), self.access.grants(holder=group.name))
        made = next(one for one in held if (one.resource_type, one.resource_pattern) == (kept, pattern))
        return wire.FoundPermission(role_permission=made)

    def _set(self, group: Group, kind: str, pattern: str, role: Role) -> None:
        if (kind, pattern) == (wire.WORKSPACE, wire.EVERYTHING):
            self.access.change_group(group.name, role)
        else:
            self.access.grant(wire.resource_of(kind, pattern), group.name, role, is_group=True)

    def _permission(self, number: int) -> tuple[Group, wire.RolePermission]:
        grants = self.access.grants()
        for group in self.access.groups():
            for one in wire.role_permissions(group, grants):
                if one.id == number:
                    return group, one
        raise NotFound("role permission", number)


def _check_workspaces(names: Sequence[str]) -> None:
    for name in names:
        if name != wire.DEFAULT_WORKSPACE:
            raise InvalidValue(f"workspace {shown(name)} is not here: there is {wire.DEFAULT_WORKSPACE!r} alone")


def routes(gate: Gate, options: Options) -> list[Route]:
    users, roles = _OfUsers(gate), _OfRoles(gate)

    def of(
        work: _OfUsers | _OfRoles, name: str, method: str, path: str, request: type[Message], function: str = ""
    ) -> list[Route]:
        answer = answering(getattr(work, function or name))
        prefixes = PREFIXES if path.startswith(("/experiments", "/registered-models")) else PREFIXES_3
        return [gate.route(prefix + path, name, method, reading(request, options), answer) for prefix in prefixes]

    experiments, models, change = "/experiments/permissions", "/registered-models/permissions", "change_held"
    return [
        *of(users, "grant_permission", "POST", "/users/permissions/grant", wire.GrantOnResource),
        *of(users, "revoke_permission", "POST", "/users/permissions/revoke", wire.OnResource),
        *of(users, "get_permission", "GET", "/users/permissions/get", wire.OnResource),
        *of(users, "list_permissions", "GET", "/users/permissions/list", wire.Named),
        *of(users, "own_permissions", "GET", "/users/current/permissions", Nothing),
        *of(users, "create_experiment_permission", "POST", f"{experiments}/create", wire.GrantOnExperiment),
        *of(users, "get_experiment_permission", "GET", f"{experiments}/get", wire.OnExperiment),
        *of(
            users,
            "update_experiment_permission",
            "PATCH",
            f"{experiments}/update",
            wire.GrantOnExperiment,
            "change_held",
        ),
        *of(users, "delete_experiment_permission", "DELETE", f"{experiments}/delete", wire.OnExperiment, "drop_held"),
        *of(users, "create_model_permission", "POST", f"{models}/create", wire.GrantOnModel),
        *of(users, "get_model_permission", "GET", f"{models}/get", wire.OnModel),
        *of(users, "update_model_permission", "PATCH", f"{models}/update", wire.GrantOnModel, change),
        *of(users, "delete_model_permission", "DELETE", f"{models}/delete", wire.OnModel, "drop_held"),
        *of(roles, "create_role", "POST", "/roles/create", wire.NewRole),
        *of(roles, "get_role", "GET", "/roles/get", wire.OneRole),
        *of(roles, "list_roles", "GET", "/roles/list", wire.ListRoles),
        *of(roles, "update_role", "PATCH", "/roles/update", wire.ChangedRole),
        *of(roles, "delete_role", "DELETE", "/roles/delete", wire.OneRole),
        *of(roles, "add_role_permission", "POST", "/roles/permissions/add", wire.NewPermission),
        *of(roles, "remove_role_permission", "DELETE", "/roles/permissions/remove", wire.OnePermission),
        *of(roles, "list_role_permissions", "GET", "/roles/permissions/list", wire.OneRole),
        *of(roles, "update_role_permission", "PATCH", "/roles/permissions/update", wire.ChangedPermission),
        *of(roles, "assign_role", "POST", "/roles/assign", wire.Assignment),
        *of(roles, "unassign_role", "DELETE", "/roles/unassign", wire.Assignment),
        *of(roles, "list_user_roles", "GET", "/users/roles/list", wire.Named),
        *of(roles, "list_role_users", "GET", "/roles/users/list", wire.OneRole),
    ]
