"""What is recorded of a run after its cell has ended: its inputs, whether it would run again, what it wrote.

Read from the run's inputs and from our own small files, of which only those that are listed are asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trackbook.core import tags
from trackbook.tracking.executions import executions, last, last_folder
from trackbook.widgets import files, written
from trackbook.widgets.inputs import card_inputs
from trackbook.widgets.record_payloads import CardExecution, CardRecord, CardSnapshot, PackageChange
from trackbook.widgets.rerun import card_rerun
from trackbook.widgets.secrets import card_secrets
from trackbook.widgets.texts import shorten

if TYPE_CHECKING:
    from trackbook.core.entities import FileInfo, Run
    from trackbook.core.ports import Store

MAX_CHANGES = 40
MAX_EXECUTIONS = 50


@dataclass(frozen=True, slots=True)
class Kept:
    """The files of one run."""

    store: Store
    run: Run
    listed: Sequence[FileInfo]

    @property
    def paths(self) -> Collection[str]:
        return {file.path for file in self.listed}

    def has(self, path: str) -> bool:
        """A listing that was cut says nothing of what it lacks."""
        return len(self.listed) >= files.MAX_FILES or path in self.paths

    def path(self, file: str) -> str:
        """Where the run's last execution has a file of the record."""
        return last(self.run.data.tags, file)

    def json(self, file: str) -> Any:
        path = self.path(file)
        return files.read_json(self.store, self.run.info.run_id, path) if self.has(path) else None


def card_record(kept: Kept, before: Run | None, warnings: Sequence[str] = ()) -> CardRecord:
    """`before` is the run of the cell's version before, `warnings` what the run says was not recorded as it was."""
    run, wrote = kept.run, written.rows(kept.json(tags.FILES_FILE))
    program = kept.path(tags.PROGRAM_FILE)
    return CardRecord(
        inputs=card_inputs(run.inputs.dataset_inputs),
        input_count=len(run.inputs.dataset_inputs),
        rerun=card_rerun(kept.json(tags.STATE_FILE), program if program in kept.paths else None, run.data.tags),
        written=written.offered(wrote, kept.listed),
        written_count=len(wrote),
        snapshots=_snapshots(kept.json(tags.NOTEBOOK_ABOUT_FILE), last_folder(run.data.tags)),
        secrets=card_secrets(_rows(kept.json(tags.SECRETS_FILE), "replaced"), warnings),
        packages=_packages(kept, before),
        executions=_executions(kept),
    )


def _executions(kept: Kept) -> list[CardExecution]:
    """Of a run that was gone on with, the first one first; none of another."""
    if tags.EXECUTION not in kept.run.data.tags:
        return []
    folders = {path.rpartition("/")[0] for path in kept.paths}
    return [
        CardExecution(
            number=one.number,
            status=shorten(one.status, 20),
            start_ms=one.start_ms or 0,
            source=shorten(one.source, 200),
            folder=one.folder,
        )
        for one in executions(kept.store, kept.run, folders)[-MAX_EXECUTIONS:]
    ]


def _snapshots(found: Any, folder: str) -> list[CardSnapshot]:
    """Of the notebook: at the cell's start, at its end, or both."""
    made = []
    for one in _rows(found, "snapshots")[:2]:
        taken_ms = one.get("taken_ms")
        made.append(
            CardSnapshot(
                when="start" if one.get("when") == "start" else "end",
                origin=shorten(str(one.get("origin", "")), 40),
                unsaved=one.get("unsaved") is True,
                taken_ms=taken_ms if isinstance(taken_ms, int) else 0,
                path=f"{folder}/{shorten(str(one.get('file', '')), 100)}",
            )
        )
    return made


def _packages(kept: Kept, previous: Run | None) -> list[PackageChange] | None:
    """Packages that came, went or have another version than in the run before."""
    if previous is None:
        return None
    now, then = kept.json(tags.ENVIRONMENT_FILE), files.environment(kept.store, previous)
    if not isinstance(now, dict) or then is None:
        return None
    after, before = files.packages_of(now), files.packages_of(then)
    if not after or not before:
        return None
    return [
        PackageChange(name=shorten(name, 100), before=_version(before, name), after=_version(after, name))
        for name in sorted(after.keys() | before.keys())
        if after.get(name) != before.get(name)
    ][:MAX_CHANGES]


def _version(packages: Mapping[str, str], name: str) -> str | None:
    return shorten(packages[name], 100) if name in packages else None


def _rows(found: Any, name: str) -> list[dict[str, Any]]:
    listed = found.get(name) if isinstance(found, dict) else None
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
