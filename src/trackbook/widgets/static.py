"""Static HTML of card, table and comparison: what a saved notebook shows with no kernel, no network and no script."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import Any, NamedTuple

from trackbook.charts import drawing, marks, palette
from trackbook.charts.labels import cut, unique
from trackbook.widgets import recorded, sparks
from trackbook.widgets.columns import label_of
from trackbook.widgets.markup import (
    ADDED,
    REMOVED,
    code,
    escape,
    folded,
    one_line,
    quiet,
    root,
    status_pill,
    table,
)
from trackbook.widgets.texts import change_text, duration_text, number_text, runs_text, size_text, time_text

MAX_CARD_ROWS = 40
MAX_VALUE = 60
"""Characters of a param's value in its line."""
FOLDED_VALUE = "max-width:480px;max-height:160px;overflow:auto;white-space:pre-wrap;overflow-wrap:anywhere"
SHORT_ID = 8
MAX_TABLE_ROWS = 20
"""A page without a kernel is a record, not a tool: the rest is in the store, and the line below says how much."""
MAX_TABLE_COLUMNS = 8
MAX_NAMED_COLUMNS = 12
MAX_COMPARE_ROWS = 60
MAX_COMPARE_CURVES, MAX_COMPARE_POINTS = 4, 80
MAX_DIFF_LINES = 80
MAX_TRACEBACK_LINES = 30


def card_html(card: Any, curves: Sequence[Any] = ()) -> str:
    """A card (`payloads.Card`), with a few of its curves (`payloads.CurvePiece`)."""
    parts = [_card_head(card), _card_values(card), sparks.figures(curves)]
    parts += [f"<div>model {_model(model)}</div>" for model in card["models"][:5]]
    if card["error"]:
        parts.append(_error(card["error"]))
    if card["diff"]:
        parts.append(folded("changes of the source since the previous version", _diff(card["diff"])))
    if card["artifacts"]:
        rows = [(escape(item["path"]), size_text(item["size"])) for item in card["artifacts"]]
        title = f"{card['artifact_count']} {'file' if card['artifact_count'] == 1 else 'files'}"
        parts.append(folded(title, table(("file", "size"), rows, (False, True))))
    if card.get("system"):
        rows = [(escape(item["key"], 60), escape(number_text(item["last"]))) for item in card["system"]]
        parts.append(folded("system", table(("metric", "last"), rows[:MAX_CARD_ROWS], (False, True))))
    record = card.get("record")
    if record:
        parts += recorded.parts(record)
    if card["environment"]:
        parts.append(f"<div>{quiet(_environment(card['environment']))}</div>")
    if record and record["packages"]:
        parts.append(recorded.packages(record["packages"]))
    parts += [f"<div>⚠ {escape(warning, 300)}</div>" for warning in card["warnings"][:5]]
    if card.get("left_out"):
        sentences = "".join(f"<div>{escape(sentence, 300)}</div>" for sentence in card["left_out"][:MAX_CARD_ROWS])
        parts.append(folded("what was left out of params and metrics", sentences))
    return root("card", parts)


def _card_head(card: Any) -> str:
    run, cell = card["run"], card["cell"]
    facts = [escape(run["experiment"], 60)]
    if cell:
        guessed = " (guessed)" if cell["guessed"] else ""
        facts.append(f"{escape(cell['label'], 40)} version {cell['version']}{guessed}")
    took = duration_text(run)
    facts += [took] if took else []
    facts += [time_text(run["start_ms"]), short_id(run)]
    return (
        f"<div><strong>{escape(run['name'], 80)}</strong> {status_pill(run['status'])} {quiet(' · '.join(facts))}</div>"
    )


