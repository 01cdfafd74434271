"""What a foreign server has no place for, kept in tags of the run.

A tag holds 8,000 characters at most.  Aggregates of more metrics than fit, and sources that are longer, are not kept
there: the rest of the run is.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from trackbook.core.entities import CellVersion, MetricAggregate
from trackbook.core.events import CellRecorded
from trackbook.core.names import MAX_TAG_VALUE
from trackbook.core.tags import RUN_NAME
from trackbook.store.aggregates import Aggregate, from_row, to_entity, to_row

HIDDEN = "trackbook.remote."
"""These tags are ours alone, and no tags of the run for whoever asks here."""
RUN_ID = f"{HIDDEN}run_id"
UNNAMED = f"{HIDDEN}unnamed"
"""On a run whose tag of its name is the server's own doing."""
METRICS = f"{HIDDEN}metrics"
"""JSON object: key -> a row of `store.aggregates.NAMES`."""
CELL = f"{HIDDEN}cell"
"""JSON object: the cell without its source."""
LINE = f"{HIDDEN}line"
NOTEBOOK = f"{HIDDEN}notebook"
SOURCE = f"{HIDDEN}source"


def shown(tags: Mapping[str, str]) -> dict[str, str]:
    """The run's own tags."""
    added = {RUN_NAME} if UNNAMED in tags else set()
    return {key: value for key, value in tags.items() if not key.startswith(HIDDEN) and key not in added}


def metrics_tag(aggregates: Mapping[str, Aggregate]) -> str:
    """Of as many metrics as fit, those with histories first."""
    kept: dict[str, Any] = {}
    length = 2
    for key, one in sorted(aggregates.items(), key=lambda item: item[1].n == 1):
        row = [str(value) if isinstance(value, float) and math.isinf(value) else value for value in to_row(one)]
        length += len(json.dumps({key: row}))
        if length > MAX_TAG_VALUE:
            break
        kept[key] = row
    return json.dumps(kept)


def aggregates_of(tags: Mapping[str, str]) -> dict[str, Aggregate]:
    return {key: from_row([_number(value) for value in row]) for key, row in _object(tags.get(METRICS)).items()}


def aggregate(key: str, latest: tuple[float, int, int], found: Aggregate | None) -> MetricAggregate:
    """Of a metric whose latest (value, step, time) the server tells.

    Of a history that other clients logged nothing else is known: least, greatest and mean are NaN, unless it is one
    point at step 0.
    """
    value, step, time = latest
    if found is not None and (found.last_step, found.last_time) == (step, time):
        entity = to_entity(key, to_row(found))
        entity.last = value
        return entity
    if step == 0 and found is None:
        return MetricAggregate(key, 1, value, step, time, value, step, value, step, value)
    return MetricAggregate(key, 2, value, step, time, math.nan, step, math.nan, step, math.nan)


def cell_tags(cell: CellRecorded, version: int) -> dict[str, str]:
    about = {
        "version": version,
        "cell_id": cell.cell_id,
        "guessed": cell.guessed,
        "execution_count": cell.execution_count,
    }
    tags = {LINE: cell.line, CELL: json.dumps(about)}
    if cell.notebook is not None:
        tags[NOTEBOOK] = cell.notebook
    if len(cell.source) <= MAX_TAG_VALUE:
        tags[SOURCE] = cell.source
    return tags


def cell_of(run_id: str, tags: Mapping[str, str]) -> CellVersion | None:
    if LINE not in tags:
        return None
    about = _object(tags.get(CELL))
    return CellVersion(
        run_id=run_id,
        line=tags[LINE],
        version=int(about.get("version") or 1),
        source=tags.get(SOURCE, ""),
        cell_id=about.get("cell_id"),
        notebook=tags.get(NOTEBOOK),
        guessed=bool(about.get("guessed")),
        execution_count=about.get("execution_count"),
    )


def _object(text: str | None) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, str) else value
