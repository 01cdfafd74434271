"""The environment of a run: interpreter, machine, variables, and every installed distribution with its origin.

`record` puts together what `machine`, `packages` and `variables` say; `requirements` writes it for pip, `locks` finds
the project's own lock files.  Nothing here raises for what a machine or a package lacks, and nothing runs on a cell's
thread: reading the metadata of some hundred packages takes a few hundred milliseconds.
"""

from trackbook.capture.environment.packages import Package, packages
from trackbook.capture.environment.record import Environment, environment, environment_json
from trackbook.capture.environment.requirements import requirements_text

__all__ = ["Environment", "Package", "environment", "environment_json", "packages", "requirements_text"]