def _card_values(card: Any) -> str:
    """Params and metrics in tables beside each other, where the page lets them."""
    blocks = []
    if card["params"]:
        rows = [
            (_found(item), value_cell(item["value"]), _was(item["previous"])) for item in card["params"][:MAX_CARD_ROWS]
        ]
        blocks.append(_without_empty(("param", "value", "before"), rows, ()) + _more(card["params"], MAX_CARD_ROWS))
    if card["metrics"]:
        rows = [
            (_found(item), escape(number_text(item["last"])), escape(change_text(item["delta"])))
            for item in card["metrics"][:MAX_CARD_ROWS]
        ]
        heads = ("metric", "last", "change")
        blocks.append(_without_empty(heads, rows, (False, True, True)) + _more(card["metrics"], MAX_CARD_ROWS))
    inner = "".join(f'<div style="flex:0 1 auto">{block}</div>' for block in blocks)
    return f'<div style="display:flex;flex-wrap:wrap;gap:0 24px">{inner}</div>' if inner else ""


def _found(item: Any) -> str:
    """The key of a param or metric; where it was found stands in the title."""
    return f'<span title="{escape(item["origin"], 80)}">{escape(item["key"], 60)}</span>'


def short_id(run: Any) -> str:
    """The beginning of a run's id, which every command takes; the whole of it in the title."""
    return f'<code title="{escape(run["run_id"])}">{escape(run["run_id"][:SHORT_ID])}</code>'


def value_cell(value: str) -> str:
    """A param's value; what is long opens by a click."""
    if len(value) <= MAX_VALUE:
        return escape(value)
    whole = f'<div style="{FOLDED_VALUE}">{escape(value, None)}</div>'
    return folded(escape(value, MAX_VALUE), whole)


def _without_empty(heads: tuple[str, str, str], rows: list[tuple[str, str, str]], numeric: tuple[bool, ...]) -> str:
    """A table of three columns, of two where the third has nothing to say."""
    if any(row[2] for row in rows):
        return table(heads, rows, numeric)
    return table(heads[:2], [row[:2] for row in rows], numeric[:2])


def _was(previous: str | None) -> str:
    return "" if previous is None else quiet(escape(previous, 60))


def _model(model: Any) -> str:
    name = model["class_name"].rpartition(".")[2] or model["flavor"]
    parts = [f"<strong>{escape(name, 80)}</strong> {quiet(escape(model['path'], 80))}"]
    for item in model["registered"][:5]:
        aliases = "".join(f" @{escape(alias, 40)}" for alias in item["aliases"])
        parts.append(f"→ {escape(item['name'], 80)} version {escape(item['version'])}{aliases}")
    return " ".join(parts)


def _error(error: Any) -> str:
    lines = error["traceback"].splitlines()[-MAX_TRACEBACK_LINES:]
    head = f"<div><strong>{escape(error['type'], 80)}</strong>: {escape(error['message'], 400)}</div>"
    return head + (folded("traceback", code(("", escape(line, 300)) for line in lines)) if lines else "")


def _diff(diff: list[Any]) -> str:
    lines = []
    for line in diff[:MAX_DIFF_LINES]:
        if line["op"] == "~":
            lines.append(("", quiet(f"⋯ {escape(line['text'])} lines")))
        else:
            colour = {"+": ADDED, "-": REMOVED}.get(line["op"], "")
            lines.append((colour, f"{line['op']} {escape(line['text'], 300)}"))
    return code(lines) + _more(diff, MAX_DIFF_LINES, "lines")


def _environment(environment: Any) -> str:
    facts = [f"Python {escape(environment['python'], 20)}", escape(environment["platform"], 60)]
    facts.append(f"{environment['packages']} packages")
    git = environment["git"]
    if git:
        dirty = ", uncommitted changes" if git["dirty"] else ""
        facts.append(f"git {escape(git['commit'][:10])} on {escape(git['branch'] or '?', 40)}{dirty}")
    return " · ".join(fact for fact in facts if fact)


def table_html(state: Any) -> str:
    """A run table (`payloads.TableState`): its first rows and columns, and a line on those that are left out."""
    columns = state["columns"][:MAX_TABLE_COLUMNS]
    rows = state["rows"][:MAX_TABLE_ROWS]
    results = list(takewhile(lambda key: key.startswith("metrics."), columns))
    parts = [_first_columns(rows), _value_columns(rows, results), _last_columns(rows)]
    parts.append(_value_columns(rows, columns[len(results) :]))
    shown = [column for part in parts for column in part]
    cells = zip(*(column.cells for column in shown), strict=True)
    body = table([column.head for column in shown], cells, [column.numeric for column in shown]) if rows else ""
    return root("table", [_table_head(state, len(rows)), body, _left_out(state["columns"])])


