"""The magics.  Each parses its line and calls what the Python API offers."""

from __future__ import annotations

import difflib
import inspect
import re
import shlex
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_cell_magic, line_magic, magics_class

from trackbook.errors import TrackbookError
from trackbook.jupyter import options, wording
from trackbook.jupyter.defaults import FORM, KEYS, changed, shown
from trackbook.jupyter.place import settings_of
from trackbook.jupyter.status import status_text
from trackbook.jupyter.transform import HELP, MAGIC

if TYPE_CHECKING:
    from trackbook.jupyter.hooks import CellHooks
    from trackbook.reports.page import Code

SWITCHES = ("on", "off", "status", "set", *wording.COMMANDS, "help")
CODE_OPTIONS: dict[str, Code] = {"--fold-code": "fold", "--no-code": "hide"}


_EXPERIMENT = re.compile(r"""--experiment(?:=|\s+)(?P<name>"[^"]*"|'[^']*'|\S+)""")


@magics_class
class TrackbookMagics(Magics):
    """`%%track`, `%track`, `%runs`, `%compare`, `%registry`, `%report`."""

    def __init__(self, shell: Any, hooks: CellHooks) -> None:
        super().__init__(shell)
        self.hooks = hooks

    @line_magic
    def trackbook_begin(self, line: str) -> None:
        """Opens the run of the running cell; the `%%track` line becomes a call of this."""
        self.hooks.begin(line)

    @line_cell_magic
    def track(self, line: str, cell: str | None = None) -> None:
        if cell is not None:  # reached only by a direct call: a notebook's cell is translated before it runs
            self.hooks.shell.run_cell(f"{MAGIC} {line}\n{cell}")
            return
        word = line.strip()
        if word in HELP or word == "help":
            print(_usage("track"))
        elif word == "status":
            print(self._status())
        elif word.partition(" ")[0] == "set":
            given = word[len("set") :].strip()
            if given:
                self.hooks.defaults = changed(self.hooks.defaults, given)
            print(f"trackbook: set for all tracked cells: {shown(self.hooks.defaults) or f'nothing, {FORM}'}")
        elif word.partition(" ")[0] in wording.COMMANDS:
            command, _, names = word.partition(" ")
            print(f"trackbook: {wording.reworded(self.hooks, command, names)}")
        elif word in ("on", "off"):
            self._switch(on=word == "on")
        else:
            near = difflib.get_close_matches(word.partition(" ")[0], SWITCHES, 1)
            advice = (
                f"did you mean %track {near[0]}?"
                if near
                else f"write %track {', '.join(SWITCHES[:-1])} or {SWITCHES[-1]}, and %%track at the top of a cell"
            )
            raise UsageError(f"%track: there is no {word!r}, {advice}" if word else f"%track: {advice}")

    def _switch(self, *, on: bool) -> None:
        hooks = self.hooks
        hooks.recording = hooks.trainings.on = on
        if on:
            hooks.guard.reset()
            since = "now" if hooks.look_for_trainings() else "the next one"
            print(f"trackbook: each cell that trains or logs is a run from {since} on, and each with %%track")
        else:
            print("trackbook: nothing but cells with %%track is recorded until %track on")
        from trackbook.jupyter.extension import loaded

        extension = loaded()
        if extension is not None:
            extension.tell_recording()

    def _status(self) -> str:
        hooks = self.hooks
        place = hooks.finder.place()
        settings = settings_of(place)
        executed = len(hooks.history.executions)
        text = status_text(
            settings,
            place,
            hooks.guard,
            recording=hooks.recording,
            training=hooks.trainings.on,
            executed=executed,
            defaults=hooks.defaults,
        )
        text = "\n".join([text, *(f"  said of           {said}" for said in wording.words_shown(hooks))])
        return f"{text}\n  cells             untracked: {hooks.refusal}" if hooks.refusal else text

    @line_magic
    def runs(self, line: str) -> Any:
        """%runs [--experiment NAME] [FILTER]

        The table of runs: those of an experiment, those that a filter of the search language finds.

        %runs --experiment breast-cancer
        %runs metrics.accuracy > 0.9 and params.kernel = 'rbf'
        """
        if line.strip() in HELP:
            print(_usage("runs"))
            return None
        from trackbook.jupyter.unknown import unknown_keys
        from trackbook.widgets.views import runs

        names, wanted = _experiments_and_filter(line.strip())
        table = _said(lambda: runs(wanted, experiment_names=names or None))
        if wanted:
            with self.hooks.guard("look for a filter's keys"):
                for sentence in unknown_keys(wanted, table.session.store.runs.keys(table.experiment_ids)):
                    print(f"trackbook: {sentence}")
        return table

    @line_magic
    def compare(self, line: str) -> Any:
        """%compare [RUN ...]

        Runs side by side: those named by id, by the first characters of an id or by name, else those selected in the
        last run table, else the two newest of this notebook.

        %compare 3f2a91c0 calm-otter-12
        """
        chosen = _words("%compare", line)
        if any(word in HELP for word in chosen):
            print(_usage("compare"))
            return None
        from trackbook.widgets.views import compare

        return _said(lambda: compare(self._named(chosen) if chosen else None))

    @line_magic
    def registry(self, line: str) -> Any:
        """%registry [MODEL]

        The registered models, or one of them: its versions beside the champion, and what was done to them.

        %registry breast-cancer
        """
        name = " ".join(_words("%registry", line))
        if name in HELP:
            print(_usage("registry"))
            return None
        from trackbook.widgets.views import registry

        return _said(lambda: registry(name or None))

    def _named(self, words: list[str]) -> list[str]:
        from trackbook.tracking.lookup import find_run
        from trackbook.tracking.session import current_session

        store = current_session(self.hooks.finder.place().folder).reading
        return [find_run(store, word).info.run_id for word in words]

    @line_magic
    def report(self, line: str) -> Any:
        """%report [PATH] [--fold-code | --no-code]

        This notebook, as it stands, as one HTML file that opens offline.

        %report results.html --fold-code
        """
        words = _words("%report", line)
        if any(word in HELP for word in words):
            print(_usage("report"))
            return None
        from trackbook.reports.notebook import report

        code: Code = "show"
        path: str | None = None
        for word in words:
            if word in CODE_OPTIONS:
                code = CODE_OPTIONS[word]
            elif word.startswith("-"):
                near = difflib.get_close_matches(word, CODE_OPTIONS, 1, 0.5)
                advice = f"did you mean {near[0]}?" if near else f"the options are {', '.join(CODE_OPTIONS)}"
                raise UsageError(f"%report: there is no option {word!r}, {advice}")
            elif path is None:
                path = word
            else:
                raise UsageError(f"%report: {word!r} is one word too many after {path!r}: quote paths with spaces")
        return _said(lambda: report(None, path, code=code))


