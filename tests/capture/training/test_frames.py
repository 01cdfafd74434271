"""What a fit is given has a schema, a shape and a digest of its content."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from trackbook.capture.training.content import SAMPLE
from trackbook.capture.training.frames import describe

FRAME = pd.DataFrame({"size": [1.0, 2.0], "town": ["a", "b"], "kind": pd.Categorical(["x", "y"])})


def digest(value: Any) -> str:
    found = describe(value, "x")
    assert found is not None
    return found.digest


def test_a_frame_has_columns_with_types_rows_and_bytes() -> None:
    found = describe(FRAME, "X")
    assert found is not None
    assert found.name == "X"
    assert json.loads(found.schema)["mlflow_colspec"][0] == {"name": "size", "type": "float64"}
    profile = json.loads(found.profile)
    assert (profile["num_rows"], profile["num_columns"], profile["digest"]) == (2, 3, "xxh3-128")
    assert profile["size_bytes"] > 0


def test_an_array_has_its_shape() -> None:
    found = describe(np.zeros((3, 2)), "X")
    assert found is not None
    assert json.loads(found.schema) == {"mlflow_tensorspec": {"dtype": "float64", "shape": [3, 2]}}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (FRAME, FRAME.assign(size=[1.0, 3.0])),
        (FRAME, FRAME.assign(town=["a", "c"])),
        (FRAME, FRAME.rename(columns={"size": "length"})),
        (FRAME, FRAME.assign(kind=pd.Categorical(["y", "x"]))),
        (FRAME["size"], FRAME["size"] + 1),
        (pd.Series([1, None], dtype="Int64"), pd.Series([None, 1], dtype="Int64")),
        (np.zeros(4), np.zeros((2, 2))),
        (np.zeros(4), np.zeros(4, dtype="i8")),
        (np.arange(6).reshape(2, 3)[:, ::2], np.arange(6).reshape(2, 3)[:, :2]),
        (np.array(["a", None], dtype=object), np.array(["a", "b"], dtype=object)),
        ([1, 2], [2, 1]),
        (["a"], ["b"]),
        ([[1.0, 2.0]], [[1.0, 3.0]]),
    ],
)
def test_another_content_has_another_digest(one: Any, other: Any) -> None:
    assert digest(one) == digest(one.copy())
    assert digest(one) != digest(other)


def test_what_is_too_large_is_sampled_and_says_so() -> None:
    big = np.zeros((33, 1 << 20), dtype="u1")
    found = describe(big, "X")
    assert found is not None
    assert found.digest.startswith("s:")
    assert len(found.digest) <= 36
    assert json.loads(found.profile)["digest"] == "sample"
    big[:, ::1000] = 1
    assert digest(big) != found.digest
    assert digest(big.T) != digest(big)
    texts = pd.Series([str(number) for number in range(30_000)])
    assert digest(texts).startswith("s:")
    assert digest(texts) != digest(texts[::-1])
    small = describe(np.zeros((1000, 100)), "X", SAMPLE)
    assert small is not None
    assert small.digest.startswith("s:")


def test_what_is_thousands_of_columns_wide_is_described_in_part() -> None:
    wide = pd.DataFrame(np.zeros((2, 2000)))
    found = describe(wide, "X")
    assert found is not None
    assert json.loads(found.schema)["left_out"] == 1500
    assert not found.digest.startswith("s:")
    mixed = wide.astype({0: "i8"})
    assert digest(mixed).startswith("s:")


def test_a_sparse_matrix_is_described_without_filling_it() -> None:
    sparse = pytest.importorskip("scipy.sparse")
    eye = sparse.eye(100_000, format="csr")
    found = describe(eye, "X")
    assert found is not None
    assert json.loads(found.profile)["nnz"] == 100_000
    assert digest(eye * 2) != found.digest
    assert digest(sparse.coo_array(np.eye(2))) != digest(sparse.coo_array(np.eye(2) * 2))


def test_tensors() -> None:
    torch = pytest.importorskip("torch")
    state = torch.get_rng_state()
    tensor = torch.ones(3, 2, requires_grad=True)
    assert json.loads(describe(tensor, "X").schema)["mlflow_tensorspec"] == {"dtype": "float32", "shape": [3, 2]}  # type: ignore[union-attr]
    assert digest(tensor) != digest(tensor * 2)
    assert digest(tensor.bfloat16()) != digest((tensor * 2).bfloat16())
    assert digest(tensor.to("meta")).startswith("s:")
    assert torch.equal(torch.get_rng_state(), state)


def test_polars() -> None:
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({"a": [1, None], "b": ["x", "y"]})
    assert json.loads(describe(frame, "X").schema)["mlflow_colspec"][1] == {"name": "b", "type": "String"}  # type: ignore[union-attr]
    assert digest(frame) == digest(frame.clone())
    assert digest(frame) != digest(frame.with_columns(a=polars.Series([1, 2])))
    assert digest(frame["b"]) != digest(frame["b"].reverse())


def test_objects_of_a_user_are_not_asked_anything() -> None:
    class Asked(type):
        def __eq__(cls, other: object) -> bool:
            raise AssertionError

        __hash__ = __eq__  # type: ignore[assignment]

    class Odd(metaclass=Asked):
        def __repr__(self) -> str:
            raise AssertionError

        __str__ = __len__ = __eq__ = __hash__ = __array__ = __repr__  # type: ignore[assignment]

    assert describe(Odd(), "X") is None
    assert describe([Odd()], "X") is None
    objects = np.empty(2, dtype=object)
    objects[0] = Odd()
    assert digest(objects).startswith("s:")
    assert digest(pd.DataFrame({"a": pd.Series(objects, dtype=object)})).startswith("s:")
    assert describe({"a": 1}, "X") is None
    assert describe([1, 10**30], "X") is None
