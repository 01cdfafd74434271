"""Which cell line an executed cell belongs to, remembered so that the store is asked once per notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.capture.cells import CellLine, line_of

if TYPE_CHECKING:
    from trackbook.tracking.session import Session


class Lines:
    """The cell lines of this kernel's notebooks: those in the store, and those of the cells that ran here."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str | None], dict[str, str]] = {}

    def line(
        self, session: Session, notebook: str | None, source: str, cell_id: str | None, name: str | None
    ) -> CellLine:
        """The line of this cell, from now on known with this source."""
        if name or cell_id:
            found = line_of(source, notebook=notebook, cell_id=cell_id, name=name)
        else:
            found = line_of(source, notebook=notebook, earlier=self._earlier(session, notebook))
        self._known.setdefault((session.settings.tracking_uri, notebook), {})[found.key] = source
        return found

    def _earlier(self, session: Session, notebook: str | None) -> dict[str, str]:
        """Line -> last source: what the store knows, then what this kernel ran."""
        key = (session.settings.tracking_uri, notebook)
        own = self._known.setdefault(key, {})
        if "" not in own:
            stored = {cell.line: cell.source for cell in session.store.cells.lines(notebook)}
            self._known[key] = own = {"": "", **stored, **own}
        return {line: source for line, source in own.items() if line}
