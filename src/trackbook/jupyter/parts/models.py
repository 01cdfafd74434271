"""The fitted models that the cell left in the namespace."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from trackbook.capture import models, syntax
from trackbook.core import tags
from trackbook.errors import MissingDependency
from trackbook.jupyter.outcome import error_message
from trackbook.jupyter.parts.part import Capture, History
from trackbook.jupyter.parts.training import TrainingPart

if TYPE_CHECKING:
    from trackbook.jupyter.outcome import Outcome
    from trackbook.jupyter.recording import CellRun

OWN_MODEL_CALL = "log_model"
"""A cell that keeps its models itself needs no help."""


class ModelsPart(Capture):
    name: ClassVar[str] = "the fitted models"

    def end(self, cell_run: CellRun, outcome: Outcome, namespace: Mapping[str, Any], history: History) -> None:
        if outcome.error is not None or not cell_run.options.models or keeps_models(cell_run.cell.python):
            return
        found = models.find_models(cell_run.names, namespace, _trained(cell_run))
        if not found:
            return
        from trackbook.models.sklearn import log_model

        for one in found:
            name = f"{one.name}_model" if one.name == tags.FOLDER else one.name
            try:
                log_model(one.model, name, run=cell_run.run)
            except MissingDependency as error:
                cell_run.run.warn(f"the fitted model {one.name} was not kept: {error}")
                return
            except Exception as error:  # noqa: BLE001 - a user's own estimator; the run says what it lacks
                cell_run.run.warn(f"the fitted model {one.name} was not kept: {error_message(error)}")


def _trained(cell_run: CellRun) -> list[Any]:
    """The models that were seen being fitted and are still there."""
    fits = [fit for part in cell_run.parts if isinstance(part, TrainingPart) for fit in part.fits]
    return [model for fit in fits if (model := fit.reference()) is not None]


def keeps_models(python: str) -> bool:
    """True where the code calls `log_model` itself; its name in a comment or a string is no call."""
    tree = syntax.parse(python) if OWN_MODEL_CALL in python else None
    called = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)] if tree is not None else []
    return any(getattr(one, "attr", getattr(one, "id", "")) == OWN_MODEL_CALL for one in called)
