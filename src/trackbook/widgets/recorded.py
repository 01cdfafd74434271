"""Static HTML of what is recorded of a run after its cell has ended (`payloads.CardRecord`)."""

from __future__ import annotations

from typing import Any

from trackbook.widgets.markup import escape, folded, quiet, status_word, table
from trackbook.widgets.texts import VERDICTS, reason_text, secrets_texts, shape_text, size_text, time_text

MAX_ROWS = 20
MAX_REASONS = 10
SHORT_DIGEST = 8
MARKS = {"reproducible": "✓", "differs": "⚠", "unknown": "?"}
ORIGINS = {
    "live": "the open document",
    "file": "the saved file",
    "file+history": "the saved file with what was executed since",
    "history": "the executed cells",
}


def parts(record: Any) -> list[str]:
    """What there is, in the order of the live card."""
    found = []
    if record["rerun"]:
        found.append(_rerun(record["rerun"]))
    if record["inputs"]:
        found.append(_inputs(record))
    if record["written"]:
        found.append(_written(record))
    if record.get("executions"):
        found.append(_executions(record["executions"]))
    if record["snapshots"]:
        found.append(f"<div>{quiet(_snapshots(record['snapshots']))}</div>")
    if record["secrets"]:
        found.append(_secrets(record["secrets"]))
    return found


def packages(changes: list[Any]) -> str:
    """Packages that are others than in the version before."""
    rows = [
        (escape(one["name"], 60), escape(one["before"] or "–", 40), escape(one["after"] or "–", 40))
        for one in changes[:MAX_ROWS]
    ]
    title = f"{_count(len(changes), 'package')} changed since the version before"
    return folded(title, table(("package", "before", "now"), rows) + _more(len(changes)))


def _rerun(rerun: Any) -> str:
    said = f"{MARKS[rerun['verdict']]} {VERDICTS[rerun['verdict']]}"
    program = [_count(rerun["cells"], "cell")] if rerun["cells"] else []
    program += [rerun["label"]] if rerun["label"] else []
    program += [rerun["program"]] if rerun["program"] else []
    facts = f" {quiet('minimal program: ' + escape(' · '.join(program)))}" if rerun["program"] else ""
    reasons = "".join(
        f"<div>{escape(reason_text(one))} <code>{escape(one['line'], 60)}</code></div>"
        for one in rerun["reasons"][:MAX_REASONS]
    )
    count = _count(len(rerun["reasons"]), "reason")
    return f"<div>{escape(said)}{facts}</div>" + (folded(count, reasons) if reasons else "")


def _inputs(record: Any) -> str:
    rows = [
        (
            escape(one["name"], 80),
            escape(shape_text(one["shape"]) or size_text(one["size"])),
            f'<code title="{escape(one["digest"])}">{escape(short_digest(one["digest"]))}</code>',
            escape(one["seen"], 60) + (f" {quiet(escape(one['remark'], 80))}" if one["remark"] else ""),
        )
        for one in record["inputs"][:MAX_ROWS]
    ]
    heads = ("name", "size", "digest", "seen")
    return folded(
        _count(record["input_count"], "input"), table(heads, rows, (False, True)) + _more(record["input_count"])
    )


def _written(record: Any) -> str:
    rows = [
        (
            escape(one["path"], 80),
            size_text(one["size"]),
            quiet(f"kept as {escape(one['kept'], 80)}") if one["kept"] else "",
        )
        for one in record["written"][:MAX_ROWS]
    ]
    title = f"{_count(record['written_count'], 'file')} written"
    return folded(title, table(("file", "size", ""), rows, (False, True)) + _more(record["written_count"]))


def _executions(executions: list[Any]) -> str:
    """The record is that of the last one."""
    rows = [
        (
            str(one["number"]),
            escape(status_word(one["status"]), 20),
            time_text(one["start_ms"]),
            escape(one["source"], 80),
            f"<code>{escape(one['folder'], 80)}/</code>",
        )
        for one in executions[-MAX_ROWS:]
    ]
    heads = ("", "status", "started", "by", "record")
    return folded(_count(len(executions), "execution"), table(heads, rows))


def _snapshots(snapshots: list[Any]) -> str:
    same = len(snapshots) > 1 and snapshots[0]["path"] == snapshots[-1]["path"]
    told = []
    for one in snapshots[-1:] if same else snapshots:
        unsaved = ", not saved" if one["unsaved"] else ""
        origin = escape(ORIGINS.get(one["origin"], one["origin"]), 60)
        when = "the same at the start and the end" if same else f"at the {one['when']}"
        told.append(f"{when} from {origin}{unsaved}, {time_text(one['taken_ms'])}")
    return f"notebook snapshot: {'; '.join(told)}"


def _secrets(secrets: list[Any]) -> str:
    """What is the cell's own as a list, the rest as one line."""
    own = [one for one in secrets if not one.get("quiet")]
    rows = [
        (escape(one["kind"], 60), escape(one["place"], 80), "" if one["line"] is None else str(one["line"]))
        for one in own[:MAX_ROWS]
    ]
    said = [escape(text) for text in secrets_texts(secrets)]
    listed = table(("kind", "place", "line"), rows, (False, False, True)) + _more(len(own))
    loud = [folded(f"⚠ {said.pop(0)}", listed)] if own else []
    return "".join([*loud, *(f"<div>{quiet(text)}</div>" for text in said)])


def short_digest(digest: str) -> str:
    """The beginning of it, with the letter that says of what it is."""
    kind, mark, rest = digest.rpartition(":")
    return f"{kind}{mark}{rest[:SHORT_DIGEST]}"


def _count(count: int, one: str) -> str:
    return f"{count} {one}" if count == 1 else f"{count} {one}s"


def _more(count: int) -> str:
    return f"<div>{quiet(f'… {count - MAX_ROWS} more rows')}</div>" if count > MAX_ROWS else ""
