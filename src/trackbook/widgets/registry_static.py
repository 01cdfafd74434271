"""The registry where no script runs: a page of markup, and plain text."""

from __future__ import annotations

from typing import Any

from trackbook.charts.labels import cut
from trackbook.widgets.markup import escape, folded, quiet, root, table
from trackbook.widgets.registry_reading import effect_text
from trackbook.widgets.texts import change_text, number_text, time_text

MAX_VERSIONS = 20
MAX_METRICS = 4


def registry_text(state: Any) -> str:
    if not state["models"]:
        return "no registered models"
    model = state["model"]
    rows = state["models"] if model is None else [one for one in state["models"] if one["name"] == model["name"]]
    lines = [_line(row) for row in rows] or ([f"{cut(model['name'])}: {_count(model['versions']['total'])}"])
    more = state["total"] - len(state["models"])
    return "\n".join([*lines, *([f"… {more} more models"] if more > 0 and model is None else [])])


def _line(row: Any) -> str:
    aliases = ", ".join(f"{one['alias']} → {one['version']}" for one in row["aliases"])
    return f"{cut(row['name'])}: {_count(row['versions'])}{f' ({aliases})' if aliases else ''}"


def _count(versions: int) -> str:
    return f"{versions} {'version' if versions == 1 else 'versions'}"


def registry_html(state: Any) -> str:
    if state["model"] is not None:
        return root("registry", _model(state["model"]))
    if not state["models"]:
        return root("registry", [f"<div>{quiet('no registered models')}</div>"])
    rows = [_model_row(row) for row in state["models"]]
    parts = [table(("model", "versions", "aliases", "champion", "changed"), rows, (False, True))]
    more = state["total"] - len(rows)
    if more > 0:
        parts.append(f"<div>{quiet(f'… {more} more models')}</div>")
    return root("registry", parts)


def _model_row(row: Any) -> tuple[str, ...]:
    champion = row["champion"]
    said = "" if champion is None else f"v{escape(champion['version'])} {quiet(_first_metrics(champion['metrics']))}"
    name = f"<strong>{escape(row['name'], 80)}</strong>"
    description = f"<br>{quiet(escape(row['description'], 200))}" if row["description"] else ""
    aliases = " ".join(_pill(f"@{one['alias']} v{one['version']}") for one in row["aliases"])
    return name + description, str(row["versions"]), aliases, said, time_text(row["updated_ms"])


def _first_metrics(metrics: Any) -> str:
    shown = list(metrics.items())[:MAX_METRICS]
    return " · ".join(f"{escape(key, 40)} {escape(number_text(value))}" for key, value in shown)


def _pill(text: str) -> str:
    return f"<code>{escape(text, 60)}</code>"


def _model(model: Any) -> list[str]:
    champion = model["champion"]
    title = f"<div><strong>{escape(model['name'], 120)}</strong> {quiet(_count(model['versions']['total']))}</div>"
    parts = [title]
    if model["description"]:
        parts.append(f"<div>{escape(model['description'], 1000)}</div>")
    keys = list(champion["metrics"])[:MAX_METRICS] if champion else []
    rows = [_version_row(row, keys, champion) for row in model["versions"]["rows"][:MAX_VERSIONS]]
    heads = ("version", "aliases", "stage", *(escape(key, 40) for key in keys), "run", "registered", "description")
    numeric = (True, False, False, *[True] * len(keys))
    parts.append(table(heads, rows, numeric) if rows else f"<div>{quiet('no versions yet')}</div>")
    more = model["versions"]["total"] - len(rows)
    if more > 0:
        parts.append(f"<div>{quiet(f'… {more} earlier versions')}</div>")
    if model["approvers"]:
        parts.append(f"<div>{quiet(escape('protected: approved by ' + ', '.join(model['approvers']), 300))}</div>")
    if model["requests"]:
        parts.append(
            table(("waits for approval", "asked by", "why", "when"), [_request(one) for one in model["requests"]])
        )
    if model["audit"]["rows"]:
        parts.append(folded("Audit trail", _audit(model["audit"]["rows"])))
    return parts


def _request(row: Any) -> tuple[str, ...]:
    words = escape(f"request {row['id']}: {row['words']}", 300)
    return words, escape(row["user"], 60), escape(row["reason"], 300), time_text(row["time_ms"])


def _version_row(row: Any, keys: list[str], champion: Any) -> tuple[str, ...]:
    aliases = " ".join(_pill(f"@{alias}") for alias in row["aliases"])
    run = row["run"]
    name = escape(run["name"] if run else row["source"], 60)
    metrics = [_metric(row["metrics"].get(key), champion["metrics"].get(key), row["version"], champion) for key in keys]
    stage = "" if row["stage"] == "None" else escape(row["stage"])
    when, about = time_text(row["created_ms"]), escape(row["description"], 200)
    return f"v{escape(row['version'])}", aliases, stage, *metrics, name, when, about


def _metric(value: Any, best: Any, version: str, champion: Any) -> str:
    own = escape(number_text(value))
    if version == champion["version"] or not isinstance(value, float | int) or not isinstance(best, float | int):
        return own
    return f"{own} {quiet(escape(change_text(value - best)))}"


def _audit(rows: Any) -> str:
    lines = [
        (
            time_text(row["time_ms"]),
            escape(row["user"], 60),
            escape(effect_text(row["effect"]), 300),
            escape(row["reason"], 300),
            escape(" · ".join(filter(None, (row["place"], row["client"]))), 120),
        )
        for row in rows
    ]
    return table(("when", "who", "what", "why", "from"), lines)
