"""The table of `trackbook runs`: as many columns as the terminal has room for, each run one line.

What a person looks for first stands first (name, status, age), then results; what does not fit is counted in a hint.
A terminal of 80 columns shows one or two metrics; a chosen column (`--columns`) is never dropped.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from trackbook.charts.labels import cut
from trackbook.cli import output, records
from trackbook.core import tags
from trackbook.errors import InvalidValue, shown
from trackbook.widgets.columns import KINDS, label_of, split
from trackbook.widgets.heads import SYSTEM

METRIC_COLUMNS = 4
"""Metrics that the table shows: those which most of its runs have, without those of the machine."""
MIN_NAME, MAX_NAME = 16, 60
MAX_EXPERIMENT = 16
MAX_VALUE = 14
MAX_CHOSEN = 40
MIN_ERROR, MAX_ERROR = 16, 60
WIDE = 120
"""From this width on there is room for whole dates."""
GAP = 2

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Listed:
    """A column as it will be printed: at most `width` cells wide."""

    title: str
    cells: Sequence[Any]
    width: int
    right: bool = False


def listed(found: Sequence[Record], width: int, chosen: Sequence[str] = ()) -> tuple[list[Listed], str]:
    """The columns that fit into `width`, and a line on what was left out ("" for nothing).

    `chosen` are column keys (`metrics.loss`, `params.C`) or bare names, shown in the place of the usual metrics.
    Raises `InvalidValue` for one that no run has.
    """
    names = [_line(record["run_name"]) for record in found]
    columns = [
        _column("run", [record["run_id"][: records.SHORT_ID] for record in found], records.SHORT_ID),
        _column("status", [output.status_text(record["status"]) for record in found], 9),
        _started(found, width),
        _column("duration", [output.duration(record["duration_ms"]) for record in found], 12),
    ]
    name_width = _column("name", names, MIN_NAME).width
    room = width - name_width - sum(map(_taken, columns))
    metrics = _metric_keys(found)
    values = _chosen(found, chosen, width) if chosen else _fitting([_metric(found, key) for key in metrics], room)
    room -= sum(map(_taken, values))
    left_out = [] if chosen else _counted(len(metrics) - len(values))
    experiment = _experiment(found)
    if experiment is not None and room >= _taken(experiment):
        columns.insert(1, experiment)
        room -= _taken(experiment)
    elif experiment is not None:
        left_out.insert(0, "experiment")
    errors = None if chosen else _errors(found, room)
    room -= 0 if errors is None else _taken(errors)
    name = _column("name", names, min(MAX_NAME, name_width + max(0, room)))
    columns.insert(1, replace(name, cells=[cut(text, name.width) for text in names]))
    hint = f"+ {' and '.join(left_out)}: choose with --columns, or --json for all" if left_out else ""
    return [*columns, *values, *([] if errors is None else [errors])], hint


def _taken(column: Listed) -> int:
    return column.width + GAP


def _counted(metrics: int) -> list[str]:
    return [f"{metrics} more {'metric' if metrics == 1 else 'metrics'}"] if metrics else []


def _column(title: str, cells: Sequence[Any], limit: int) -> Listed:
    """As wide as its widest cell, within `limit`."""
    return Listed(title, cells, min(limit, max(output.cells(title), *map(output.cells, cells))))


def _started(found: Sequence[Record], width: int) -> Listed:
    text = output.clock if width >= WIDE else output.age
    return _column("started", [text(record["start_time"]) for record in found], 19)


def _experiment(found: Sequence[Record]) -> Listed | None:
    """None where all runs are of one: it would say the same in every line."""
    names = [_line(record["experiment"]) for record in found]
    return _column("experiment", names, MAX_EXPERIMENT) if len(set(names)) > 1 else None


def _errors(found: Sequence[Record], room: int) -> Listed | None:
    """What runs ended with, where that is not nothing, and where there is room for more than a word of it."""
    said = [[record["tags"].get(name, "") for name in (tags.ERROR_TYPE, tags.ERROR_MESSAGE)] for record in found]
    texts = [_line(": ".join(filter(None, one))) for one in said]
    room = min(MAX_ERROR, room - GAP)
    if not any(texts) or room < MIN_ERROR:
        return None
    return _column("error", [cut(text, room) for text in texts], room)


def _fitting(values: Sequence[Listed], room: int) -> list[Listed]:
    fitting: list[Listed] = []
    for one in values[:METRIC_COLUMNS]:
        room -= _taken(one)
        if room < 0:
            break
        fitting.append(one)
    return fitting


def _metric_keys(found: Sequence[Record]) -> list[str]:
    """Metrics by how many of these runs have them, without those of the machine."""
    counted = Counter(key for record in found for key in record["metrics"] if not key.startswith(SYSTEM))
    return [key for key, _ in counted.most_common()]


def _metric(found: Sequence[Record], key: str) -> Listed:
    return replace(_column(key, [_value(record, "metrics", key) for record in found], MAX_VALUE), right=True)


def _chosen(found: Sequence[Record], keys: Sequence[str], width: int) -> list[Listed]:
    limit = MAX_CHOSEN if width >= WIDE else MAX_CHOSEN // 2
    places = [_resolved(found, key) for key in keys]
    return [
        _metric(found, name)
        if kind == "metrics"
        else _column(name, [_value(record, kind, name) for record in found], limit)
        for kind, name in places
    ]


def _value(record: Record, kind: str, name: str) -> str:
    value = record.get(name) if kind == "attributes" else record[kind].get(name)
    if value is None:
        return ""
    return output.number(value) if isinstance(value, float) else _line(str(value))


def _resolved(found: Sequence[Record], key: str) -> tuple[str, str]:
    """Where a column's values lie: by its namespace, else the first of metrics, params, tags that knows the name."""
    known = {kind: {name for record in found for name in record[kind]} for kind in ("metrics", "params", "tags")}
    for kind, names in known.items():
        if key in names:
            return kind, key
    if key.partition(".")[0] in KINDS:
        kind, name = split(key)
        if kind == "attributes" and any(name in record for record in found):
            return kind, name
        if kind != "attributes" and name in known[kind]:
            return kind, name
    if key in ("experiment", "user"):
        return "attributes", key
    everything = [name for names in known.values() for name in names if not tags.is_system(name)]
    near = difflib.get_close_matches(label_of(key), everything, n=3, cutoff=0.4)
    hint = f"; nearest: {', '.join(near)}" if near else ""
    raise InvalidValue(f"none of these runs has a metric, param or tag {shown(key)}{hint}")


def _line(text: str) -> str:
    return " ".join(text.split())
