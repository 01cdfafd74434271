"""The data that a run was given, as its card lists them: files, addresses, frames and arrays."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from trackbook.core import tags
from trackbook.tracking.datasets import VERSION_TAG
from trackbook.widgets.record_payloads import CardInput
from trackbook.widgets.texts import shorten

if TYPE_CHECKING:
    from trackbook.core.entities import DatasetInput

MAX_INPUTS = 60
LOGGED = "logged"
METHODS = {
    "sample": "of a sample",
    "names, sizes and times of change": "of the files' names, sizes and times",
    "address": "of the address",
}
"""How a digest was taken, where it is not of the whole content."""
KEEPERS = {"dvc": "tracked by DVC", "lfs": "tracked by git-lfs"}


def card_inputs(given: Sequence[DatasetInput], limit: int | None = MAX_INPUTS) -> list[CardInput]:
    """The first `limit` of them, all for None."""
    return [_input(one) for one in given[:limit]]


def _input(given: DatasetInput) -> CardInput:
    dataset = given.dataset
    profile = _object(dataset.profile)
    return CardInput(
        name=shorten(dataset.name),
        digest=shorten(dataset.digest, 200),
        size=_count(profile.get("size_bytes")),
        shape=_shape(profile),
        seen=shorten(_seen(given.tags, profile), 100),
        remark=shorten(", ".join(_remarks(dataset.source_type, given.tags, profile))),
    )


def _seen(input_tags: Mapping[str, str], profile: Mapping[str, Any]) -> str:
    seen = input_tags.get(tags.INPUT_SEEN, LOGGED)
    if str(profile.get("seen", "")).startswith(tags.NAMED):  # "named in the code" at first
        seen = seen.replace("opened", "named", 1)
    cell = _count(profile.get("cell"))
    return seen if cell is None else f"{seen} [{cell}]"


def _remarks(source_type: str, input_tags: Mapping[str, str], profile: Mapping[str, Any]) -> list[str]:
    method = METHODS.get(str(profile.get("digest")))
    files, version = _count(profile.get("files")), input_tags.get(VERSION_TAG)
    found = [
        f"version {version}" if version else None,
        f"{files} files" if files is not None else None,
        f"digest {method}" if method else None,
        "changed meanwhile" if profile.get("changed_meanwhile") else None,
        KEEPERS.get(source_type),
    ]
    return [text for text in found if text is not None]


def _shape(profile: Mapping[str, Any]) -> list[int]:
    sizes = profile.get("shape")
    if not isinstance(sizes, list):
        sizes = [profile.get("num_rows"), profile.get("num_columns")]
    counts = [count for size in sizes[:8] if (count := _count(size)) is not None]
    return counts if len(counts) == len(sizes[:8]) else counts[:1]


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 63 else None


def _object(text: str) -> dict[str, Any]:
    """The JSON object in a text that anyone may have written; {} for anything else."""
    try:
        found = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
