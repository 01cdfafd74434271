"""Why a cell is in the program, in one line for its reader."""

from __future__ import annotations

from collections.abc import Sequence

from trackbook.capture.program.chain import Why

MOST = 6
"""Names and files that are told one by one."""
LONGEST = 60


def why_text(found: Why) -> str:
    """One line: `for: df, model; changes of X; the file data.csv`; "" for the run's own cell."""
    sure = [
        _listed(found.names),
        _listed(found.changed, "changes of "),
        _listed(found.files, "the file ", "the files "),
        _listed(found.seeds, "the seed of "),
        _listed(found.draws, "what it may draw of the random numbers of "),
        "settings of the session" if found.session and not found.untold else "",
    ]
    by = _listed(found.code)
    doubts = [
        f"{by or 'what it calls'} may change {_listed(found.doubted)}" if found.doubted else "",
        "its text does not tell what it does" if found.untold else "",
        "it may write files" if found.any_files and not (found.files or found.session) else "",
        _by_readers(found.readers),
    ]
    said, doubted = "; ".join(filter(None, sure)), "; ".join(filter(None, doubts))
    kept = f"kept when in doubt: {doubted}" if doubted else ""
    return "; ".join(filter(None, (said and f"for: {said}", kept)))


def _by_readers(counts: Sequence[int | None]) -> str:
    if not counts:
        return ""
    told = [f"[{one}]" for one in counts if one is not None]
    return f"{_listed(told) or 'a later cell'} may need what it does"


def _listed(names: Sequence[str], one: str = "", several: str = "") -> str:
    """On one line, whatever a file may be called."""
    if not names:
        return ""
    more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
    told = ", ".join("".join(part if part.isprintable() else "?" for part in name)[-LONGEST:] for name in names[:MOST])
    return f"{several or one if len(names) > 1 else one}{told}{more}"
