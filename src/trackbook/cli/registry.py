"""`trackbook registry`: protected models, and the changes of them that wait for an approver."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from trackbook.cli.output import print_json

if TYPE_CHECKING:
    from trackbook.core.approvals import Request
    from trackbook.core.ports import Registry

app = typer.Typer(help="Protected registered models, and requests for approval.", no_args_is_help=True)
CLIENT = "trackbook registry"
Reason = Annotated[str, typer.Option(help="Why; kept in the audit trail.")]


@app.command()
def protect(
    model: str,
    approver: Annotated[
        list[str] | None, typer.Option(help="A user, or group:NAME; may be repeated. None ends the protection.")
    ] = None,
    reason: Reason = "",
) -> None:
    """Let promotions and deletions of a model pass its approvers alone; others' wait as requests."""
    with _registry(reason) as registry:
        found = registry.protect_model(model, approver or [])
    typer.echo(
        f"{model} is approved by {', '.join(found.approvers)}" if found.approvers else f"{model} is protected by nobody"
    )


@app.command()
def requests(
    model: Annotated[str | None, typer.Argument()] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also what was decided.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """What waits for approval, newest first."""
    with _registry() as registry:
        found = list(registry.requests(model, 1000, waiting=not everything))
    if json:
        print_json([_told(one) for one in found])
        return
    for one in found:
        decided = "" if one.state == "waiting" else f" ({one.state} by {one.decided_by})"
        why = f": {one.reason}" if one.reason else ""
        typer.echo(f"{one.id}: {one.change.name} {one.change.words}, asked by {one.user or 'somebody'}{why}{decided}")


@app.command()
def approve(request_id: int, reason: Reason = "") -> None:
    """Do what was asked, as an approver."""
    with _registry(reason) as registry:
        done = registry.approve_request(request_id)
    typer.echo(f"{done.change.name}: {done.change.words}")


@app.command()
def refuse(request_id: int, reason: Reason = "") -> None:
    """Refuse a request, as an approver or as who asked."""
    with _registry(reason) as registry:
        registry.refuse_request(request_id)


@contextmanager
def _registry(reason: str = "") -> Iterator[Registry]:
    from trackbook.connect import connect
    from trackbook.core.acting import Actor, acting
    from trackbook.settings import load

    settings = load()
    store = connect(settings.tracking_uri, journal=settings.journal_folder)
    with acting(Actor(settings.user, CLIENT, reason=reason)):
        yield store.registry
    store.close()


def _told(one: Request) -> dict[str, object]:
    return {
        "id": one.id,
        "model": one.change.name,
        "change": one.change.words,
        "user": one.user,
        "reason": one.reason,
        "time": one.time,
        "state": one.state,
        "decided_by": one.decided_by,
        "answer": one.answer,
    }
