"""A field as it is written: `metrics.loss`, ``params.`batch size` ``, `metrics."val/loss".min`, `start_time`."""

from __future__ import annotations

import re

from trackbook.core.filters.scopes import DATASET_FIELDS, ENTITY_WORDS, Scope, nearest
from trackbook.core.filters.tree import AGGREGATES, Field
from trackbook.errors import FilterSyntaxError

KEYWORDS = ("and", "or", "not", "like", "ilike", "contains", "in", "is", "null")
QUOTED = r"`[^`]*`|\"[^\"]*\"|'[^']*'"
PATTERN = rf"(?:(?!(?i:{'|'.join(KEYWORDS)})\b(?!\.))[^\W\d]\w*(?:\.(?:\w+|{QUOTED}))*|`[^`]*`(?:\.\w+)?)"
"""One token for a whole field: a word, then parts after dots, each plain or quoted; or an attribute in backticks."""
ODD_NAME = "Names with characters other than letters, digits, '_' and '.' go into backticks: metrics.`val-loss`."

_PART = re.compile(rf"{QUOTED}|[^.`\"']+")


def read_field(scope: Scope, written: str, position: int, text: str) -> Field:
    """The field of a token at `position` of `text`; raises `FilterSyntaxError` for what the scope does not know."""
    parts = [(found.group(), found.start()) for found in _PART.finditer(written)]
    if len(parts) == 1:
        return _bare(scope, _unquoted(parts[0][0]), position, text)
    word = parts[0][0]
    entity = scope.entity(word)
    if entity is None:
        raise _unknown_entity(scope, word, position, text)
    keys = [part for part, _ in parts[1:]]
    key_position = position + parts[1][1]
    if entity in ("attributes", "datasets"):
        return _attribute(scope, entity, ".".join(_unquoted(key) for key in keys), key_position, text)
    is_quoted = any(key[0] in "`\"'" for key in keys)
    aggregate = keys[-1] if entity == "metrics" and len(keys) > 1 and keys[-1] in AGGREGATES else None
    kept = keys[:-1] if aggregate else keys
    key = ".".join(_unquoted(part) for part in kept)
    if not key:
        raise FilterSyntaxError(text, key_position, f"the name of one of the {entity}")
    plain = ".".join(keys) if aggregate and not is_quoted else None
    found = scope.field(entity, key, aggregate or "last", plain)
    assert found is not None  # noqa: S101 - only attributes and datasets have a closed list of names
    return found


def is_part_of_odd_name(text: str, position: int, length: int) -> bool:
    """Whether a word sticks to `-`, `/` or `:` on either side, as a name without its backticks does."""
    end = position + length
    return bool(re.search(r"\w[-/:]\Z", text[:position]) or re.match(r"[-/:]\w", text[end:]))


def _unquoted(part: str) -> str:
    return part[1:-1] if part[:1] in ("`", '"', "'") else part


def _bare(scope: Scope, word: str, position: int, text: str) -> Field:
    found = scope.attribute(word)
    if found is not None:
        return found
    if ENTITY_WORDS.get(word.lower()) in scope.entities:
        raise FilterSyntaxError(text, position + len(word), f"'.' and a name, such as {word}.x")
    raise _unknown_attribute(scope, word, position, text, bare=True)


def _attribute(scope: Scope, entity: str, word: str, position: int, text: str) -> Field:
    found = scope.field(entity, word)
    if found is None:
        raise _unknown_attribute(scope, word, position, text, dataset=entity == "datasets")
    return found


def _unknown_entity(scope: Scope, word: str, position: int, text: str) -> FilterSyntaxError:
    words = scope.entity_words()
    close = nearest(word, words)
    entities = ", ".join(sorted(scope.entities))
    return FilterSyntaxError(text, position, f"one of {entities}", f"Did you mean {close!r}?" if close else "")


def _unknown_attribute(
    scope: Scope, word: str, position: int, text: str, *, bare: bool = False, dataset: bool = False
) -> FilterSyntaxError:
    names = list(DATASET_FIELDS) if dataset else scope.attribute_names()
    noun = "a dataset" if dataset else scope.noun
    expected = f"a field of {noun}: {', '.join(names)}"
    if is_part_of_odd_name(text, position, len(word)):
        return FilterSyntaxError(text, position, expected, ODD_NAME)
    close = nearest(word, names if dataset else scope.attribute_words())
    if close:
        return FilterSyntaxError(text, position, expected, f"Did you mean {close!r}?")
    hint = f"{word!r} alone is read as a field of {scope.noun}."
    if bare and "metrics" in scope.entities:
        hint += f" For a metric or param write metrics.{word} or params.{word}; for text write '{word}'."
    elif bare:
        hint += f" For a tag write tags.{word}; for text write '{word}'."
    return FilterSyntaxError(text, position, expected, hint if bare else "")
