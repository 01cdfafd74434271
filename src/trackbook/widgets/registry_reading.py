"""The registry's models, versions and audit trail as the view shows them, told from the store alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.core import audit
from trackbook.core.entities import AuditEntry, ModelVersion, RegisteredModel
from trackbook.core.filters.tree import quoted_text
from trackbook.errors import NotFound
from trackbook.widgets import registry_approving
from trackbook.widgets.heads import SYSTEM, ExperimentNames, cell_place, run_head
from trackbook.widgets.inputs import card_inputs
from trackbook.widgets.payloads import KeyValue, Num, num
from trackbook.widgets.registry_payloads import (
    AliasPlace,
    AuditPage,
    AuditRow,
    Champion,
    Effect,
    MetricBeside,
    ModelDetail,
    ModelRow,
    RegistryState,
    VersionDetail,
    VersionPage,
    VersionRow,
)
from trackbook.widgets.texts import shorten

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.core.entities import Run
    from trackbook.core.ports import Store

MAX_MODELS = 50
MAX_VERSIONS = 25
MAX_ENTRIES = 20
MAX_METRICS = 200
MAX_TAGS = 50
MAX_COPIES = 20
CHAMPION = "champion"
PRODUCTION = "Production"
_DECISIONS = {audit.REQUEST: "asked", audit.APPROVE: "approved", audit.REFUSE: "refused"}


class Runs:
    """Runs by id, each read once; None for one that is gone."""

    def __init__(self, store: Store) -> None:
        self._store, self.names = store, ExperimentNames(store)
        self._found: dict[str, Run | None] = {}

    def __getitem__(self, run_id: str | None) -> Run | None:
        if not run_id:
            return None
        if run_id not in self._found:
            try:
                self._found[run_id] = self._store.runs.get(run_id)
            except NotFound:
                self._found[run_id] = None
        return self._found[run_id]


def registry_state(store: Store, search: str, limit: int, name: str | None) -> RegistryState:
    """Models whose names contain a text, by name, and one of them whole.  Raises `NotFound` for that one."""
    runs = Runs(store)
    wanted = f"name ILIKE {quoted_text(f'%{search}%')}" if search else ""
    page = store.registry.search_models(wanted, limit)
    models = [_model_row(store, runs, model) for model in page.items]
    detail = None if name is None else model_detail(store, name, runs)
    return RegistryState(schema=1, models=models, total=page.total or len(models), model=detail)


def model_detail(store: Store, name: str, runs: Runs | None = None) -> ModelDetail:
    """Raises `NotFound`."""
    runs = runs or Runs(store)
    model = store.registry.get_model(name)
    trail = audit_page(store, name)
    return ModelDetail(
        name=model.name,
        description=model.description,
        tags=_tags(model.tags),
        created_ms=model.creation_timestamp,
        updated_ms=model.last_updated_timestamp,
        aliases=_aliases(model),
        champion=_champion(model, store, runs),
        versions=version_page(store, name, MAX_VERSIONS, runs),
        audit=trail,
        approvers=list(model.approvers),
        requests=registry_approving.waiting(store, name) if model.approvers else [],
        seen=trail["rows"][0]["id"] if trail["rows"] else 0,
    )


def version_page(store: Store, name: str, limit: int, runs: Runs | None = None) -> VersionPage:
    """The newest `limit` versions."""
    runs = runs or Runs(store)
    page = store.registry.search_versions(f"name = {quoted_text(name)}", limit, None, ("version_number DESC",))
    rows = [_version_row(store, runs, version) for version in page.items]
    return VersionPage(rows=rows, total=page.total or len(rows))


def version_detail(store: Store, name: str, number: str) -> VersionDetail:
    """A version beside the champion, and what it was made of.  Raises `NotFound`."""
    runs = Runs(store)
    version = store.registry.get_version(name, number)
    champion = champion_of(store.registry.get_model(name), store)
    run = runs[version.run_id]
    cell = store.cells.of_run(version.run_id) if run is not None and version.run_id else None
    beside = None if champion is None or champion.version == version.version else champion
    return VersionDetail(
        row=_version_row(store, runs, version),
        champion=None if champion is None else champion.version,
        metrics=_beside(_metrics(run), _metrics(runs[beside.run_id]) if beside else None),
        inputs=card_inputs(run.inputs.dataset_inputs) if run is not None else [],
        notebook=None if cell is None else cell.notebook,
        copied_from=_copied_from(store, version),
    )


def audit_page(store: Store, name: str, token: str | None = None) -> AuditPage:
    page = store.registry.audit(name, MAX_ENTRIES, token)
    return AuditPage(rows=[_audit_row(entry) for entry in page.items], token=page.next_page_token)


def effect_of(entry: AuditEntry) -> Effect:
    """What an entry says, as the view and the static page word it."""
    number = f"v{entry.version}" if entry.version else ""
    action, old, new = entry.action, entry.old, entry.new
    if action == audit.ALIAS:
        return Effect(what=f"alias {entry.subject}", old=old and f"v{old}", new=new and f"v{new}")
    if action in (audit.TRANSITION, audit.ARCHIVE):
        return Effect(what=f"stage of {number}", old=old, new=new)
    if action in (audit.TAG_MODEL, audit.TAG_VERSION):
        return Effect(what=f"tag {entry.subject}{f' of {number}' if number else ''}", old=old, new=new)
    if action in (audit.DESCRIBE_MODEL, audit.DESCRIBE_VERSION):
        return Effect(what=f"description{f' of {number}' if number else ''}", old=old or None, new=new or None)
    if action == audit.PROTECT_MODEL:
        return Effect(what="approvers", old=old, new=new)
    if action in _DECISIONS:
        return Effect(what=entry.subject, old=old, new=new and f"{_DECISIONS[action]}, {new}")
    if action == audit.RENAME_MODEL:
        return Effect(what="name", old=old, new=new)
    if action == audit.CREATE_MODEL:
        return Effect(what="model", old=None, new="created")
    if action == audit.DELETE_MODEL:
        return Effect(what="model", old=f"with versions {old}" if old else "without versions", new=None)
    if action == audit.DELETE_VERSION:
        return Effect(what=f"version {number}", old=old, new=None)
    how = "copied from" if action == audit.COPY_VERSION else "registered from"
    return Effect(what=f"version {number}", old=None, new=f"{how} {new}")


def effect_text(effect: Effect) -> str:
    """`alias champion: v1 → v2`"""
    if effect["old"] is None:
        return f"{effect['what']}: {effect['new']}"
    return f"{effect['what']}: {effect['old']} → {'nothing' if effect['new'] is None else effect['new']}"


def champion_of(model: RegisteredModel, store: Store) -> ModelVersion | None:
    """The version with the alias `champion`, else the newest one in Production."""
    for alias, number in model.aliases.items():
        if alias.lower() == CHAMPION:
            return store.registry.get_version(model.name, number)
    return next((one for one in model.latest_versions if one.current_stage == PRODUCTION), None)


def _champion(model: RegisteredModel, store: Store, runs: Runs) -> Champion | None:
    found = champion_of(model, store)
    if found is None:
        return None
    how = "alias" if any(alias.lower() == CHAMPION for alias in model.aliases) else "stage"
    return Champion(version=found.version, how=how, metrics=_metrics(runs[found.run_id]))


def _model_row(store: Store, runs: Runs, model: RegisteredModel) -> ModelRow:
    counted = store.registry.search_versions(f"name = {quoted_text(model.name)}", 1)
    return ModelRow(
        name=model.name,
        description=shorten(model.description, 300),
        versions=counted.total or 0,
        latest=str(max(map(int, (one.version for one in model.latest_versions)), default="")) or None,
        aliases=_aliases(model),
        champion=_champion(model, store, runs),
        updated_ms=model.last_updated_timestamp,
    )


def _aliases(model: RegisteredModel) -> list[AliasPlace]:
    return [AliasPlace(alias=alias, version=number) for alias, number in sorted(model.aliases.items())]


def _version_row(store: Store, runs: Runs, version: ModelVersion) -> VersionRow:
    run = runs[version.run_id]
    cell = store.cells.of_run(run.info.run_id) if run is not None else None
    return VersionRow(
        version=version.version,
        aliases=sorted(version.aliases),
        stage=version.current_stage,
        description=version.description,
        tags=_tags(version.tags),
        created_ms=version.creation_timestamp,
        user=version.user_id,
        source=version.source,
        run=None if run is None else run_head(run.info, runs.names[run.info.experiment_id], run.data.tags),
        cell=None if cell is None else cell_place(cell),
        metrics=_metrics(run),
    )


def _metrics(run: Run | None) -> dict[str, Num]:
    """The last values of what the run measured, not of its machine."""
    if run is None:
        return {}
    kept = sorted(key for key in run.data.metrics if not key.startswith(SYSTEM))[:MAX_METRICS]
    return {key: num(run.data.metrics[key]) for key in kept}


def _beside(own: Mapping[str, Num], other: Mapping[str, Num] | None) -> list[MetricBeside]:
    keys = sorted({*own, *(other or {})})
    return [
        MetricBeside(
            key=key,
            value=own.get(key),
            champion=None if other is None else other.get(key),
            delta=_difference(own.get(key), None if other is None else other.get(key)),
        )
        for key in keys
    ]


def _difference(value: Num | None, other: Num | None) -> Num | None:
    return None if value is None or other is None else num(float(value) - float(other))


def _copied_from(store: Store, version: ModelVersion) -> list[str]:
    """The versions that this one is a copy of, the nearest first."""
    found: list[str] = []
    source = version.source
    while source.startswith("models:/") and len(found) < MAX_COPIES:
        name, _, number = source.removeprefix("models:/").lstrip("/").rpartition("/")
        found.append(f"{name} v{number}")
        try:
            source = store.registry.get_version(name, number).source
        except NotFound:
            break
    return found


def _tags(tags: Mapping[str, str]) -> list[KeyValue]:
    return [KeyValue(key=key, value=shorten(value)) for key, value in sorted(tags.items())[:MAX_TAGS]]


def _audit_row(entry: AuditEntry) -> AuditRow:
    effect = effect_of(entry)
    cut = Effect(what=effect["what"], old=_short(effect["old"]), new=_short(effect["new"]))
    return AuditRow(
        id=entry.id,
        time_ms=entry.timestamp,
        effect=cut,
        user=entry.user,
        client=entry.client,
        place=entry.place,
        reason=entry.reason,
    )


def _short(text: str | None) -> str | None:
    return None if text is None else shorten(text, 500)
