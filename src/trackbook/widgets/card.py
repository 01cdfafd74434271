"""The run card: shown the moment its cell begins, growing while it runs, complete and kept when it ends."""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import traitlets

from trackbook.capture.values import WORDS, Words
from trackbook.core import tags
from trackbook.core.entities import RunInfo
from trackbook.core.names import check_artifact_path, check_key, check_run_id
from trackbook.errors import InvalidState, InvalidValue, StoreBusy, TrackbookError, shown
from trackbook.tracking.session import Session, current_session
from trackbook.tracking.words import say, unsay, words_of
from trackbook.widgets import displays, static, texts, written
from trackbook.widgets.base import View
from trackbook.widgets.card_actions import CardActions
from trackbook.widgets.card_answers import OF_CARD, CardAnswer
from trackbook.widgets.card_payloads import Card, CardDelta, CardProgress, CardReplaced, Edited, Registered
from trackbook.widgets.cards import card_of, last_values, opening_card, rivals
from trackbook.widgets.curves import saved_pieces
from trackbook.widgets.heads import ExperimentNames
from trackbook.widgets.live import LiveMetrics, Throttle
from trackbook.widgets.payloads import CurvePiece
from trackbook.widgets.progress import bar_of, loop_of
from trackbook.widgets.record_payloads import WrittenFile
from trackbook.widgets.registering import register_of_run
from trackbook.widgets.standby import standby
from trackbook.widgets.writing import SessionWriting

if TYPE_CHECKING:
    from trackbook.core.entities import CellVersion
    from trackbook.core.events import Batch
    from trackbook.tracking.run import ActiveRun

PUSH_INTERVAL_S = 0.2
REST = 160
"""Pushes and what the recorder does for them are to stay below 2 % of a training loop."""
BAR_INTERVAL_S = 1.0

Renew = Callable[[displays.Place, View], None]

_log = logging.getLogger(__name__)


