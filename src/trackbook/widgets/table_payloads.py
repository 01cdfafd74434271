"""What the run table and Python say to each other, field for field as in `js/src/bridge/{table,payloads}.ts`."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from trackbook.widgets.payloads import CellPlace, Num, RunHead


class Column(TypedDict):
    key: str
    kind: str
    label: str
    runs: int


class Order(TypedDict):
    key: str
    desc: bool


class ParentRun(TypedDict):
    run_id: str
    name: str
    """"" where it is not there any more."""


class TableRow(TypedDict):
    run: RunHead
    cell: CellPlace | None
    values: dict[str, str | Num]
    error: NotRequired[str]
    """What the run ended with, of one that has an error."""
    parent: NotRequired[ParentRun]
    """The run in which it was started."""


class TableState(TypedDict):
    schema: int
    title: str
    filter: str
    order_by: list[Order]
    columns: list[str]
    total: int
    unfiltered: int
    rows: list[TableRow]


class ValueCount(TypedDict):
    value: str
    runs: int


class Summary(TypedDict):
    key: str
    numeric: bool
    runs: int
    missing: int
    nan: int
    infinite: int
    low: Num | None
    high: Num | None
    bars: list[int]
    values: list[ValueCount]
    distinct: int


class GroupValue(TypedDict):
    n: int
    mean: Num
    std: Num | None
    min: Num
    max: Num


class Group(TypedDict):
    key: list[str | None]
    filter: str
    runs: int
    values: dict[str, GroupValue]


class Groups(TypedDict):
    by: list[str]
    seeds: list[str]
    total: int
    groups: list[Group]
    more: int


class ColumnSet(TypedDict):
    name: str
    columns: list[str]
    order_by: list[Order]
    group_by: list[str]


class Done(TypedDict):
    said: str
    undo: str | None


class TextOfRuns(TypedDict):
    text: str
    runs: int
    name: str


class ExperimentName(TypedDict):
    experiment_id: str
    name: str


class RowsChanged(TypedDict):
    kind: Literal["rows"]
    filter: str
    order_by: list[Order]
    view: str
    columns: list[str]
    offset: int
    total: int
    unfiltered: int
    rows: list[TableRow]
    baseline: NotRequired[TableRow | None]
