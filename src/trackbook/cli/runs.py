"""`trackbook runs` and `trackbook show`: what the store holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trackbook import settings
from trackbook.cli import listing, output, records, shown, taking
from trackbook.errors import NotFound
from trackbook.settings import without_credentials

if TYPE_CHECKING:
    from trackbook.core.entities import Run
    from trackbook.core.ports import Store

AS_JSON = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def _store() -> Store | None:
    """The store, caught up; None where nothing was ever kept: to look makes no folder and no database."""
    from trackbook.tracking.session import current_session

    session = current_session()
    place = local_place(session.settings.tracking_uri)
    return session.reading if place is None or place.exists() or session.settings.journal_folder.exists() else None


def local_place(address: str) -> Path | None:
    """The folder or file of an address; None where it is a server's."""
    path = address.removeprefix("sqlite:///").partition("?")[0] if address.startswith("sqlite:") else address
    path = path.removeprefix("file://")
    return None if "://" in path else Path(path).expanduser()


def runs(
    filter: Annotated[
        str, typer.Option("--filter", "-f", help="Search language, as in: metrics.accuracy > 0.9 and params.C = '1.0'")
    ] = "",
    order_by: Annotated[
        list[str] | None, typer.Option("--order-by", help="As in: 'metrics.accuracy DESC'; may be given again.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=50_000, help="At most so many runs.")] = 20,
    experiment: Annotated[str, typer.Option("--experiment", "-e", help="Only runs of this experiment.")] = "",
    columns: Annotated[
        str, typer.Option("--columns", "-c", help="Values to show, as in: metrics.loss,params.C,user; or bare names.")
    ] = "",
    as_json: AS_JSON = False,
) -> None:
    """List runs, newest first."""
    from trackbook.core.ports import RunQuery

    store = _store()
    if store is None:
        _say_nothing_is_here(as_json=as_json)
        return
    chosen = None
    if experiment:
        found = store.experiments.get_by_name(experiment)
        if found is None:
            raise NotFound("experiment", experiment)
        chosen = [found.experiment_id]
    page = store.runs.search(RunQuery(experiment_ids=chosen, filter=filter, order_by=order_by or (), limit=limit))
    names = {item.experiment_id: item.name for item in store.experiments.search().items}
    found_runs = [records.run_record(run, names) for run in page.items]
    if as_json:
        output.print_json(found_runs)
        return
    if not found_runs:
        place = without_credentials(store.uri)
        typer.echo("no runs match" if filter or experiment else f"no runs here: none is kept in {place} yet")
        return
    hint = _print_runs(found_runs, [key.strip() for key in columns.split(",") if key.strip()])
    total = len(found_runs) if page.total is None else page.total
    if total > len(found_runs):
        typer.echo(f"{len(found_runs)} of {total} runs: --limit {min(total, 50_000)} shows more")
    if hint:
        typer.echo(hint)


def _say_nothing_is_here(*, as_json: bool) -> None:
    if as_json:
        output.print_json([])
        return
    place = without_credentials(settings.load().tracking_uri)
    typer.echo(f"no runs here: {place} does not exist yet; the first run makes it (`trackbook doctor` tells why there)")


def _print_runs(found: list[dict[str, Any]], columns: list[str]) -> str:
    """Print the table; what it leaves out, or ""."""
    drawn, hint = listing.listed(found, output.console().width, columns)
    output.lines(drawn)
    return hint


def show(
    run: Annotated[str, typer.Argument(help="A run id, the beginning of one (4 characters or more), or a run name.")],
    as_json: AS_JSON = False,
    notebook: Annotated[
        str, typer.Option("--notebook", help="Write the notebook as it was to this new file instead; - for stdout.")
    ] = "",
    at: Annotated[
        taking.Moment, typer.Option("--at", help="When: as the run's cell began, or had ended.")
    ] = taking.Moment.END,
    program: Annotated[
        str, typer.Option("--program", help="Write the minimal program, a script, or a notebook where FILE ends so.")
    ] = "",
    execution: Annotated[
        int | None, typer.Option("--execution", min=1, help="Of a resumed run: which one, 1 is the first.")
    ] = None,
) -> None:
    """Show all that is recorded of one run; or take its notebook or its minimal program out."""
    from trackbook.tracking.lookup import find_run

    store = _store()
    if store is None:
        raise NotFound("run", run, "nothing was kept here yet: `trackbook doctor` shows where trackbook looks")
    found = find_run(store, run)
    if notebook or program:
        _take_out(store, found, notebook, at, program, execution)
        return
    record = records.full_record(store, found, execution)
    if as_json:
        output.print_json(record)
    else:
        shown.print_run(record)


def _take_out(store: Store, run: Run, notebook: str, at: taking.Moment, program: str, execution: int | None) -> None:
    from trackbook.tracking.records import record_of

    record = record_of(store, run, execution)
    if not record.own:
        holder = record.run.info
        typer.echo(f"of {holder.run_name} ({holder.run_id[: records.SHORT_ID]}), in which this run ran", err=True)
    if notebook:
        taking.write_snapshot(store, record, at, notebook)
    if program:
        taking.write_program(store, record, program)