class CardWidget(View):
    """One run.  Traits: `card` (see `payloads.Card`), `folded`."""

    bundle: ClassVar[str] = "card"
    card = traitlets.Dict().tag(sync=True)
    folded = traitlets.Bool(False).tag(sync=True)

    def __init__(self, card: Card, session: Session | None = None, **kwargs: Any) -> None:
        self.session = session or current_session()
        self.place = displays.Place()
        """Where it stands under a cell."""
        self.origins: dict[str, str] = {}
        """Where params and metrics were found, beside what the run's tag says."""
        self._readings = itertools.count(1)
        self._shown = 0
        self._replacing = threading.RLock()
        about = standby(self.session.settings, "card", OF_CARD, run_id=card["run"]["run_id"])
        super().__init__(card=card, standby=about, **kwargs)
        for method, answer in OF_CARD.items():
            self.answers(method, partial(self._answered, answer))
        self.answers("register", self._register)
        self.answers("keep", self._keep)
        self.answers("words", self._words)
        self.answers("say", self._say)
        self.answers("edit", self._edit)
        self.answers("baseline", self._baseline)
        self.answers("trash", self._trash)
        self.answers("restore", self._restore)
        self.answers("stop", self._stop)
        self.answers("compare", self._compare)

    @property
    def run_id(self) -> str:
        return str(self.card["run"]["run_id"])

    def shown_run(self) -> str:
        return self.run_id

    def title_text(self) -> str:
        return str(self.card["run"]["name"])

    def static_html(self) -> str:
        return static.card_html(self.card, self._saved_curves())

    def text(self) -> str:
        return texts.card_text(self.card)

    def _saved_curves(self) -> list[CurvePiece]:
        """None while the run goes on: this output is renewed at its end, and must not wait for a store before."""
        if self.card["run"]["end_ms"] is None:
            return []
        try:
            return saved_pieces(self.session.store, self.card)
        except TrackbookError:
            return []

    def _answered(self, answer: CardAnswer, params: Mapping[str, Any]) -> Any:
        return answer(self.session.reading, self.run_id, params)

    def _register(self, params: Mapping[str, Any]) -> Registered:
        path = check_artifact_path(params.get("path"))
        done = register_of_run(self.session.reading, self.run_id, path, params.get("name"), params.get("alias"))
        self.look_again()
        return done

    def _keep(self, params: Mapping[str, Any]) -> WrittenFile:
        kept = written.keep(self.session, self.session.reading, self.run_id, params.get("path"))
        self.look_again()
        return kept

    @property
    def _actions(self) -> CardActions:
        return CardActions(SessionWriting(self.session), self.run_id)

    def _edit(self, params: Mapping[str, Any]) -> Edited:
        done = self._actions.edit(params.get("what"), params.get("key"), params.get("value"), params.get("before"))
        self.look_again()
        return done

    def _baseline(self, params: Mapping[str, Any]) -> str | None:
        before = self._actions.make_baseline(params.get("run_id"))
        self.look_again()
        return before

    def _trash(self, _params: Mapping[str, Any]) -> None:
        self._actions.trash()
        self.look_again()

    def _restore(self, _params: Mapping[str, Any]) -> None:
        self._actions.restore()
        self.look_again()

    def _stop(self, _params: Mapping[str, Any]) -> None:
        self._actions.stop()

    def _compare(self, params: Mapping[str, Any]) -> str:
        """The id of a comparison's widget with another run, which comes first; the page shows it within the card."""
        from trackbook.widgets.comparison import Comparison

        self.compared = Comparison([check_run_id(params.get("with")), self.run_id], self.session)
        return str(self.compared.model_id)

    def look_again(self) -> None:
        """Show what the store has now, in the saved output too; on any thread, while other cells may run.

        Raises what a store raises that cannot be read: then all stays as it was.
        """
        number = next(self._readings)
        if not self.session.flush():
            raise StoreBusy(self.session.settings.home, "it is not caught up yet", "look again with %runs")
        card = card_of(self.session.store, self.run_id, self.origins)
        if card != self.card:
            ended = card["run"]["end_ms"] is not None
            self.replace(card, displays.renew_later, number if ended else 0)  # its end is news after any such reading

    def replace(self, card: Card, renew: Renew, number: int = 0) -> None:
        """Show another card, unless it is of an earlier reading than what is shown; renew the output in any case."""
        with self._replacing:
            if number >= self._shown:
                self._shown = number
                self.card = dict(card)
                self.send(CardReplaced(kind="card", card=card))
            renew(self.place, self)

    def _words(self, _params: Mapping[str, Any]) -> Words | None:
        """The user's words on the cell, None for a run of no cell."""
        cell = self.card["cell"]
        return None if cell is None else words_of(self.session.settings.home, cell["line"])

    def _say(self, params: Mapping[str, Any]) -> Words:
        """A word on a key for the next runs of the cell; without one it is guessed again."""
        cell, word = self.card["cell"], params.get("word")
        if cell is None:
            raise InvalidState("this run is of no cell, so there are no next runs of it")
        key = check_key("param", params.get("key"))
        home, line = self.session.settings.home, cell["line"]
        if word is None:
            return unsay(home, line, [key])
        if word not in WORDS:
            raise InvalidValue(f"a name is one of {', '.join(WORDS)}, not {shown(word)}")
        return say(home, line, [key], word)


