"""`trackbook server`: the store for a team's MLflow clients."""

from __future__ import annotations

import logging
from typing import Annotated

import typer


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
    allow_unauthenticated: Annotated[
        bool, typer.Option("--allow-unauthenticated", help="Let other machines in, all of them, as there are no users.")
    ] = False,
    access_log: Annotated[bool, typer.Option(help="A line on stderr for each request.")] = True,
) -> None:
    """Serve runs, artifacts and models to MLflow's clients."""
    from trackbook.connect import connect
    from trackbook.server.options import Options, checked
    from trackbook.server.running import serve
    from trackbook.settings import load, without_credentials

    options = checked(Options(host, port, tuple(allowed_host or ()), allow_unauthenticated))
    settings = load()
    address = backend_store_uri or settings.tracking_uri
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.INFO if access_log else logging.WARNING)
    store = connect(
        address, journal=settings.journal_folder, artifact_root=artifacts_destination or settings.artifact_root or None
    )
    serve(
        store,
        options,
        lambda url: typer.echo(
            f"{url} serves {without_credentials(address)} (MLFLOW_TRACKING_URI={url}; Ctrl-C stops)"
        ),
    )
