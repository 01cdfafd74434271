"""The model registry of a foreign server.  It keeps no audit trail, and copies are made here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from trackbook.core.approvals import Request
from trackbook.core.entities import AuditEntry, ModelVersion, Page, RegisteredModel
from trackbook.core.filters import MODELS, VERSIONS, parse
from trackbook.core.names import check_alias, check_model_name, check_stage
from trackbook.core.ports import Registry
from trackbook.errors import AlreadyExists, InvalidValue, NotFound, NotSupported
from trackbook.remote.link import Link
from trackbook.remote.theirs import said
from trackbook.remote.theirs.ids import Ids
from trackbook.wire import registry as wire
from trackbook.wire.messages import Nothing, pairs

T = TypeVar("T")
RUNS = "runs:/"


class TheirRegistry:
    def __init__(self, link: Link, ids: Ids) -> None:
        self._link, self._ids = link, ids

    def create_model(self, name: str, description: str = "", tags: Mapping[str, str] | None = None) -> RegisteredModel:
        asked = wire.CreateModel(name=check_model_name(name), description=description, tags=pairs(tags or {}))
        try:
            return self._model(self._link.ask("create_model", asked, wire.FoundModel).registered_model)
        except AlreadyExists:
            raise AlreadyExists("registered model", name) from None

    def get_model(self, name: str) -> RegisteredModel:
        return self._model(self._link.ask("get_model", wire.OneModel(name=name), wire.FoundModel).registered_model)

    def search_models(
        self, filter: str = "", limit: int = 100, page_token: str | None = None, order_by: Sequence[str] = ()
    ) -> Page[RegisteredModel]:
        parse(filter, MODELS)
        asked = wire.SearchModels(
            filter=filter,
            max_results=min(limit, wire.MOST_MODELS),
            page_token=page_token or "",
            order_by=list(order_by),
        )
        page = self._link.ask("search_models", asked, wire.ModelPage)
        return _page([self._model(one) for one in page.registered_models], page_token, page.next_page_token)

    def update_model(self, name: str, description: str) -> RegisteredModel:
        asked = wire.UpdateModel(name=name, description=description)
        return self._model(self._link.ask("update_model", asked, wire.FoundModel).registered_model)

    def rename_model(self, name: str, new_name: str) -> RegisteredModel:
        asked = wire.RenameModel(name=name, new_name=check_model_name(new_name))
        return self._model(self._link.ask("rename_model", asked, wire.FoundModel).registered_model)

    def delete_model(self, name: str) -> None:
        self._link.ask("delete_model", wire.OneModel(name=name), Nothing)

    def set_model_tag(self, name: str, key: str, value: str) -> None:
        self._link.ask("set_model_tag", wire.SetModelTag(name=name, key=key, value=value), Nothing, again=True)

    def delete_model_tag(self, name: str, key: str) -> None:
        self._link.ask("delete_model_tag", wire.DeleteModelTag(name=name, key=key), Nothing, again=True)

    def create_version(
        self,
        name: str,
        source: str,
        run_id: str | None = None,
        description: str = "",
        tags: Mapping[str, str] | None = None,
        version: int | None = None,
        *,
        run_link: str = "",
        model_id: str | None = None,
        user_id: str = "",
        location: str | None = None,
    ) -> ModelVersion:
        del user_id, location  # the server's to say
        if version is not None:
            raise NotSupported("choosing a version's number", f"the server {self._link.address}")
        asked = wire.CreateVersion(
            name=name,
            source=self._source(source),
            run_id=self._theirs(run_id or _owner(source)),
            tags=pairs(tags or {}),
            run_link=run_link,
            description=description,
            model_id=model_id or "",
        )
        return self._version(self._link.ask("create_version", asked, wire.FoundVersion).model_version)

    def get_version(self, name: str, version: str) -> ModelVersion:
        if not version.isdecimal():
            raise NotFound("version of a registered model", f"{name}/{version}")
        asked = wire.OneVersion(name=name, version=version)
        return self._version(self._link.ask("get_version", asked, wire.FoundVersion).model_version)

    def search_versions(
        self, filter: str = "", limit: int = 1000, page_token: str | None = None, order_by: Sequence[str] = ()
    ) -> Page[ModelVersion]:
        parse(filter, VERSIONS)
        asked = wire.SearchVersions(
            filter=filter, max_results=limit, page_token=page_token or "", order_by=list(order_by)
        )
        page = self._link.ask("search_versions", asked, wire.VersionPage)
        return _page([self._version(one) for one in page.model_versions], page_token, page.next_page_token)

    def latest_version(self, name: str) -> ModelVersion:
        found = self.latest_versions(name)
        if not found:
            raise NotFound("version of registered model", name)
        return max(found, key=lambda one: int(one.version))

    def latest_versions(self, name: str, stages: Sequence[str] | None = None) -> Sequence[ModelVersion]:
        asked = wire.Latest(name=name, stages=[check_stage(stage) for stage in stages or ()])
        found = self._link.ask("latest_versions", asked, wire.LatestVersions, again=True)
        return [self._version(one) for one in found.model_versions]

    def update_version(self, name: str, version: str, description: str) -> ModelVersion:
        asked = wire.UpdateVersion(name=name, version=version, description=description)
        return self._version(self._link.ask("update_version", asked, wire.FoundVersion).model_version)

    def delete_version(self, name: str, version: str) -> None:
        self._link.ask("delete_version", wire.OneVersion(name=name, version=version), Nothing)

    def transition(self, name: str, version: str, stage: str, archive_existing: bool = False) -> ModelVersion:
        stage = check_stage(stage)
        if archive_existing and stage not in ("Staging", "Production"):
            raise InvalidValue(f"archive_existing goes with Staging and Production, not with {stage}")
        asked = wire.Transition(name=name, version=version, stage=stage, archive_existing_versions=archive_existing)
        return self._version(self._link.ask("transition_version", asked, wire.FoundVersion).model_version)

    def copy_version(self, name: str, version: str, to_name: str) -> ModelVersion:
        one = self.get_version(name, version)
        return self.create_version(to_name, f"models:/{name}/{version}", one.run_id, one.description, one.tags)

    def set_version_tag(self, name: str, version: str, key: str, value: str) -> None:
        asked = wire.SetVersionTag(name=name, version=version, key=key, value=value)
        self._link.ask("set_version_tag", asked, Nothing, again=True)

    def delete_version_tag(self, name: str, version: str, key: str) -> None:
        asked = wire.DeleteVersionTag(name=name, version=version, key=key)
        self._link.ask("delete_version_tag", asked, Nothing, again=True)

    def set_alias(self, name: str, alias: str, version: str) -> None:
        asked = wire.SetAlias(name=name, alias=check_alias(alias), version=version)
        self._link.ask("set_alias", asked, Nothing, again=True)

    def delete_alias(self, name: str, alias: str) -> None:
        self._link.ask("delete_alias", wire.OneAlias(name=name, alias=alias), Nothing, again=True)

    def get_version_by_alias(self, name: str, alias: str) -> ModelVersion:
        self.get_model(name)
        try:
            found = self._link.ask("version_by_alias", wire.OneAlias(name=name, alias=alias), wire.FoundVersion)
        except InvalidValue:
            raise NotFound("alias", alias, f"registered model {name!r} has no such alias") from None
        return self._version(found.model_version)

    def protect_model(self, name: str, approvers: Sequence[str]) -> RegisteredModel:
        raise self._unprotected()

    def requests(
        self, name: str | None = None, limit: int = 100, page_token: str | None = None, *, waiting: bool = True
    ) -> Page[Request]:
        """None: the server protects no model."""
        del name, limit, page_token, waiting
        return Page([])

    def approve_request(self, request_id: int) -> Request:
        raise self._unprotected()

    def refuse_request(self, request_id: int) -> Request:
        raise self._unprotected()

    def _unprotected(self) -> NotSupported:
        return NotSupported("protecting a registered model", self._link.address, "a trackbook server does it")

    def audit(self, name: str | None = None, limit: int = 100, page_token: str | None = None) -> Page[AuditEntry]:
        """Nothing: the server keeps none."""
        del name, limit, page_token
        return Page([])

    def _source(self, source: str) -> str:
        """A run's address with the server's id of the run: whoever else reads it knows no other."""
        if not source.startswith(RUNS):
            return source
        _, slash, path = source.removeprefix(RUNS).lstrip("/").partition("/")
        return f"{RUNS}{self._theirs(_owner(source))}{slash}{path}"

    def _theirs(self, run_id: str) -> str:
        """The server's id, "" for none; one that is of no run here is the server's to judge."""
        try:
            return self._ids.theirs(run_id) if run_id else ""
        except NotFound:
            return run_id

    def _model(self, one: wire.Model) -> RegisteredModel:
        return replace(said.model(one), latest_versions=[self._version(newest) for newest in one.latest_versions])

    def _version(self, one: wire.Version) -> ModelVersion:
        """With our ids of runs."""
        their_id = one.run_id
        if their_id and their_id not in self._ids.ours:
            try:
                self._ids.learn(self._ids.read(their_id))
            except NotFound:
                self._ids.note(their_id, their_id)
        ours = self._ids.ours.get(their_id, their_id)
        one.run_id = ours
        if their_id:
            one.source = one.source.replace(f"{RUNS}{their_id}/", f"{RUNS}{ours}/")
        return said.version(one)


def _owner(source: str) -> str:
    """The run of a run's address: the server wants it told."""
    return source.removeprefix(RUNS).lstrip("/").partition("/")[0] if source.startswith(RUNS) else ""


def _page(items: Sequence[T], asked: str | None, more: str) -> Page[T]:
    return Page(items, more or None, None if asked or more else len(items))


def _fits(registry: TheirRegistry) -> Registry:
    return registry
