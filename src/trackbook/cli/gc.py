"""`trackbook gc`: empty the trash, and tell where the space goes.  Nothing is deleted without `--yes`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trackbook.cli import output, records

if TYPE_CHECKING:
    from trackbook.core.ports import Disk, Store
    from trackbook.core.trash import Orphan, TrashedModel, TrashedRun, Usage

_UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400}
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*([smhdw])")


def gc(
    older_than: Annotated[
        str, typer.Option("--older-than", help="Only what was deleted longer ago, as in: 30d, 12h, 1d12h.")
    ] = "",
    run: Annotated[
        list[str] | None,
        typer.Option("--run", help="Only this deleted run (an id or the beginning of one); may be given again."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what would go, also with --yes.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Delete for good what is listed.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Also runs that registered model versions came from, or still RUNNING ones.")
    ] = False,
    orphans: Annotated[
        bool,
        typer.Option(
            "--orphans", help="Also artifact folders of no run, files that crashes left, a day old, and replaced texts."
        ),
    ] = False,
    vacuum: Annotated[bool, typer.Option("--vacuum", help="Then give the database's unused space back.")] = False,
    report: Annotated[bool, typer.Option("--report", help="Tell where the space goes, and delete nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Delete for good what lies in the trash: list it first, and do it with --yes."""
    from trackbook.tracking.session import current_session

    store = current_session().reading
    if report:
        _report(store, current_session().settings.journal_folder, as_json=as_json)
        return
    age_ms = _age_ms(older_than)
    found = _chosen(store, age_ms, run or [])
    models = [] if run else _models(store, age_ms)
    strays = list(_disk(store).orphans()) if orphans else []
    going = [one for one in found if force or not one.kept_for]
    kept = {one.run_id: one.kept_for for one in found if one not in going}
    kept |= {one.model_id: one.kept_for for one in models if one.kept_for and not force}
    models = [one for one in models if one.model_id not in kept]
    if dry_run or not yes:
        _print_plan(going, models, kept, strays, as_json=as_json)
        return
    freed = _empty_models(store, models, force=force)
    done = _delete(store, going, age_ms if not run else None, whole=not run, force=force)
    done["kept"] |= kept
    done["models"] = [one.model_id for one in models]
    done["freed_bytes"] += freed
    done["orphans"] = [one.path for one in strays]
    if orphans:
        done["freed_bytes"] += _disk(store).clear(strays)
    if vacuum:
        done["vacuumed_bytes"] = _disk(store).compact()
    _print_done(done, as_json=as_json)


def _chosen(store: Store, age_ms: int | None, beginnings: Sequence[str]) -> list[TrashedRun]:
    from trackbook.errors import InvalidState
    from trackbook.tracking.lookup import find_run

    found = {one.run_id: one for one in store.trash.contents(age_ms)}
    if not beginnings:
        return list(found.values())
    chosen = {}
    for beginning in beginnings:
        run_id = find_run(store, beginning).info.run_id
        if run_id not in found:
            raise InvalidState(f"run {run_id} is not in the trash{' for so long' if age_ms else ': delete it first'}")
        chosen[run_id] = found[run_id]
    return list(chosen.values())


def _delete(
    store: Store, going: Sequence[TrashedRun], age_ms: int | None, *, whole: bool, force: bool
) -> dict[str, Any]:
    emptied = store.trash.empty([one.run_id for one in going], force=force)
    experiments = [*emptied.experiments, *(store.trash.empty_experiments(age_ms) if whole else ())]
    return {
        "deleted": list(emptied.run_ids),
        "kept": dict(emptied.kept),
        "experiments": experiments,
        "freed_bytes": emptied.freed_bytes,
    }


def _models(store: Store, age_ms: int | None) -> list[TrashedModel]:
    """Deleted logged models; a server's are its own business."""
    trash = getattr(store, "model_trash", None)
    return [] if trash is None else list(trash.contents(age_ms))


def _empty_models(store: Store, models: Sequence[TrashedModel], *, force: bool) -> int:
    trash = getattr(store, "model_trash", None)
    return 0 if trash is None else int(trash.empty([one.model_id for one in models], force=force))


def _disk(store: Store) -> Disk:
    from trackbook.errors import InvalidState

    disk: Disk | None = getattr(store, "disk", None)
    if disk is None:
        raise InvalidState(f"the disk of {store.uri} cannot be reached from here: run gc where the store lies")
    return disk


