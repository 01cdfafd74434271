"""The model registry: the port."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from trackbook.core.approvals import Request
from trackbook.core.entities import AuditEntry, ModelVersion, Page, RegisteredModel


class Registry(Protocol):
    """Registered models and their versions.  All calls raise `NotFound` for a model or version that is not there.

    What changes something leaves an entry in the audit trail in the same transaction, with who did it and why
    (`core.acting`), and raises `ChangedMeanwhile` where the actor says what it has seen and that is no longer the
    newest.  A call that changes nothing leaves none.

    Aliases, stages, the name and the existence of a protected model and its versions change for its approvers alone:
    others leave a request, and `ApprovalNeeded` is raised (`core.approvals`).
    """

    def create_model(self, name: str, description: str = "", tags: Mapping[str, str] | None = None) -> RegisteredModel:
        """Raises `AlreadyExists`, `InvalidName`."""

    def get_model(self, name: str) -> RegisteredModel: ...

    def search_models(
        self, filter: str = "", limit: int = 100, page_token: str | None = None, order_by: Sequence[str] = ()
    ) -> Page[RegisteredModel]: ...

    def update_model(self, name: str, description: str) -> RegisteredModel: ...

    def rename_model(self, name: str, new_name: str) -> RegisteredModel:
        """Versions, tags and aliases go with it.  Raises `AlreadyExists`, `InvalidName`."""

    def delete_model(self, name: str) -> None:
        """With all its versions, for good; the files stay with their runs."""

    def set_model_tag(self, name: str, key: str, value: str) -> None: ...

    def delete_model_tag(self, name: str, key: str) -> None:
        """A tag that is not there is no error, as in MLflow."""

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
        """The next version; numbers count from 1 and are never used again.

        `version` claims a number above all used so far, for an import that keeps its source's numbers with their gaps;
        raises `AlreadyExists` for one that is not.  `location` says where the files lie, where that is not `source`.
        """

    def get_version(self, name: str, version: str) -> ModelVersion: ...

    def search_versions(
        self, filter: str = "", limit: int = 1000, page_token: str | None = None, order_by: Sequence[str] = ()
    ) -> Page[ModelVersion]: ...

    def latest_version(self, name: str) -> ModelVersion:
        """The one with the greatest number, in whatever stage."""

    def latest_versions(self, name: str, stages: Sequence[str] | None = None) -> Sequence[ModelVersion]:
        """The newest version in each of these stages (all by default) that has one; raises `InvalidValue`."""

    def update_version(self, name: str, version: str, description: str) -> ModelVersion: ...

    def delete_version(self, name: str, version: str) -> None:
        """For good, with its aliases; its number is not used again."""

    def transition(self, name: str, version: str, stage: str, archive_existing: bool = False) -> ModelVersion:
        """Move to a stage of `core.names.STAGES`, given in any case; raises `InvalidValue` for another.

        `archive_existing`, for Staging and Production only, moves the versions that are in it to Archived.
        """

    def copy_version(self, name: str, version: str, to_name: str) -> ModelVersion:
        """The next version of `to_name`, with this one's description, tags, run and files; its source names this."""

    def set_version_tag(self, name: str, version: str, key: str, value: str) -> None: ...

    def delete_version_tag(self, name: str, version: str, key: str) -> None:
        """A tag that is not there is no error, as in MLflow."""

    def set_alias(self, name: str, alias: str, version: str) -> None:
        """An alias names one version: it moves here from wherever it was.  Raises `InvalidName`."""

    def delete_alias(self, name: str, alias: str) -> None:
        """An alias that is not there is no error, as in MLflow."""

    def get_version_by_alias(self, name: str, alias: str) -> ModelVersion:
        """Raises `NotFound` for an alias that is not set (MLflow's wire says INVALID_PARAMETER_VALUE there)."""

    def protect_model(self, name: str, approvers: Sequence[str]) -> RegisteredModel:
        """Protect it, or with no approvers end that, which refuses what waits.

        Raises `InvalidValue`, `NotFound` for a group that is not there and is not among its approvers yet.
        """

    def requests(
        self, name: str | None = None, limit: int = 100, page_token: str | None = None, *, waiting: bool = True
    ) -> Page[Request]:
        """Those that wait, or all, newest first; `total` is not counted."""

    def approve_request(self, request_id: int) -> Request:
        """Do what was asked, as an approver.  Raises `NotAllowed` for others, `InvalidState` for one that was decided,
        and what the change raises: then it still waits."""

    def refuse_request(self, request_id: int) -> Request:
        """As an approver, or as who asked.  Raises as `approve_request`."""

    def audit(self, name: str | None = None, limit: int = 100, page_token: str | None = None) -> Page[AuditEntry]:
        """Changes of one model, or of all, newest first, also of what is deleted; `total` is not counted.

        A model's trail goes on through its renamings.  Empty for a name that never was.
        """
