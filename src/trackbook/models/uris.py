"""Where a model lies: the names of `trackbook.core.model_uris`, for those who work with models."""

from __future__ import annotations

from trackbook.core.model_uris import (
    EXPECTED,
    LATEST,
    ModelUri,
    RegisteredModelUri,
    RunModelUri,
    parse,
    resolve,
    version_of,
)

__all__ = [
    "EXPECTED",
    "LATEST",
    "ModelUri",
    "RegisteredModelUri",
    "RunModelUri",
    "parse",
    "resolve",
    "version_of",
]
