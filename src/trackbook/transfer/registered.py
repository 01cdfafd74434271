"""Registered models on their way in an archive: which versions go along, and what becomes of them elsewhere.

A version goes along with its run.  It is the same version elsewhere if it has the same run and path there, whatever its
number, so that importing twice adds nothing.  Where the number is free there it is kept, else the next one is taken,
and a note says so.  What is there already stays as it is: descriptions, tags, stages, and aliases above all, which are
set where they are free and never taken from another version.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from trackbook.core.names import STAGES
from trackbook.errors import AlreadyExists, InvalidValue, NotFound, TrackbookError, shown

if TYPE_CHECKING:
    from trackbook.core.entities import ModelVersion
    from trackbook.core.ports import Registry

PAGE = 1000


@dataclass(frozen=True, slots=True)
class VersionRecord:
    version: int
    source: str
    location: str
    """Where its files lie, `runs:/<run id>/<path>`."""
    run_id: str | None = None
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    stage: str = STAGES[0]
    run_link: str = ""
    model_id: str | None = None
    user_id: str = ""


@dataclass(frozen=True, slots=True)
class ModelRecord:
    name: str
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, int] = field(default_factory=dict)
    """alias -> number of one of the versions"""
    versions: Sequence[VersionRecord] = ()

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def of_runs(registry: Registry, run_ids: Collection[str]) -> list[ModelRecord]:
    """The registered models that have versions of these runs, with these versions and their aliases."""
    chosen: dict[str, list[ModelVersion]] = {}
    for version in _all_versions(registry):
        if version.run_id in run_ids:
            chosen.setdefault(version.name, []).append(version)
    return [_record(registry, name, versions) for name, versions in sorted(chosen.items())]


def from_json(text: bytes | str) -> list[ModelRecord]:
    """The models of an archive's member.  Raises `InvalidValue` for what has another shape."""
    try:
        return [_parsed(fields) for fields in json.loads(text)["models"]]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InvalidValue(f"the archive's registered models cannot be read ({error}): export it again") from error


def put_models(registry: Registry, models: Iterable[ModelRecord], notes: list[str]) -> int:
    """Take models over; the number of versions that were new.  What could not be done is added to `notes`."""
    added = 0
    for model in models:
        try:
            added += _put(registry, model, notes)
        except TrackbookError as error:
            notes.append(f"registered model {shown(model.name)}: {error}")
    return added


def _put(registry: Registry, model: ModelRecord, notes: list[str]) -> int:
    try:
        held = dict(registry.get_model(model.name).aliases)
    except NotFound:
        held = dict(registry.create_model(model.name, model.description, model.tags).aliases)
    here = [version for version in _all_versions(registry) if version.name == model.name]
    numbers: dict[int, str] = {}
    added = 0
    for record in sorted(model.versions, key=lambda one: one.version):
        same = _same(here, record)
        if same is not None:
            here.remove(same)
            numbers[record.version] = same.version
            continue
        numbers[record.version] = _create(registry, model.name, record, notes)
        added += 1
    for alias, number in model.aliases.items():
        _name(registry, model.name, alias, numbers[number], held, notes)
    return added


def _same(here: Sequence[ModelVersion], record: VersionRecord) -> ModelVersion | None:
    """The version of the same run and path; of several the one of the same number, else the oldest."""
    found = [one for one in here if (one.run_id, one.location) == (record.run_id, record.location)]
    found.sort(key=lambda one: (one.version != str(record.version), int(one.version)))
    return found[0] if found else None


def _create(registry: Registry, name: str, record: VersionRecord, notes: list[str]) -> str:
    given: dict[str, Any] = {
        "run_link": record.run_link,
        "model_id": record.model_id,
        "user_id": record.user_id,
        "location": None if record.location == record.source else record.location,
    }
    plain = (name, record.source, record.run_id, record.description, record.tags)
    try:
        made = registry.create_version(*plain, record.version, **given)
    except AlreadyExists:
        made = registry.create_version(*plain, **given)
        notes.append(
            f"version {record.version} of registered model {name!r} is version {made.version} here: "
            f"the number {record.version} was used before"
        )
    if record.stage != STAGES[0]:
        registry.transition(name, made.version, record.stage)
    return made.version


def _name(registry: Registry, name: str, alias: str, version: str, held: Mapping[str, str], notes: list[str]) -> None:
    if alias not in held:
        registry.set_alias(name, alias, version)
    elif held[alias] != version:
        notes.append(
            f"alias {alias!r} of registered model {name!r} stays with version {held[alias]}; "
            f"the archive has it on what is version {version} here"
        )


def _all_versions(registry: Registry) -> Iterator[ModelVersion]:
    token: str | None = None
    while True:
        page = registry.search_versions("", PAGE, token)
        yield from page.items
        token = page.next_page_token
        if not token:
            return


def _record(registry: Registry, name: str, versions: Sequence[ModelVersion]) -> ModelRecord:
    model = registry.get_model(name)
    numbers = {version.version for version in versions}
    return ModelRecord(
        name=name,
        description=model.description,
        tags=dict(model.tags),
        aliases={alias: int(number) for alias, number in model.aliases.items() if number in numbers},
        versions=[
            VersionRecord(
                version=int(one.version),
                source=one.source,
                location=one.location,
                run_id=one.run_id,
                description=one.description,
                tags=dict(one.tags),
                stage=one.current_stage,
                run_link=one.run_link,
                model_id=one.model_id,
                user_id=one.user_id,
            )
            for one in sorted(versions, key=lambda one: int(one.version))
        ],
    )


def _parsed(fields: Mapping[str, Any]) -> ModelRecord:
    versions = [VersionRecord(**version) for version in fields["versions"]]
    model = ModelRecord(**{**fields, "versions": versions})
    texts = [model.name, model.description, *(text for one in versions for text in (one.source, one.location))]
    numbers = [one.version for one in versions]
    if not all(isinstance(text, str) for text in texts) or not all(type(number) is int for number in numbers):
        raise ValueError("a text or number has another type")
    if not set(model.aliases.values()) <= set(numbers) or min(numbers, default=1) < 1:
        raise ValueError("its numbers do not fit")
    for tags in (model.tags, *(one.tags for one in versions)):
        if not all(isinstance(text, str) for pair in tags.items() for text in pair):
            raise ValueError("a tag is no text")
    return model