class CardHandle:
    """A card on the page and the run that feeds it."""

    def __init__(
        self, run: ActiveRun, widget: CardWidget, origins: Mapping[str, str], source: str = "", *, leads: bool = False
    ) -> None:
        self.run = run
        self._source = source
        self.widget = widget
        widget.origins = dict(origins)
        self._live = LiveMetrics(origins)
        self._throttle = Throttle(PUSH_INTERVAL_S, self._push, REST)
        self._pushing = threading.Lock()
        self._seq = 0
        self._measured = False
        self._progress: CardProgress | None = None
        self._over = threading.Event()
        widget.place = displays.show(widget, leads=leads)
        self._unsubscribe = run.subscribe(self._hear)

    @property
    def may_be_late(self) -> bool:
        """Whether its output can be renewed when the cell has ended."""
        return self.widget.place.publisher is not None

    @property
    def is_text(self) -> bool:
        """Whether it is printed in a terminal when it is finished, and shows no more than its text."""
        return self.widget.place.terminal

    def ended(self) -> None:
        """Say that the run has ended; `finish` has the rest.  A cell may wait for this, so no store is asked."""
        self._push(measure=False)

    def finish(self, origins: Mapping[str, str] | None = None, *, timeout_s: float = 10.0, late: bool = False) -> Card:
        """Complete the card from the store and renew its output.  To be called when the run has ended.

        `late`: the cell has ended too, and another one may run.

        What is recorded after the end is not in it yet: for that, the widget may `look_again`.

        `origins` adds to those given at the start.  A store that cannot be read, or that is not caught up within
        `timeout_s`, leaves the card as this process knows it, with a warning in it.
        """
        in_store = self.run.session.flush(timeout_s)
        self._unsubscribe()
        self._throttle.stop()
        self._over.set()
        found = self.widget.origins
        found.update(origins or {})
        try:
            if not in_store:
                raise StoreBusy(self.run.session.settings.home, "it is not caught up yet", "look again with %runs")
            card = card_of(self.run.session.store, self.run.run_id, found, with_record=False)
        except TrackbookError as error:
            card = self._as_known(str(error))
        with self._pushing:
            self.widget.replace(card, displays.renew_later if late else displays.renew)
        return card

    def _as_known(self, warning: str) -> Card:
        """What this process knows of the run, without the store."""
        experiment = str(self.widget.card["run"]["experiment"])
        card = opening_card(_info(self.run), experiment, self.run.params, self.widget.origins, run_tags=self.run.tags)
        card["cell"] = self.widget.card["cell"]
        card["metrics"], card["system"] = self._live.all(), self._live.all(system=True)
        card["warnings"] = [warning]
        return card

    def _hear(self, batch: Batch) -> None:
        """On the recorder's thread."""
        for points in batch.points:
            self._live.add(points)
        self._throttle.call()

    def _watch_bars(self) -> None:
        """A bar goes on without a word to us; once a second costs a cell nothing."""
        while not self._over.wait(BAR_INTERVAL_S) and self.run.status == "RUNNING":
            bar = bar_of(self.run.start_time / 1000)
            if bar is not None and bar != self._progress:
                self._throttle.call()

    def _push(self, *, measure: bool = True) -> None:
        with self._pushing:
            if measure:
                self._measure()
            metrics, curves = self._live.take()
            self._seq += 1
            delta = CardDelta(
                kind="delta",
                seq=self._seq,
                status=str(self.run.status),
                end_ms=self.run.end_time,
                metrics=metrics,
                curves=curves,
            )
            progress = bar_of(self.run.start_time / 1000) or self._progress
            if progress is not None:
                delta["progress"] = self._progress = progress
            machine = self._live.take_system()
            if machine:
                delta["system"] = machine
            try:
                self.widget.send(delta)
            except Exception:  # noqa: BLE001 - the border to the front end; the run goes on
                _log.debug("a live update was not sent", exc_info=True)

    def _measure(self) -> None:
        """Once, on a thread that no cell waits for: what the run is measured against, and how long it will be."""
        if self._measured:
            return
        self._measured = True
        threading.Thread(target=self._watch_bars, name="trackbook-progress", daemon=True).start()
        self._progress = loop_of(self._source, self.run.params)
        cell = self.widget.card["cell"]
        line, version = (cell["line"], cell["version"]) if cell else (None, 0)
        try:
            previous, baseline = rivals(self.run.session.store, _info(self.run), line, version)
        except TrackbookError:
            return
        self._live.measure_against(last_values(previous), last_values(baseline))


def show_card(
    run: ActiveRun,
    *,
    origins: Mapping[str, str] | None = None,
    experiment: str | None = None,
    cell: CellVersion | None = None,
    leads: bool = False,
) -> CardHandle:
    """Show the card of a run that begins, under the running cell; `finish` it when the run has ended.

    `origins` says where params and metrics were found, by key.  In a plain terminal the text is shown at the end only.
    The `experiment`'s name is read from the store where it is not given; `cell` is the cell as it will be recorded.
    `leads`: the cell has not run any code of its own before.
    """
    found = dict(origins or {})
    name = _experiment_name(run) if experiment is None else experiment
    widget = CardWidget(opening_card(_info(run), name, run.params, found, cell, run.tags), run.session)
    run.has_card = True
    return CardHandle(run, widget, found, cell.source if cell is not None else "", leads=leads)


def _info(run: ActiveRun) -> RunInfo:
    """As the process knows it; the store need not have heard of the run yet."""
    user = run.tags.get(tags.USER, "")
    return RunInfo(run.run_id, run.run_name, run.experiment_id, run.status, run.start_time, run.end_time, user)


def _experiment_name(run: ActiveRun) -> str:
    try:
        return ExperimentNames(run.session.store)[run.experiment_id]
    except TrackbookError:
        return run.experiment_id


def stored_card(run_id: str) -> CardWidget:
    """The card of a stored run, for a cell's value.  Raises `NotFound`."""
    session = current_session()
    return CardWidget(card_of(session.reading, run_id), session)
