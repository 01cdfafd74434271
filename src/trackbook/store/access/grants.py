"""Roles on single experiments and registered models, and what a user may do in all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from trackbook.core.access import Grant, Kind, Resource, Rights, Role, User
from trackbook.errors import InvalidValue, NotFound
from trackbook.store import registry_rows, schema
from trackbook.store.access import principals
from trackbook.store.engine import Database
from trackbook.store.ids import experiment_numbers

if TYPE_CHECKING:
    from sqlalchemy import Connection, Select

_principals, _members = schema.principals.c, schema.members.c
_experiment_roles, _model_roles = schema.experiment_roles.c, schema.model_roles.c


class Grants:
    _database: Database

    def grant(self, resource: Resource, holder: str, role: Role, *, is_group: bool = False) -> None:
        if role is Role.ADMIN:
            raise InvalidValue("admin is a role of users and groups everywhere, not on one experiment or model")
        table, column = _table(resource.kind)
        with self._database.write() as connection:
            kind = principals.GROUP if is_group else principals.USER
            key = {column: _number(connection, resource), "principal": principals.found(connection, kind, holder).id}
            connection.execute(delete(table).where(*(table.c[name] == value for name, value in key.items())))
            if role is not Role.NONE:
                connection.execute(table.insert().values(**key, role=role))

    def grants(self, resource: Resource | None = None, holder: str | None = None) -> Sequence[Grant]:
        with self._database.read() as connection:
            found = [
                Grant(row.name, row.kind == principals.GROUP, Resource(kind, str(row.resource)), Role(row.role))
                for kind, query in _queries()
                for row in connection.execute(query.order_by(_principals.name))
            ]
        return [
            one
            for one in found
            if (resource is None or one.resource == resource) and (holder is None or one.holder == holder)
        ]

    def rights(self, user: User) -> Rights:
        groups = select(_members.group).where(_members.user == user.id)
        everywhere, grants = user.role, dict[Resource, Role]()
        with self._database.read() as connection:
            for (role,) in connection.execute(select(_principals.role).where(_principals.id.in_(groups))):
                everywhere = max(everywhere, Role(role))
            holders = (_principals.id == user.id) | _principals.id.in_(groups)
            for kind, query in _queries():
                for row in connection.execute(query.where(holders)):
                    resource = Resource(kind, str(row.resource))
                    grants[resource] = max(Role(row.role), grants.get(resource, Role.NONE))
        return Rights(everywhere, grants)

    def experiment_of(self, run_id: str) -> str:
        query = select(schema.runs.c.experiment).where(schema.runs.c.run_id == run_id)
        return self._number(query, "run", run_id)

    def experiment_of_model(self, model_id: str) -> str:
        query = select(schema.logged_models.c.experiment).where(schema.logged_models.c.model_id == model_id)
        return self._number(query, "logged model", model_id)

    def model_of_request(self, request_id: int) -> str:
        table, models = schema.registry_requests.c, schema.registered_models.c
        query = select(models.name).join_from(schema.registry_requests, schema.registered_models)
        return self._number(query.where(table.id == request_id), "request", str(request_id))

    def _number(self, query: Select[Any], kind: str, sought: str) -> str:
        """The one number that a query finds.  Raises `NotFound`."""
        with self._database.read() as connection:
            number = connection.execute(query).scalar()
        if number is None:
            raise NotFound(kind, sought)
        return str(number)


def _table(kind: Kind) -> tuple[Any, str]:
    return (schema.experiment_roles, "experiment") if kind is Kind.EXPERIMENT else (schema.model_roles, "model")


def _number(connection: Connection, resource: Resource) -> int:
    """The resource's own number.  Raises `NotFound`."""
    if resource.kind is Kind.MODEL:
        return int(registry_rows.model(connection, resource.id).id)
    query = select(schema.experiments.c.id).where(schema.experiments.c.id.in_(experiment_numbers([resource.id])))
    number = connection.execute(query).scalar()
    if number is None:
        raise NotFound("experiment", resource.id)
    return int(number)


def _queries() -> list[tuple[Kind, Select[Any]]]:
    """Of each kind the grants: holder's name and kind, resource, role."""
    holder = (_principals.name, _principals.kind)
    models = schema.registered_models.c
    of_experiments = select(*holder, _experiment_roles.experiment.label("resource"), _experiment_roles.role).join_from(
        schema.experiment_roles, schema.principals, _experiment_roles.principal == _principals.id
    )
    of_models = (
        select(*holder, models.name.label("resource"), _model_roles.role)
        .join_from(schema.model_roles, schema.principals, _model_roles.principal == _principals.id)
        .join(schema.registered_models, _model_roles.model == models.id)
    )
    return [(Kind.EXPERIMENT, of_experiments), (Kind.MODEL, of_models)]
