"""What a fit is given, described and not held: schema, shape and content digest of frames, arrays, tensors and lists.

The form is that of MLflow's datasets: `mlflow_colspec` for frames, `mlflow_tensorspec` for arrays.  Libraries are known
by the types of what is given, and never imported for it.  What is none of these has no description.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any

import numpy as np

from trackbook.capture.kinds import is_one_of, kinds_of
from trackbook.capture.training.content import WHOLE, Content, Limits
from trackbook.core.entities import Dataset

SOURCE_TYPE = "code"
METHOD = "xxh3-128"
MOST_COLUMNS = 500
"""Of a schema: a wider one says how many it leaves out."""
MOST_ROWS_LISTED = 100_000

_LISTS = kinds_of(list, tuple)
_NUMBERS = kinds_of(int, float, bool)
_TEXTS = kinds_of(str)
_WHOLE_NUMBERS = kinds_of(int)

Describing = Callable[[Any, str, Limits], Dataset | None]


def describe(value: Any, name: str, limits: Limits = WHOLE) -> Dataset | None:
    """The dataset of a frame, array, tensor or list; None for anything else.

    A digest that begins with `s:` is of a sample.  May raise what a broken object of a library raises.
    """
    for kind in type(value).__mro__:
        known = _KNOWN.get((kind.__module__.partition(".")[0], kind.__name__))
        if known is not None:
            return known(value, name, limits)
    return None


def _of_array(array: Any, name: str, limits: Limits) -> Dataset:
    plain = array.view(np.ndarray) if type(array) is not np.ndarray else array
    order = "F" if plain.flags.fnc else "C"
    content = Content(limits, "array", plain.shape, str(plain.dtype), order)
    content.take_array(plain)
    if isinstance(array, np.ma.MaskedArray):
        content.take_array(np.ma.getmaskarray(array).view(np.ndarray))
    return _tensor(name, content, str(plain.dtype), plain.shape)


def _of_frame(frame: Any, name: str, limits: Limits) -> Dataset:
    """A pandas frame: the columns' contents, names and types; the index is no content."""
    rows, width = frame.shape
    kinds = frame.dtypes.tolist()
    words = {kind: str(kind) for kind in set(kinds)}
    dtypes = [words[kind] for kind in kinds]
    names = _labels(frame.columns.tolist())
    content = Content(limits, "frame", frame.shape, names, dtypes)
    if width > limits.columns and len(words) == 1 and kinds[0].kind in "biufc":
        content.take_array(frame.to_numpy().T)
    else:
        step, column = -(-width // limits.columns) if width else 1, frame.iloc
        content.sampled = step > 1
        for number in range(0, width, step):
            _take_column(content, column[:, number].array)
    return _table(name, content, rows, names, dtypes)


def _of_series(series: Any, name: str, limits: Limits) -> Dataset:
    dtype = str(series.dtype)
    label = _label(getattr(series, "name", None))
    content = Content(limits, "series", len(series), dtype)
    _take_column(content, series.array)
    return _table(name, content, len(series), [label], [dtype])


def _take_column(content: Content, array: Any) -> None:
    """A column of pandas, by how it is stored."""
    kind = type(array).__name__
    if kind == "Categorical":
        content.take_objects([_label(one) for one in array.categories[:MOST_ROWS_LISTED]])
        content.take_array(array.codes)
    elif kind.startswith(("Arrow", "String")) or kind == "StringArray":
        step = max(-(-len(array) // content.room), 1)
        content.sampled |= step > 1
        content.take_objects(array[::step].to_numpy(dtype=object))
    elif kind in ("DatetimeArray", "TimedeltaArray", "PeriodArray"):
        content.take_array(array.asi8)
    elif kind in ("IntegerArray", "FloatingArray", "BooleanArray"):
        content.take_array(np.asarray(array.isna()))
        content.take_array(array.to_numpy(dtype=array.dtype.numpy_dtype, na_value=0))
    else:
        content.take_array(np.asarray(array))


def _of_polars_frame(frame: Any, name: str, limits: Limits) -> Dataset:
    dtypes = [str(dtype) for dtype in frame.dtypes]
    content = Content(limits, "polars", frame.shape, list(frame.columns), dtypes)
    step = -(-frame.width // limits.columns) if frame.width else 1
    content.sampled = step > 1
    for number in range(0, frame.width, step):
        _take_polars_column(content, frame.to_series(number))
    return _table(name, content, frame.height, list(frame.columns), dtypes)


def _of_polars_series(series: Any, name: str, limits: Limits) -> Dataset:
    content = Content(limits, "polars series", len(series), str(series.dtype))
    _take_polars_column(content, series)
    return _table(name, content, len(series), [series.name], [str(series.dtype)])


def _take_polars_column(content: Content, series: Any) -> None:
    if series.dtype.is_numeric() or series.dtype.is_temporal():
        content.take_array(np.asarray(series.to_numpy()))
    else:
        step = max(-(-len(series) // content.room), 1)
        content.sampled |= step > 1
        content.take_objects(series.gather_every(step).to_list())


def _of_sparse(matrix: Any, name: str, limits: Limits) -> Dataset:
    """A SciPy sparse matrix or array: its own arrays, in its own format."""
    content = Content(limits, "sparse", matrix.format, matrix.shape, str(matrix.dtype))
    parts = [getattr(matrix, part, None) for part in ("data", "indices", "indptr", "offsets", "row", "col")]
    for part in parts:
        if type(part) is np.ndarray:
            content.take_array(part)
    if not any(type(part) is np.ndarray for part in parts):
        content.sampled = True
    return _tensor(name, content, str(matrix.dtype), matrix.shape, {"format": matrix.format, "nnz": int(matrix.nnz)})


def _of_tensor(tensor: Any, name: str, limits: Limits) -> Dataset:
    """A PyTorch tensor; one that lies on a device is not copied from there: its digest is of its schema only."""
    shape, dtype = tuple(tensor.shape), str(tensor.dtype).removeprefix("torch.")
    content = Content(limits, "tensor", shape, dtype)
    torch = sys.modules["torch"]
    size_bytes = tensor.numel() * tensor.element_size()
    if tensor.device.type == "cpu" and tensor.layout is torch.strided and not tensor.is_quantized:
        plain = tensor.detach().resolve_conj().resolve_neg()
        content.take_array(plain.view(torch.int16).numpy() if dtype == "bfloat16" else plain.numpy())
    else:
        content.sampled, content.size_bytes = True, size_bytes
    return _tensor(name, content, dtype, shape, {"device": tensor.device.type})


def _of_list(items: Sequence[Any], name: str, limits: Limits) -> Dataset | None:
    """A list of numbers or texts, or of such lists; any other list has no description."""
    if not items or not is_one_of(items, _LISTS):
        return None
    step = -(-len(items) // MOST_ROWS_LISTED)
    rows = items[::step]
    kinds = set(map(id, map(type, rows)))
    width: tuple[int, ...] = ()
    if kinds <= _LISTS:
        width = (len(rows[0]),)
        rows = list(chain.from_iterable(rows[: max(MOST_ROWS_LISTED // max(*width, 1), 1)]))
        step = max(step, 2 if len(rows) < len(items) * width[0] else 1)
        kinds = set(map(id, map(type, rows)))
    shape = (len(items), *width)
    if rows and kinds <= _NUMBERS:
        content = Content(limits, "list", shape)
        try:
            array = np.array(rows)
        except OverflowError:
            return None
        if array.dtype.hasobject:
            return None
        content.take_array(array)
        dtype = str(array.dtype)
    elif rows and kinds <= _TEXTS:
        content = Content(limits, "list", shape)
        content.take_objects(rows)
        dtype = "str"
    else:
        return None
    content.sampled |= step > 1
    return _tensor(name, content, dtype, shape)


def _of_dmatrix(matrix: Any, name: str, limits: Limits) -> Dataset:
    """XGBoost's own container: its content is behind the library, so shape, names and labels are looked at."""
    rows, columns = int(matrix.num_row()), int(matrix.num_col())
    names = list(matrix.feature_names or ())
    content = Content(limits, "dmatrix", rows, columns, names)
    content.take_array(np.asarray(matrix.get_label()))
    content.sampled = True
    return _tensor(name, content, "float32", (rows, columns))


_KNOWN: dict[tuple[str, str], Describing] = {
    ("numpy", "ndarray"): _of_array,
    ("pandas", "DataFrame"): _of_frame,
    ("pandas", "Series"): _of_series,
    ("polars", "DataFrame"): _of_polars_frame,
    ("polars", "Series"): _of_polars_series,
    ("scipy", "_spbase"): _of_sparse,
    ("scipy", "spmatrix"): _of_sparse,
    ("torch", "Tensor"): _of_tensor,
    ("xgboost", "DMatrix"): _of_dmatrix,
    ("builtins", "list"): _of_list,
    ("builtins", "tuple"): _of_list,
}
"""Package and class -> how it is described; a subclass is described as what it is made of."""


def _table(name: str, content: Content, rows: int, names: Sequence[str], dtypes: Iterable[str]) -> Dataset:
    listed = zip(names[:MOST_COLUMNS], dtypes, strict=False)
    schema: dict[str, Any] = {"mlflow_colspec": [{"name": label, "type": dtype} for label, dtype in listed]}
    if len(names) > MOST_COLUMNS:
        schema["left_out"] = len(names) - MOST_COLUMNS
    profile = {"num_rows": rows, "num_columns": len(names), "num_elements": rows * len(names)}
    return _dataset(name, content, schema, profile)


def _tensor(
    name: str, content: Content, dtype: str, shape: Sequence[int], more: dict[str, Any] | None = None
) -> Dataset:
    sizes = [int(size) for size in shape]
    return _dataset(
        name, content, {"mlflow_tensorspec": {"dtype": dtype, "shape": sizes}}, {"shape": sizes, **(more or {})}
    )


def _dataset(name: str, content: Content, schema: dict[str, Any], profile: dict[str, Any]) -> Dataset:
    about = {**profile, "size_bytes": content.size_bytes, "digest": "sample" if content.sampled else METHOD}
    return Dataset(name, content.digest, SOURCE_TYPE, schema=json.dumps(schema), profile=json.dumps(about))


def _labels(columns: list[Any]) -> list[str]:
    kinds = set(map(id, map(type, columns)))
    if kinds == _TEXTS:
        return columns
    return list(map(str, columns)) if kinds == _WHOLE_NUMBERS else [_label(column) for column in columns]


def _label(label: Any) -> str:
    """The name of a column as text; of an object that is not plain, its type."""
    kind = type(label)
    if kind is str:
        return label  # type: ignore[no-any-return]
    if kind is tuple:
        return str(tuple(_label(one) for one in label))
    return str(label) if kind.__module__ in ("builtins", "numpy", "datetime", "pandas") else kind.__qualname__
