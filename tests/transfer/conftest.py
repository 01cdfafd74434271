"""Stores to bring runs into, and MLflow's stores as MLflow 3.17.2 wrote them (`tests/assets/mlflow`)."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from trackbook.connect import connect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trackbook.core.ports import Store

ASSETS = Path(__file__).parents[1] / "assets" / "mlflow"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = connect(str(tmp_path / "target" / ".trackbook"))
    yield made
    made.close()


@pytest.fixture(params=["database", "folder"])
def mlflow_store(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    folder = tmp_path / "mlflow"
    with zipfile.ZipFile(ASSETS / f"{request.param}-3.17.zip") as archive:
        archive.extractall(folder)
    return folder / ("mlflow.db" if request.param == "database" else "mlruns")
