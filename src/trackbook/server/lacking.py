"""What MLflow's protocol has and a trackbook server has not, so that whoever asks for it is told so in words.

An address that nobody knows stays a plain 404, as on MLflow's own server.
"""

from __future__ import annotations

import re

NAMES = {
    "traces": "traces: mlflow.tracing.disable() stops sending them",
    "datasets": "evaluation datasets",
    "scorers": "scorers",
    "issues": "issues of traces",
    "label-schemas": "label schemas",
    "review-queues": "review queues",
    "prompt-optimization": "jobs that improve prompts",
    "gateway": "gateway to language models",
    "workspaces": "workspaces",
}
_PATH = re.compile(r"/(?:ajax-)?api/[23]\.0/mlflow/([a-z-]+)(?:/|\Z)")


def lacking(path: str) -> str | None:
    """Why nothing answers at this path; None for one that nobody knows."""
    found = _PATH.match(path)
    name = NAMES.get(found[1]) if found else None
    return f"a trackbook server has no {name}" if name else None
