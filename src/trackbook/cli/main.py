"""The command `trackbook`: its groups, `--version`, and the one place where errors become a line on stderr."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from trackbook import __version__
from trackbook.cli import doctor, gc, lab, recover, registry, report, runs, server, sync, transfer, users
from trackbook.errors import TrackbookError

app = typer.Typer(
    name="trackbook",
    help="Experiment tracking that lives in the notebook: the executed cell is the run.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("lab", context_settings=lab.PASS_ON)(lab.lab)
app.command("runs")(runs.runs)
app.command("show")(runs.show)
app.command("report")(report.report)
app.command("doctor")(doctor.doctor)
app.command("recover")(recover.recover)
app.command("sync")(sync.sync)
app.command("gc")(gc.gc)
app.command("server")(server.server)
app.add_typer(users.app, name="users")
app.add_typer(registry.app, name="registry")
app.command("export")(transfer.export)
app.command("import")(transfer.import_)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"trackbook {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Experiment tracking that lives in the notebook: the executed cell is the run."""


def main() -> None:
    """What the script `trackbook` calls.  Our own errors become one message on stderr and status 1."""
    try:
        app()
    except TrackbookError as error:
        typer.echo(f"trackbook: {error}", err=True)
        sys.exit(1)
