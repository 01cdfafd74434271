"""What IPython fills into the line of a magic: `{expression}` and `$name`."""

from __future__ import annotations

import re

from trackbook.capture.parsing import parsed

EXPRESSION = re.compile(r"\{([^{}]+)\}")
_VARIABLE = re.compile(r"\$(\w+)")


def filled_in(text: str) -> str:
    """A literal, or an f-string where something is filled in."""
    if not EXPRESSION.search(text) and not _VARIABLE.search(text):
        return repr(text)
    filled = _VARIABLE.sub(lambda found: "{globals().get(" + repr(found[1]) + ", " + repr(found[0]) + ")}", text)
    written = "f" + repr(filled)
    if "\\" not in written and parsed(written) is not None:
        return written
    named = EXPRESSION.fullmatch(text)
    return f"str({named[1]})" if named else repr(text)
