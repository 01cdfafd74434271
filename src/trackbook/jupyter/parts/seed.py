"""`--seed N`: seed the shared random generators before the cell runs, and record which.

PyTorch, TensorFlow and NumPy only where they are imported already: importing them is not ours to decide.
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

    def begin(self, cell_run: CellRun, namespace: Mapping[str, Any]) -> None:
        seed = cell_run.options.seed
        if seed is None:
            return
        _seed_python(seed)
        done = ["random"]
        for name, seeded in GENERATORS.items():
            module = sys.modules.get(name)
            if module is not None:
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
