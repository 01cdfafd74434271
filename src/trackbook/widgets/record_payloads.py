"""Payloads of a run's record in its card, field for field those of `js/src/bridge/record.ts`; see `payloads`."""

from __future__ import annotations

from typing import NotRequired, TypedDict


class CardInput(TypedDict):
    name: str
    digest: str
    size: int | None
    shape: list[int]
    seen: str
    remark: str


class CardReason(TypedDict):
    cell: str
    line: str
    text: str


class CardRerun(TypedDict):
    verdict: str
    reasons: list[CardReason]
    label: str
    cells: int
    program: str | None


class WrittenFile(TypedDict):
    path: str
    size: int
    kept: str | None


class CardSnapshot(TypedDict):
    when: str
    origin: str
    unsaved: bool
    taken_ms: int
    path: str


class CardSecret(TypedDict):
    kind: str
    place: str
    line: int | None
    quiet: NotRequired[bool]


class PackageChange(TypedDict):
    name: str
    before: str | None
    after: str | None


class CardExecution(TypedDict):
    number: int
    status: str
    start_ms: int
    source: str
    folder: str


class CardRecord(TypedDict):
    inputs: list[CardInput]
    input_count: int
    rerun: CardRerun | None
    written: list[WrittenFile]
    written_count: int
    snapshots: list[CardSnapshot]
    secrets: list[CardSecret]
    packages: list[PackageChange] | None
    executions: NotRequired[list[CardExecution]]
