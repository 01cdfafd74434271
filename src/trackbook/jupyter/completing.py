"""Tab completion: the options of `%%track`, the words of `%track`, and the names of experiments and runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from trackbook.jupyter import defaults, wording
from trackbook.jupyter.options import DIRECTIONS, OPTIONS, Kind
from trackbook.jupyter.transform import HELP, MAGIC

if TYPE_CHECKING:
    from trackbook.jupyter.hooks import CellHooks
    from trackbook.tracking.session import Session

HOOK = "complete_command"
SWITCHES = ("on", "off", "status", "set", *wording.COMMANDS, "help")
ASK_S = 0.3
MOST = 100
_TAKES_RUN = ("--parent", "--resume")
_WITH_VALUE = {one.word for one in OPTIONS if one.kind is not Kind.FLAG}


class Completion:
    """Registered with IPython's completer, for `%%track` and `%track`."""

    def __init__(self, shell: Any, hooks: CellHooks) -> None:
        self._shell, self._hooks = shell, hooks
        self._commands = {MAGIC: self.cell_words, MAGIC[1:]: self.line_words}

    def register(self) -> None:
        for command, words in self._commands.items():
            self._shell.set_hook(HOOK, words, str_key=command)

    def unregister(self) -> None:
        strings = getattr(self._shell.strdispatchers.get(HOOK), "strs", {})
        for command in self._commands:
            strings.pop(command, None)

    def cell_words(self, _shell: Any, event: Any) -> list[str]:
        """For a `%%track` line up to the cursor."""
        try:
            return self._cell_words(_before(event), event.symbol)
        except Exception as error:  # noqa: BLE001 - the completer's border
            self._hooks.guard.failed("complete a word", error)
            return []

    def _cell_words(self, words: list[str], symbol: str) -> list[str]:
        last = words[-1] if words else ""
        if last in _TAKES_RUN:
            return self._asked(_run_names)
        if last == "--goal":
            return [f"{key}:{way}" for key in self._asked(_metric_keys) for way in DIRECTIONS]
        if last in _WITH_VALUE:
            return []
        used = {one.word for one in OPTIONS if one.word in words and one.kind is not Kind.PAIR}
        options = [one.word for one in OPTIONS if one.word not in used]
        if symbol.startswith("-"):
            return [*options, *(word for word in HELP if word.startswith("--"))]
        return [*(() if words else _quoted(self._asked(_experiments))), *options]

    def line_words(self, _shell: Any, event: Any) -> list[str]:
        """For a `%track` line up to the cursor."""
        words = _before(event)
        if not words:
            return list(SWITCHES)
        try:
            return self._line_words(words)
        except Exception as error:  # noqa: BLE001 - the completer's border
            self._hooks.guard.failed("complete a word", error)
            return []

    def _line_words(self, words: list[str]) -> list[str]:
        if words[0] == "set":
            return [f"{key}=" for key in defaults.KEYS]
        if words[0] not in wording.COMMANDS or words[-1] == wording.CELL or not self._hooks.run_ids:
            return []
        run_id = self._hooks.run_ids[-1]
        names = self._asked(lambda session: wording.names_to_complete(session.reading, run_id))
        return [name for name in names if name not in words and " " not in name][:MOST]

    def _asked(self, names: Any) -> list[str]:
        """Names from the store, none where it does not answer at once."""
        from trackbook.errors import TrackbookError
        from trackbook.tracking.session import current_session

        session = current_session(self._hooks.finder.place().folder)
        if "://" not in session.settings.tracking_uri and not session.settings.home.is_dir():
            return []
        try:
            return list(self._hooks.asking.ask(session.settings.tracking_uri, lambda: names(session), ASK_S))
        except TrackbookError:
            return []


def _before(event: Any) -> list[str]:
    """The words after the magic and before the one that is being written."""
    line: str = event.line
    text = line[: -len(event.symbol)] if event.symbol else line
    return text.split()[1:]


def _quoted(names: Sequence[str]) -> list[str]:
    return [f'"{name}"' if " " in name else name for name in names if '"' not in name]


def _experiments(session: Session) -> list[str]:
    return [one.name for one in session.store.experiments.search(limit=MOST).items]


def _run_names(session: Session) -> list[str]:
    from trackbook.core.ports import RunQuery

    found = session.store.runs.search(RunQuery(limit=MOST, columns=(), count=False)).items
    return _quoted(list(dict.fromkeys(run.info.run_name for run in found)))


def _metric_keys(session: Session) -> list[str]:
    return [one.key for one in session.store.runs.keys(None) if one.kind == "metrics"][:MOST]