def _table_head(state: Any, shown: int) -> str:
    filtered = f" · filter <code>{escape(state['filter'], 200)}</code>" if state["filter"] else ""
    first = f"first {shown} of " if shown < state["total"] else ""
    return f"<div><strong>{escape(state['title'], 80)}</strong> {quiet(first + runs_text(state))}{filtered}</div>"


class _Shown(NamedTuple):
    """A column of the table: markup."""

    head: str
    cells: list[str]
    numeric: bool = False


def _first_columns(rows: Sequence[Any]) -> list[_Shown]:
    """What every run has and is looked for first."""
    runs = [row["run"] for row in rows]
    return [
        _Shown("run", [f"{_mark(row)}{_name(row['run'])}" for row in rows]),
        _Shown("status", [status_pill(row["run"]["status"], row.get("error", "")) for row in rows]),
        _Shown("started (UTC)", [one_line(time_text(run["start_ms"]).removesuffix(" UTC")) for run in runs]),
        _Shown("duration", [one_line(duration_text(run)) for run in runs], numeric=True),
    ]


def _name(run: Any) -> str:
    return f"<strong>{one_line(escape(cut(run['name'], 32)))}</strong>"


def _mark(row: Any) -> str:
    """Before the name of a run that was started in another one."""
    parent = row.get("parent")
    return f'<span title="inside {escape(parent["name"] or parent["run_id"], 80)}">↳ </span>' if parent else ""


def _value_columns(rows: Sequence[Any], keys: Sequence[str]) -> list[_Shown]:
    columns = []
    for key in keys:
        values = [row["values"].get(key) for row in rows]
        numeric = all(value is None or isinstance(value, int | float) for value in values)
        columns.append(_Shown(escape(label_of(key), 40), [escape(number_text(one), 40) for one in values], numeric))
    return columns


def _last_columns(rows: Sequence[Any]) -> list[_Shown]:
    """Where runs come from, and their ids; a column that would say nothing, or ever the same, is left out."""
    cells = [_place(row["cell"]) for row in rows]
    experiments = [one_line(escape(cut(row["run"]["experiment"], 20))) for row in rows]
    columns = [_Shown("cell", cells)] if any(cells) else []
    columns += [_Shown("experiment", experiments)] if len(set(experiments)) > 1 else []
    return [*columns, _Shown("id", [short_id(row["run"]) for row in rows])]


def _place(cell: Any) -> str:
    if not cell:
        return ""
    label = escape(cut(cell["label"], 24))
    return one_line(f"{label if cell['named'] else quiet(label)} {quiet('v' + str(cell['version']))}")


def _left_out(columns: Sequence[str]) -> str:
    """Which columns did not fit."""
    rest = [label_of(key) for key in columns[MAX_TABLE_COLUMNS:]]
    if not rest:
        return ""
    named = ", ".join(escape(cut(name, 24)) for name in rest[:MAX_NAMED_COLUMNS])
    more = ", …" if len(rest) > MAX_NAMED_COLUMNS else ""
    count = f"{len(rest)} more {'column' if len(rest) == 1 else 'columns'}"
    return f"<div>{quiet(f'{count}: {named}{more}')}</div>"


def comparison_html(state: Any) -> str:
    """A comparison (`payloads.CompareState`): the differing rows, groups of seeds, and how the code differs."""
    runs = state["runs"]
    names = unique({run["run_id"]: run["name"] for run in runs})
    parts = [f"<div><strong>comparison of {len(runs)} runs</strong> {quiet('differing rows')}</div>"]
    if rows := _differing(state["sections"], len(runs)):
        parts.append(table(["", *(escape(names[run["run_id"]]) for run in runs)], rows))
    if state["groups"]:
        parts += _groups(state["groups"])
    for pair in state["code"]:
        changed = [line for cell in pair["cells"] for line in cell["lines"] if line["op"] != "="]
        if changed:
            title = f"code: {escape(names[pair['run_id']])} against {escape(names[runs[0]['run_id']])}"
            parts.append(folded(title, _sides(changed)))
    parts.append(_overlaid(state["curves"], runs) if state["curves"] else "")
    return root("compare", parts)


