"""Would the notebook run the same code again?  The verdict on a run, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trackbook.core import tags
from trackbook.widgets.record_payloads import CardReason, CardRerun
from trackbook.widgets.texts import shorten

MAX_REASONS = 30
VERDICTS = ("reproducible", "differs", "unknown")
MAX_NAMES = 5
SAID = {
    "edited": "was edited after it ran",
    "deleted": "is no longer in the notebook",
    "order": "ran after a cell that stands below it",
    "twice": "ran more than once, and more than its last run matters",
    "interrupted": "was interrupted, and what it did before that matters",
    "not run": "stands above and would take part, but had no part in this run",
    "no document": "the notebook itself could not be read",
    "too long": "there are more cells above than could be looked at in time",
}
"""Kinds of reasons, as `capture.state` has them -> what is said of the cell."""
GENERATORS = {"numpy": "NumPy's shared generator", "python": "Python's generator", "torch": "PyTorch's generator"}
"""Libraries, as `capture.state` has them -> what their random numbers are called."""


def card_rerun(state: Any, program: str | None, run_tags: Mapping[str, str]) -> CardRerun | None:
    """From the run's `state.json`; `program` is where the minimal program lies.  None where there is neither."""
    found = state if isinstance(state, dict) else {}
    if not found and program is None:
        return None
    verdict, reasons, cells = found.get("verdict"), found.get("reasons"), found.get("executions")
    listed = [one for one in reasons if isinstance(one, dict)] if isinstance(reasons, list) else []
    return CardRerun(
        verdict=verdict if verdict in VERDICTS else "unknown",
        reasons=[_reason(one) for one in listed[:MAX_REASONS]],
        label=shorten(str(found.get("label") or run_tags.get(tags.PROGRAM_LABEL, "")), 20),
        cells=len(cells) if isinstance(cells, list) else 0,
        program=program,
    )


def _reason(reason: Mapping[str, Any]) -> CardReason:
    kind, count = str(reason.get("kind")), reason.get("execution_count")
    return CardReason(
        cell=f"cell [{count}]" if isinstance(count, int) else "",
        line=shorten(str(reason.get("line", "")), 100),
        text=(SAID.get(kind) or _raised(kind, reason) or _of_names(kind, reason.get("names"))) + _because(reason),
    )


def _because(reason: Mapping[str, Any]) -> str:
    """Why the earlier runs of a cell matter, and what its author can do."""
    draws = [GENERATORS[one] for one in _texts(reason.get("draws")) if one in GENERATORS]
    code = [shorten(one, 40) for one in _texts(reason.get("code"))][:MAX_NAMES]
    said = []
    if draws:
        said.append(f"it may draw from {' and '.join(draws)}, which was seeded before: set the seed in this cell")
    if code:
        said.append(f"{', '.join(code)} may change what the cell gives to it: hand over a copy")
    return f" ({'; '.join(said)})" if said else ""


def _texts(given: object) -> list[str]:
    return [one for one in given if isinstance(one, str)] if isinstance(given, list) else []


def _raised(kind: str, reason: Mapping[str, Any]) -> str:
    error = shorten(str(reason.get("error") or "an error"), 60)
    return f"raised {error}, and what it did before that matters" if kind == "raised" else ""


def _of_names(kind: str, names: object) -> str:
    listed = [shorten(str(name), 40) for name in names] if isinstance(names, list) else []
    more = f" and {len(listed) - MAX_NAMES} more" if len(listed) > MAX_NAMES else ""
    text = ", ".join(listed[:MAX_NAMES]) + more
    if kind == "gone":
        return f"reads {text}, which no cell defines any more"
    if kind == "missing":
        return f"{text} {'is' if len(listed) == 1 else 'are'} read, and no recorded cell defined {_them(listed)}"
    return shorten(kind, 100)


def _them(names: list[str]) -> str:
    return "it" if len(names) == 1 else "them"
