"""Names that the user gives to params, metrics, tags and experiments, and long values: without secrets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from trackbook.capture.secrets import Redacted, redact, redact_value
from trackbook.core.names import check_experiment_name, tag_text

if TYPE_CHECKING:
    from trackbook.tracking.run import ActiveRun


def key_of(run: ActiveRun, kind: str, key: Any) -> Any:
    """The key without secrets, and without the brackets around what stands for one, which a key cannot have."""
    if not isinstance(key, str):
        return key
    found = redact(key)
    if not found.findings:
        return key
    clean = found.text.replace("[", "").replace("]", "")
    run.replaced(f"the name of {kind} {clean}", found.findings)
    return clean


def keyed(run: ActiveRun, kind: str, pairs: Iterable[tuple[Any, Any]]) -> Iterator[tuple[Any, Any]]:
    """The pairs with their keys as `key_of` gives them."""
    for key, value in pairs:
        yield key_of(run, kind, key), value


def cleaned(key: str, text: str, value: str) -> Redacted:
    """A value as it is kept, without secrets: one that was cut to `text` is searched beyond the cut, too."""
    if len(value) <= len(text):
        return redact_value(key, text)
    piece = value[: 2 * len(text)]
    found = redact_value(key, piece)
    if not found.findings:
        return Redacted(text)
    # What was replaced may be shorter now: half a secret at the end of the piece is not to move to where it is kept.
    clean = found.text if len(piece) == len(value) else found.text[: max(0, len(found.text) - len(text))]
    return Redacted(tag_text(key, clean)[: len(text)], found.findings)


def experiment_name(name: object) -> str:
    """The name under which an experiment is kept.  Raises `InvalidName`."""
    return redact(check_experiment_name(name)).text


def experiment_tags(tags: Mapping[str, Any] | None) -> dict[str, Any]:
    """As they are kept; values that are no texts are left to be checked."""
    return {
        key: redact_value(str(key), value).text if isinstance(value, str) else value
        for key, value in (tags or {}).items()
    }