def _age_ms(text: str) -> int | None:
    from trackbook.errors import InvalidValue

    if not text:
        return None
    parts = _PART.findall(text)
    if not parts or "".join(_PART.split(text)[::3]).strip():
        raise InvalidValue(f"{text!r} is no length of time: write it as in 30d, 12h or 1d12h")
    return round(sum(float(number) * _UNITS_S[unit] for number, unit in parts) * 1000)


def _print_plan(
    going: Sequence[TrashedRun],
    models: Sequence[TrashedModel],
    kept: dict[str, str],
    strays: Sequence[Orphan],
    *,
    as_json: bool,
) -> None:
    if as_json:
        plan = {
            "would_delete": [asdict(one) for one in going],
            "models": [asdict(one) for one in models],
            "kept": kept,
            "orphans": [asdict(one) for one in strays],
        }
        output.print_json(plan)
        return
    if not (going or models or kept or strays):
        typer.echo("nothing to delete")
        return
    if going:
        _print_runs(going)
    if models:
        rows = [[one.model_id, one.name, output.clock(one.deleted_ms), output.size(one.size_bytes)] for one in models]
        output.table(["logged model", "name", "deleted", "size"], rows)
    if strays:
        output.table(["folder of no run", "size"], [[one.path, output.size(one.size_bytes)] for one in strays])
    _print_kept(kept)
    total = sum(one.size_bytes for some in (going, models, strays) for one in some)
    what = f"{len(going)} runs{f', {len(models)} logged models' if models else ''} and"
    typer.echo(f"would delete {what} {len(strays)} folders, {output.size(total)}; --yes does it")


def _print_runs(found: Sequence[TrashedRun]) -> None:
    columns = ["run", "name", "experiment", "deleted", "files", "size", "points"]
    rows = [
        [
            one.run_id[: records.SHORT_ID],
            one.name,
            one.experiment,
            output.clock(one.deleted_ms),
            one.files,
            output.size(one.size_bytes),
            one.points,
        ]
        for one in found
    ]
    output.table(columns, rows)


def _print_kept(kept: dict[str, str]) -> None:
    for run_id, reason in kept.items():
        typer.echo(f"kept {run_id}: {output.plain(reason)}")


def _print_done(done: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        output.print_json(done)
        return
    _print_kept(done["kept"])
    models = f", {len(done['models'])} logged models" if done["models"] else ""
    gone = f"deleted {len(done['deleted'])} runs{models}, {len(done['experiments'])} experiments"
    typer.echo(f"{gone}, {len(done['orphans'])} folders of no run; {output.size(done['freed_bytes'])} given back")
    if "vacuumed_bytes" in done:
        typer.echo(f"{output.size(done['vacuumed_bytes'])} of the database given back")


def _report(store: Store, journals: Path, *, as_json: bool) -> None:
    disk = _disk(store)
    found, strays = disk.report(), disk.orphans()
    journal_bytes = sum(file.stat().st_size for file in journals.rglob("*") if file.is_file())
    if as_json:
        extra = {"journal_bytes": journal_bytes, "orphans": [asdict(one) for one in strays]}
        output.print_json(asdict(found) | extra)
        return
    rows = [
        ["database", output.size(found.database_bytes)],
        ["  texts of runs in it, what is equal once", output.size(found.documents_bytes)],
        ["  unused in it (--vacuum)", output.size(found.reclaimable_bytes)],
        ["journals", output.size(journal_bytes)],
        ["artifacts, texts as they read", output.size(sum(one.size_bytes for one in found.experiments))],
        [f"  of {found.trash.runs} runs in the trash", output.size(found.trash.size_bytes)],
        [f"folders of no run (--orphans): {len(strays)}", output.size(sum(one.size_bytes for one in strays))],
    ]
    output.table(["", "size"], rows)
    _usages("experiment", [one for one in found.experiments if one.runs])
    _usages("largest runs", found.largest)


def _usages(title: str, found: Sequence[Usage]) -> None:
    if found:
        typer.echo("")
        rows = [
            [one.id[: records.SHORT_ID], one.name, one.runs, one.files, output.size(one.size_bytes), one.points]
            for one in found
        ]
        output.table(["id", title, "runs", "files", "size", "points"], rows)
