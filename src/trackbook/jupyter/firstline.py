"""What a cell's own `%%track` line and its body say before a run is opened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from IPython.core.error import UsageError
from IPython.utils.text import DollarFormatter

from trackbook.jupyter.transform import is_track_line, options_of, python_body

NO_NAMES = (IndexError, SyntaxError, ValueError)
"""What text in braces, or behind a dollar, gives that stands for no value: `{}`, `$5`, `{a b}`."""


def is_tracked(raw_cell: str) -> bool:
    """Whether the cell begins with a `%%track` line."""
    return is_track_line(_first(raw_cell))


def has_nothing_to_run(raw_cell: str) -> bool:
    """Whether below its `%%` lines there is no code: nothing, or comments."""
    body = python_body(raw_cell)
    return body is not None and all(line.lstrip()[:1] in ("", "#") for line in body.splitlines())


def check_expanded(raw_cell: str, line: str, namespace: Mapping[str, Any]) -> None:
    """Raises `UsageError` where a `$name` or `{expression}` has no value: IPython then leaves all of them as they are.

    `line` is what came of the options after expansion.
    """
    if not ("{" in line or "$" in line) or line != options_of(_first(raw_cell)):
        return
    try:
        DollarFormatter().vformat(line, args=[], kwargs=dict(namespace))
    except NO_NAMES:
        return
    except Exception as error:  # noqa: BLE001 - an expression of the user's
        said = f"{type(error).__name__}: {error}".partition("\n")[0]
        advice = "write {{ and }} for braces, $$ for a dollar, or define the name above"
        raise UsageError(f"%%track: {line!r} cannot be expanded, {said}: {advice}") from None


def _first(raw_cell: str) -> str:
    return next((line for line in raw_cell.splitlines() if line.strip()), "")
