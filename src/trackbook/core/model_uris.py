"""Where a model lies: `runs:/<run id>/<path>`, `models:/<name>/<version, latest or stage>`, `models:/<name>@<alias>`.

A URI is parsed into a value first; `version_of` and `resolve` then ask the registry.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from trackbook.core.names import STAGES, check_alias, check_artifact_path, check_model_name, check_run_id, check_stage
from trackbook.errors import InvalidState, InvalidValue, NotFound, shown

if TYPE_CHECKING:
    from trackbook.core.entities import ModelVersion
    from trackbook.core.ports import Registry

EXPECTED = (
    "'runs:/<run id>/<path>', 'models:/<name>/<version>', 'models:/<name>/latest', 'models:/<name>@<alias>', "
    f"or 'models:/<name>/<stage>' with one of {', '.join(STAGES)}"
)
LATEST = "latest"


@dataclass(frozen=True, slots=True)
class RunModelUri:
    """A model among a run's artifacts."""

    run_id: str
    path: str

    def __str__(self) -> str:
        return f"runs:/{self.run_id}/{self.path}"


@dataclass(frozen=True, slots=True)
class RegisteredModelUri:
    """A registered version: exactly one of `version` (a number or `latest`), `alias` and `stage` names it."""

    name: str
    version: str | None = None
    alias: str | None = None
    stage: str | None = None

    def __str__(self) -> str:
        return (
            f"models:/{self.name}@{self.alias}" if self.alias else f"models:/{self.name}/{self.version or self.stage}"
        )


ModelUri = RunModelUri | RegisteredModelUri


def parse(uri: object) -> ModelUri:
    """The parts of a model URI.  Raises `InvalidValue` that says which forms there are."""
    if isinstance(uri, RunModelUri | RegisteredModelUri):
        return uri
    if isinstance(uri, str):
        scheme, separator, rest = uri.partition(":/")
        rest = rest.lstrip("/")
        if separator and scheme == "runs":
            return _of_run(uri, rest)
        if separator and scheme == "models":
            return _registered(uri, unquote(rest))
    raise InvalidValue(f"model URI {shown(uri)} cannot be read: expected {EXPECTED}")


def _of_run(uri: str, rest: str) -> RunModelUri:
    run_id, _, path = rest.partition("/")
    path = check_artifact_path(path)
    if not path:
        raise InvalidValue(f"model URI {shown(uri)} names no path: expected 'runs:/<run id>/<path>'")
    return RunModelUri(check_run_id(run_id), path)


def _registered(uri: str, rest: str) -> RegisteredModelUri:
    name, slash, version = rest.partition("/")
    if not slash:
        name, at, alias = rest.rpartition("@")
        if at:
            return RegisteredModelUri(check_model_name(name), alias=check_alias(alias))
    elif version.lower() == LATEST:
        return RegisteredModelUri(check_model_name(name), version=LATEST)
    elif version.isascii() and version.isdigit() and int(version) > 0:
        return RegisteredModelUri(check_model_name(name), version=str(int(version)))
    elif version.lower() in {stage.lower() for stage in STAGES}:
        return RegisteredModelUri(check_model_name(name), stage=check_stage(version))
    raise InvalidValue(f"model URI {shown(uri)} cannot be read: expected {EXPECTED}")


def version_of(registry: Registry, uri: RegisteredModelUri) -> ModelVersion:
    """The registered version a URI names now.  Raises `NotFound`."""
    if uri.alias is not None:
        return registry.get_version_by_alias(uri.name, uri.alias)
    if uri.stage is not None:
        found = registry.latest_versions(uri.name, [uri.stage])
        if not found:
            raise NotFound("model version", str(uri), f"no version of {uri.name!r} is in this stage")
        return found[0]
    if uri.version == LATEST:
        return registry.latest_version(uri.name)
    return registry.get_version(uri.name, str(uri.version))


def resolve(registry: Registry, uri: ModelUri | str) -> RunModelUri:
    """The run and artifact path behind a URI.  Raises `NotFound`; `InvalidState` for a version from elsewhere."""
    parsed = parse(uri)
    if isinstance(parsed, RunModelUri):
        return parsed
    version = version_of(registry, parsed)
    location = version.location or version.source
    if not location.startswith("runs:/"):
        raise InvalidState(
            f"version {version.version} of registered model {version.name!r} lies at {shown(location)}, "
            "outside the runs of this store: it cannot be loaded from here"
        )
    source = parse(location)
    if not isinstance(source, RunModelUri):  # pragma: no cover - the prefix was looked at above
        raise InvalidValue(f"source {shown(location)} names no run")
    return source
