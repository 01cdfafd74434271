"""`--seed N`: seed the shared random generators before the cell runs, and record which.

PyTorch and TensorFlow only where they are imported already: importing them is not ours to decide.  Of what the cell
imports itself the run says that it was not seeded.  NumPy, which we import in any case, is seeded in any case.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from trackbook.core import tags
from trackbook.jupyter.parts.part import Capture, History

if TYPE_CHECKING:
    from trackbook.jupyter.outcome import Outcome
    from trackbook.jupyter.recording import CellRun

PARAM = "seed"
_seed_python = random.seed
GENERATORS: dict[str, Callable[[Any, int], object]] = {
    "numpy": lambda module, seed: module.random.seed(seed),
    "torch": lambda module, seed: module.manual_seed(seed),
    "tensorflow": lambda module, seed: module.random.set_seed(seed),
}
"""How the shared generator of an imported module is seeded."""


class SeedPart(Capture):
    name: ClassVar[str] = "the seed"

    def __init__(self) -> None:
        self._absent: list[str] = []

    def begin(self, cell_run: CellRun, namespace: Mapping[str, Any]) -> None:
        seed = cell_run.options.seed
        if seed is None:
            return
        _seed_python(seed)
        done = ["random"]
        import numpy  # noqa: F401, ICN001 - lest the cell be the first to import it

        for name, seeded in GENERATORS.items():
            module = sys.modules.get(name)
            if module is None:
                self._absent.append(name)
            else:
                try:
                    seeded(module, seed)
                except Exception as error:  # noqa: BLE001 - a module of that name, or half imported; the run says so
                    cell_run.run.warn(f"{name} was not seeded: {type(error).__name__}")
                else:
                    done.append(name)
        cell_run.run.set_tag(tags.SEED, json.dumps({"seed": seed, "set": done}))

    def end(self, cell_run: CellRun, outcome: Outcome, namespace: Mapping[str, Any], history: History) -> None:
        seed = cell_run.options.seed
        if seed is not None and PARAM not in cell_run.run.params:  # what the cell calls so is its own
            cell_run.run.log_param(PARAM, seed)
        for name in self._absent:
            if name in sys.modules:
                cell_run.run.warn(f"{name} was imported by the cell itself and not seeded: import it in a cell above")
