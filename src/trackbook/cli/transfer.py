"""`trackbook export` and `trackbook import`: runs with history and artifacts, out of the store and into it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from trackbook.cli import output


def export(
    runs: Annotated[
        list[str] | None, typer.Argument(help="Run ids, their beginnings, or run names; all runs without any.")
    ] = None,
    target: Annotated[Path, typer.Option("--output", "-o", help="The archive to write.")] = Path("runs.trackbook.zip"),
    filter: Annotated[str, typer.Option("--filter", "-f", help="Only runs that match, in the search language.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Write runs, with metric history, artifacts and registered models, into one checksummed archive."""
    import dataclasses

    from trackbook.core.ports import RunQuery, walk
    from trackbook.errors import InvalidValue
    from trackbook.tracking.lookup import find_run
    from trackbook.tracking.session import current_session
    from trackbook.transfer.archive import export_runs

    if runs and filter:
        raise InvalidValue("give export either run ids or --filter, not both")
    store = current_session().reading
    chosen = [find_run(store, run) for run in runs] if runs else walk(store.runs, RunQuery(filter=filter, limit=500))
    done = export_runs(store, chosen, target)
    size = target.stat().st_size
    if as_json:
        output.print_json({**dataclasses.asdict(done), "archive": str(target), "size_bytes": size})
    else:
        versions = "1 version" if done.versions == 1 else f"{done.versions} versions"
        of_models = "1 registered model" if done.models == 1 else f"{done.models} registered models"
        models = f", with {versions} of {of_models}" if done.models else ""
        typer.echo(f"{done.runs} runs written to {target} ({size / 1e6:.1f} MB){models}")


def import_(
    source: Annotated[
        Path, typer.Argument(help="An archive of ours, an MLflow database (mlflow.db) or an mlruns folder.")
    ],
    artifacts: Annotated[
        list[Path] | None,
        typer.Option(help="A folder to take artifacts from, beside mlruns and mlartifacts of the MLflow store itself."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Take runs in, with metric history, artifacts and registry; a second time adds nothing."""
    import dataclasses

    from trackbook.tracking.session import current_session
    from trackbook.transfer.importing import import_from

    done = import_from(current_session().reading, source, artifacts or ())
    if as_json:
        output.print_json(dataclasses.asdict(done))
        return
    typer.echo(
        f"{done.runs} runs taken in ({done.points} metric points, {done.files} files, {done.versions} model versions); "
        f"{done.known} were here already"
    )
    for note in done.notes:
        typer.echo(f"note: {output.plain(note)}")
