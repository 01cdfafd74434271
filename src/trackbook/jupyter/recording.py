"""One tracked cell: its run, from the line that opens it to the card that shows what became of it.

What is kept of the cell are `parts`.  Here is when each step of theirs is taken: those on the cell's thread do only
what cannot wait, the others go through the workers, and begin when a short cell is over: a thread that computes beside
the cell costs it 5 ms at each of its waits.  The card is completed soon after the cell; where the output of a cell that
has ended cannot be renewed, the end waits for what is collected `FACTS_WAIT_S` at the most.  Every part is guarded on
its own, and the run is ended in any case.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from time import sleep as _sleep
from typing import TYPE_CHECKING, Any

from trackbook.capture import cells, syntax
from trackbook.capture.cellnames import NOTHING, CellNames
from trackbook.capture.secrets import redact, redact_file
from trackbook.core import tags
from trackbook.core.entities import CellVersion
from trackbook.core.events import CellRecorded, TagDeleted
from trackbook.jupyter.guard import log
from trackbook.jupyter.outcome import Outcome, error_message
from trackbook.jupyter.parts.history import LEFT_OUT
from trackbook.jupyter.parts.listing import new_parts, taking
from trackbook.tracking import facts
from trackbook.tracking.run import ActiveRun

if TYPE_CHECKING:
    from trackbook.capture.borders import Border
    from trackbook.capture.program import Slice
    from trackbook.capture.secrets import Redacted
    from trackbook.jupyter.background import Workers
    from trackbook.jupyter.guard import Guard
    from trackbook.jupyter.iopub import Listening
    from trackbook.jupyter.options import TrackOptions
    from trackbook.jupyter.parts.part import History, Part
    from trackbook.jupyter.place import Place


COLLECT_AFTER_S = 0.05
REPLY_S = 0.03
"""The kernel's reply goes out before we take the interpreter's lock for what comes after a cell."""
SEARCH_S = 0.5
"""Of the cell's thread, for secrets in its source: some hundred thousand characters of hostile text."""
BEFOREHAND_AFTER_S = 0.5
"""What only a kernel that dies in the cell leaves undone is done beforehand, where a cell takes longer than this."""
FACTS_WAIT_S = 1.0
COLLECTING_MS = 300_000
"""After that, what is not recorded of an ended cell will not be: its kernel ended."""
FLUSH_TIMEOUT_S = 2.0
"""How long the end of a cell waits for a store that another program holds."""


@dataclass(frozen=True, slots=True)
class TrackedCell:
    """What is known of a cell when its run opens."""

    source: str
    """As it was run, with its `%%` lines."""
    python: str
    """Its body in plain Python, "" where it is none."""
    line: cells.CellLine
    cell_id: str | None
    execution_count: int | None
    notebook: str | None
    place: Place
    version: int | None = None
    """In its line, as far as the store told when it began."""
    earlier: int = 0
    """Executions in this kernel's history when the run opened."""


