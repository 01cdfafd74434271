"""Datasets handed to `log_input`: name, digest, schema, shape.

Takes what users have: our own `Dataset` entity, a pandas frame, a NumPy array, or any object with MLflow's dataset
interface (`to_dict()` with name, digest, source_type, source, schema, profile).
"""

from __future__ import annotations

import hashlib
import json
import math
from typing import TYPE_CHECKING, Any

from trackbook.core import events
from trackbook.core.entities import Dataset
from trackbook.errors import UnstorableValue

if TYPE_CHECKING:
    from collections.abc import Mapping

CONTEXT_TAG = "mlflow.data.context"
"""The input tag by which MLflow says what a dataset was used for ("train", "test")."""
VERSION_TAG = "trackbook.dataset.version"
"""The input tag of a version that the user names."""
DIGEST_DIGITS = 16
HASHED_BYTES = 32 * 1024 * 1024
"""Beyond this many bytes a content digest is taken of evenly spaced rows, and begins with `s:`."""


def dataset_event(
    run_id: str,
    dataset: Any,
    context: str | None,
    tags: Mapping[str, str],
    name: str | None = None,
    version: str | None = None,
) -> events.InputLogged:
    """The journal's event of an input; `name` goes before the dataset's own.  Raises `UnstorableValue`."""
    entity = describe(dataset)
    everything = dict(tags)
    if context:
        everything[CONTEXT_TAG] = context
    if version is not None:
        everything[VERSION_TAG] = str(version)
    return events.InputLogged(
        run_id,
        entity.name if name is None else str(name),
        entity.digest,
        entity.source_type,
        entity.source,
        entity.schema,
        entity.profile,
        everything,
    )


def describe(dataset: Any, name: str = "dataset") -> Dataset:
    """The `Dataset` of what a user handed over."""
    if isinstance(dataset, Dataset):
        return dataset
    if hasattr(dataset, "to_dict") and hasattr(dataset, "digest"):
        fields = dataset.to_dict()
        return Dataset(**{key: str(fields.get(key) or "") for key in Dataset.__dataclass_fields__})
    if hasattr(dataset, "to_numpy") and hasattr(dataset, "columns"):
        return _of_frame(dataset, name)
    if hasattr(dataset, "__array__") and hasattr(dataset, "dtype"):
        return _of_array(dataset, name)
    raise UnstorableValue("dataset", name, dataset, "give a pandas frame, a NumPy array or an mlflow.data dataset")


def _of_frame(frame: Any, name: str) -> Dataset:
    import pandas as pd

    step = math.ceil(_size(frame) / HASHED_BYTES)
    sampled = frame if step <= 1 else frame.iloc[::step]
    hashes = pd.util.hash_pandas_object(sampled, index=False).to_numpy()
    columns = [{"name": str(column), "type": str(dtype)} for column, dtype in frame.dtypes.items()]
    digest = hashlib.sha256(hashes.tobytes() + repr((columns, frame.shape)).encode()).hexdigest()[:DIGEST_DIGITS]
    profile = {"num_rows": int(frame.shape[0]), "num_elements": int(frame.size)}
    return Dataset(
        name=name,
        digest=digest if sampled is frame else "s:" + digest,
        source_type="code",
        schema=json.dumps({"mlflow_colspec": columns}),
        profile=json.dumps(profile),
    )


def _size(frame: Any) -> int:
    return int(frame.memory_usage(index=False).sum())


def _of_array(array: Any, name: str) -> Dataset:
    import numpy as np

    data = np.ascontiguousarray(array)
    step = math.ceil(data.nbytes / HASHED_BYTES) if data.ndim else 1
    sampled = np.ascontiguousarray(data[::step]) if step > 1 else data
    digest = hashlib.sha256(sampled.tobytes() + repr((data.shape, str(data.dtype))).encode())
    return Dataset(
        name=name,
        digest=("s:" if step > 1 else "") + digest.hexdigest()[:DIGEST_DIGITS],
        source_type="code",
        schema=json.dumps({"mlflow_tensorspec": {"dtype": str(data.dtype), "shape": list(data.shape)}}),
        profile=json.dumps({"shape": list(data.shape)}),
    )
