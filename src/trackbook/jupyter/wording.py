"""`%track param|metric|ignore NAME ...` and `%track guess NAME ...`: the user's word on a wrong guess.

It holds for the next runs of one cell line: that of the last tracked cell, or the one that `--cell` names.  A mistake
is one line, and changes nothing.
"""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from IPython.core.error import UsageError

from trackbook.capture.cells import UNKNOWN_NOTEBOOK
from trackbook.capture.syntax import cell_names
from trackbook.core.names import check_key
from trackbook.errors import InvalidName, NotFound, TrackbookError
from trackbook.jupyter.place import label, settings_of

if TYPE_CHECKING:
    from trackbook.core.entities import CellVersion
    from trackbook.core.ports import Store
    from trackbook.jupyter.hooks import CellHooks

PARAM, METRIC, IGNORE, GUESS = "param", "metric", "ignore", "guess"
COMMANDS = (PARAM, METRIC, IGNORE, GUESS)
CELL = "--cell"
MOST_SHOWN = 20
_MEANS = {PARAM: "a param", METRIC: "a metric", IGNORE: "left out", GUESS: "guessed"}


@dataclass(frozen=True, slots=True)
class _Request:
    names: tuple[str, ...]
    cell: str | None


def reworded(hooks: CellHooks, command: str, line: str) -> str:
    """Do what `%track COMMAND LINE` asks for; the sentence that says so.  Raises `UsageError`."""
    from trackbook.tracking.session import current_session
    from trackbook.tracking.words import say, unsay, words_of

    wanted = _parsed(command, line)
    session = current_session(hooks.finder.place().folder)
    home = session.settings.home
    try:
        cell, keys = _cell(hooks, session.reading, wanted.cell)
        words = words_of(home, cell.line)
        names = [_known(name, cell, [*words] if command == GUESS else keys, command) for name in wanted.names]
        _ = unsay(home, cell.line, names) if command == GUESS else say(home, cell.line, names, command)
    except TrackbookError as error:
        raise UsageError(f"%track {command}: {error}") from None
    except OSError as error:
        raise UsageError(f"%track {command}: {home} cannot be written to ({error.strerror})") from None
    return _sentence(command, names, cell)


def words_shown(hooks: CellHooks) -> list[str]:
    """For `%track status`: the words on the cells of this notebook, a text for each cell."""
    from trackbook.tracking.words import all_words

    place = hooks.finder.place()
    settings = settings_of(place)
    begin = f"{label(place, settings) or UNKNOWN_NOTEBOOK}#"
    shown = []
    for line, words in all_words(settings.home).items():
        if line.startswith(begin):
            said = ", ".join(f"{name} is {_MEANS[word]}" for name, word in words.items())
            shown.append(f"cell {line.removeprefix(begin)}: {said}")
    return shown[:MOST_SHOWN]


def names_to_complete(store: Store, run_id: str) -> list[str]:
    """What the words may be said of: the keys and names of a tracked cell."""
    cell = store.cells.of_run(run_id)
    return [] if cell is None else _names_of(store, cell)


def _parsed(command: str, line: str) -> _Request:
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise UsageError(f"%track {command}: {str(error).lower()} in {line!r}: close the quote") from None
    names: list[str] = []
    cell: str | None = None
    rest = iter(words)
    for word in rest:
        option, equals, value = word.partition("=")
        if option == CELL:
            cell = value if equals else next(rest, None)
            if not cell:
                raise UsageError(f"%track {command}: {CELL} needs the name of a cell after it")
        elif word.startswith("-"):
            raise UsageError(f"%track {command}: there is no option {word!r}, write {_form(command)}")
        else:
            names += [name for name in word.split(",") if name]
    if not names:
        raise UsageError(f"%track {command}: name what is to be {_MEANS[command]}: {_form(command)}")
    try:
        return _Request(tuple(check_key("param", name) for name in names), cell)
    except InvalidName as error:
        raise UsageError(f"%track {command}: {error}") from None


def _form(command: str) -> str:
    return f"%track {command} NAME ... [{CELL} CELL]"


def _cell(hooks: CellHooks, store: Store, named: str | None) -> tuple[CellVersion, list[str]]:
    """The newest version of the cell line that is meant, and what may be named in it."""
    if named is not None:
        cell = _cell_named(hooks, store, named)
    else:
        if not hooks.run_ids:
            raise UsageError(f"%track: no cell was tracked in this kernel yet: run it once, or name it with {CELL}")
        found = store.cells.of_run(hooks.run_ids[-1])
        if found is None:
            raise UsageError(f"%track: the last run is not in the store: name its cell with {CELL}")
        cell = found
    return cell, _names_of(store, cell)


def _cell_named(hooks: CellHooks, store: Store, named: str) -> CellVersion:
    place = hooks.finder.place()
    notebook = label(place, settings_of(place))
    line = named if "#" in named else f"{notebook or UNKNOWN_NOTEBOOK}#{named}"
    versions = store.cells.versions(line, 1)
    if versions:
        return versions[0]
    others = [one.line.rpartition("#")[2] for one in store.cells.lines(notebook)]
    raise UsageError(f"%track: no run of a cell {named!r} is kept, {_advice(named, others, 'the cells are')}")


def _names_of(store: Store, cell: CellVersion) -> list[str]:
    """Keys of the run, names before their dots, and names of the cell's source."""
    try:
        data = store.runs.get(cell.run_id).data
        keys = [*data.params, *data.metrics]
    except NotFound:
        keys = []
    from trackbook.capture.program.magics import plain_cell

    names = cell_names(plain_cell(cell.source).python)
    every = [*keys, *_beginnings(keys), *names.bound, *names.read, *(one.name for one in names.stored)]
    return list(dict.fromkeys(name for name in every if not name.startswith("system/")))


def _beginnings(keys: Iterable[str]) -> list[str]:
    found: list[str] = []
    for key in keys:
        parts = key.split(".")
        found += [".".join(parts[:length]) for length in range(1, len(parts))]
    return found


def _known(name: str, cell: CellVersion, known: Sequence[str], command: str) -> str:
    """The name, where the cell has it; a field of an object that the cell has is taken on trust."""
    if name in known or (command != GUESS and name.partition(".")[0] in known):
        return name
    if command == GUESS:
        if any(one.startswith(f"{name}.") for one in known):
            return name
        said = _advice(name, known, "there are words on") if known else "nothing in this cell has one"
        raise UsageError(f"%track guess: no word was said on {name!r}, {said}")
    raise UsageError(f"%track {command}: there is no {name!r} in {_called(cell)}, {_advice(name, known, 'it has')}")


def _advice(name: str, known: Sequence[str], otherwise: str) -> str:
    near = difflib.get_close_matches(name, known, 1, 0.5)
    if near:
        return f"did you mean {near[0]}?"
    return f"{otherwise} {', '.join(known[:MOST_SHOWN]) or 'none'}"


def _called(cell: CellVersion) -> str:
    name = cell.line.rpartition("#")[2]
    if name == cell.cell_id and cell.execution_count is not None:
        return f"cell [{cell.execution_count}]"
    return f"cell {name}"


def _sentence(command: str, names: Sequence[str], cell: CellVersion) -> str:
    verb = "is" if len(names) == 1 else "are"
    means = _MEANS[command]
    if len(names) > 1 and command in (PARAM, METRIC):
        means = f"{command}s"
    again = " again" if command == GUESS else ""
    text = f"from the next run of {_called(cell)} on, {', '.join(names)} {verb} {means}{again}"
    return text if command == GUESS else f"{text}; %track guess {' '.join(names)} takes it back"
