"""`trackbook sync`: send on what was recorded while the server was away."""

from __future__ import annotations

from typing import Annotated

import typer


def sync(
    to: Annotated[str | None, typer.Option(help="The server, where it is not the one that the settings name.")] = None,
) -> None:
    """Send what waits in this project's journals to its server; what is there already is not sent again.

    Journals of running kernels are left to these: they send theirs by themselves as soon as the server answers.
    """
    from trackbook.cli.recover import tell
    from trackbook.journal.recovery import recover as recover_all
    from trackbook.settings import without_credentials
    from trackbook.tracking.session import current_session, open_session

    session = current_session() if to is None else open_session(tracking_uri=to)
    session.store.experiments.search(limit=1)  # a server that does not answer is told, also where nothing waits
    uri = session.settings.tracking_uri
    found = recover_all(session.settings.journal_folder, session.store, destination=uri)
    tell(found, "sent", f"nothing waits to be sent to {without_credentials(uri)}")
