"""The payloads that travel to the views, field for field those of `js/src/bridge/payloads.ts`: what views share.

Those of one view stand beside this: `card_payloads`, `record_payloads`, `table_payloads`, `compare_payloads`,
`chart_payloads`, `registry_payloads`.  A change is made here and in TypeScript, in one commit;
`tests/widgets/test_payloads.py` compares them.  Times are ms since the epoch.  JSON has no NaN and no infinities, so
numbers pass through `num`.
"""

from __future__ import annotations

import math
from typing import Any, Literal, NotRequired, TypedDict

Num = float | Literal["NaN", "Infinity", "-Infinity"]


class RunHead(TypedDict):
    run_id: str
    name: str
    experiment_id: str
    experiment: str
    status: str
    start_ms: int
    end_ms: int | None
    user: str
    paused_ms: NotRequired[int]


class DiffLine(TypedDict):
    op: str
    text: str


class KeyValue(TypedDict):
    key: str
    value: str


class CurvePiece(TypedDict):
    key: str
    steps: list[int]
    times: list[int]
    values: list[Num]


class CellPlace(TypedDict):
    line: str
    label: str
    named: bool
    version: int


class RequestError(TypedDict):
    type: str
    message: str
    position: NotRequired[int]
    expected: NotRequired[str]
    hint: NotRequired[str]
    remedy: NotRequired[str]


class Response(TypedDict):
    kind: Literal["response"]
    id: str
    result: NotRequired[Any]
    error: NotRequired[RequestError]


def num(value: float) -> Num:
    """A float64 as JSON has it: "NaN", "Infinity" and "-Infinity" as text."""
    if math.isfinite(value):
        return float(value)
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def nums(values: Any) -> list[Num]:
    """A column of float64, shape (n,), as JSON has it."""
    listed: list[float] = values.tolist()
    if all(map(math.isfinite, listed)):  # nearly all columns are, and this is done beside training loops
        return [*listed]
    return [value if math.isfinite(value) else num(value) for value in listed]
