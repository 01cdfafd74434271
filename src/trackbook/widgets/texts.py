"""Values and whole views as plain text.

The text of a view is part of a saved notebook's output and is compared by tests of notebooks: it holds what the cell
computed, and no ids, times, random names or addresses.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from trackbook.charts.labels import cut, unique
from trackbook.widgets.markup import status_word

if TYPE_CHECKING:
    from trackbook.widgets.payloads import RunHead

MAX_NAMED, MAX_QUIET = 12, 4
MAX_VALUE = 1000
"""Characters of one value in a payload."""


def shorten(text: str, limit: int = MAX_VALUE) -> str:
    """A text cut at the end to `limit` characters, the last of them `…`."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def number_text(value: object) -> str:
    """A number with up to six digits; text as it is; "" for None."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if isinstance(value, int) or (value.is_integer() and abs(value) < 1e9):
        return str(int(value))
    return f"{value:.6g}"


def change_text(value: object) -> str:
    """A difference with its sign."""
    text = number_text(value)
    if text == "0":
        return "±0"
    return text if text.startswith(("-", "NaN")) or not text else f"+{text}"


def length_text(length_ms: float) -> str:
    """`39 ms`, `3.2 s`, `4 min 05 s`, `2 h 03 min`, `3 d 04 h`: as `formatDuration` of the front end has it."""
    whole_ms = max(0, int(length_ms))
    if whole_ms < 1000:
        return f"{whole_ms} ms"
    if whole_ms < 60_000:
        return f"{whole_ms // 100 / 10:.1f} s"
    minutes, seconds = divmod(whole_ms // 1000, 60)
    if minutes < 60:
        return f"{minutes} min {seconds:02d} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours < 24 else f"{hours // 24} d {hours % 24:02d} h"


def duration_text(run: RunHead) -> str:
    """How long a run took; "" while it goes on."""
    end_ms = run["end_ms"]
    return "" if end_ms is None else length_text(end_ms - run["start_ms"] - run.get("paused_ms", 0))


def time_text(time_ms: int) -> str:
    """Minutes, UTC."""
    try:
        return datetime.fromtimestamp(time_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (OverflowError, OSError, ValueError):
        return str(time_ms)


def size_text(size: int | None) -> str:
    """Bytes in the unit that gives at most four digits."""
    if size is None:
        return ""
    amount = float(size)
    for unit in ("B", "kB", "MB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"


def card_text(card: Any) -> str:
    """Some lines of a card."""
    head = ["run card", cut(card["run"]["experiment"]), status_word(card["run"]["status"])]
    if card["cell"]:
        head.append(f"version {card['cell']['version']}")
    lines = [" · ".join(head)]
    if card["params"]:
        lines.append(_named("params", [f"{cut(item['key'])} = {cut(item['value'])}" for item in card["params"]]))
    if card["metrics"]:
        shown = [f"{cut(item['key'])} = {number_text(item['last'])}" for item in card["metrics"]]
        lines.append(_named("metrics", shown))
    if card["models"]:
        lines.append(
            _named("models", [item["class_name"].rpartition(".")[2] or item["path"] for item in card["models"]])
        )
    if card.get("record"):
        lines += _record_lines(card["record"])
    if card["error"]:
        lines.append(f"error: {card['error']['type']}: {cut(card['error']['message'], 200)}")
    return "\n".join(lines)


VERDICTS = {
    "reproducible": "the notebook would run the same code from top to bottom",
    "differs": "the notebook would not run the same code from top to bottom",
    "unknown": "it is not known whether the notebook would run the same code from top to bottom",
}


def _record_lines(record: Any) -> list[str]:
    """What was recorded after the cell; what goes by the clock is left out."""
    lines = []
    if record["inputs"]:
        lines.append(_named("inputs", [cut(item["name"]) for item in record["inputs"]]))
    if record["written"]:
        lines.append(_named("files written", [cut(item["path"]) for item in record["written"]]))
    if record["rerun"]:
        lines.append(VERDICTS[record["rerun"]["verdict"]])
    if record["secrets"]:
        lines += secrets_texts(record["secrets"])
    return lines


def secrets_texts(secrets: Any) -> list[str]:
    """`secrets were replaced in 2 places` of what is the cell's own, `secrets were also replaced in history.json`."""
    count = sum(not one.get("quiet") for one in secrets)
    elsewhere = [*dict.fromkeys(cut(one["place"].removeprefix("trackbook/")) for one in secrets if one.get("quiet"))]
    said = [f"secrets were replaced in {count} {'place' if count == 1 else 'places'}"] if count else []
    if elsewhere:
        more = f" and {len(elsewhere) - MAX_QUIET} more" if len(elsewhere) > MAX_QUIET else ""
        also = "also " if count else ""
        said.append(f"secrets were {also}replaced in {', '.join(elsewhere[:MAX_QUIET])}{more}")
    return said


def shape_text(shape: Any) -> str:
    """`569 × 30`, `426 values`; "" for none."""
    if len(shape) == 1:
        return f"{shape[0]} {'value' if shape[0] == 1 else 'values'}"
    return " × ".join(str(size) for size in shape)


def reason_text(reason: Any) -> str:
    """`cell [3] was edited after it ran`; the cell's first line stands beside it."""
    return f"{reason['cell'] or 'a cell'} {reason['text']}" if reason["line"] or reason["cell"] else reason["text"]


def table_text(table: Any) -> str:
    """Title, filter and number of runs of a table."""
    filtered = f" where {' '.join(table['filter'].split())}" if table["filter"] else ""
    return f"run table · {cut(table['title'])} · {runs_text(table)}{filtered}"


def runs_text(table: Any) -> str:
    """`340 runs`; `12 of 340 runs` under a filter."""
    total, every = table["total"], table.get("unfiltered", table["total"])
    runs = "run" if every == 1 else "runs"
    return f"{total} {runs}" if total == every else f"{total} of {every} {runs}"


def run_columns(runs: Any) -> list[str]:
    """A short name for each run, all different."""
    return list(unique({run["run_id"]: run["name"] for run in runs}).values())


def comparison_text(compare: Any) -> str:
    """Number of runs, and the keys that differ."""
    lines = [f"comparison of {len(compare['runs'])} runs"]
    for section in compare["sections"]:
        if section["title"] not in ("Params", "Metrics") or section["aggregate"] not in (None, "last"):
            continue
        differing = [cut(row["key"]) for row in section["rows"] if row["differs"]]
        if differing:
            lines.append(_named(f"{section['title'].lower()} that differ", differing))
    for row in (compare.get("groups") or {"rows": []})["rows"]:
        lines += [f"{cut(row['key'])}: {test['verdict']}" for test in row["tests"] if test is not None]
    return "\n".join(lines[: MAX_NAMED + 3])


def _named(title: str, items: list[str]) -> str:
    more = f", … {len(items) - MAX_NAMED} more" if len(items) > MAX_NAMED else ""
    return f"{title}: {', '.join(items[:MAX_NAMED])}{more}"
