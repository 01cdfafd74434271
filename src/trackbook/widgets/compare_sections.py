"""The rows of a comparison: params, metrics in each aggregate, data, environment, packages, git, machine, details."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from trackbook.core import tags
from trackbook.core.durations import duration_ms
from trackbook.widgets import files, texts
from trackbook.widgets.compare_payloads import CompareRow, CompareSection
from trackbook.widgets.heads import SYSTEM, ExperimentNames
from trackbook.widgets.markup import status_word
from trackbook.widgets.payloads import Num, num

if TYPE_CHECKING:
    from trackbook.core.entities import Run
    from trackbook.core.ports import Store

MAX_VALUE = 300
"""Characters of one value."""
MAX_ROWS = 500
"""Rows of one section; differing ones come first where there are more."""
AGGREGATES = ("last", "min", "max", "mean")
SHORT_DIGEST = 16

Value = str | Num | None
Column = Mapping[str, Value]


def sections_of(store: Store, runs: Sequence[Run], names: ExperimentNames) -> list[CompareSection]:
    """All sections that have rows."""
    found = [files.environment(store, run) or {} for run in runs]
    made = [
        section("Params", [run.data.params for run in runs]),
        *(section("Metrics", [_metrics(run, one) for run in runs], one) for one in AGGREGATES),
        section("Data", [_data(run) for run in runs]),
        section("Environment", [_environment(one) for one in found]),
        section("Packages", [dict(sorted(files.packages_of(one).items())) for one in found]),
        section("Git", [_git(run) for run in runs]),
        section("System", _system(runs)),
        section("Details", [_details(run, names) for run in runs]),
    ]
    return [one for one in made if one["rows"] or one["title"] in ("Params", "Metrics")]


def section(title: str, columns: Sequence[Column], aggregate: str | None = None) -> CompareSection:
    """Rows of all keys of these columns (one a run), in order of first appearance."""
    rows = []
    for key in dict.fromkeys(key for column in columns for key in column):
        values = [column.get(key) for column in columns]
        # a metric's NaN and infinities are written as text
        numeric = aggregate is not None or all(value is None or isinstance(value, int | float) for value in values)
        shown = [texts.shorten(value, MAX_VALUE) if isinstance(value, str) else value for value in values]
        rows.append(CompareRow(key=key, values=shown, differs=len(set(values)) > 1, numeric=numeric))
    if len(rows) > MAX_ROWS:
        rows = sorted(rows, key=lambda row: not row["differs"])[:MAX_ROWS]
    return CompareSection(title=title, aggregate=aggregate, rows=rows)


def _metrics(run: Run, aggregate: str) -> dict[str, Value]:
    """Results, none of the machine."""
    found = run.data.aggregates
    if aggregate == "last":
        return {key: num(value) for key, value in run.data.metrics.items() if not key.startswith(SYSTEM)}
    return {key: num(getattr(one, aggregate)) for key, one in found.items() if not key.startswith(SYSTEM)}


def _data(run: Run) -> dict[str, Value]:
    """Inputs by name; two of one name are numbered."""
    rows: dict[str, Value] = {}
    for given in run.inputs.dataset_inputs:
        dataset = given.dataset
        key, number = dataset.name, 2
        while key in rows:
            key, number = f"{dataset.name} ({number})", number + 1
        rows[key] = dataset.digest if len(dataset.digest) <= SHORT_DIGEST else f"{dataset.digest[:SHORT_DIGEST]}…"
    return rows


def _system(runs: Sequence[Run]) -> list[dict[str, Value]]:
    """What the machine did, where at least two runs tell it: short runs are not sampled, and one alone says nothing."""
    found = [{key: num(one) for key, one in run.data.metrics.items() if key.startswith(SYSTEM)} for run in runs]
    shared = {key for key, count in Counter(key for one in found for key in one).items() if count > 1}
    return [{key: value for key, value in one.items() if key in shared} for one in found]


def _environment(found: Mapping[str, Any]) -> dict[str, Value]:
    gpus = found.get("gpus")
    devices = gpus.get("devices") if isinstance(gpus, dict) else None
    facts: dict[str, Value] = {
        "python": files.python_of(found),
        "platform": files.platform_of(found),
        "cpu": _text(found.get("cpu")),
        "cpus": _text(found.get("cpu_count")),
        "memory": texts.size_text(memory) if isinstance(memory := found.get("memory_bytes"), int) else None,
        "gpus": _text(len(devices)) if isinstance(devices, list) and devices else None,
    }
    variables = found.get("variables")
    kept = variables if isinstance(variables, dict) else {}
    named: dict[str, Value] = {f"variable {key}": str(value) for key, value in sorted(kept.items())}
    return {key: value for key, value in {**facts, **named}.items() if value}


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _git(run: Run) -> dict[str, Value]:
    git = files.git_of(run.data.tags)
    if git is None:
        return {}
    facts: dict[str, Value] = {
        "commit": git["commit"],
        "branch": git["branch"],
        "uncommitted changes": "yes" if git["dirty"] else "no",
        "repository": run.data.tags.get(tags.GIT_REPOSITORY),
    }
    return {key: value for key, value in facts.items() if value}


def _details(run: Run, names: ExperimentNames) -> dict[str, Value]:
    info, took = run.info, duration_ms(run.info, run.data.tags)
    details: dict[str, Value] = {
        "experiment": names[info.experiment_id],
        "status": status_word(str(info.status)),
        "started": texts.time_text(info.start_time),
        "duration": "" if took is None else texts.length_text(took),
        "user": info.user_id,
        "notebook": run.data.tags.get(tags.NOTEBOOK),
        "error": run.data.tags.get(tags.ERROR_TYPE),
    }
    own = {f"tag {key}": value for key, value in sorted(run.data.tags.items()) if not tags.is_system(key)}
    return {**{key: value for key, value in details.items() if value}, **own}
