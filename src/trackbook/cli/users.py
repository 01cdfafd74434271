"""`trackbook users`: who may use a server, told to its store itself; whoever reaches that needs no other right."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from trackbook.cli.output import print_json

if TYPE_CHECKING:
    from trackbook.core.access import Access, Resource
    from trackbook.core.ports import Store

app = typer.Typer(help="Users, groups, roles and API tokens of a server.", no_args_is_help=True)
Where = Annotated[
    str | None, typer.Option("--backend-store-uri", help="The server's store; the project's own if left out.")
]
RoleWord = Annotated[str, typer.Option(help="none, reader, editor, manager or admin, everywhere.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
IsGroup = Annotated[bool, typer.Option("--group", help="NAME is a group.")]


@app.command()
def create(name: str, role: RoleWord = "none", group: IsGroup = False, store: Where = None) -> None:
    """Make a user, whose password is asked for (or read from stdin), or a group."""
    from trackbook.core.access import role_of

    wanted = role_of(role)
    if group:
        _access(store).add_group(name, wanted)
        return
    _access(store).add_user(name, wanted, _hashed(name))


@app.command("list")
def list_(json: AsJson = False, store: Where = None) -> None:
    """Users and groups, with their roles."""
    access = _access(store)
    users = [
        {"user": one.name, "role": one.role.word, "groups": list(one.groups), "disabled": one.disabled}
        for one in access.users()
    ]
    groups = [{"group": one.name, "role": one.role.word, "members": list(one.members)} for one in access.groups()]
    grants = [
        {"holder": one.holder, "group": one.is_group, "on": str(one.resource), "role": one.role.word}
        for one in access.grants()
    ]
    if json:
        print_json({"users": users, "groups": groups, "grants": grants})
        return
    for user in access.users():
        state = ", disabled" if user.disabled else ""
        typer.echo(f"{user.name}: {user.role.word}{state}" + (f" ({', '.join(user.groups)})" if user.groups else ""))
    for one in access.groups():
        typer.echo(f"group {one.name}: {one.role.word} ({', '.join(one.members) or 'nobody'})")
    for grant in access.grants():
        typer.echo(f"{'group ' if grant.is_group else ''}{grant.holder}: {grant.role.word} of {grant.resource}")


@app.command()
def password(name: str, store: Where = None) -> None:
    """Set a user's password; sessions end."""
    access = _access(store)
    access.user(name)
    access.change_user(name, password_hash=_hashed(name))


@app.command()
def role(name: str, role: Annotated[str, typer.Argument()], group: IsGroup = False, store: Where = None) -> None:
    """Set what a user or a group may do everywhere."""
    from trackbook.core.access import role_of

    access, wanted = _access(store), role_of(role)
    if group:
        access.change_group(name, wanted)
    else:
        access.change_user(name, role=wanted)


@app.command()
def grant(
    name: str,
    role: Annotated[str, typer.Argument(help="reader, editor or manager; none takes it away.")],
    experiment: Annotated[str | None, typer.Option(help="An experiment's id or name.")] = None,
    model: Annotated[str | None, typer.Option(help="A registered model's name.")] = None,
    group: IsGroup = False,
    store: Where = None,
) -> None:
    """Give a user or a group a role on one experiment or registered model."""
    from trackbook.core.access import role_of

    resource = _resource(store, experiment, model)
    _access(store).grant(resource, name, role_of(role), is_group=group)


@app.command()
def join(
    group: str, name: str, leave: Annotated[bool, typer.Option(help="Take out.")] = False, store: Where = None
) -> None:
    """Put a user into a group, or take one out."""
    access = _access(store)
    (access.leave if leave else access.join)(group, name)


@app.command()
def disable(
    name: str, enable: Annotated[bool, typer.Option(help="Let in again.")] = False, store: Where = None
) -> None:
    """Let a user in no more: tokens are revoked, sessions end, grants stay."""
    _access(store).change_user(name, disabled=not enable)


@app.command()
def delete(name: str, group: IsGroup = False, store: Where = None) -> None:
    """Delete a user or a group, with its grants and tokens; what the user made stays."""
    access = _access(store)
    (access.delete_group if group else access.delete_user)(name)


@app.command()
def token(
    name: str,
    days: Annotated[int, typer.Option(min=1, max=3660, help="How long it is good.")] = 90,
    label: Annotated[str, typer.Option(help="What it is for.")] = "",
    store: Where = None,
) -> None:
    """Make an API token of a user, and show it this once: MLFLOW_TRACKING_TOKEN."""
    from trackbook.server.access.users import make_token

    typer.echo(make_token(_access(store), name, label, days)[0])


@app.command()
def tokens(name: Annotated[str | None, typer.Argument()] = None, json: AsJson = False, store: Where = None) -> None:
    """API tokens, of a user or all; never the tokens themselves."""
    found = _access(store).tokens(name)
    if json:
        print_json(
            [
                {"id": one.id, "user": one.user, "label": one.name, "expires": one.expires, "revoked": one.revoked}
                for one in found
            ]
        )
        return
    for one in found:
        typer.echo(f"{one.id}: {one.user} {one.name} {'revoked' if one.revoked else f'expires {_day(one.expires)}'}")


@app.command()
def revoke(token_id: int, store: Where = None) -> None:
    """End an API token at once."""
    _access(store).revoke(token_id)


def _opened(address: str | None) -> Store:
    from trackbook.connect import connect
    from trackbook.settings import load

    settings = load()
    return connect(address or settings.tracking_uri, journal=settings.journal_folder)


def _access(address: str | None) -> Access:
    """Raises `InvalidValue` for a store that keeps no users."""
    from trackbook.errors import InvalidValue

    access: Access | None = getattr(_opened(address), "access", None)
    if access is None:
        raise InvalidValue("users are kept in a server's own store: name it with --backend-store-uri")
    return access


def _resource(address: str | None, experiment: str | None, model: str | None) -> Resource:
    from trackbook.core.access import Kind, Resource
    from trackbook.errors import InvalidValue, NotFound

    if model is not None and experiment is None:
        return Resource(Kind.MODEL, model)
    if experiment is None or model is not None:
        raise InvalidValue("say on what: --experiment or --model")
    found = _opened(address).experiments.get_by_name(experiment)
    if found is None and not experiment.isdecimal():
        raise NotFound("experiment", experiment, "a role is given on one that is there: its first run makes it")
    return Resource(Kind.EXPERIMENT, found.experiment_id if found is not None else experiment)


def _hashed(name: str) -> str:
    from trackbook.server.access.passwords import Passwords

    if sys.stdin.isatty():
        given = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        given = sys.stdin.readline().rstrip("\n")
    return Passwords().hashed(name, given)


def _day(time_ms: int) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(time_ms / 1000, UTC).strftime("%Y-%m-%d")
