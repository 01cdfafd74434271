"""Python and TypeScript mean the same payloads."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from trackbook.widgets import (
    card_payloads,
    chart_payloads,
    compare_payloads,
    payloads,
    record_payloads,
    registry_payloads,
    table_payloads,
)
from trackbook.widgets.cards import card_of
from trackbook.widgets.payloads import num, nums

MODULES = (payloads, card_payloads, record_payloads, compare_payloads, chart_payloads, table_payloads)
BRIDGE = Path(__file__).parents[2] / "js/src/bridge"
FILES = "table payloads card record compare plot chart".split()  # of equal names the last one counts
SHARED = (
    "RunHead CellHead CardParam CardMetric CardModel DiffLine CardInput CardReason CardRerun WrittenFile CardSnapshot "
    "CardProgress CardGoal CardValue RelatedRun CardAbout Edited Preview "
    "CardSecret PackageChange CardRecord Card CurvePiece CardDelta CardReplaced Column Order "
    "CellPlace TableRow TableState CompareRow CompareSection SideLine CompareState Response RequestError "
    "CellPair CodePair CompareGroup GroupValue GroupTest GroupRow CompareGroups "
    "Plot Parallel ImageSeries ChartRun CurveSeries ChartCurves ChartTable ChartState ChartPoints"
).split()


def interfaces(*files):
    """Interface name -> its own field names, in order; what stands inside inner braces is skipped."""
    written = "\n".join((BRIDGE / f"{name}.ts").read_text("utf-8") for name in files or FILES)
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", written, flags=re.DOTALL)
    found = {}
    for name, start in ((one.group(1), one.end()) for one in re.finditer(r"export interface (\w+)[^{]*\{", text)):
        depth, own = 1, ""
        for character in text[start:]:
            depth += (character == "{") - (character == "}")
            if depth == 0:
                break
            own += character if depth == 1 and character != "}" else ""
        found[name] = re.findall(r"(\w+)\??:", re.sub(r"Record<[^;]*", "", own))
    return found


@pytest.mark.parametrize(
    "name", "ValueCount Summary GroupValue Group Groups ColumnSet Done TextOfRuns ExperimentName RowsChanged".split()
)
def test_fields_of_the_table_are_those_of_its_typescript_interface(name):
    assert list(getattr(table_payloads, name).__annotations__) == interfaces("table")[name]


REGISTRY = (
    "AliasPlace Champion ModelRow Effect AuditRow AuditPage VersionRow VersionPage ModelDetail MetricBeside "
    "VersionDetail RegistryState RunModels Plan Changed RegistryChanged"
).split()


@pytest.mark.parametrize("name", REGISTRY)
def test_fields_of_the_registry_are_those_of_its_typescript_interface(name):
    fields = list(getattr(registry_payloads, name).__annotations__)
    assert fields == interfaces("registry")[name]


@pytest.mark.parametrize("name", SHARED)
def test_fields_are_those_of_the_typescript_interface(name):
    module = next(module for module in MODULES if hasattr(module, name))
    assert list(getattr(module, name).__annotations__) == interfaces()[name]


def test_card_of_a_full_run_has_every_part(session, full_run):
    card = card_of(session.store, full_run)
    assert list(card) == interfaces()["Card"]
    assert all(card[key] not in (None, [], {}) for key in card)
    assert card["notebook"] == {"path": "a.ipynb", "cells": 2}
    for part, name in (("run", "RunHead"), ("cell", "CellHead")):
        assert list(card[part]) == interfaces()[name]
    for part, name in (("params", "CardParam"), ("metrics", "CardMetric"), ("models", "CardModel")):
        assert [*card[part][0], *(["baseline"] if part == "metrics" else [])] == interfaces()[name]
    json.dumps(card, allow_nan=False)


def test_numbers_that_json_lacks_travel_as_text():
    assert [num(value) for value in (1.5, float("nan"), float("inf"), -float("inf"))] == [
        1.5,
        "NaN",
        "Infinity",
        "-Infinity",
    ]
    assert nums(np.array([1.0, np.nan])) == [1.0, "NaN"]
