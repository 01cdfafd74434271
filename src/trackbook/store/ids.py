"""From the text ids that the world sees to the integers inside."""

from __future__ import annotations

from collections.abc import Iterable


def experiment_numbers(experiment_ids: Iterable[str]) -> list[int]:
    """`experiments.id` of text ids; what cannot be one is left out."""
    return [int(text) for text in experiment_ids if text.isdecimal() and text.isascii() and len(text) < 19]
