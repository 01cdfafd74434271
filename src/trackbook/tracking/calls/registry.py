"""Calls on the registry."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext, suppress
from typing import TYPE_CHECKING, Any

from trackbook.core import model_uris
from trackbook.core.acting import change_reason
from trackbook.core.names import STAGES
from trackbook.errors import AlreadyExists, InvalidValue, NotFound, shown
from trackbook.tracking.calls.base import Calls

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trackbook.core.approvals import Request
    from trackbook.core.entities import ModelVersion, Page, RegisteredModel


class RegistryCalls(Calls):
    def create_registered_model(
        self,
        name: str,
        tags: Mapping[str, Any] | None = None,
        description: str | None = None,
        deployment_job_id: str | None = None,
    ) -> RegisteredModel:
        return self.registry.create_model(name, description or "", dict(tags or {}))

    def get_registered_model(self, name: str) -> RegisteredModel:
        return self.registry.get_model(name)

    def update_registered_model(
        self, name: str, description: str | None = None, deployment_job_id: str | None = None
    ) -> RegisteredModel:
        return self.get_registered_model(name) if description is None else self.registry.update_model(name, description)

    def rename_registered_model(self, name: str, new_name: str) -> RegisteredModel:
        return self.registry.rename_model(name, new_name)

    def delete_registered_model(self, name: str) -> None:
        """With all its versions, for good."""
        self.registry.delete_model(name)

    def search_registered_models(
        self,
        filter_string: str | None = None,
        max_results: int = 100,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> Page[RegisteredModel]:
        return self.registry.search_models(filter_string or "", max_results, page_token, tuple(order_by or ()))

    def set_registered_model_tag(self, name: str, key: str, value: Any) -> None:
        self.registry.set_model_tag(name, key, value)

    def delete_registered_model_tag(self, name: str, key: str) -> None:
        self.registry.delete_model_tag(name, key)

    def create_model_version(
        self,
        name: str,
        source: str,
        run_id: str | None = None,
        tags: Mapping[str, Any] | None = None,
        run_link: str | None = None,
        description: str | None = None,
        await_creation_for: int | None = 300,
        model_id: str | None = None,
    ) -> ModelVersion:
        """The next version, READY at once: there is nothing to wait for."""
        return self.registry.create_version(
            name,
            source,
            run_id,
            description or "",
            dict(tags or {}),
            run_link=run_link or "",
            model_id=model_id,
            user_id=self._session.settings.user,
        )

    def copy_model_version(self, src_model_uri: str, dst_name: str) -> ModelVersion:
        """The version that a `models:/` URI names, as the next version of `dst_name`, which is made if needed."""
        uri = model_uris.parse(src_model_uri)
        if not isinstance(uri, model_uris.RegisteredModelUri):
            raise InvalidValue(f"{shown(src_model_uri)} names no registered version: give a 'models:/' URI")
        found = model_uris.version_of(self.registry, uri)
        try:
            self.registry.get_model(dst_name)
        except NotFound:
            with suppress(AlreadyExists):  # another process was quicker
                self.registry.create_model(dst_name)
        return self.registry.copy_version(found.name, found.version, dst_name)

    def get_model_version(self, name: str, version: str | int) -> ModelVersion:
        return self.registry.get_version(name, str(version))

    def get_model_version_download_uri(self, name: str, version: str | int) -> str:
        return self.get_model_version(name, version).location

    def get_model_version_stages(self, name: str, version: str | int) -> list[str]:
        """The stages there are, whatever the version."""
        return list(STAGES)

    def get_latest_versions(self, name: str, stages: Sequence[str] | None = None) -> list[ModelVersion]:
        """The newest version in each of these stages that has one; all stages by default."""
        return list(self.registry.latest_versions(name, stages))

    def update_model_version(self, name: str, version: str | int, description: str | None = None) -> ModelVersion:
        if description is None:
            return self.get_model_version(name, version)
        return self.registry.update_version(name, str(version), description)

    def delete_model_version(self, name: str, version: str | int) -> None:
        """For good; its number is not used again."""
        self.registry.delete_version(name, str(version))

    def transition_model_version_stage(
        self, name: str, version: str | int, stage: str, archive_existing_versions: bool = False
    ) -> ModelVersion:
        return self.registry.transition(name, str(version), stage, archive_existing_versions)

    def search_model_versions(
        self,
        filter_string: str | None = None,
        max_results: int = 10_000,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> Page[ModelVersion]:
        return self.registry.search_versions(filter_string or "", max_results, page_token, tuple(order_by or ()))

    def set_model_version_tag(
        self,
        name: str,
        version: str | int | None = None,
        key: str | None = None,
        value: Any = None,
        stage: str | None = None,
    ) -> None:
        """Of a version, or of the newest one in a stage."""
        self.registry.set_version_tag(name, self._number(name, version, stage), _key(key), value)

    def delete_model_version_tag(
        self, name: str, version: str | int | None = None, key: str | None = None, stage: str | None = None
    ) -> None:
        """Of a version, or of the newest one in a stage."""
        self.registry.delete_version_tag(name, self._number(name, version, stage), _key(key))

    def set_registered_model_alias(self, name: str, alias: str, version: str | int) -> None:
        self.registry.set_alias(name, alias, str(version))

    def delete_registered_model_alias(self, name: str, alias: str) -> None:
        self.registry.delete_alias(name, alias)

    def get_model_version_by_alias(self, name: str, alias: str) -> ModelVersion:
        return self.registry.get_version_by_alias(name, alias)

    def protect_registered_model(self, name: str, approvers: Sequence[str]) -> RegisteredModel:
        """Let aliases, stages, the name and deletions of it and its versions pass these people alone.

        What others change then waits as a request, and raises `ApprovalNeeded`.  An approver is a user's name, or on a
        server with users `group:<name>`; none ends the protection.  Where no server knows its users, people are the
        names they say.
        """
        return self.registry.protect_model(name, list(approvers))

    def search_registry_requests(
        self, name: str | None = None, max_results: int = 100, page_token: str | None = None, *, waiting: bool = True
    ) -> Page[Request]:
        """Changes of protected models that wait for an approver, or with `waiting=False` the decided ones too."""
        return self.registry.requests(name, max_results, page_token, waiting=waiting)

    def approve_registry_request(self, request_id: int, reason: str = "") -> Request:
        """Do what was asked.  Raises `NotAllowed` for who is no approver of the model."""
        with self._because(reason):
            return self.registry.approve_request(request_id)

    def refuse_registry_request(self, request_id: int, reason: str = "") -> Request:
        """For an approver, or who asked."""
        with self._because(reason):
            return self.registry.refuse_request(request_id)

    def _because(self, reason: str) -> AbstractContextManager[None]:
        return change_reason(reason) if reason else nullcontext()

    def _number(self, name: str, version: str | int | None, stage: str | None) -> str:
        if (version is None) == (stage is None):
            raise InvalidValue("give either the version or the stage of the model version")
        if stage is None:
            return str(version)
        uri = model_uris.RegisteredModelUri(name, stage=stage)
        return model_uris.version_of(self.registry, uri).version


def _key(key: str | None) -> str:
    if key is None:
        raise InvalidValue("give the key of the tag")
    return key
