"""What MLflow loads as it is imported.  Everything behind it loads when a store of ours is first asked for.

MLflow asks for `tracking_store` once its own module of tracking addresses is there: then `trackbook:` becomes the
address where nobody has named one, in a kernel whose cells are tracked.  It is set in this process alone, not in the
environment, which programs started from a cell would inherit.
"""

from __future__ import annotations

import os
import sys
from typing import Any

SCHEME = "trackbook:"
_ADDRESSES = "mlflow.tracking._tracking_service.utils"


class CellContext:
    """MLflow's `RunContextProvider`, by its methods."""

    def in_context(self) -> bool:
        """Whether a cell of a notebook is executed here."""
        ipython = sys.modules.get("IPython")
        shell = ipython.get_ipython() if ipython is not None else None
        return shell is not None and getattr(shell, "kernel", None) is not None

    def tags(self) -> dict[str, str]:
        from trackbook.plugin.provenance import tags

        return tags()


def offer(*, known: bool = False) -> None:
    """Make `trackbook:` the address of MLflow's functions where the user named none and cells are tracked here.

    `known` says that MLflow is just about to know the address.
    """
    try:
        _offer(known)
    except Exception:  # noqa: BLE001 - neither the user's import of mlflow nor loading trackbook is ever hindered
        return


def _offer(known: bool) -> None:
    extension = sys.modules.get("trackbook.jupyter.extension")
    addresses: Any = sys.modules.get(_ADDRESSES)
    if extension is None or extension.loaded() is None or any(map(_names_a_server, os.environ.items())):
        return
    if addresses is not None and getattr(addresses, "_tracking_uri", "") is None and (known or _is_known(addresses)):
        addresses._tracking_uri = SCHEME  # noqa: SLF001 - its setter writes the environment, too


def withdraw() -> None:
    """Cells are not tracked any more."""
    addresses: Any = sys.modules.get(_ADDRESSES)
    if getattr(addresses, "_tracking_uri", None) == SCHEME:
        addresses._tracking_uri = None  # noqa: SLF001 - as above


def _names_a_server(variable: tuple[str, str]) -> bool:
    """Whether MLflow has an address, or trackbook one that MLflow can be given by its user."""
    name, value = variable
    return bool(value) and (name == "MLFLOW_TRACKING_URI" or (name == "TRACKBOOK_TRACKING_URI" and value[:4] == "http"))


def _is_known(addresses: Any) -> bool:
    """Whether MLflow knows the scheme: an environment may lack our entry points."""
    return SCHEME[:-1] in addresses._tracking_store_registry._registry  # noqa: SLF001 - as above


def _tracking_store(store_uri: str | None = None, artifact_uri: str | None = None) -> Any:
    del store_uri, artifact_uri
    from trackbook.plugin.tracking_store import TrackingStore

    return TrackingStore()


def registry_store(store_uri: str | None = None, tracking_uri: str | None = None) -> Any:
    del store_uri, tracking_uri
    from trackbook.plugin.registry_store import RegistryStore

    return RegistryStore()


def __getattr__(name: str) -> Any:
    if name == "tracking_store":
        offer(known=True)
        return _tracking_store
    raise AttributeError(name)
