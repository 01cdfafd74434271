"""Tracking: the active run, the fluent functions and the client, and the recorder that drains the journal.

What is logged goes to the journal; what is read comes from the store.  Nothing here knows notebooks or widgets.
"""

from __future__ import annotations

from typing import Any

CLIENTS = ("MlflowClient", "TrackbookClient")


def __getattr__(name: str) -> Any:
    """`mlflow.tracking.MlflowClient` is where older scripts look for the client."""
    if name in CLIENTS:
        from trackbook.tracking import client

        return getattr(client, name)
    raise AttributeError(f"module 'trackbook.tracking' has no attribute {name!r}")
