"""What each output shows in a report: of its representations the richest that lives without script and network."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from trackbook.charts.picture import MIME_TYPE as VEGALITE
from trackbook.widgets.base import VIEW_MIME

if TYPE_CHECKING:
    import nbformat

KEPT = ("image/svg+xml", "image/png", "image/jpeg", "text/html", "text/markdown", "text/latex", "text/plain")
"""In order of preference, but HTML comes first where it needs no script."""
SCRIPTED = ("application/vnd.jupyter.widget-view+json", "application/javascript", VEGALITE)
_RUN_ID = re.compile(r"[A-Za-z0-9][\w-]{0,255}\Z")


@dataclass(frozen=True, slots=True)
class RunAnchor:
    """A run that the notebook shows, and where."""

    run_id: str
    title: str

    @property
    def anchor(self) -> str:
        return f"run-{self.run_id}"


def settle(notebook: nbformat.NotebookNode) -> list[RunAnchor]:
    """Leave one representation in each output, in place; the runs shown, each once, in order."""
    runs: dict[str, RunAnchor] = {}
    notebook["metadata"].pop("widgets", None)
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            data = output.get("data")
            if not isinstance(data, dict):
                continue
            found = _run_of(data)
            is_first = found is not None and found.run_id not in runs
            output["data"] = _chosen(data, found if is_first else None)
            output["metadata"] = _metadata(output)
            if found is not None and is_first:
                runs[found.run_id] = found
    return list(runs.values())


def _run_of(data: dict[str, Any]) -> RunAnchor | None:
    view = data.get(VIEW_MIME)
    if not isinstance(view, dict):
        return None
    run_id = view.get("run_id")
    if not isinstance(run_id, str) or not _RUN_ID.match(run_id):
        return None
    return RunAnchor(run_id, str(view.get("title") or run_id[:8]))


def _chosen(data: dict[str, Any], run: RunAnchor | None) -> dict[str, Any]:
    view = data.get(VIEW_MIME)
    if isinstance(view, dict):
        html = _text(data.get("text/html") or view.get("html") or "")
        return {"text/html": f'<div id="{escape(run.anchor)}">{html}</div>' if run else html}
    kept = [mime for mime in KEPT if mime in data]
    has_picture = any(mime.startswith("image/") for mime in kept)
    is_scripted = any(mime in data for mime in SCRIPTED) or "<script" in _text(data.get("text/html", ""))
    if "text/html" in kept and not (is_scripted and has_picture):
        return {"text/html": _text(data["text/html"])}
    if kept:
        return {kept[0]: _text(data[kept[0]]), "text/plain": _text(data.get("text/plain", ""))}
    return {"text/plain": f"(output of type {', '.join(sorted(data)) or 'unknown'}, which a page cannot show)"}


def _text(value: Any) -> str:
    """A representation as one text; notebooks on disk may hold lists of lines."""
    return "".join(map(str, value)) if isinstance(value, list) else str(value)


def _metadata(output: Any) -> dict[str, Any]:
    """Sizes of pictures, and a text for who cannot see them; nothing else."""
    kept: dict[str, Any] = {}
    given = output.get("metadata")
    for mime in ("image/png", "image/jpeg"):
        if mime in output["data"]:
            sizes = given.get(mime, {}) if isinstance(given, dict) else {}
            sizes = sizes if isinstance(sizes, dict) else {}
            kept[mime] = {name: sizes[name] for name in ("width", "height") if isinstance(sizes.get(name), int | float)}
            kept[mime]["alt"] = output["data"].get("text/plain") or "picture"
    return kept
