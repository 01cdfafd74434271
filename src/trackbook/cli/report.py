"""`trackbook report`: a notebook as one HTML file."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from trackbook.errors import NotFound


class Code(StrEnum):
    """What becomes of the notebook's code."""

    SHOW = "show"
    FOLD = "fold"
    HIDE = "hide"


def report(
    notebook: Annotated[Path, typer.Argument(help="The notebook, executed before.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file to write; beside the notebook if left out.")
    ] = None,
    code: Annotated[Code, typer.Option("--code", help="Show the code, fold it or leave it out.")] = Code.SHOW,
) -> None:
    """Turn a notebook, as it stands, into one HTML file that opens offline."""
    if not notebook.is_file():
        raise NotFound("notebook", str(notebook))
    from trackbook.reports.notebook import report as make

    typer.echo(str(make(notebook, output, code=code.value)))
