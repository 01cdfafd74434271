"""`trackbook runs` and `trackbook show`: what the store holds."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trackbook.cli import output, records
from trackbook.settings import without_credentials

if TYPE_CHECKING:
    from trackbook.core.ports import Store

METRIC_COLUMNS = 4
"""Metrics that the table shows: those which most of its runs have."""

AS_JSON = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def _store() -> Store:
    from trackbook.tracking.session import current_session

    return current_session().reading


def runs(
    filter: Annotated[
        str, typer.Option("--filter", "-f", help="Search language, as in: metrics.accuracy > 0.9 and params.C = '1.0'")
    ] = "",
    order_by: Annotated[
        list[str] | None, typer.Option("--order-by", help="As in: 'metrics.accuracy DESC'; may be given again.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=50_000, help="At most so many runs.")] = 20,
    experiment: Annotated[str, typer.Option("--experiment", "-e", help="Only runs of this experiment.")] = "",
    as_json: AS_JSON = False,
) -> None:
    """List runs, newest first."""
    from trackbook.core.ports import RunQuery
    from trackbook.errors import NotFound

    store = _store()
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
        typer.echo("no runs match" if filter or experiment else f"no runs yet in {place}")
        return
    _print_runs(found_runs)
    total = len(found_runs) if page.total is None else page.total
    if total > len(found_runs):
        typer.echo(f"{len(found_runs)} of {total} runs; --limit shows more")


def _print_runs(found: list[dict[str, Any]]) -> None:
    counted = Counter(key for record in found for key in record["metrics"])
    metrics = [key for key, _ in counted.most_common(METRIC_COLUMNS)]
    output.table(
        ["run", "name", "experiment", "status", "started", "duration", *metrics],
        [
            [
                record["run_id"][: records.SHORT_ID],
                record["run_name"],
                record["experiment"],
                output.status_text(record["status"]),
                output.clock(record["start_time"]),
                output.duration(record["duration_ms"]),
                *(output.number(record["metrics"][key]) if key in record["metrics"] else "" for key in metrics),
            ]
            for record in found
        ],
    )


def show(
    run: Annotated[str, typer.Argument(help="A run id, or a beginning of it that no other run shares.")],
    as_json: AS_JSON = False,
) -> None:
    """Show one run: params, metrics, code, artifacts."""
    store = _store()
    record = records.full_record(store, records.find_run(store, run))
    if as_json:
        output.print_json(record)
    else:
        _print_run(record)


def _print_run(record: dict[str, Any]) -> None:
    cell, error = record["cell"], record["error"]
    facts = [
        ["run", record["run_id"]],
        ["name", record["run_name"]],
        ["experiment", record["experiment"]],
        ["status", output.status_text(record["status"])],
        ["started", output.clock(record["start_time"])],
        ["duration", output.duration(record["duration_ms"])],
    ]
    if cell:
        facts.append(["cell", f"{cell['line']}, version {cell['version']}{' (guessed)' if cell['guessed'] else ''}"])
        if cell["notebook"]:
            facts.append(["notebook", cell["notebook"]])
    if error:
        facts.append(["error", f"{error['type']}: {error['message']}"])
    output.table(["", ""], facts)
    _section("params", ["param", "value"], [[key, value] for key, value in record["params"].items()])
    _section(
        "metrics",
        ["metric", "last", "step", "points", "min", "max"],
        [
            [
                key,
                output.number(m["last"]),
                m["last_step"],
                m["count"],
                output.number(m["min"]),
                output.number(m["max"]),
            ]
            for key, m in record["metrics"].items()
        ],
    )
    _section("artifacts", ["artifact", "bytes"], [[f["path"], f["size_bytes"] or ""] for f in record["artifacts"]])
    if cell:
        typer.echo("\ncode\n" + output.plain(cell["source"].rstrip()))


def _figures(metric: dict[str, Any]) -> list[Any]:
    last, least, greatest = (output.number(metric[name]) for name in ("last", "min", "max"))
    return [last, metric["last_step"], metric["count"], least, greatest]


def _section(title: str, columns: list[str], rows: list[list[Any]]) -> None:
    if rows:
        typer.echo(f"\n{title}")
        output.table(columns, rows)
