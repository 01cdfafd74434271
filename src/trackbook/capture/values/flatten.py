"""A config or a dict of results as leaves: `cfg.optim.lr`.

What would be data or noise is left out: a dict of many entries, a long list, what stands beside an array or a frame,
what lies too deep.  The limits are of one object, so that none of any size takes longer than a millisecond or two.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from trackbook.capture.values import configs
from trackbook.capture.values.scalars import holds_number, literal_scalar, real_number, scalar

MOST_LEAVES = 100
"""Of one object."""
MOST_VISITED = 500
MOST_ENTRIES = 50
"""A dict with more at one level is data, not settings."""
MOST_ITEMS = 20
"""A list with more is data."""
DEEPEST = 6
"""Names after the first."""
MOST_SENTENCES = 5

Path = tuple[str, ...]
_WHOLE_INTERPOLATION = re.compile(r"\$\{([\w.]+)\}")
_SUMMARY_WORDS = ("avg", "mean", "overall", "total")
"""In the name of a group whose numbers are kept before those of its neighbours: classification_report's `macro avg`."""


@dataclass(frozen=True, slots=True)
class Leaf:
    path: Path
    value: Any
    """A plain scalar; of a list of scalars its text.  Of results one real number."""


@dataclass(slots=True)
class Leaves:
    """The leaves of one object, and a sentence for each thing that was left out."""

    found: list[Leaf] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def left(self, sentence: str) -> None:
        if len(self.left_out) < MOST_SENTENCES:
            self.left_out.append(sentence)


def settings_in(name: str, value: object, *, data_too: bool = False) -> Leaves:
    """The settings in an object, texts and small lists included; a config's level with data in it is passed over.

    `data_too` takes what would be data as well, within the limits of leaves and depth: the user asked for it.
    """
    leaves = Leaves()
    _Walk(name, leaves, data_too).walk((), value, ())
    for at, leaf in enumerate(leaves.found):
        leaves.found[at] = _resolved(leaf, leaves.found)
    return leaves


def numbers_in(name: str, value: object, most: int = MOST_LEAVES) -> Leaves:
    """The real numbers in an object, tensors without dimensions among them; nothing else in it is minded."""
    leaves = Leaves()
    found: list[Leaf] = []
    for path, one in _numbers((), value, (), [MOST_VISITED]):
        found.append(Leaf(path, one))
    if len(found) > most:
        leaves.left(f"{name} holds {len(found)} numbers: the first {most} were kept, totals before groups")
        order = [*range(len(found))]
        order.sort(key=lambda at: (_rank(found[at].path), at))
        kept = {*order[:most]}
        found = [one for at, one in enumerate(found) if at in kept]
    leaves.found = found
    return leaves


def entries(value: object) -> int | None:
    """How many entries a dict has, None for what is none."""
    return dict.__len__(value) if configs.kind_of(value) == configs.DICT else None  # type: ignore[arg-type]


def list_text(value: object) -> str | None:
    """A small flat list as text, `[64, 32]`; None for anything else."""
    elements = configs.elements_of(value)
    if elements is None or len(elements) > MOST_ITEMS:
        return None
    plain = [literal_scalar(one) for one in elements]
    if not all(fits for fits, _ in plain):
        return None
    values = [one for _, one in plain]
    return repr(tuple(values) if type(value) is tuple else values)


