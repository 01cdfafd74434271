"""What a view may change in the registry: first told as effects (`champion: v3 → v5`), then done, with a reason.

One table names the changes.  Each is two functions: `plan` reads the store and tells, `do` changes it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trackbook.core.filters.tree import quoted_text
from trackbook.core.names import check_alias, check_key, check_model_name, check_stage
from trackbook.errors import InvalidValue, NotFound, TrackbookError, shown
from trackbook.models.registration import register
from trackbook.widgets import files, registry_approving
from trackbook.widgets.registry_payloads import Effect, Plan

if TYPE_CHECKING:
    from trackbook.core.entities import ModelVersion, RegisteredModel
    from trackbook.core.ports import Registry, Store

Params = Mapping[str, Any]
EXCLUSIVE = ("Staging", "Production")


@dataclass(frozen=True, slots=True)
class Change:
    plan: Callable[[Store, Params], tuple[list[Effect], list[str]]]
    do: Callable[[Store, Params], None]


def planned(store: Store, params: Params) -> Plan:
    """What would change; a `problem` says why it cannot be done."""
    name = _text(params, "name")
    newest = store.registry.audit(name, 1).items if name else ()
    seen = newest[0].id if newest else 0
    try:
        effects, notes = _change(params).plan(store, params)
        notes = [*notes, *registry_approving.notes_of(store, params)]
    except TrackbookError as error:
        return Plan(effects=[], notes=[], problem=str(error), seen=seen)
    problem = "" if effects else "Nothing would change."
    return Plan(effects=effects, notes=notes, problem=problem, seen=seen)


def done(store: Store, params: Params) -> None:
    """Raises what the registry raises, `ChangedMeanwhile` among it."""
    _change(params).do(store, params)


def _change(params: Params) -> Change:
    action = _text(params, "action")
    if action not in CHANGES:
        raise InvalidValue(f"change {shown(action)} is none of {', '.join(CHANGES)}")
    return CHANGES[action]


def _text(params: Params, key: str) -> str:
    value = params.get(key)
    return "" if value is None else str(value)


def _name(params: Params) -> str:
    return _text(params, "name")


def _number(params: Params) -> str:
    return _text(params, "version")


def _of(number: str) -> str:
    return f" of v{number}" if number else ""


def _model(store: Store, params: Params) -> RegisteredModel:
    return store.registry.get_model(_name(params))


def _version(store: Store, params: Params) -> ModelVersion:
    return store.registry.get_version(_name(params), _number(params))


def _effect(what: str, old: str | None, new: str | None) -> list[Effect]:
    return [] if old == new else [Effect(what=what, old=old, new=new)]


# -- aliases ------------------------------------------------------------------------------------------------------


def _alias_of(params: Params) -> str:
    return check_alias(_text(params, "alias").strip().removeprefix("@"))


def _plan_alias(store: Store, params: Params) -> tuple[list[Effect], list[str]]:
    alias, version = _alias_of(params), _version(store, params)
    old = _model(store, params).aliases.get(alias)
    return _effect(f"alias {alias}", old and f"v{old}", f"v{version.version}"), []


def _do_alias(store: Store, params: Params) -> None:
    store.registry.set_alias(_name(params), _alias_of(params), _number(params))


def _plan_unalias(store: Store, params: Params) -> tuple[list[Effect], list[str]]:
    alias = _text(params, "alias")
    old = _model(store, params).aliases.get(alias)
    notes = [f"models:/{_name(params)}@{alias} names no version any more."] if old else []
    return _effect(f"alias {alias}", old and f"v{old}", None), notes


def _do_unalias(store: Store, params: Params) -> None:
    store.registry.delete_alias(_name(params), _text(params, "alias"))


# -- stages, descriptions, tags, names ----------------------------------------------------------------------------


def _plan_stage(store: Store, params: Params) -> tuple[list[Effect], list[str]]:
    stage, version = check_stage(params.get("stage")), _version(store, params)
    effects = _effect(f"stage of v{version.version}", version.current_stage, stage)
    if params.get("archive") and stage in EXCLUSIVE:
        others = [one for one in _in_stage(store.registry, version, stage) if one != version.version]
        effects += [Effect(what=f"stage of v{one}", old=stage, new="Archived") for one in others]
    return effects, []


def _in_stage(registry: Registry, version: ModelVersion, stage: str) -> list[str]:
    found: list[str] = []
    token = None
    while True:
        query = f"name = {quoted_text(version.name)} AND current_stage = {quoted_text(stage)}"
        page = registry.search_versions(query, page_token=token)
        found += [one.version for one in page.items]
        token = page.next_page_token
        if token is None:
            return sorted(found, key=int)


def _do_stage(store: Store, params: Params) -> None:
    stage = check_stage(params.get("stage"))
    archive = bool(params.get("archive")) and stage in EXCLUSIVE
    store.registry.transition(_name(params), _number(params), stage, archive)


def _plan_describe(store: Store, params: Params) -> tuple[list[Effect], list[str]]:
    found = _version(store, params) if _number(params) else _model(store, params)
    new = _text(params, "text")
    return _effect(f"description{_of(_number(params))}", found.description or None, new or None), []


def _do_describe(store: Store, params: Params) -> None:
    name, number, text = _name(params), _number(params), _text(params, "text")
    if number:
        store.registry.update_version(name, number, text)
    else:
        store.registry.update_model(name, text)


def _plan_tag(store: Store, params: Params) -> tuple[list[Effect], list[str]]:
    key = check_key("tag", _text(params, "key").strip())
    found = _version(store, params) if _number(params) else _model(store, params)
    value = params.get("value")
    new = None if value is None else str(value)
    return _effect(f"tag {key}{_of(_number(params))}", found.tags.get(key), new), []


def _do_tag(store: Store, params: Params) -> None:
    """A value of None takes the tag away."""
    registry, name, number, value = store.registry, _name(params), _number(params), params.get("value")
    key = _text(params, "key").strip()
    if number and value is None:
        registry.delete_version_tag(name, number, key)
    elif number:
        registry.set_version_tag(name, number, key, str(value))
    elif value is None:
        registry.delete_model_tag(name, key)
    else:
        registry.set_model_tag(name, key, str(value))


def _plan_rename(store: Store, params: Params) -> tuple[list[Effect], list[str]]:
    old, new = _model(store, params).name, check_model_name(_text(params, "to").strip())
    if old != new and _exists(store, new):
        raise InvalidValue(f"registered model {shown(new)} is there already: choose another name")
    return _effect("name", old, new), [f"models:/{old}/… names nothing any more: code that loads it must change."]


def _do_rename(store: Store, params: Params) -> None:
    store.registry.rename_model(_name(params), _text(params, "to").strip())


# -- versions that come and go ------------------------------------------------------------------------------------


def _plan_copy(store: Store, params: Params) -> tuple[list[Effect], list[str]]:
    version, to = _version(store, params), check_model_name(_text(params, "to").strip())
    return _coming(store, to, f"copied from {version.name} v{version.version}"), ["Aliases and the stage stay behind."]


def _do_copy(store: Store, params: Params) -> None:
    version, to = _version(store, params), check_model_name(_text(params, "to").strip())
    if not _exists(store, to):
        store.registry.create_model(to)
    store.registry.copy_version(version.name, version.version, to)


def _coming(store: Store, name: str, source: str) -> list[Effect]:
    """A model where there is none, and its next version."""
    if _exists(store, name):
        return [Effect(what=f"a new version of {name}", old=None, new=source)]
    return [Effect(what="model", old=None, new=name), Effect(what=f"version v1 of {name}", old=None, new=source)]


def _exists(store: Store, name: str) -> bool:
    try:
        store.registry.get_model(name)
    except NotFound:
        return False
    return True


def _plan_register(store: Store, params: Params) -> tuple[list[Effect], list[str]]:
    name = check_model_name(_text(params, "name").strip())
    run_id, path = _text(params, "run_id"), _text(params, "path")
    run = store.runs.get(run_id)
    paths = [one["path"] for one in files.models(store, run_id, files.listing(store, run_id))]
    if path not in paths:
        raise NotFound("model of run", run.info.run_name, "log one in it with tb.sklearn.log_model")
    effects = _coming(store, name, f"registered from {run.info.run_name}, {path}")
    if _text(params, "alias").strip():
        alias = _alias_of(params)
        old = _model(store, params).aliases.get(alias) if _exists(store, name) else None
        effects.append(Effect(what=f"alias {alias}", old=old and f"v{old}", new="the new version"))
    return effects, []


def _do_register(store: Store, params: Params) -> None:
    alias = _alias_of(params) if _text(params, "alias").strip() else None
    uri = f"runs:/{_text(params, 'run_id')}/{_text(params, 'path')}"
    register(store, uri, _text(params, "name").strip(), alias=alias)


def _plan_delete(store: Store, params: Params) -> tuple[list[Effect], list[str]]:
    stays = "The files stay with their runs; the audit trail stays. There is no way back."
    if not _number(params):
        model = _model(store, params)
        count = store.registry.search_versions(f"name = {quoted_text(model.name)}", 1).total or 0
        effects = [
            Effect(what="model", old=f"{model.name}, {count} {'version' if count == 1 else 'versions'}", new=None)
        ]
        effects += [Effect(what=f"alias {one}", old=f"v{number}", new=None) for one, number in model.aliases.items()]
        return effects, [stays]
    version = _version(store, params)
    effects = [Effect(what=f"version v{version.version}", old=version.source, new=None)]
    effects += [Effect(what=f"alias {one}", old=f"v{version.version}", new=None) for one in version.aliases]
    return effects, [f"The number {version.version} is not used again. {stays}"]


def _do_delete(store: Store, params: Params) -> None:
    if _number(params):
        store.registry.delete_version(_name(params), _number(params))
    else:
        store.registry.delete_model(_name(params))


CHANGES: Mapping[str, Change] = {
    "register": Change(_plan_register, _do_register),
    "alias": Change(_plan_alias, _do_alias),
    "unalias": Change(_plan_unalias, _do_unalias),
    "stage": Change(_plan_stage, _do_stage),
    "describe": Change(_plan_describe, _do_describe),
    "tag": Change(_plan_tag, _do_tag),
    "rename": Change(_plan_rename, _do_rename),
    "copy": Change(_plan_copy, _do_copy),
    "delete": Change(_plan_delete, _do_delete),
    "protect": Change(registry_approving.plan_protect, registry_approving.do_protect),
    "approve": Change(registry_approving.plan_approve, registry_approving.do_approve),
    "refuse": Change(registry_approving.plan_refuse, registry_approving.do_refuse),
}
