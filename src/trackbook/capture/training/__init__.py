"""When a cell trains, what it trains, and on which data, seen without a frame in any traceback of the user.

`libraries` names the functions by which each library is seen, `calls` finds the outermost training call on the stack,
`arguments` reads what an estimator was made with, `frames` and `content` describe the data, `given` within limits,
`watching` puts it together.  This room runs within the user's own `fit`: it is quick, raises nothing, draws no random
number, imports no library of his and knows no runs.
"""

from __future__ import annotations

from trackbook.capture.training.given import Given
from trackbook.capture.training.logged import last_metrics
from trackbook.capture.training.watching import Fit, Watch, restore, watch

__all__ = ["Fit", "Given", "Watch", "last_metrics", "restore", "watch"]
