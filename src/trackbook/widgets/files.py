"""What a card reads from a run's artifacts: the listing, the models among them, and our own small files.

Files were written by whoever wrote the store, so reading is bounded in size and a file that does not parse is as good
as absent.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from trackbook.core import tags
from trackbook.errors import InvalidValue, TrackbookError
from trackbook.models import mlmodel
from trackbook.tracking.executions import last
from trackbook.widgets.card_payloads import ArtifactEntry, CardEnvironment, CardGit, CardModel, Registered

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trackbook.core.entities import FileInfo, ModelVersion, Run
    from trackbook.core.ports import Store

MAX_FILES = 500
"""Of a listing; a run with more shows this many."""
MAX_DEPTH = 4
MAX_READ_BYTES = 4_000_000


def listing(store: Store, run_id: str) -> list[FileInfo]:
    """The run's files, breadth first, at most `MAX_FILES`, ours under `trackbook/` last."""
    files: list[FileInfo] = []
    folders = [("", 0)]
    while folders and len(files) < MAX_FILES:
        folder, depth = folders.pop(0)
        for entry in store.artifacts.list(run_id, folder):
            if not entry.is_dir:
                files.append(entry)
            elif depth < MAX_DEPTH:
                folders.append((entry.path, depth + 1))
        folders.sort(key=lambda item: (_is_ours(item[0]), item[1]))
    return sorted(files[:MAX_FILES], key=lambda file: _is_ours(file.path))


def entries(files: Sequence[FileInfo], limit: int) -> list[ArtifactEntry]:
    return [ArtifactEntry(path=file.path, size=file.file_size) for file in files[:limit]]


def models(store: Store, run_id: str, files: Sequence[FileInfo]) -> list[CardModel]:
    """The models among these files, with the registered versions made of each."""
    versions = _versions_of(store, run_id)
    found = []
    for file in files:
        folder, _, name = file.path.rpartition("/")
        if name != mlmodel.FILE_NAME or not folder:
            continue
        try:
            model = mlmodel.parse(read(store, run_id, file.path) or b"")
        except InvalidValue:
            continue
        source = f"runs:/{run_id}/{folder}"
        registered = [
            Registered(name=item.name, version=item.version, aliases=sorted(item.aliases))
            for item in versions
            if item.source.rstrip("/") == source
        ]
        found.append(CardModel(path=folder, flavor=model.flavor, class_name=model.class_name, registered=registered))
    return found


def _versions_of(store: Store, run_id: str) -> Sequence[ModelVersion]:
    try:
        return store.registry.search_versions(f"run_id = '{run_id}'").items
    except InvalidValue:  # a store whose filter does not know run_id
        return [item for item in store.registry.search_versions().items if item.run_id == run_id]


def read(store: Store, run_id: str, path: str) -> bytes | None:
    """A small file's bytes; None where it is absent or larger than `MAX_READ_BYTES`."""
    try:
        with store.artifacts.open(run_id, path) as file:
            data = file.read(MAX_READ_BYTES + 1)
    except (TrackbookError, OSError):
        return None
    return data if len(data) <= MAX_READ_BYTES else None


def read_json(store: Store, run_id: str, path: str) -> Any:
    """The JSON of a small file; None where it is absent or does not parse."""
    data = read(store, run_id, path)
    try:
        return None if data is None else json.loads(data)
    except (ValueError, RecursionError):
        return None


def environment(store: Store, run: Run) -> dict[str, Any] | None:
    """The `environment.json` of the run's last execution; None where there is none."""
    found = read_json(store, run.info.run_id, last(run.data.tags, tags.ENVIRONMENT_FILE))
    return found if isinstance(found, dict) else None


def card_environment(found: dict[str, Any] | None, run_tags: Mapping[str, str]) -> CardEnvironment | None:
    """The few facts of it that a card shows, with what the run's tags say of git."""
    git = git_of(run_tags)
    if found is None and git is None:
        return None
    found = found or {}
    return CardEnvironment(
        python=python_of(found), platform=platform_of(found), packages=len(packages_of(found)), git=git
    )


def python_of(found: Mapping[str, Any]) -> str:
    return str(found.get("python") or "").split(" ", 1)[0]


def platform_of(found: Mapping[str, Any]) -> str:
    return str(found.get("platform") or "")


def packages_of(found: Mapping[str, Any]) -> dict[str, str]:
    """Package -> exact version, or the source it was installed from."""
    listed = found.get("packages")
    items = [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    return {str(item.get("name")): str(item.get("source") or item.get("version")) for item in items}


def git_of(run_tags: Mapping[str, str]) -> CardGit | None:
    commit = run_tags.get(tags.GIT_COMMIT)
    if not commit:
        return None
    dirty = run_tags.get(tags.GIT_DIRTY, "").lower() == "true"
    return CardGit(commit=commit, branch=run_tags.get(tags.GIT_BRANCH, ""), dirty=dirty)


def _is_ours(path: str) -> bool:
    return path == tags.FOLDER or path.startswith(f"{tags.FOLDER}/")
