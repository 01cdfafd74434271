"""The ports: what the rest of trackbook asks of a place where runs are kept.

Each port is small and speaks entities.  SQL on this machine, PostgreSQL and an HTTP client implement the same ports
and pass the same conformance suite (`tests/conformance`).  The contract is told here, once; implementations add only
what differs.  All errors are leaves of `trackbook.errors`.  Every method may be called from any thread.

Nothing here returns "everything": listings are pages, values of tables come from aggregates, and curves are
down-sampled by the store.

One module a port; everybody imports from this package.
"""

from trackbook.core.ports.artifacts import Artifacts, Progress, walk_files
from trackbook.core.ports.cells import Cells
from trackbook.core.ports.disk import Disk
from trackbook.core.ports.experiments import Experiments
from trackbook.core.ports.metrics import Curve, Metrics
from trackbook.core.ports.recording import Recording
from trackbook.core.ports.registry import Registry
from trackbook.core.ports.runs import ColumnValues, KeyCount, RunColumns, RunQuery, Runs, walk
from trackbook.core.ports.store import Store
from trackbook.core.ports.trash import Trash

__all__ = [
    "Artifacts",
    "Cells",
    "ColumnValues",
    "Curve",
    "Disk",
    "Experiments",
    "KeyCount",
    "Metrics",
    "Progress",
    "Recording",
    "Registry",
    "RunColumns",
    "RunQuery",
    "Runs",
    "Store",
    "Trash",
    "walk",
    "walk_files",
]
