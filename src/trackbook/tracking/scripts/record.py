"""One attended run: what is noted while it goes on, and what is kept of it.

On the script's thread the beginning costs a look at the stack and the end a few lists; all else is done by the desk's
thread, in its order: what can be had at once, and, after the run has ended, what is known then only.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from trackbook.capture import unread
from trackbook.capture.data import leaves, opens
from trackbook.capture.ends import last
from trackbook.core import tags
from trackbook.tracking.scripts import warned
from trackbook.tracking.scripts.values import Namespace

if TYPE_CHECKING:
    from trackbook.tracking.run import ActiveRun
    from trackbook.tracking.scripts.desk import Desk
    from trackbook.tracking.scripts.program import Clue, Program


log = logging.getLogger(__name__)
_noted: set[tuple[str | None, str]] = set()
"""Of which scripts the text was noted, to be read for secrets."""


class Record:
    """Of a run that a script started; the run tells it of its failure and its end."""

    def __init__(self, run: ActiveRun, clue: Clue, desk: Desk) -> None:
        self._run, self._clue, self._desk = run, clue, desk
        self._arguments = list(sys.argv[1:])
        self._pid = os.getpid()
        self._ended = False
        self._traceback = ""
        self._program: Program | None = None
        self._openings: tuple[opens.Opening, ...] = ()
        leaves.watch_imported()
        self._watch = opens.watch()
        self._warned = warned.note()
        self._found: Namespace | None = None if clue.main is None and clue.cell is not None else Namespace()
        self._note_source()
        desk.do(run, self._collect)

    # -- on the script's thread -----------------------------------------------------------------------------------

    def _note_source(self) -> None:
        """What secrets the script tells is known before anything is logged; once for a process."""
        script = self._clue.main, self._clue.caller
        if self._clue.cell is None and script not in _noted:
            _noted.add(script)
            unread.note(self._source)

    def _source(self) -> str:
        from trackbook.tracking.scripts.program import program

        try:
            found = program(self._clue, self._run.session.settings.home.parent.resolve())
        except Exception:
            log.warning("the script could not be read", exc_info=True)
            return ""
        return (found and found.source) or ""

    def failed(self, error: BaseException) -> None:
        """The run ends with an error."""
        try:
            lines = traceback.TracebackException.from_exception(error, compact=True).format()
            self._traceback = last("".join(lines), tags.LONGEST_TRACEBACK)
        except Exception:
            log.warning("a traceback could not be had", exc_info=True)

    def ended(self) -> None:
        """The run has ended."""
        if self._ended or os.getpid() != self._pid:  # a forked child has a copy
            return
        self._ended = True
        self._openings = self._watch.stop()
        self._log_found()
        warned.forget(self._warned)
        self._desk.do(self._run, self._after)

    def _log_found(self) -> None:
        """What the script's top level tells; where its text is not known yet, it is read now."""
        from trackbook.tracking.scripts import program

        try:
            root = self._run.session.settings.home.parent.resolve()
            found = self._program or program.program(self._clue, root)
            runs_it = found is not None and (found.path is None or str(found.path) == self._clue.main)
            if found is not None and self._found is not None and runs_it and not found.edited:
                self._found.log_found(self._run, found.source or "")
        except Exception:
            log.warning("params and metrics could not be found", exc_info=True)
        self._found = None

    # -- on the desk's thread -------------------------------------------------------------------------------------

    def _collect(self) -> None:
        from trackbook.capture import values  # noqa: F401 - so that the script's end need not wait for it
        from trackbook.tracking.scripts.program import program

        root = self._run.session.settings.home.parent.resolve()
        self._program = program(self._clue, root)
        if self._program is None:  # no script: nothing is kept
            self._watch.stop()
            warned.forget(self._warned)
            return
        self._each(self._keep_program, self._keep_environment, self._keep_repository)

    def _after(self) -> None:
        if self._program is None:
            return
        self._each(self._keep_modules, self._keep_files, self._keep_warnings, self._keep_traceback, self._keep_secrets)

    def _each(self, *steps: Callable[[], None]) -> None:
        for step in steps:
            try:
                step()
            except Exception as error:
                log.debug("%s failed", step.__name__, exc_info=True)
                what = step.__name__.removeprefix("_keep_")
                self._run.warn(f"the script's {what} could not be recorded: {type(error).__name__}: {error}")

    def _keep_program(self) -> None:
        from trackbook.tracking.facts import keep_text
        from trackbook.tracking.scripts.arguments import clean_arguments

        run, found = self._run, self._program
        if found is None:
            return
        given = {tags.SOURCE_TYPE: found.kind}
        if found.path is not None:
            given[tags.SOURCE_NAME] = _name(found.path, run.session.settings.home.parent)
        arguments, findings = clean_arguments(self._arguments)
        if arguments and found.kind != "NOTEBOOK":
            run.replaced("the script's arguments", findings)
            given[tags.ARGUMENTS] = json.dumps(arguments, ensure_ascii=False)
        run.set_tags({key: text for key, text in given.items() if key not in run.tags})
        if found.source is not None:
            keep_text(run, tags.SOURCE_FILE, found.source)
        else:
            run.warn("the text of what was executed could not be had")
        if found.edited:
            run.warn("the script's file was edited after it was started, so that older code may have run")

    def _keep_environment(self) -> None:
        from trackbook.tracking.facts import keep_environment

        keep_environment(self._run, self._folder())

    def _keep_repository(self) -> None:
        from trackbook.tracking.facts import keep_repository

        path = None if self._program is None else self._program.path
        folder = self._folder()
        keep_repository(self._run, folder, *self._desk.repository(folder, path))

    def _keep_modules(self) -> None:
        from trackbook.tracking.facts import keep_modules

        keep_modules(self._run, [self._run.session.settings.home.parent, self._folder()])

    def _keep_files(self) -> None:
        from trackbook.capture.data import gathering
        from trackbook.capture.data.own import sorter_of
        from trackbook.tracking.datafiles import keep_files
        from trackbook.tracking.scripts.program import process_began_ns

        run, names, began_ns = self._run, self._named(), process_began_ns()
        if self._openings or names:
            sorter = sorter_of(run.session.settings)
            uses = sorter.sort(self._openings, run.start_time * 1_000_000)
            if names and began_ns is not None:
                before = sorter.sort((), began_ns, names).files  # what it wrote itself is no input
                uses = gathering.with_named(uses, [one for one in before if one.read])
            keep_files(run, uses)
        if self._watch.overflowed:
            self._run.warn(f"more than {opens.MOST_NOTED} files were opened: the first inputs are not recorded")

    def _named(self) -> list[str]:
        """What the script may have read before its run began, when nobody listened: the files that it names."""
        from trackbook.capture.data import named
        from trackbook.tracking.scripts.program import SCRIPT

        found = self._program
        if found is None or found.kind != SCRIPT:
            return []
        folder = self._clue.folder
        given = [argument.rpartition("=")[2] for argument in self._arguments]
        return [*named.named_files(found.source or "", folder), *named.there(given, folder)]

    def _keep_warnings(self) -> None:
        from trackbook.tracking.facts import keep_text

        found = warned.described(self._warned)
        if found:
            kept = {"schema": 1, "outputs": [], "warnings": found, "left_out": ["what a script prints is not kept"]}
            keep_text(self._run, tags.OUTPUTS_FILE, json.dumps(kept, ensure_ascii=False))

    def _keep_traceback(self) -> None:
        from trackbook.tracking.facts import keep_text

        if self._traceback:
            keep_text(self._run, tags.TRACEBACK_FILE, self._traceback)

    def _keep_secrets(self) -> None:
        from trackbook.tracking.facts import keep_secrets

        keep_secrets(self._run)

    def _folder(self) -> Path:
        """The script's, else the one that the process was in."""
        if self._program is not None and self._program.path is not None:
            return self._program.path.parent
        return Path(self._clue.folder or self._run.session.settings.home.parent)


def _name(path: Path, root: Path) -> str:
    try:
        return path.resolve().relative_to(root.resolve()).as_posix()
    except (ValueError, OSError):
        return str(path)
