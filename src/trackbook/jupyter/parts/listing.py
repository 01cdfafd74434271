"""The parts of every tracked cell's record, in the order in which each step asks them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from trackbook.jupyter.parts.data import DataPart
from trackbook.jupyter.parts.environment import EnvironmentPart
from trackbook.jupyter.parts.history import HistoryPart
from trackbook.jupyter.parts.ids import IdsPart
from trackbook.jupyter.parts.models import ModelsPart
from trackbook.jupyter.parts.modules import ModulesPart
from trackbook.jupyter.parts.notebook import NotebookPart
from trackbook.jupyter.parts.outcome import OutcomePart
from trackbook.jupyter.parts.outputs import OutputsPart
from trackbook.jupyter.parts.part import Capture
from trackbook.jupyter.parts.program import ProgramPart
from trackbook.jupyter.parts.repository import RepositoryPart
from trackbook.jupyter.parts.secrets import SecretsPart
from trackbook.jupyter.parts.seed import SeedPart
from trackbook.jupyter.parts.source import SourcePart
from trackbook.jupyter.parts.state import StatePart
from trackbook.jupyter.parts.training import TrainingPart
from trackbook.jupyter.parts.values import ValuesPart

if TYPE_CHECKING:
    from trackbook.jupyter.parts.part import Part

PARTS: tuple[type[Part], ...] = (
    DataPart,  # first, so that what the others open at the end is not seen
    SourcePart,
    EnvironmentPart,
    RepositoryPart,
    ModulesPart,
    NotebookPart,
    ValuesPart,
    TrainingPart,  # after the params that the cell itself gives
    SeedPart,  # after the params that the cell itself gives
    ModelsPart,
    OutcomePart,
    HistoryPart,
    ProgramPart,
    StatePart,
    IdsPart,  # after the parts that read the notebook's file
    OutputsPart,
    SecretsPart,  # last: it lists what was replaced in the others
)


def taking(parts: Iterable[Part], step: str) -> list[Part]:
    """Those that have something to do in a step: on a cell's thread the others are not even asked."""
    nothing = getattr(Capture, step)
    return [part for part in parts if getattr(getattr(part, step), "__func__", None) is not nothing]


def new_parts() -> list[Part]:
    """One of each, for one run."""
    return [kind() for kind in PARTS]
