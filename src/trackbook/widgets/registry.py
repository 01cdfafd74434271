"""The registry as a page: registered models, their versions, aliases and source runs.  Read only, no widget yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from trackbook.charts.labels import cut
from trackbook.errors import NotFound
from trackbook.tracking.session import current_session
from trackbook.widgets.markup import escape, quiet, root, table
from trackbook.widgets.texts import time_text

if TYPE_CHECKING:
    import pandas as pd

    from trackbook.core.entities import ModelVersion, RegisteredModel
    from trackbook.core.ports import Store

MAX_MODELS = 100
MAX_VERSIONS = 20
"""Of one model, on the page; the frame has all."""


class RegistryPage:
    """Registered models with their versions; `.df` is a frame with one row a version."""

    def __init__(self, models: Sequence[tuple[RegisteredModel, Sequence[ModelVersion]]], runs: dict[str, str]) -> None:
        self._models = models
        self._runs = runs

    @property
    def df(self) -> pd.DataFrame:
        """`name, version, aliases, source, run_id, run_name, description, created` (UTC), newest version first."""
        import pandas as pd

        versions = [version for _, found in self._models for version in found]
        return pd.DataFrame(
            {
                "name": [item.name for item in versions],
                "version": [int(item.version) for item in versions],
                "aliases": [", ".join(sorted(item.aliases)) for item in versions],
                "source": [item.source for item in versions],
                "run_id": [item.run_id for item in versions],
                "run_name": [self._runs.get(item.run_id or "") for item in versions],
                "description": [item.description for item in versions],
                "created": pd.to_datetime([item.creation_timestamp for item in versions], unit="ms", utc=True),
            }
        )

    def __repr__(self) -> str:
        if not self._models:
            return "no registered models"
        lines = []
        for model, versions in self._models:
            aliases = ", ".join(f"{alias} → {version}" for alias, version in sorted(model.aliases.items()))
            count = f"{len(versions)} {'version' if len(versions) == 1 else 'versions'}"
            lines.append(f"{cut(model.name)}: {count}{f' ({aliases})' if aliases else ''}")
        return "\n".join(lines)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/html": self._html(), "text/plain": repr(self)}

    def _html(self) -> str:
        parts = [f"<div>{quiet('no registered models')}</div>"] if not self._models else []
        for model, versions in self._models:
            description = f" {quiet(escape(model.description, 300))}" if model.description else ""
            parts.append(f"<div><strong>{escape(model.name, 80)}</strong>{description}</div>")
            rows = [self._row(version) for version in versions[:MAX_VERSIONS]]
            parts.append(table(("version", "aliases", "run", "registered", "description"), rows, (True,)))
            if len(versions) > MAX_VERSIONS:
                parts.append(f"<div>{quiet(f'… {len(versions) - MAX_VERSIONS} earlier versions')}</div>")
        return root("registry", parts)

    def _row(self, version: ModelVersion) -> tuple[str, ...]:
        aliases = " ".join(f"<code>@{escape(alias, 40)}</code>" for alias in sorted(version.aliases))
        run = escape(self._runs.get(version.run_id or "", version.run_id or version.source), 60)
        when = time_text(version.creation_timestamp)
        return escape(version.version), aliases, run, when, escape(version.description, 200)


def registry(name: str | None = None) -> RegistryPage:
    """All registered models, or the one of this name.  Raises `NotFound`."""
    store = current_session().reading
    models = store.registry.search_models(limit=MAX_MODELS).items if name is None else [store.registry.get_model(name)]
    versions = _versions_by_name(store)
    found = [(model, versions.get(model.name, [])) for model in models]
    run_ids = {version.run_id for _, of_model in found for version in of_model if version.run_id}
    return RegistryPage(found, {run_id: label for run_id in run_ids if (label := _run_name(store, run_id))})


def _versions_by_name(store: Store) -> dict[str, list[ModelVersion]]:
    """All versions by model, newest first.  One walk, and no name has to be quoted in a filter."""
    found: dict[str, list[ModelVersion]] = {}
    token = None
    while True:
        page = store.registry.search_versions(page_token=token)
        for version in page.items:
            found.setdefault(version.name, []).append(version)
        token = page.next_page_token
        if token is None:
            break
    for versions in found.values():
        versions.sort(key=lambda version: -int(version.version))
    return found


def _run_name(store: Store, run_id: str) -> str | None:
    try:
        return store.runs.get(run_id).info.run_name
    except NotFound:
        return None
