"""Datasets handed to `log_input`: name, digest, schema, shape.

Takes what users have: our own `Dataset` entity, any object with MLflow's dataset interface (`to_dict()` with name,
digest, source_type, source, schema, profile), or frames, arrays, tensors and lists, described as where a fit is given
them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.capture.secrets import redact, redact_file, redact_value
from trackbook.core import events
from trackbook.core.entities import Dataset
from trackbook.errors import UnstorableValue

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from trackbook.capture.secrets import Finding

CONTEXT_TAG = "mlflow.data.context"
"""The input tag by which MLflow says what a dataset was used for ("train", "test")."""
VERSION_TAG = "trackbook.dataset.version"
"""The input tag of a version that the user names."""


def dataset_event(
    run_id: str,
    dataset: Any,
    context: str | None,
    tags: Mapping[str, str],
    name: str | None = None,
    version: str | None = None,
    replaced: Callable[[str, Sequence[Finding]], None] = lambda _place, _findings: None,
) -> events.InputLogged:
    """The journal's event of an input, without secrets; `name` goes before the dataset's own.

    `replaced` is told what was.  Raises `UnstorableValue`.
    """
    entity = describe(dataset)
    called = redact(entity.name if name is None else str(name))
    schema, profile = redact_file(".json", entity.schema), redact_file(".json", entity.profile)
    replaced(f"the schema of input {called.text}", schema.findings + profile.findings)
    everything = dict(tags)
    if context:
        everything[CONTEXT_TAG] = context
    if version is not None:
        everything[VERSION_TAG] = str(version)
    return events.InputLogged(
        run_id,
        called.text,
        entity.digest,
        entity.source_type,
        redact(entity.source).text,
        schema.text,
        profile.text,
        {key: redact_value(key, text).text for key, text in everything.items()},
    )


def describe(dataset: Any, name: str = "dataset") -> Dataset:
    """The `Dataset` of what a user handed over."""
    if isinstance(dataset, Dataset):
        return dataset
    if hasattr(dataset, "to_dict") and hasattr(dataset, "digest"):
        fields = dataset.to_dict()
        return Dataset(**{key: str(fields.get(key) or "") for key in Dataset.__dataclass_fields__})
    from trackbook.capture.training import frames  # here, since runs that log no frame have no use for it

    found = frames.describe(dataset, name)
    if found is None and hasattr(dataset, "__array__") and hasattr(dataset, "dtype"):
        import numpy as np

        found = frames.describe(np.asarray(dataset), name)
    if found is None:
        raise UnstorableValue("dataset", name, dataset, "give a frame, an array or an mlflow.data dataset")
    return found