@dataclass(slots=True)
class CellRun:
    """The open run of a cell, and what is needed to close it."""

    run: ActiveRun
    cell: TrackedCell
    options: TrackOptions
    guard: Guard
    workers: Workers
    shell: Any
    experiment: str
    """Its name."""
    names: CellNames = NOTHING
    origins: dict[str, str] = field(default_factory=dict)
    """Key of a param or metric -> where it was found."""
    card: Any = None
    listening: Listening | None = None
    """Of a cell that was listened to before its run was opened."""
    leads: bool = False
    """The `%%track` line opened it, which comes before all code of the cell."""
    border: Border | None = None
    """What was seen of the cell beside its text, once it has ended."""
    parts: list[Part] = field(default_factory=new_parts)
    _facts: threading.Event | None = None
    _over: threading.Event = field(default_factory=threading.Event)
    """Set when the cell has ended."""
    _stands_by: bool = False
    """A worker waits for the end of the cell, which may be a short one."""
    _all_recorded: bool = False
    live: dict[str, Any] | None = None
    """The document as the open page showed it when the cell began, once it was heard."""
    _slice: tuple[Slice | None] | None = None
    _slice_so_far: tuple[Slice | None] | None = None

    # -- the beginning --------------------------------------------------------------------------------------------

    def begun(self, namespace: Mapping[str, Any]) -> None:
        """All that belongs to the beginning, once the run is open."""
        with self.guard("record the cell"):
            self._record_cell()
        with self.guard("note the cell's names"):
            self.names = syntax.cell_names(self.cell.python)
        for part in taking(self.parts, "begin"):
            with self._guarded(part):
                part.begin(self, namespace)
        if not self.options.quiet:
            with self.guard("show the card"):
                self._show_card()
        self._facts = self.workers.now.submit(self._collect)

    def _record_cell(self) -> None:
        cell = self.cell
        source = redact(cell.source, limit_s=SEARCH_S)
        self.run.replaced(tags.SOURCE_FILE, source.findings)
        if not source.complete:
            self.run.warn("the versions of this cell lack its source, too long to be searched for secrets in time")
        self.run.record(
            CellRecorded(
                self.run.run_id,
                cell.line.key,
                source.text if source.complete else LEFT_OUT,
                cell.cell_id,
                cell.notebook,
                cell.line.guessed,
                cell.execution_count,
            )
        )

    def _show_card(self) -> None:
        try:
            from trackbook.widgets.card import show_card
        except ImportError as error:
            log.warning("no run card: %s", error)
            return
        self.card = show_card(
            self.run, origins=self.origins, experiment=self.experiment, cell=self._version(), leads=self.leads
        )

    def _version(self) -> CellVersion | None:
        """The cell as the store will have it; None where its version is not known yet, or was another before."""
        cell = self.cell
        if cell.version is None or self.options.resume is not None:
            return None
        return CellVersion(
            self.run.run_id,
            cell.line.key,
            cell.version,
            cell.source,
            cell.cell_id,
            cell.notebook,
            cell.line.guessed,
            cell.execution_count,
        )

    # -- what the parts share -------------------------------------------------------------------------------------

    @property
    def is_over(self) -> bool:
        """Whether the cell has ended."""
        return self._over.is_set()

    def is_last_of(self, history: History) -> bool:
        """Whether the cell is in the history: it is not where it was run silently."""
        return bool(history) and history[-1].source == self.cell.source

    def slice(self, history: History) -> Slice | None:
        """The executed cells that it depends on, found when the first part asks; None where that takes too long.

        For a cell that `is_last_of` the history, on the thread of what comes after a run.
        """
        if self._slice is None:
            from trackbook.jupyter.slices import slice_of

            self._slice = (slice_of(history, self.run.session.settings),)
        return self._slice[0]

    def slice_so_far(self) -> Slice | None:
        """The same while the cell runs, as far as its text tells; in a task given to `beforehand`."""
        if self._slice_so_far is None:
            from trackbook.jupyter.parts.sofar import executed_so_far
            from trackbook.jupyter.slices import slice_so_far

            self._slice_so_far = (slice_so_far(executed_so_far(self), self.run.session.settings),)
        return self._slice_so_far[0]

    def beforehand(self, task: Callable[[], object]) -> None:
        """Do this while the cell still runs, unless it is soon over; on the thread of what comes after a run."""

        def unless_over() -> None:
            if not self._over.wait(BEFOREHAND_AFTER_S):
                task()

        self.workers.later.submit(unless_over)

    def heard(self, document: dict[str, Any]) -> None:
        """The open page told its document; on a thread of ours, maybe after the run has ended."""
        self.live = document
        self._each(lambda part: part.heard(self))

    # -- what the parts keep --------------------------------------------------------------------------------------

    def keep_text(self, path: str, text: str, search: Callable[[str, str], Redacted] = redact_file) -> None:
        """Keep a text as a file of the run, its secrets replaced; on a thread of ours, since a long one takes its time.

        A text that cannot be searched in time is held back, and the run says so.  `search` may remember what it found.
        """
        facts.keep_text(self.run, path, text, search)

    # -- the end --------------------------------------------------------------------------------------------------

    def close(self, outcome: Outcome, namespace: Mapping[str, Any], history: History, end_ms: int) -> None:
        """Log what was found, end the run with the cell's status, and complete the card."""
        try:
            for part in taking(self.parts, "end"):
                with self._guarded(part):
                    part.end(self, outcome, namespace, history)
        finally:
            is_told_soon = self._stands_by
            self._over.set()
            with self.guard("note that more is to be recorded"):
                self.run.set_tag(tags.COLLECTING, end_ms + COLLECTING_MS)
            with self.guard("end the run"):
                self.run.end(outcome.status, end_ms)
            with self.guard("see to what comes after the run"):
                self.workers.later.submit(partial(self._after, history))
        with self.guard("complete the card"):
            if self.card is not None:
                self._complete_card(is_told_soon)

    @property
    def _is_late(self) -> bool:
        """Whether nobody waits for what is collected: there is no card, or it may be completed after the cell."""
        return self.card is None or (self.card.may_be_late and _somebody_is_there(self.shell))

    @property
    def _awaits_facts(self) -> bool:
        """Whether the card shows what is collected, and has to with the cell; what a terminal prints does not."""
        return not self._is_late and not self.card.is_text

    def _complete_card(self, is_told_soon: bool) -> None:
        """Soon, where somebody sits before the page and its outputs can be renewed later; else now, with all facts.

        `is_told_soon`: the worker that waited for the end of a short cell says that it has ended.
        """
        if self._is_late:
            if not is_told_soon:
                self.card.ended()
            self.workers.now.submit(partial(self.card.finish, timeout_s=FLUSH_TIMEOUT_S, late=True))
            return
        if self._facts is not None and self._awaits_facts:
            self._facts.wait(FACTS_WAIT_S)
        self.card.finish(timeout_s=FLUSH_TIMEOUT_S)

    # -- the parts ------------------------------------------------------------------------------------------------

    @contextmanager
    def _guarded(self, part: Part) -> Iterator[None]:
        """On the cell's thread: an error counts, and the run says what it lacks."""
        with self.guard(f"record {part.name}"):
            try:
                yield
            except Exception as error:
                self._lacks(part, error)
                raise

    def _collect(self) -> None:
        """On a worker's thread; not while a short cell runs, which would wait for each step of Python's taken here."""
        self._stands_by = True
        is_over = self._over.wait(COLLECT_AFTER_S)
        self._stands_by = False
        if is_over and not self._awaits_facts:
            _sleep(REPLY_S)
            if self._is_late and self.card is not None:
                self.card.ended()
        self._each(lambda part: part.collect(self))

    def _after(self, history: History) -> None:
        """On a worker's thread, once all has been collected."""
        if self._facts is not None:
            self._facts.wait()
        self._each(lambda part: part.after(self, history))
        self._all_recorded = True
        with self.guard("note that all is recorded"):
            self.run.tags.pop(tags.COLLECTING, None)
            self.run.record(TagDeleted(self.run.run_id, tags.COLLECTING))
        self.tell_card()

    def tell_card(self) -> None:
        """On a worker's thread: something was recorded since the card was finished, so it looks again."""
        if self.card is None or not self._all_recorded:
            return
        try:
            self.card.widget.look_again()
        except Exception as error:  # noqa: BLE001 - the worker's border; the card stays as it was
            log.debug("a card was not completed: %s", error)

    def _each(self, step: Callable[[Part], None]) -> None:
        for part in self.parts:
            try:
                step(part)
            except Exception as error:  # noqa: BLE001 - the worker's border; the run says what it lacks
                log.warning("%s could not be recorded", part.name, exc_info=True)
                self._lacks(part, error)

    def _lacks(self, part: Part, error: Exception) -> None:
        with self.guard("say what could not be recorded"):
            self.run.warn(f"{part.name} could not be recorded: {type(error).__name__}: {error_message(error)}")


def _somebody_is_there(shell: Any) -> bool:
    """Whether who asked for the cell could answer a question: a runner of notebooks takes no output after the cell."""
    return bool(getattr(getattr(shell, "kernel", None), "_allow_stdin", False))
