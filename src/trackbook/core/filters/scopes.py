"""What can be searched, and the words for it: entities, attributes and their aliases (MLflow's, and a few more)."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from trackbook.core.filters.tree import Attribute, DatasetField, Field, Metric, Param, Tag

ENTITY_WORDS: Mapping[str, str] = {
    "metric": "metrics",
    "metrics": "metrics",
    "param": "params",
    "params": "params",
    "parameter": "params",
    "parameters": "params",
    "tag": "tags",
    "tags": "tags",
    "attribute": "attributes",
    "attributes": "attributes",
    "attr": "attributes",
    "run": "attributes",
    "dataset": "datasets",
    "datasets": "datasets",
}
DATASET_FIELDS = ("context", "digest", "name")
LOWER_WORDS = frozenset("err mae mape mse rmse nll wer cer time latency divergence brier".split())
LOWER_PARTS = ("loss", "error", "perplexity", "rmse")
"""Words, and parts of words, in a metric's name for which `.best` is the minimum; it is the maximum for all others."""


@dataclass(frozen=True, slots=True)
class Scope:
    """One kind of search: the entities it knows and its attributes.

    `texts` and `numbers` map the words of an attribute, in lower case with `_` for blanks, to its canonical name.
    """

    noun: str
    entities: frozenset[str]
    texts: Mapping[str, str]
    numbers: Mapping[str, str] = field(default_factory=dict)
    example: str = "attributes.name = 'x'"

    def attribute(self, word: str) -> Attribute | None:
        """The attribute that a word names; None for an unknown one."""
        plain = word.strip().lower().replace(" ", "_")
        if plain in self.texts:
            return Attribute(self.texts[plain])
        return Attribute(self.numbers[plain], number=True) if plain in self.numbers else None

    def entity(self, word: str) -> str | None:
        """The canonical entity of a word; None where this scope has no such thing."""
        entity = ENTITY_WORDS.get(word.lower())
        return entity if entity in self.entities else None

    def field(self, entity: str, key: str, aggregate: str = "last", plain: str | None = None) -> Field | None:
        """The field of a canonical entity and a key; None for an attribute that is unknown."""
        if entity == "metrics":
            return Metric(key, aggregate, plain)
        if entity == "params":
            return Param(key)
        if entity == "tags":
            return Tag(key)
        if entity == "datasets":
            return DatasetField(key.lower()) if key.lower() in DATASET_FIELDS else None
        return self.attribute(key)

    def attribute_words(self) -> list[str]:
        return sorted({*self.texts, *self.numbers})

    def attribute_names(self) -> list[str]:
        return sorted({*self.texts.values(), *self.numbers.values()})

    def entity_words(self) -> list[str]:
        return sorted(word for word, entity in ENTITY_WORDS.items() if entity in self.entities)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like this one, if one is."""
    found = difflib.get_close_matches(word.lower(), list(known), n=1, cutoff=0.6)
    return found[0] if found else None


def lower_is_better(key: str) -> bool:
    """Whether `.best` of this metric is its minimum, judged by its name."""
    name = key.lower()
    return not LOWER_WORDS.isdisjoint(re.split(r"[^a-z0-9]+", name)) or any(part in name for part in LOWER_PARTS)


def _words(**aliases: tuple[str, ...]) -> dict[str, str]:
    return {word: name for name, words in aliases.items() for word in (name, *words)}


RUNS = Scope(
    noun="a run",
    entities=frozenset({"metrics", "params", "tags", "attributes", "datasets"}),
    texts=_words(
        run_id=("id",),
        run_name=("name",),
        user_id=("user",),
        status=(),
        artifact_uri=(),
        lifecycle_stage=(),
        experiment_id=(),
        experiment=("experiment_name",),
        cell=("cell_line", "line"),
        cell_id=(),
        notebook=(),
        source=(),
    ),
    numbers=_words(
        start_time=("created", "started", "start"),
        end_time=("ended", "end"),
        duration=(),
        cell_version=("version",),
    ),
    example="metrics.loss < 0.5",
)
EXPERIMENTS = Scope(
    noun="an experiment",
    entities=frozenset({"tags", "attributes"}),
    texts=_words(name=(), experiment_id=("id",)),
    numbers=_words(creation_time=("created",), last_update_time=("last_updated", "updated")),
    example="name = 'churn'",
)
MODELS = Scope(
    noun="a registered model",
    entities=frozenset({"tags", "attributes"}),
    texts=_words(name=()),
    numbers=_words(creation_timestamp=("timestamp", "created"), last_updated_timestamp=("updated",)),
    example="name = 'churn'",
)
VERSIONS = Scope(
    noun="a model version",
    entities=frozenset({"tags", "attributes"}),
    texts=_words(name=(), run_id=(), source_path=("source",), current_stage=("stage",), status=()),
    numbers=_words(
        version_number=("version",),
        creation_timestamp=("timestamp", "created"),
        last_updated_timestamp=("updated",),
    ),
    example="name = 'churn'",
)
LOGGED_MODELS = Scope(
    noun="a logged model",
    entities=frozenset({"metrics", "params", "tags", "attributes"}),
    texts=_words(name=(), model_id=(), model_type=(), status=(), source_run_id=(), experiment_id=()),
    numbers=_words(
        creation_timestamp=("creation_timestamp_ms", "creation_time", "created"),
        last_updated_timestamp=("last_updated_timestamp_ms", "updated"),
    ),
    example="metrics.accuracy > 0.9",
)
