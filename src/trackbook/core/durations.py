"""How long a run took: from its start to its end, less the time in which it had ended and was not yet gone on with.

MLflow has no such time: `end_time` less `start_time` is all that its columns give, which are the same here.  Our views,
the command and the search language's `duration` leave the pause out.  It stands in a tag, so that every store and every
client that copies a run keeps it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trackbook.core import tags

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.core.entities import RunInfo

_WHOLE = re.compile(r"[0-9]{1,15}")


def paused_ms(run_tags: Mapping[str, str]) -> int:
    """0 for a run that was never gone on with, or whose tag somebody else wrote otherwise."""
    text = run_tags.get(tags.PAUSED, "")
    return int(text) if _WHOLE.fullmatch(text) else 0


def duration_ms(info: RunInfo, run_tags: Mapping[str, str]) -> int | None:
    """None while the run goes on; never below 0, whatever end or pause a client tells."""
    return None if info.end_time is None else max(0, info.end_time - info.start_time - paused_ms(run_tags))


def tags_of_resumption(end_time: int | None, run_tags: Mapping[str, str], time_ms: int) -> dict[str, str]:
    """What a run that is gone on with at `time_ms` is tagged with; nothing for one that has not ended."""
    if end_time is None:
        return {}
    return {tags.PAUSED: str(paused_ms(run_tags) + max(0, time_ms - end_time))}
