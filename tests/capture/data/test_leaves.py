"""Libraries that read without Python's knowledge: each is tried where it is installed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import fsspec
import pandas as pd
import pytest

from trackbook.capture.data import leaves, opens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(autouse=True)
def _restored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    yield
    leaves.restore()


def seen(read: Callable[[], object]) -> set[str]:
    leaves.watch_imported()
    watch = opens.watch()
    read()
    return {one[0] if isinstance(one[0], str) else Path(*one[0]).name for one in watch.stop()}


def test_pyarrow() -> None:
    pa = pytest.importorskip("pyarrow")
    parquet, csv = pytest.importorskip("pyarrow.parquet"), pytest.importorskip("pyarrow.csv")
    dataset = pytest.importorskip("pyarrow.dataset")
    parquet.write_table(pa.table({"a": [1]}), "a.parquet")
    Path("a.csv").write_text("a\n1\n")
    assert "a.parquet" in seen(lambda: parquet.read_table("a.parquet"))
    assert "a.parquet" in seen(lambda: parquet.ParquetFile("a.parquet"))
    assert "a.parquet" in seen(lambda: dataset.dataset("a.parquet").to_table())
    assert "a.csv" in seen(lambda: csv.read_csv("a.csv"))
    assert "a.parquet" in seen(lambda: pd.read_parquet("a.parquet"))


def test_polars() -> None:
    pl = pytest.importorskip("polars")
    Path("a.csv").write_text("a\n1\n")
    pl.DataFrame({"a": [1]}).write_parquet("a.parquet")
    for read in (pl.read_csv, lambda name: pl.scan_csv(name).collect()):
        assert "a.csv" in seen(lambda read=read: read("a.csv"))
    for read in (pl.read_parquet, lambda name: pl.scan_parquet(name).collect()):
        assert "a.parquet" in seen(lambda read=read: read("a.parquet"))


def test_h5py() -> None:
    h5py = pytest.importorskip("h5py")
    h5py.File("a.h5", "w").close()
    assert "a.h5" in seen(lambda: h5py.File("a.h5").close())


def test_addresses_that_fsspec_reads_and_not_those_that_it_writes() -> None:
    with fsspec.open("memory://folder/a.csv", "w") as file:
        file.write("a\n1\n")
    assert "memory://folder/a.csv" in seen(lambda: pd.read_csv("memory://folder/a.csv"))
    assert not any("://" in one for one in seen(lambda: fsspec.open("memory://folder/b.csv", "w").open().close()))


def test_the_packages_have_their_own_functions_back() -> None:
    import fsspec.core
    import fsspec.utils

    original = fsspec.core.stringify_path
    leaves.watch_imported()
    assert fsspec.core.stringify_path is fsspec.utils.stringify_path is not original
    leaves.restore()
    assert fsspec.core.stringify_path is fsspec.utils.stringify_path is original
