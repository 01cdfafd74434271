"""Objects as files: what a user hands over becomes the bytes of an artifact.

Formats are MLflow's: a table is JSON in pandas' `split` orientation, a stepped image is a PNG whose name tells key,
step, time and a unique part (`mlflow/tracking/client.py`, 3.17: `log_table`, `log_image`).
"""

from __future__ import annotations

import io
import json
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from trackbook.core.clock import new_id, now_ms
from trackbook.errors import InvalidValue, UnstorableValue

if TYPE_CHECKING:
    from collections.abc import Mapping

TABLES_TAG = "mlflow.loggedArtifacts"
"""JSON list of `{"path": …, "type": "table"}`, by which MLflow's clients and pages find a run's tables."""


def dictionary_text(dictionary: Any, artifact_file: str) -> str:
    """A JSON-like object: as YAML where the file name ends so, else as JSON; other values go by their text."""
    if PurePosixPath(artifact_file).suffix in (".yaml", ".yml"):
        import yaml

        return str(yaml.safe_dump(json.loads(json.dumps(_keyed(dictionary), default=str)), sort_keys=False))
    return json.dumps(_keyed(dictionary), indent=2, default=str)


def _keyed(value: Any) -> Any:
    """The same value with keys that JSON has no name for as text."""
    if isinstance(value, dict):
        plain = str | int | float | bool | None
        return {key if isinstance(key, plain) else str(key): _keyed(item) for key, item in value.items()}
    return [_keyed(item) for item in value] if isinstance(value, list | tuple) else value


def tables(tag: str) -> list[str]:
    """The tables that a run's tag names; none where somebody else wrote something else there."""
    try:
        return [str(entry["path"]) for entry in json.loads(tag)] if tag else []
    except (ValueError, TypeError, KeyError):
        return []


def figure_bytes(figure: Any, artifact_file: str, options: Mapping[str, Any]) -> bytes:
    """A matplotlib, Plotly or Altair figure in the format that the file's name asks for (PNG without a suffix)."""
    suffix = PurePosixPath(artifact_file).suffix.lstrip(".") or "png"
    if hasattr(figure, "savefig"):
        buffer = io.BytesIO()
        figure.savefig(buffer, format=suffix, **options)
        return buffer.getvalue()
    if hasattr(figure, "to_image") and hasattr(figure, "to_html"):
        if suffix == "html":
            return str(figure.to_html(**options)).encode()
        return bytes(figure.to_image(format=suffix, **options))
    if hasattr(figure, "to_dict") and hasattr(figure, "save"):
        binary, text = io.BytesIO(), io.StringIO()
        figure.save(binary if suffix in ("png", "pdf") else text, format=suffix, **options)
        return binary.getvalue() or text.getvalue().encode()
    raise UnstorableValue("figure", artifact_file, figure, "give a matplotlib, Plotly or Altair figure")


def image_bytes(image: Any, artifact_file: str) -> bytes:
    """A PIL image or an array of shape (height, width[, channels]) in the format of the file's name.

    Arrays hold integers 0..255, floats 0..1 or booleans; channels are 1 (grey), 3 (RGB) or 4 (RGBA).
    """
    try:
        from PIL import Image
    except ImportError as error:
        from trackbook.errors import MissingDependency

        raise MissingDependency("pillow", "log_image", "pillow") from error
    picture = image if isinstance(image, Image.Image) else Image.fromarray(_pixels(image, artifact_file))
    suffix = PurePosixPath(artifact_file).suffix.lstrip(".").lower() or "png"
    buffer = io.BytesIO()
    picture.save(buffer, format={"jpg": "jpeg"}.get(suffix, suffix))
    return buffer.getvalue()


def _pixels(image: Any, artifact_file: str) -> Any:
    import numpy as np

    data = np.asarray(image.to_pil()) if hasattr(image, "to_pil") else np.asarray(image)
    if data.ndim == 3 and data.shape[2] == 1:
        data = data[:, :, 0]
    if data.ndim not in (2, 3) or (data.ndim == 3 and data.shape[2] not in (3, 4)):
        raise UnstorableValue("image", artifact_file, image, f"shape {data.shape} is not (height, width[, 1|3|4])")
    if data.dtype == bool:
        return data.astype(np.uint8) * 255
    if data.dtype.kind == "f":
        return (np.clip(np.nan_to_num(data), 0.0, 1.0) * 255).round().astype(np.uint8)
    if data.dtype.kind in "iu":
        return np.clip(data, 0, 255).astype(np.uint8)
    raise UnstorableValue("image", artifact_file, image, f"its type is {data.dtype}; give integers, floats or booleans")


def stepped_image_name(key: str, step: int | None, timestamp: int | None) -> str:
    """A stepped image's file, without suffix: `images/KEY%step%S%timestamp%T%UNIQUE` (`/` in a key becomes `#`)."""
    stamp = now_ms() if timestamp is None else timestamp
    return f"images/{key.replace('/', '#')}%step%{step or 0}%timestamp%{stamp}%{new_id()}"


def table_text(data: Any, earlier: str | None, artifact_file: str) -> str:
    """A dict of columns or a pandas frame as JSON `{"columns": […], "data": [[…], …]}`, below the rows of `earlier`."""
    if PurePosixPath(artifact_file).suffix != ".json":
        raise InvalidValue(f"log_table keeps JSON: end {artifact_file!r} in .json")
    import pandas as pd

    if isinstance(data, pd.DataFrame):
        frame = data
    elif isinstance(data, dict):
        try:
            frame = pd.DataFrame(data)
        except ValueError:  # all scalars: one row
            frame = pd.DataFrame([data])
    else:
        raise UnstorableValue("table", artifact_file, data, "give a pandas DataFrame or a dict of columns")
    if earlier is not None:
        before = json.loads(earlier)
        frame = pd.concat([pd.DataFrame(before["data"], columns=before["columns"]), frame], ignore_index=True)
    return frame.to_json(orient="split", index=False, date_format="iso", default_handler=str)