def _differing(sections: Any, runs: int) -> list[Sequence[str]]:
    """The rows of all sections, each below its title: one table, so that a run's values stand in one column."""
    rows: list[Sequence[str]] = []
    for section in sections:
        differing = [row for row in section["rows"] if row["differs"]]
        if not differing or section["title"] == "System" or section["aggregate"] not in (None, "last"):
            continue
        rows.append((f"<strong>{escape(section['title'])}</strong>", *[""] * runs))
        rows += [
            (escape(row["key"], 60), *(escape(number_text(value), 80) for value in row["values"]))
            for row in differing[:MAX_COMPARE_ROWS]
        ]
        if more := _more(differing, MAX_COMPARE_ROWS):
            rows.append((more, *[""] * runs))
    return rows


def _groups(groups: Any) -> list[str]:
    """Means of groups of seeds, and what the tests say in words."""
    heads = [
        f"by {escape(groups['by'], 40)}",
        *(escape(one["name"], 40) for one in groups["groups"]),
        "against the first",
    ]
    rows = []
    for row in groups["rows"][:MAX_COMPARE_ROWS]:
        said = "; ".join(test["verdict"] for test in row["tests"] if test is not None)
        rows.append((escape(row["key"], 60), *(_group_value(one) for one in row["values"]), escape(said, 300)))
    return [table(heads, rows), f"<div>{quiet(escape(groups['note'], 600))}</div>"]


def _group_value(value: Any) -> str:
    if value is None:
        return ""
    deviation = value["deviation"]
    spread = "" if deviation is None else f" ± {float(f'{deviation:.2g}'):g}"  # 2900, where .2g alone says 2.9e+03
    return one_line(escape(f"{number_text(value['mean'])}{spread} (n = {value['n']})"))


def _overlaid(curves: Any, runs: Sequence[Any]) -> str:
    """The curves of all runs in one picture for each key, a few of them."""
    slots = palette.run_slots({run["run_id"]: run["start_ms"] for run in runs})
    names = {run["run_id"]: run["name"] for run in curves["runs"]}
    pictures = []
    for key in curves["keys"][:MAX_COMPARE_CURVES]:
        drawn = marks.plot(marks.axis("step"), marks.axis(key))
        for one in curves["series"]:
            pairs = [
                (float(step), float(value))
                for step, value in zip(one["steps"], one["values"], strict=True)
                if not isinstance(value, str)
            ]
            if one["key"] == key and pairs:
                at = drawing.thinned(sorted(pairs), MAX_COMPARE_POINTS)
                line = marks.line(
                    [x for x, _ in at], [y for _, y in at], name=names[one["run_id"]], series=slots[one["run_id"]]
                )
                drawn["lines"].append(line)
        if drawn["lines"]:
            pictures.append(f'<div style="flex:0 1 auto">{drawing.svg(drawn, 300, 180)}</div>')
    return f'<div style="display:flex;flex-wrap:wrap;gap:8px 16px">{"".join(pictures)}</div>' if pictures else ""


def _sides(changed: list[Any]) -> str:
    lines = []
    for line in changed[:MAX_DIFF_LINES]:
        if line["left"] is not None:
            lines.append((REMOVED, f"- {escape(line['left'], 300)}"))
        if line["right"] is not None:
            lines.append((ADDED, f"+ {escape(line['right'], 300)}"))
    return code(lines) + _more(changed, MAX_DIFF_LINES, "lines")


def _more(items: list[Any], shown: int, what: str = "rows") -> str:
    return f"<div>{quiet(f'… {len(items) - shown} more {what}')}</div>" if len(items) > shown else ""
