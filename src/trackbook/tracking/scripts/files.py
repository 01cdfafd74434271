"""The files that a script reads and writes while its run goes on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from trackbook.capture.data import inputs
from trackbook.capture.data.digests import KeptDigests
from trackbook.capture.data.own import sorter_of
from trackbook.core import tags
from trackbook.tracking.facts import keep_text

if TYPE_CHECKING:
    from trackbook.capture.data.opens import Opening
    from trackbook.tracking.run import ActiveRun

CONTEXT = "training"
OPENED = "opened"

_kept: dict[Path, KeptDigests] = {}


def keep_files(run: ActiveRun, openings: Sequence[Opening]) -> None:
    """Record what was opened: inputs with digests, and the list of what was read and written."""
    if not openings:
        return
    settings = run.session.settings
    root = settings.home.parent.resolve()
    digests = _kept.setdefault(settings.home, KeptDigests(settings.home))
    found = inputs.record(sorter_of(settings).sort(openings, run.start_time * 1_000_000), root, digests.of)
    for dataset in found.inputs:
        run.log_input(dataset, CONTEXT, {tags.INPUT_SEEN: OPENED})
    if found.files_json:
        keep_text(run, tags.FILES_FILE, found.files_json)
    for sentence in found.sentences:
        run.warn(sentence)
