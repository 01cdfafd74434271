"""All params and metrics of a cell: from its names, what they held before it, and what they hold after it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from trackbook.capture.cellnames import CellNames
from trackbook.capture.kinds import is_one_of, kinds_of
from trackbook.capture.values import configs, frames, origins
from trackbook.capture.values.asked import asked_for
from trackbook.capture.values.earlier import NO_WORDS, SHELL_NAMES, Earlier, is_private
from trackbook.capture.values.flatten import MOST_ITEMS, Leaf, Leaves, Path, list_text, numbers_in, settings_in
from trackbook.capture.values.found import LIMIT, Findings, Found, is_allowed
from trackbook.capture.values.roles import Roles, roles_of
from trackbook.capture.values.scalars import literal_scalar, real_number, scalar
from trackbook.capture.values.words import IGNORE, METRIC, PARAM, Words, word_for
from trackbook.capture.values.written import as_written, evaluated

_NUMBERS = kinds_of(int, float)


def find(
    names: CellNames,
    earlier: Earlier,
    namespace: Mapping[str, Any],
    *,
    complete: bool = True,
    words: Words = NO_WORDS,
    lines_above: int = 0,
    cells: Mapping[str, int] | None = None,
) -> Findings:
    """What the cell says about itself.

    `earlier` is what `before` gave, `namespace` the user's after the cell.  `complete` false (the cell failed or was
    interrupted) leaves out metrics that were not bound anew.  `words` are the user's on this cell line, `lines_above`
    are those of the cell above its Python, `cells` says which execution set a name last.
    """
    search = _Search(names, earlier, namespace, words, complete, lines_above, cells or {})
    return search.findings()


@dataclass(frozen=True, slots=True)
class _Candidate:
    found: Found
    word: str
    """`PARAM` or `METRIC`."""
    deep: bool = False
    """A field of something: those of one object must not push the rest out."""
    said: bool = False
    """By the user."""


class _Search:
    """For the params and metrics of one cell."""

    def __init__(
        self,
        names: CellNames,
        earlier: Earlier,
        namespace: Mapping[str, Any],
        words: Words,
        complete: bool,
        lines_above: int,
        cells: Mapping[str, int],
    ) -> None:
        self.names, self.earlier, self.namespace, self.words = names, earlier, namespace, words
        self.complete, self.lines_above, self.cells = complete, lines_above, cells
        self.left_out: list[str] = []
        self.passed: dict[str, None] = {}

    def findings(self) -> Findings:
        guessed = {one.found.key: one for one in self.candidates()}
        kept = [said for one in guessed.values() if (said := self.as_said(one)) is not None]
        kept += self.named(guessed)
        kept.sort(key=lambda one: (not one.said, one.deep))
        params, metrics = self.kept(kept, PARAM), self.kept(kept, METRIC)
        self.say_private()
        return Findings(params, metrics, tuple(self.left_out), tuple(self.passed))

    def kept(self, candidates: list[_Candidate], word: str) -> tuple[Found, ...]:
        group = [one.found for one in candidates if one.word == word and is_allowed(one.found, self.left_out)]
        if len(group) > LIMIT:
            self.left_out.append(f"{len(group) - LIMIT} more {word}s were found than the {LIMIT} that are kept")
        return tuple(group[:LIMIT])

    def candidates(self) -> Iterator[_Candidate]:
        yield from self.assigned()
        yield from self.read()
        yield from self.defined()
        yield from self.computed()

    # -- what the cell assigns ------------------------------------------------------------------------------------

    def assigned(self) -> Iterator[_Candidate]:
        for name, node in self.names.assigned:
            if name not in self.namespace or is_private(name, self.words):
                continue
            value = self.namespace[name]
            origin = self.assigned_in(self.names.lines.get(name))
            fits, plain = literal_scalar(value)
            if fits:
                yield _param(name, plain, origin)
            elif isinstance(node, ast.List | ast.Tuple):
                text = self.literal_list(name, node)
                if text is not None:
                    yield _param(name, text, origin)
            elif configs.kind_of(value) is not None:
                yield from self.fields(name, value)

    def literal_list(self, name: str, node: ast.expr) -> str | None:
        """A small flat list as it was written: it may have grown since."""
        written = evaluated(node)
        if not written:
            return None
        if len(written) > MOST_ITEMS:
            self.pass_over(f"{name} has {len(written)} elements, it was taken for data and left out")
            return None
        return list_text(written)

    # -- what the cell reads --------------------------------------------------------------------------------------

    def read(self) -> Iterator[_Candidate]:
        assigned = {name for name, _ in self.names.assigned}
        for name in (*self.names.read, *self.earlier.reached):
            if name in assigned or is_private(name, self.words):
                continue
            origin = origins.read(self.cells.get(name))
            if name in self.earlier.scalars:
                fits, plain = scalar(self.earlier.scalars[name])
                if fits:
                    yield _param(name, plain, origin)
            elif name in self.earlier.settings:
                yield from self.read_fields(name, self.earlier.settings[name], origin)
            elif name in self.earlier.long_texts:
                self.pass_over(f"{name} is a text of {self.earlier.long_texts[name]} characters and was left out")

    def defined(self) -> Iterator[_Candidate]:
        """The settings in a class that the cell itself defines for them."""
        for name in self.names.others:
            value = self.namespace.get(name)
            if type(value) is type and configs.kind_of(value) is not None and not is_private(name, self.words):
                yield from self.read_fields(name, settings_in(name, value), origins.assigned(None))

    def read_fields(self, name: str, held: Leaves, origin: str) -> Iterator[_Candidate]:
        """A config's fields as they were before the cell, but for those that the cell gives a value."""
        changed = {store.path for store in self.names.stored if store.name == name}
        anew = changed and name in self.namespace
        fields = list(self.fields(name, self.namespace[name], held)) if anew else []
        for sentence in held.left_out:
            self.pass_over(sentence)
        given = {one.found.key for one in fields}
        for leaf in held.found:
            if _key(name, leaf.path) not in given:
                yield _param(_key(name, leaf.path), leaf.value, origin, deep=True)
        yield from fields

    # -- what the cell computes -----------------------------------------------------------------------------------

    def computed(self) -> Iterator[_Candidate]:
        for name in self.names.computed:
            if name not in self.namespace or is_private(name, self.words):
                continue
            value = self.namespace[name]
            if not self.complete and self.earlier.ids.get(name) == id(value):
                continue
            origin = origins.computed(self.line(self.names.lines.get(name)))
            fits, number = real_number(value)
            if fits:
                yield _Candidate(Found(name, number, origin), METRIC)
            elif (row := frames.row_of(name, value)) is not None:
                yield from self.leaves(name, row, METRIC, origin)
            elif configs.kind_of(value) is not None:
                yield from self.fields(name, value)

    # -- fields ---------------------------------------------------------------------------------------------------

    def fields(self, name: str, value: object, held: Leaves | None = None) -> Iterator[_Candidate]:
        """An object's fields, each by its role; `held` is what the object held before the cell, if it was there."""
        roles = roles_of(name, self.names, value)
        words = {role.word for role in roles.by_path.values()}
        if PARAM in words:
            settings = settings_in(name, value, data_too=word_for(self.words, name) == PARAM)
            leaves = as_written(settings, self.names.given.get(name) if held is None else None, roles)
            yield from self.by_role(name, leaves, roles, PARAM)
        if METRIC in words:
            leaves = numbers_in(name, value)
            before_it = {leaf.path: leaf.value for leaf in held.found} if held is not None else {}
            leaves.found = _fresh(leaves.found, before_it, roles, complete=self.complete)
            yield from self.by_role(name, leaves, roles, METRIC)

    def by_role(self, name: str, leaves: Leaves, roles: Roles, word: str) -> Iterator[_Candidate]:
        for sentence in leaves.left_out:
            self.pass_over(sentence)
        for leaf in leaves.found:
            role = roles.of(leaf.path)
            if role is not None and role.word == word:
                line = self.line(role.line)
                origin = origins.assigned(line) if word == PARAM else origins.computed(line)
                yield _Candidate(Found(_key(name, leaf.path), leaf.value, origin), word, deep=True)

    def leaves(self, name: str, leaves: Leaves, word: str, origin: str) -> Iterator[_Candidate]:
        for sentence in leaves.left_out:
            self.pass_over(sentence)
        for leaf in leaves.found:
            yield _Candidate(Found(_key(name, leaf.path), leaf.value, origin), word, deep=bool(leaf.path))

    # -- the user's words -----------------------------------------------------------------------------------------

    def as_said(self, one: _Candidate) -> _Candidate | None:
        """What was guessed, after the user's word on it."""
        found = one.found
        word = word_for(self.words, found.key)
        if word is None:
            return one
        if word == IGNORE:
            self.pass_over(f"{found.key} was left out: %track ignore")
            return None
        if word == one.word:
            return replace(one, said=True)
        return self.turned(one, word)

    def turned(self, one: _Candidate, word: str) -> _Candidate | None:
        found = one.found
        origin = origins.by_word(found.origin, word)
        now = self.namespace.get(found.key, found.value)
        if word == PARAM:
            fits, plain = scalar(now)
            return _Candidate(Found(found.key, plain if fits else found.value, origin), PARAM, one.deep, said=True)
        fits, number = real_number(now)
        if not fits:
            self.pass_over(f"{found.key} is no number and was left out: %track metric")
            return None
        return _Candidate(Found(found.key, number, origin), METRIC, one.deep, said=True)

    def named(self, guessed: Mapping[str, _Candidate]) -> Iterator[_Candidate]:
        """What the user named and nobody would have guessed."""
        for key, word in self.words.items():
            if word == IGNORE or any(one == key or one.startswith(f"{key}.") for one in guessed):
                continue
            name, _, rest = key.partition(".")
            if name not in self.namespace:
                self.pass_over(f"{key} was to be a {word}, and there is no such name")
                continue
            wanted = tuple(rest.split(".")) if rest else ()
            leaves = asked_for(name, self.namespace[name], word)
            hits = [leaf for leaf in leaves.found if leaf.path[: len(wanted)] == wanted]
            if not hits:
                self.pass_over(f"{key} was to be a {word}, and nothing that could be one was found in it")
            origin = origins.by_word(self.origin_of(name), word)
            for leaf in hits:
                yield _Candidate(Found(_key(name, leaf.path), leaf.value, origin), word, bool(leaf.path), said=True)

    def origin_of(self, name: str) -> str:
        if name in self.names.read or name not in self.names.lines:
            return origins.read(self.cells.get(name))
        return origins.assigned(self.line(self.names.lines[name]))

    # -- words for people -----------------------------------------------------------------------------------------

    def line(self, line: int | None) -> int | None:
        return None if line is None else line + self.lines_above

    def assigned_in(self, line: int | None) -> str:
        return origins.assigned(self.line(line))

    def pass_over(self, sentence: str) -> None:
        self.passed.setdefault(sentence)

    def say_private(self) -> None:
        every = (*(name for name, _ in self.names.assigned), *self.names.computed)
        hidden = [name for name in every if is_private(name, self.words) and name not in SHELL_NAMES and name != "_"]
        if hidden:
            self.pass_over(f"private names are left out: {', '.join(hidden[:10])}")


def _fresh(found: list[Leaf], held: Mapping[Path, Any], roles: Roles, *, complete: bool) -> list[Leaf]:
    """Results, without those that a dict held before the cell, where the text does not tell which were set.

    Where nothing is new the cell gave all of them the values that they had.
    """
    if not held:
        return found
    changed = [leaf for leaf in found if not _same(held.get(leaf.path), leaf.value)]
    if not complete:
        return changed
    new = {leaf.path for leaf in changed}
    named = [leaf for leaf in found if leaf.path in new or roles.place_of(leaf.path) in roles.stored]
    return named or found


def _same(old: object, new: float) -> bool:
    return is_one_of(old, _NUMBERS) and (old == new or (old != old and new != new))  # NaN


def _param(key: str, value: Any, origin: str, *, deep: bool = False) -> _Candidate:
    return _Candidate(Found(key, value, origin), PARAM, deep)


def _key(name: str, path: Path) -> str:
    return ".".join((name, *path))
