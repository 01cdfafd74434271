"""MLflow's model registry over this process's store."""

from __future__ import annotations

from typing import Any

from mlflow.store.model_registry.rest_store import RestStore
from mlflow.utils.rest_utils import MlflowHostCreds

from trackbook.plugin.calls import answer, source_of
from trackbook.plugin.entry import SCHEME


class RegistryStore(RestStore):  # type: ignore[misc]  # mlflow is not there when types are checked
    def __init__(self) -> None:
        super().__init__(lambda: MlflowHostCreds(SCHEME))

    def _call_endpoint(
        self, api: Any, json_body: str, call_all_endpoints: bool = False, extra_headers: object = None
    ) -> Any:
        del call_all_endpoints, extra_headers
        path, method = self._get_endpoint_from_method(api)
        return answer(path, method, json_body, self._get_response_from_method(api))

    def create_model_version(self, name: str, source: str, *rest: Any, **named: Any) -> Any:
        return super().create_model_version(name, source_of(source), *rest, **named)