class _Walk:
    """Through settings, from the top down."""

    def __init__(self, name: str, leaves: Leaves, data_too: bool) -> None:
        self.name, self.leaves, self.data_too = name, leaves, data_too
        self.visited = 0
        self.full = False

    def walk(self, path: Path, value: object, above: tuple[int, ...]) -> None:
        """One object with fields; `above` are the identities of those around it."""
        key = ".".join((self.name, *path))
        if id(value) in above or self.full:
            return
        if len(path) >= DEEPEST:
            self.leaves.left(f"{key} lies too deep and was left out")
            return
        if not self.data_too and (reason := _data(value)) is not None:
            self.leaves.left(f"{key} {reason}, it was taken for data and left out")
            return
        inner = (*above, id(value))
        later = []
        for name, one in configs.fields_of(value):
            label = _label(name)
            if label is not None and not self.visit((*path, label), one):
                later.append(((*path, label), one))
        for place, one in later:  # the plain ones of a level first, then what lies in it
            self.below(place, one, inner)

    def visit(self, path: Path, value: object) -> bool:
        """Take a scalar or a small list; False for what may hold more."""
        if self.full:
            return True
        self.visited += 1
        if self.visited > MOST_VISITED or len(self.leaves.found) >= MOST_LEAVES:
            self.stop()
            return True
        fits, plain = scalar(value)
        if fits:
            self.take(path, plain)
        elif type(value) is str:
            self.leaves.left(f"{'.'.join((self.name, *path))} is a text of {len(value)} characters and was left out")
        elif configs.is_secret_type(value):
            self.leaves.left(f"{'.'.join((self.name, *path))} is a secret and was left out")
        elif (text := list_text(value)) is not None or (text := configs.plain_text(value)) is not None:
            self.take(path, text)
        else:
            return False
        return True

    def below(self, path: Path, value: object, above: tuple[int, ...]) -> None:
        elements = configs.elements_of(value)
        if elements is None:
            if configs.kind_of(value) is not None:
                self.walk(path, value, above)
        elif len(elements) > MOST_ITEMS:
            self.leaves.left(f"{'.'.join((self.name, *path))} has {len(elements)} elements and was left out")
        elif id(value) not in above and len(path) < DEEPEST:
            for number, one in enumerate(elements):
                place = (*path, str(number))
                if configs.kind_of(one) is not None:
                    self.walk(place, one, (*above, id(value)))

    def take(self, path: Path, value: object) -> None:
        self.leaves.found.append(Leaf(path, value))

    def stop(self) -> None:
        if not self.full:
            self.full = True
            self.leaves.left(f"{self.name} holds more than {len(self.leaves.found)} settings: the rest was left out")


def _data(value: object) -> str | None:
    """Why an object is data and no config; None where it may be one."""
    count = entries(value)
    if count is not None and count > MOST_ENTRIES:
        return f"has {count} entries"
    for number, (_, one) in enumerate(configs.fields_of(value)):
        if number >= MOST_LEAVES:
            break
        if (name := configs.holds_data(one)) is not None and not scalar(one)[0] and not holds_number(one):
            return f"holds a {name}"
    return None


def _numbers(path: Path, value: object, above: tuple[int, ...], left: list[int]) -> Iterator[tuple[Path, float]]:
    """`left` is how many fields may still be looked at."""
    if len(path) >= DEEPEST or id(value) in above or _is_state(value):
        return
    here: list[tuple[Path, float]] = []
    inner: list[tuple[Path, object]] = []
    for name, one in configs.fields_of(value):
        left[0] -= 1
        label = _label(name)
        if left[0] < 0:
            break
        if label is None or type(one) is type:  # a class of settings among results is none of them
            continue
        fits, number = real_number(one)
        if fits:
            here.append(((*path, label), number))
        elif configs.kind_of(one) is not None:
            inner.append(((*path, label), one))
    if len(here) <= MOST_ENTRIES:  # more are data: counts of words, a vocabulary
        yield from here
    for place, one in inner:
        yield from _numbers(place, one, (*above, id(value)), left)


def _is_state(value: object) -> bool:
    """A model's state, as PyTorch gives it: its counters are no results."""
    if type(value) is not OrderedDict:
        return False
    return any(configs.holds_data(one) is not None and not holds_number(one) for one in value.values())


def _rank(path: Path) -> int:
    """0 for what is kept first: numbers of the top level, and of groups that sum others up."""
    if len(path) == 1 or any(word in part for part in path[:-1] for word in _SUMMARY_WORDS):
        return 0
    return len(path)


def _label(name: object) -> str | None:
    """A field's name in a key; None for a private one, or for what is neither a text nor a whole number."""
    if type(name) is int:
        return str(name)
    return name if type(name) is str and name and not name.startswith("_") else None


def _resolved(leaf: Leaf, leaves: list[Leaf]) -> Leaf:
    """OmegaConf's `${model.lr}` with the value of that key; one that calls a resolver stays as it is written."""
    for _ in range(3):
        found = _WHOLE_INTERPOLATION.fullmatch(leaf.value) if type(leaf.value) is str else None
        if found is None:
            break
        path = tuple(found[1].split("."))
        target = next((one for one in leaves if one.path == path), None)
        if target is None:
            break
        leaf = Leaf(leaf.path, target.value)
    return leaf
