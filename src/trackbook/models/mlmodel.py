"""The `MLmodel` file: what a logged model is, in MLflow's own fields, so that either side reads the other's.

Source of the fields: `mlflow/models/model.py` (3.17).  Fields this version does not know are kept in `extra`, so that
a file written by MLflow passes through unharmed.  The file is YAML; it is read with the safe loader only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import yaml

from trackbook.core.clock import new_id, now_ms
from trackbook.errors import InvalidValue

FILE_NAME = "MLmodel"
FORMAT_VERSION = "3.0.0"
"""The MLflow whose format is written; its readers compare their own version with it."""
CLASS_KEY = "trackbook.class"
"""In `metadata`: the class of the fitted object, with its module."""
MAX_FILE_BYTES = 4_000_000

_FIELDS = (
    "artifact_path",
    "flavors",
    "mlflow_version",
    "model_size_bytes",
    "model_uuid",
    "run_id",
    "utc_time_created",
    "metadata",
    "signature",
)


@dataclass(frozen=True, slots=True)
class MLmodel:
    """The content of an `MLmodel` file."""

    artifact_path: str
    flavors: Mapping[str, Mapping[str, Any]]
    run_id: str | None = None
    model_uuid: str = field(default_factory=new_id)
    utc_time_created: str = field(default_factory=lambda: utc_text(now_ms()))
    mlflow_version: str = FORMAT_VERSION
    model_size_bytes: int | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    signature: Mapping[str, Any] | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def flavor(self) -> str:
        """The flavor to show: the first that is not the generic `python_function`; "" where there is none."""
        named = [name for name in self.flavors if name != "python_function"]
        return (named or list(self.flavors) or [""])[0]

    @property
    def class_name(self) -> str:
        """The fitted object's class, `module.Class`; "" where the file does not say."""
        return str(self.metadata.get(CLASS_KEY, ""))

    def to_yaml(self) -> str:
        """The text of the file; fields without a value are left out."""
        fields = {name: _plain(getattr(self, name)) for name in _FIELDS}
        fields |= dict(self.extra)
        present = {name: value for name, value in fields.items() if value not in (None, {}, "")}
        return str(yaml.safe_dump(present, sort_keys=True, default_flow_style=False, allow_unicode=True))


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What `log_model` returns; field names are MLflow's."""

    artifact_path: str
    model_uri: str
    """`runs:/<run id>/<artifact path>`"""
    run_id: str
    flavors: Mapping[str, Mapping[str, Any]]
    model_uuid: str
    utc_time_created: str
    registered_model_version: str | None = None


def parse(text: str | bytes) -> MLmodel:
    """The model of a file's text.  Raises `InvalidValue` for what is no MLmodel file."""
    if len(text) > MAX_FILE_BYTES:
        raise InvalidValue(f"MLmodel file of {len(text)} bytes: {MAX_FILE_BYTES} is the most that is read")
    try:
        fields = yaml.safe_load(text)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidValue(f"MLmodel file is no readable YAML: {str(error).splitlines()[0]}") from None
    if not isinstance(fields, dict) or not isinstance(fields.get("flavors"), dict):
        raise InvalidValue("MLmodel file has no 'flavors'; is this the folder of a model?")
    known = {name: fields.pop(name) for name in _FIELDS if fields.get(name) is not None}
    known["flavors"] = {str(name): dict(conf or {}) for name, conf in known["flavors"].items()}
    known["artifact_path"] = str(known.get("artifact_path") or fields.get("name") or "")
    known["utc_time_created"] = str(known.get("utc_time_created", ""))
    known["metadata"] = _mapping(known.get("metadata"))
    known.setdefault("model_uuid", "")
    return MLmodel(**known, extra=fields)


def utc_text(time_ms: int) -> str:
    """A time as MLmodel files write it: `2026-01-31 12:34:56.789000`."""
    return datetime.fromtimestamp(time_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def _mapping(value: object) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}


def _plain(value: Any) -> Any:
    """Mappings and sequences as dicts and lists, which is what the safe emitter takes."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_plain(item) for item in value]
    return value
