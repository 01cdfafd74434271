"""`trackbook server`: the store for a team's MLflow clients."""

from __future__ import annotations

import logging
import os
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from trackbook.core.ports import Store
    from trackbook.server.access.oidc import Provider
    from trackbook.server.options import Options

OIDC = "TRACKBOOK_OIDC_"
WEBHOOK_KEY = "TRACKBOOK_WEBHOOK_KEY"


def server(
    backend_store_uri: Annotated[
        str | None, typer.Option(help="Folder, sqlite:/// or postgresql://; the project's own store if left out.")
    ] = None,
    artifacts_destination: Annotated[
        str | None, typer.Option(help="Folder or URL (s3://) of the artifacts; beside the store if left out.")
    ] = None,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes any free one.")] = 5000,
    allowed_host: Annotated[
        list[str] | None, typer.Option(help="A further name of this server in clients' addresses; may be repeated.")
    ] = None,
    auth: Annotated[
        bool | None,
        typer.Option(
            "--auth/--no-auth",
            help="Whether to serve users alone (`trackbook users`): by default on any --host but this machine's own.",
        ),
    ] = None,
    default_role: Annotated[
        str, typer.Option(help="What every user may do everywhere: none, reader, editor or manager.")
    ] = "none",
    direct_transfers: Annotated[
        bool,
        typer.Option(
            "--direct-transfers",
            help="Clients reach the object store, too: large files go there past the server, by signed addresses.",
        ),
    ] = False,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that serve the port.")] = 1,
    allow_private_webhooks: Annotated[
        bool,
        typer.Option(
            "--allow-private-webhooks",
            help="Let webhooks lead to addresses of this machine and network, and without TLS (http://).",
        ),
    ] = False,
    access_log: Annotated[bool, typer.Option(help="A line on stderr for each request.")] = True,
) -> None:
    """Serve runs, artifacts and models to MLflow's clients.

    Users sign in through OpenID where TRACKBOOK_OIDC_ISSUER, TRACKBOOK_OIDC_CLIENT_ID and, unless the client is a
    public one, TRACKBOOK_OIDC_CLIENT_SECRET are set.  Secrets of webhooks are encrypted in the store where
    TRACKBOOK_WEBHOOK_KEY is set.
    """
    from trackbook.core.access import role_of
    from trackbook.server.options import Options
    from trackbook.server.running import log_to_stderr

    options = Options(
        host,
        port,
        tuple(allowed_host or ()),
        auth,
        role_of(default_role),
        provider=_provider(),
        direct=direct_transfers,
        workers=workers,
        allow_private_webhooks=allow_private_webhooks,
        webhook_key=os.environ.get(WEBHOOK_KEY, ""),
    )
    log_to_stderr(logging.INFO if access_log else logging.WARNING)
    _serve(options, backend_store_uri, artifacts_destination)


def _serve(options: Options, backend_store_uri: str | None, artifacts_destination: str | None) -> None:
    """Open the store, and serve it until stopped."""
    from trackbook.connect import connect
    from trackbook.server.running import serve
    from trackbook.settings import load, without_credentials

    settings = load()
    address = backend_store_uri or settings.tracking_uri
    artifacts = artifacts_destination or settings.artifact_root or None
    reopen = partial(connect, address, journal=settings.journal_folder, artifact_root=artifacts)
    store = reopen()
    token = _first_token(store) if options.has_users else None
    store.close()

    def ready(url: str) -> None:
        typer.echo(f"{url} serves {without_credentials(address)} (MLFLOW_TRACKING_URI={url}; Ctrl-C stops)")
        if token is not None:
            typer.echo(
                f"No admin can sign in yet. For an hour this token is an admin's (shown once): {token}\n"
                "Make the first user with: trackbook users create NAME --role admin",
            )

    serve(reopen, options, ready)


def _provider() -> Provider | None:
    issuer, client = os.environ.get(f"{OIDC}ISSUER", ""), os.environ.get(f"{OIDC}CLIENT_ID", "")
    if not issuer or not client:
        return None
    from trackbook.server.access.oidc import Provider

    return Provider(issuer, client, os.environ.get(f"{OIDC}CLIENT_SECRET", ""))


def _first_token(store: Store) -> str | None:
    """A token for a server where no admin can sign in; None where one can."""
    from trackbook.server.access.first import first_token

    access = getattr(store, "access", None)
    return None if access is None else first_token(access)