TrackbookMagics.track.__doc__ = f"""{options.usage()}

Makes a run of this cell: what it is, what it found and how it ended.

%track on|off|status

After `%track on` each cell that trains (fits an estimator, trains a booster, takes an optimizer's step) or logs
something is a run by itself; after `%track off` only cells with %%track are, and nothing is noted of the others.
`%track status` says where runs are kept and what is captured.

%track set KEY=VALUE ...

Sets options for all tracked cells of this notebook: {", ".join(KEYS)}; an empty value takes one back, and
%track set alone shows them.

%track param|metric|ignore NAME ... [--cell CELL]

Says what a name is in the next runs of the last tracked cell, or of another; %track guess NAME takes that back.

%%track breast-cancer --name svm --tag stage=draft
model = SVC(C=10).fit(x, y)

%track set experiment=breast-cancer goal=val_accuracy:max
"""


def _usage(magic: str) -> str:
    """A magic's help, as `?` shows it."""
    return inspect.cleandoc(getattr(TrackbookMagics, magic).__doc__ or "")


def _experiments_and_filter(line: str) -> tuple[list[str], str]:
    """What `%runs` is given: names after `--experiment`, and the rest, which may be quoted as a whole."""
    names: list[str] = []
    while match := _EXPERIMENT.match(line):
        name = match["name"]
        names += _words("%runs", name)
        line = line[match.end() :].lstrip()
    if line.startswith("--"):
        raise UsageError(f"%runs: there is no option {line.split()[0]!r}, write %runs --experiment NAME FILTER")
    quote = line[:1]
    if len(line) > 1 and quote in ("'", '"') and line.endswith(quote) and quote not in line[1:-1]:
        line = line[1:-1]
    return names, line.strip()


def _words(magic: str, line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError as error:
        raise UsageError(f"{magic}: {str(error).lower()} in {line!r}: close the quote") from None


def _said(call: Any) -> Any:
    """The call's value; a mistake in what the user asked for is a message, not a traceback."""
    try:
        return call()
    except TrackbookError as error:
        raise UsageError(str(error)) from None
