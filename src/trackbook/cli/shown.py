"""A run as `trackbook show` sets it: facts first, then what came out, then what it was made of, the code last.

Every part stands only where there is something to say.  Lines keep to the terminal's width: text is folded, digests and
paths of the machine are cut with an ellipsis where there is no room for the whole.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import typer

from trackbook.cli import output
from trackbook.cli.records import SHORT_ID
from trackbook.core import tags
from trackbook.widgets import secrets
from trackbook.widgets.heads import SYSTEM
from trackbook.widgets.recorded import MARKS, ORIGINS
from trackbook.widgets.texts import VERDICTS, reason_text, shape_text, shorten

Record = Mapping[str, Any]
LONGEST_PRINTED = 20
"""Lines of what was printed: the last ones."""
LEAST_DIGEST, GAP = 10, 2
METRIC_COLUMNS = ("metric", "last", "step", "execution", "points", "min", "max")


def print_run(run: Record) -> None:
    """Print what `records.full_record` made."""
    record = run["record"]
    width = output.console().width
    output.table(["", ""], _facts(run, record))
    _state(record, width)
    _section("executions", ["", "status", "started", "by", "record"], _executions(run))
    _section("params", ["param", "value", "found"], _params(run))
    _section("metrics", METRIC_COLUMNS, _metrics(run, system=False))
    _inputs(run["inputs"], width)
    _section("models read", ["logged model", "name", "status", "size"], _models(run["models_read"]))
    _section("models made", ["logged model", "name", "status", "size"], _models(run["outputs"]))
    _section("children", ["run", "name", "status"], _children(run))
    _section("files written", ["file", "size"], [[one["path"], _size(one["size_bytes"])] for one in record["written"]])
    artifacts = [one for one in run["artifacts"] if not _is_ours(one["path"])]
    _section("artifacts", ["artifact", "size"], [[one["path"], _size(one["size_bytes"])] for one in artifacts])
    _lines("files of the record", _record_files(run), width)
    _section("snapshots of the notebook", ["at", "from", "taken", "file"], _snapshots(record))
    _section("secrets replaced", ["kind", "place", "line"], _secrets(record))
    _section("system metrics", METRIC_COLUMNS, _metrics(run, system=True))
    said = _warnings(run)
    _lines("warnings", said, width)
    _lines("left out", [one for one in record["left_out"] if one not in said], width)
    _lines("Python warned", [f"{one.get('category', '')}: {one.get('message', '')}" for one in record["warned"]], width)
    _text("printed", _ending(record["printed"]))
    _text("traceback", record["traceback"] or "")
    source = record["source"] or (run["cell"] or {}).get("source", "")
    _text("code" if record["of"]["own"] else f"code of the run around it, {record['of']['run_name']}", source)


def _models(found: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
    return [
        [one["model_id"], one["name"], one["status"], "" if one["size_bytes"] is None else _size(one["size_bytes"])]
        for one in found
    ]


# -- the facts ----------------------------------------------------------------------------------------------------


def _facts(run: Record, record: Record) -> list[list[Any]]:
    known, cell = run["tags"], run["cell"]
    error = record["error"] if record["of"]["own"] else run["error"]
    took = output.duration(run["duration_ms"])
    seed, arguments = record["seed"], record["arguments"]
    facts = [
        ("run", run["run_id"]),
        ("name", run["run_name"]),
        ("experiment", run["experiment"]),
        ("status", output.status_text(run["status"])),
        ("deleted", "in the trash" if run["lifecycle_stage"] == "deleted" else ""),
        ("started", f"{output.clock(run['start_time'])}{f', took {took}' if took else ''}{_by(run)}"),
        ("error", "" if error is None else f"{error['type']}: {error['message']}"),
        ("note", known.get(tags.NOTE, "")),
        ("tags", ", ".join(f"{key}={text}" for key, text in sorted(known.items()) if not tags.is_system(key))),
        ("goal", known.get(tags.GOAL, "")),
        ("baseline", "yes" if known.get(tags.BASELINE) == "true" else ""),
        ("parent", _run(run["parent"])),
        ("record", "" if record["of"]["own"] else f"that of {_run(record['of'])}, in which it ran"),
        ("execution", f"{record['execution']} of {len(run['executions'])}" if len(run["executions"]) > 1 else ""),
        (
            "cell",
            "" if not cell else f"{cell['line']}, version {cell['version']}{' (guessed)' if cell['guessed'] else ''}",
        ),
        ("notebook", _notebook(record["notebook"] or (cell or {}).get("notebook") or "", record["renamed_from"])),
        ("script", " ".join([record["script"] or "", *(arguments if isinstance(arguments, list) else ())]).strip()),
        ("trained", record["trained"] or ""),
        ("seed", _seed(seed) if isinstance(seed, dict) else ""),
        ("git", _git(record["git"])),
        ("modules", ", ".join(record["modules"])),
        *_environment(record["environment"]),
    ]
    return [[name, value] for name, value in facts if value]


def _by(run: Record) -> str:
    return f", by {run['user']}" if run["user"] else ""


def _notebook(path: str, renamed_from: str | None) -> str:
    return f"{path}, {renamed_from} when its kernel began" if renamed_from else path


def _run(one: Mapping[str, str] | None) -> str:
    return "" if one is None else f"{one['run_name']} ({one['run_id'][:SHORT_ID]})".strip()


def _seed(seed: Mapping[str, Any]) -> str:
    done = seed.get("set")
    names = f" for {', '.join(map(str, done))}" if isinstance(done, list) and done else ""
    return f"{seed.get('seed')}{names}"


def _git(git: Mapping[str, Any] | None) -> str:
    if git is None:
        return ""
    dirty = {True: "with uncommitted changes", False: "nothing uncommitted"}.get(
        git["dirty"], "uncommitted changes unknown"
    )
    kept = f" ({git['diff']})" if git["diff"] else ""
    where = f" on {git['branch']}" if git["branch"] else ""
    return f"{(git['commit'] or 'no commit')[:12]}{where}, {dirty}{kept}"


def _environment(found: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    if found is None:
        return []
    count, memory = found["cpu_count"], found["memory_bytes"]
    machine = [
        found["platform"],
        f"{count} × {found['cpu']}" if isinstance(count, int) else str(found["cpu"] or ""),
        output.size(memory) if isinstance(memory, int) else "",
        *map(str, found["gpus"]),
    ]
    where = f" ({found['requirements']})" if found["requirements"] else ""
    return [
        ("python", f"{found['python']}, {_count(found['packages'], 'package')}{where}"),
        ("machine", ", ".join(part for part in machine if part)),
    ]


# -- the parts ----------------------------------------------------------------------------------------------------


def _state(record: Record, width: int) -> None:
    """Would it run again, and why not; and the minimal program."""
    state, program = record["state"], record["program"]
    said = []
    if state is not None:
        said.append(f"{MARKS[state['verdict']]} {VERDICTS[state['verdict']]}")
        said += ["  " + ": ".join(part for part in (reason_text(one), one["line"]) if part) for one in state["reasons"]]
    if program is not None:
        cells = _count(program["cells"], "cell") if program["cells"] else ""
        facts = ", ".join(part for part in (cells, program["label"]) if part)
        said.append(f"minimal program: {facts}{': ' if facts else ''}{program['path']}, or --program FILE")
    _lines("again", said, width)


def _executions(run: Record) -> list[list[Any]]:
    """None where there is but one: the facts tell it."""
    found = run["executions"]
    if len(found) < 2:
        return []
    rows = [
        [
            str(one["number"]),
            output.status_text(one["status"]),
            output.clock(one["start_time"]),
            one["source"],
            f"{one['folder']}/",
        ]
        for one in found
    ]
    rows[run["record"]["execution"] - 1][0] += " *"
    return rows


def _params(run: Record) -> list[list[Any]]:
    found = run["origins"]
    return [[key, value, found.get(key, "logged")] for key, value in run["params"].items()]


def _metrics(run: Record, *, system: bool) -> list[list[Any]]:
    """Results, or what the machine did meanwhile; where there are several executions, of which the last value is."""
    several = len(run["executions"]) > 1
    numbers = [(key, one) for key, one in run["metrics"].items() if key.startswith(SYSTEM) is system]
    return [
        [
            key,
            output.number(one["last"]),
            one["last_step"],
            one["execution"] if several else "",
            one["count"],
            *map(output.number, (one["min"], one["max"])),
        ]
        for key, one in numbers
    ]


def _children(run: Record) -> list[list[Any]]:
    found = run["children"]
    return [[one["run_id"][:SHORT_ID], one["run_name"], output.status_text(one["status"])] for one in found]


def _is_ours(path: str) -> bool:
    return path.startswith(f"{tags.FOLDER}/")


def _record_files(run: Record) -> list[str]:
    """A line for each folder."""
    folders: dict[str, list[str]] = {}
    for one in run["artifacts"]:
        if _is_ours(one["path"]):
            folder, _, name = one["path"].rpartition("/")
            folders.setdefault(folder, []).append(name)
    return [f"{folder}/ {', '.join(names)}" for folder, names in folders.items()]


def _secrets(record: Record) -> list[list[Any]]:
    return [[one.get("kind", ""), one.get("place", ""), one.get("line") or ""] for one in record["secrets"]]


def _warnings(run: Record) -> list[str]:
    """But for those that say no more than the list of secrets."""
    return secrets.without(run["warnings"], [str(one.get("place")) for one in run["record"]["secrets"]])


def _inputs(inputs: Sequence[Record], width: int) -> None:
    """Digests whole where there is room, else cut."""
    rows = [[one["name"], shape_text(one["shape"]) or _size(one["size"]), one["digest"], _seen(one)] for one in inputs]
    if not rows:
        return
    widest = [max(output.cells(row[column]) for row in rows) + GAP for column in range(4)]
    room = max(LEAST_DIGEST, width - min(widest[0], width // 3) - widest[1] - min(widest[3], width // 3))
    _section("inputs", ["input", "size", "digest", "seen"], [[*row[:2], shorten(row[2], room), row[3]] for row in rows])


def _seen(one: Record) -> str:
    return ", ".join(part for part in (one["seen"], one["remark"]) if part)


def _snapshots(record: Record) -> list[list[Any]]:
    """One row of a notebook that was the same at the start and at the end."""
    found = record["snapshots"]
    same = len(found) > 1 and found[0].get("file") and found[0].get("file") == found[-1].get("file")
    rows = []
    for one in found[-1:] if same else found:
        origin, taken = str(one.get("origin", "")), one.get("taken_ms")
        unsaved = ", not saved" if one.get("unsaved") is True else ""
        when = output.clock(taken) if isinstance(taken, int) else ""
        at = "start and end, the same" if same else str(one.get("when", ""))
        rows.append([at, ORIGINS.get(origin, origin) + unsaved, when, str(one.get("file", ""))])
    return rows


def _count(count: int, one: str) -> str:
    return f"{count} {one}" if count == 1 else f"{count} {one}s"


def _size(size_bytes: int | None) -> str:
    return "" if size_bytes is None else output.size(size_bytes)


def _ending(printed: str) -> str:
    lines = printed.rstrip().splitlines()
    more = len(lines) - LONGEST_PRINTED
    return "\n".join([f"… {more} lines above" if more > 0 else "", *lines[-LONGEST_PRINTED:]]).strip("\n")


def _section(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """A table without the columns in which nothing stands."""
    if rows:
        told = [index for index in range(len(columns)) if any(str(row[index]) for row in rows)]
        typer.echo(f"\n{title}")
        output.table([columns[index] for index in told], [[row[index] for index in told] for row in rows])


def _lines(title: str, sentences: Sequence[str], width: int) -> None:
    if sentences:
        typer.echo(f"\n{title}")
        for sentence in sentences:
            indent = " " * (len(sentence) - len(sentence.lstrip()))
            typer.echo(
                textwrap.fill(
                    output.plain(" ".join(sentence.split())),
                    width,
                    initial_indent=indent,
                    subsequent_indent=indent + "  ",
                )
            )


def _text(title: str, text: str) -> None:
    if text.strip():
        typer.echo(f"\n{title}\n{output.plain(text.rstrip())}")
