"""Columns of the run table, under the names of the search language, so that a column can be filtered and sorted by.

`attributes.start_time`, `params.C`, `metrics.loss`, `tags.note`; a name with other characters than letters, digits,
`_` and inner dots stands in backticks.  A metric at one step, ``metrics.`loss`@100``, is a column that can be shown and
sorted by (`table_frame`, since no index holds it), not filtered by.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from trackbook.core import tags
from trackbook.core.filters import RUNS, Field, parse_order
from trackbook.core.filters.scopes import lower_is_better
from trackbook.core.filters.tree import AGGREGATES, quoted_key
from trackbook.errors import InvalidValue, shown
from trackbook.widgets.heads import SYSTEM
from trackbook.widgets.payloads import Num, num
from trackbook.widgets.table_payloads import Column, Order

if TYPE_CHECKING:
    from trackbook.core.entities import Run
    from trackbook.core.ports import KeyCount

KINDS = {"attributes": "attribute", "params": "param", "metrics": "metric", "tags": "tag"}
"""Namespace of the search language -> kind of a column."""
ATTRIBUTES = ("run_id", "end_time", "user_id", "experiment_id")
"""What the table's fixed columns do not show."""
_PLAIN = re.compile(r"[A-Za-z_]\w*(\.\w+)*\Z", re.ASCII)
_AT_STEP = re.compile(r"metrics\.`([^`]+)`@(-?\d{1,18})\Z")
DEFAULT_OF_KIND = 4
MOST_METRICS = 8
"""Metrics in columns that nobody chose, with those that first appear while the table is shown."""
MAX_CANDIDATES = 100
"""Params looked at for those that differ, of runs with thousands."""


def key_of(namespace: str, name: str) -> str:
    """The column key of a param, metric, tag or attribute."""
    ambiguous = namespace == "metrics" and name.rpartition(".")[2] in AGGREGATES
    return f"{namespace}.{name}" if _PLAIN.match(name) and not ambiguous else f"{namespace}.`{name}`"


def split(key: str) -> tuple[str, str]:
    """Namespace and bare name of a column key.  Raises `InvalidValue`."""
    namespace, dot, name = key.partition(".")
    if not dot or namespace not in KINDS or not name:
        raise InvalidValue(f"column {shown(key)} begins with none of {', '.join(f'{kind}.' for kind in KINDS)}")
    return namespace, _bare(name)


def _bare(name: str) -> str:
    """Without its quotes."""
    return name[1:-1] if len(name) > 2 and name[0] == name[-1] and name[0] in '`"' else name


def has_metric(keys: Sequence[str]) -> bool:
    return any(key.startswith("metrics.") for key in keys)


def label_of(key: str) -> str:
    """The bare name, for a header, with aggregate or step behind it; the key itself where it has no namespace."""
    asked = step_of(key)
    if asked is not None:
        return f"{asked[0]} at {asked[1]}"
    try:
        name = split(key)[1]
    except InvalidValue:
        return key
    metric, _, aggregate = name.rpartition(".")
    return f"{_bare(metric)}.{aggregate}" if aggregate in AGGREGATES else name


def all_columns(counts: Sequence[KeyCount], total: int) -> list[Column]:
    """Every column there is; system tags last."""
    columns = [
        Column(key=key_of(item.kind, item.key), kind=KINDS[item.kind], label=item.key, runs=item.runs)
        for item in counts
        if item.kind in KINDS
    ]
    columns.sort(key=lambda column: column["kind"] == "tag" and tags.is_system(column["label"]))
    attributes = [Column(key=f"attributes.{name}", kind="attribute", label=name, runs=total) for name in ATTRIBUTES]
    return columns + attributes


def candidates(counts: Sequence[KeyCount]) -> list[str]:
    """The columns that `default_columns` may choose."""
    params = _names(counts, "params")[:MAX_CANDIDATES]
    return [*results(counts)[:DEFAULT_OF_KIND], *(key_of("params", name) for name in params)]


def results(counts: Sequence[KeyCount]) -> list[str]:
    """The columns of all metrics but those of the machine, of those that most runs have first."""
    return [key_of("metrics", name) for name in _names(counts, "metrics") if not name.startswith(SYSTEM)]


