"""What the server extension answers, field for field as in `js/src/bridge/lab.ts`."""

from __future__ import annotations

from typing import Literal, TypedDict

from trackbook.widgets.payloads import CellPlace, DiffLine, Num, RunHead

Goal = Literal["max", "min"]


class MainMetric(TypedDict):
    """The metric that counts: the run's goal, its best value; else the last of one that most runs beside it have."""

    key: str
    value: Num
    goal: Goal | None


class LabRun(TypedDict):
    run: RunHead
    cell: CellPlace | None
    cell_id: str | None
    metric: MainMetric | None
    error: str | None


class LabLine(TypedDict):
    """A cell line of the notebook."""

    line: str
    label: str
    named: bool
    cell_ids: list[str]
    versions: int
    newest: LabRun
    best: LabRun | None
    """The run whose goal has the best value; None where no version has a goal."""


class LabExperiment(TypedDict):
    experiment_id: str
    name: str


class LabRuns(TypedDict):
    schema: Literal[1]
    version: str
    """trackbook's, in the server's environment."""
    notebook: str
    experiment: LabExperiment | None
    """That of the notebook's newest run."""
    total: int
    runs: list[LabRun]
    """The newest ones, newest first."""
    lines: list[LabLine]
    """Of the notebook's cells; none where an experiment was asked for."""


class LabVersion(LabRun):
    version: int
    execution_count: int | None


class LabVersions(TypedDict):
    line: str
    label: str
    total: int
    versions: list[LabVersion]
    """Newest first."""


class LabDiff(TypedDict):
    source: str
    """Of the version, whole."""
    same: bool
    lines: list[DiffLine]
    """From the cell's present text to the version's source: what putting it back would change."""
