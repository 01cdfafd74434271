"""The data files that a run read and wrote: its inputs, with digests, and the list of all of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from trackbook.capture.data import inputs
from trackbook.capture.data.digests import KeptDigests
from trackbook.capture.data.sorting import NO_USES
from trackbook.core import tags
from trackbook.tracking.facts import keep_text

if TYPE_CHECKING:
    from trackbook.capture.data.sorting import Uses
    from trackbook.tracking.run import ActiveRun

CONTEXT = "training"
OPENED, OPENED_BEFORE = "opened", "opened by an earlier cell"

_kept: dict[Path, KeptDigests] = {}
"""By home."""


def keep_files(run: ActiveRun, uses: Uses, earlier: Uses = NO_USES) -> None:
    """Keep what was used, and what the cells before it read; on a thread of ours, since digests take their time."""
    home = run.session.settings.home
    digests = _kept.setdefault(home, KeptDigests(home))
    found = inputs.record(uses, home.parent.resolve(), digests.of, earlier=earlier)
    for datasets, seen in ((found.inputs, OPENED), (found.earlier, OPENED_BEFORE)):
        for dataset in datasets:
            run.log_input(dataset, CONTEXT, {tags.INPUT_SEEN: seen})
    if found.files_json:
        keep_text(run, tags.FILES_FILE, found.files_json)
    for sentence in found.sentences:
        run.warn(sentence)