def with_results(keys: Sequence[str], new: Sequence[str]) -> list[str]:
    """The columns with new metrics behind those they begin with, as far as there is room for them."""
    at = next((i for i, key in enumerate(keys) if not has_metric([key])), len(keys))
    room = max(0, MOST_METRICS - sum(has_metric([key]) for key in keys))
    return [*keys[:at], *new[:room], *keys[at:]]


def _names(counts: Sequence[KeyCount], kind: str) -> list[str]:
    return [item.key for item in sorted(counts, key=lambda item: -item.runs) if item.kind == kind]


def default_columns(counts: Sequence[KeyCount], runs: Sequence[Run]) -> list[str]:
    """Metrics that most runs have, then params: those that differ among these runs first."""

    def varies(name: str) -> bool:
        return len({run.data.params.get(name) for run in runs}) > 1

    params = sorted(_names(counts, "params")[:MAX_CANDIDATES], key=lambda name: not varies(name))[:DEFAULT_OF_KIND]
    return [*results(counts)[:DEFAULT_OF_KIND], *(key_of("params", name) for name in params)]


def projection(keys: Sequence[str]) -> list[str] | None:
    """What a store has to read to show these columns, as `RunQuery.columns`; all that `value_of` may look at.

    None, everything, where a name has both kinds of quotes, which the search language cannot spell.
    """
    wanted: dict[str, None] = {}
    for key in keys:
        namespace, name = split(key)
        if namespace == "attributes" or step_of(key) is not None:
            continue
        metric, _, aggregate = name.rpartition(".")
        if _bare(metric) == metric:
            wanted[_quoted(namespace, name)] = None
        if namespace == "metrics" and metric and aggregate in AGGREGATES:
            wanted[_quoted(namespace, _bare(metric))] = None
    return None if any("`" in key and key.count('"') > 2 for key in wanted) else list(wanted)


def _quoted(namespace: str, name: str) -> str:
    return f"{namespace}.{quoted_key(name)}"


def step_of(key: str) -> tuple[str, int] | None:
    """Metric and step of a column that asks for a metric at a step; None for any other."""
    found = _AT_STEP.match(key)
    return None if found is None else (found.group(1), int(found.group(2)))


def field_of(key: str) -> Field:
    """What a column is in the search language.  Raises `InvalidValue`, `FilterSyntaxError`."""
    split(key)
    if step_of(key) is not None:
        raise InvalidValue(f"{key} is no field of a search: a metric at a step can be shown and sorted by only")
    return parse_order(key, RUNS).field


def value_of(run: Run, key: str) -> str | Num | None:
    """A run's value in a column; None where it has none."""
    return reader(key)(run)


def reader(key: str) -> Callable[[Run], str | Num | None]:
    """What reads a column's value of a run, None where it has none.  Raises `InvalidValue`."""
    namespace, name = split(key)
    if namespace == "metrics":
        return _metric_reader(name)
    if namespace == "params":
        return lambda run: run.data.params.get(name)
    if namespace == "tags":
        return lambda run: run.data.tags.get(name)

    def attribute(run: Run) -> str | Num | None:
        value = getattr(run.info, name, None)
        return value if value is None or isinstance(value, int) else str(value)

    return attribute


def _metric_reader(name: str) -> Callable[[Run], Num | None]:
    """Reads the last value of a metric, or the aggregate that the name ends in: `loss.min`."""
    key, _, word = name.rpartition(".")
    key = _bare(key)
    aggregate = ("min" if lower_is_better(key) else "max") if word == "best" else word

    def read(run: Run) -> Num | None:
        if name in run.data.metrics:
            return num(run.data.metrics[name])
        item = run.data.aggregates.get(key)
        return num(getattr(item, aggregate)) if item is not None and word in AGGREGATES else None

    return read


def order_clause(order: Order) -> str:
    """A sort order as the search language has it.  Raises `InvalidValue` for a metric at a step."""
    split(order["key"])
    if step_of(order["key"]) is not None:
        field_of(order["key"])
    return f"{order['key']} {'DESC' if order['desc'] else 'ASC'}"


def order_of(clause: str) -> Order:
    """The sort order of a clause: `metrics.loss DESC`.  Raises `InvalidValue`."""
    text = clause.strip()
    head, _, word = text.rpartition(" ")
    if head and word.upper() in ("ASC", "DESC"):
        text = head.strip()
    key = text if "." in text else f"attributes.{text}"
    split(key)
    return Order(key=key, desc=word.upper() == "DESC")
