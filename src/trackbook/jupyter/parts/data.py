"""The files that the cell reads, as inputs of its run, and a list of those that it read and wrote.

On the cell's thread openings are noted, nothing else; files are looked at once the run has ended.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import trackbook
from trackbook.capture.data import leaves, opens
from trackbook.core import tags
from trackbook.jupyter.parts.part import Capture

if TYPE_CHECKING:
    from trackbook.capture.data.digests import KeptDigests
    from trackbook.jupyter.outcome import Outcome
    from trackbook.jupyter.parts.part import History
    from trackbook.jupyter.recording import CellRun
    from trackbook.settings import Settings

CONTEXT = "training"
SEEN = "trackbook.seen"
"""Tag of an input that was found by itself: `opened`."""
OPENED = "opened"

_kept: dict[Path, KeptDigests] = {}


class DataPart(Capture):
    name: ClassVar[str] = "what the cell read"

    def __init__(self) -> None:
        self._watch: opens.Watch | None = None
        self._openings: tuple[opens.Opening, ...] = ()
        self._folder = ""

    def begin(self, cell_run: CellRun, namespace: Mapping[str, Any]) -> None:
        if not cell_run.options.data:
            return
        leaves.watch_imported()
        self._folder = os.getcwd()  # noqa: PTH109 - on the cell's path
        self._watch = opens.watch()

    def end(self, cell_run: CellRun, outcome: Outcome, namespace: Mapping[str, Any], history: History) -> None:
        if self._watch is not None:
            self._openings = self._watch.stop()

    def after(self, cell_run: CellRun, history: History) -> None:
        if self._watch is None:
            return
        from trackbook.capture.data import inputs, named, sorting

        run, settings = cell_run.run, cell_run.run.session.settings
        root = settings.home.parent.resolve()
        names = named.named_files(cell_run.cell.python, self._folder)
        sorter = sorting.Sorter(_own_files(settings), root, _own_addresses(settings))
        uses = sorter.sort(self._openings, run.start_time * 1_000_000, names)
        found = inputs.record(uses, root, _digests(settings.home).of)
        for dataset in found.inputs:
            run.log_input(dataset, CONTEXT, {SEEN: OPENED})
        if found.files_json:
            cell_run.keep_text(tags.FILES_FILE, found.files_json)
        for sentence in found.sentences:
            run.warn(sentence)
        if self._watch.overflowed:
            run.warn(f"the cell opened more than {opens.MOST_NOTED} files: its first inputs are not recorded")


def _digests(home: Path) -> KeptDigests:
    from trackbook.capture.data.digests import KeptDigests

    return _kept.setdefault(home, KeptDigests(home))


def _own_files(settings: Settings) -> list[Path]:
    """Files and folders of the tracker itself."""
    places = [settings.tracking_uri.removeprefix("sqlite:///"), settings.artifact_root]
    package = Path(trackbook.__file__).parent
    return [settings.home, package, *(Path(place) for place in places if place and "://" not in place)]


def _own_addresses(settings: Settings) -> list[str]:
    return [place for place in (settings.tracking_uri, settings.artifact_root) if "://" in place]
