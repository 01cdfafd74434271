"""Watching a cell for what it trains: which estimators with which arguments, and the data that they were given.

Each outermost training call is told once, when it begins and on the thread on which it does.  What is described costs
time there, so there are limits: see `given` for data; beyond `MOST_FITS` calls nothing is described.

A training on a thread that was there before the watch belongs to an earlier cell.  What helper processes train is not
seen; the call that they work for is.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from trackbook.capture import audit
from trackbook.capture.training import arguments, calls, libraries, logged
from trackbook.capture.training.calls import Call
from trackbook.capture.training.given import Given, PassedData
from trackbook.core import interrupts

MOST_FITS = 200

_get_ident = threading.get_ident
_getpid = os.getpid
_watching: tuple[Watch, ...] = ()
_lock = threading.Lock()
_telling: dict[int, Watch] = {}
"""Thread -> the watch whose `on_fit` is called on it."""
_ours: set[int] = set()
"""Threads that train something of our own at this moment."""


@contextmanager
def unseen() -> Iterator[None]:
    """What this thread trains within is ours, and no part of the user's cell."""
    ident = _get_ident()
    added = ident not in _ours
    _ours.add(ident)
    try:
        yield
    finally:
        if added:
            _ours.discard(ident)


@dataclass(frozen=True, slots=True)
class Fit:
    """One outermost training call.  It holds neither the model nor the data."""

    library: str
    kind: str
    """"fit" of an estimator, "train" of a library's function or trainer, "step" of an optimizer."""
    model: str
    """The name of the model's class, or of the function."""
    class_name: str = ""
    """With its module; "" of a function."""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    """What the model was made with, without defaults; see `arguments`."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """The arguments that are the default."""
    data: tuple[Given, ...] = ()
    reference: Callable[[], Any] = lambda: None
    """The model, or None once it is gone."""


OnMetrics = Callable[[Mapping[str, float], int], object]
"""Called with metrics and their step."""


class Watch:
    """The training calls since it began; `stop` it in the end."""

    def __init__(
        self,
        on_fit: Callable[[Fit], object] | None,
        namespace: Mapping[str, Any],
        with_data: bool,
        with_arguments: bool,
        thread: int,
        earlier: frozenset[int],
        on_metrics: OnMetrics | None = None,
    ) -> None:
        self._on_fit = on_fit
        self.on_metrics = on_metrics
        self._with_arguments = with_arguments
        self._data = PassedData(namespace) if with_data else None
        self.thread, self.earlier = thread, earlier
        self._fits: list[Fit] = []
        self._again: dict[tuple[int, int], Callable[[], Any]] = {}
        self._pid = _getpid()
        self.left_out = 0
        """Training calls beyond `MOST_FITS`."""

    @property
    def data_left_out(self) -> int:
        """Data beyond `given.MOST_DATA`."""
        return 0 if self._data is None else self._data.left_out

    def stop(self) -> tuple[Fit, ...]:
        """End it; the calls that were seen.  A second call gives the same."""
        _remove(self)
        self._again.clear()
        if self._data is not None:
            self._data.forget()
        return tuple(self._fits)

    def concerns(self, caller: FrameType) -> bool:
        """Whether a training on this thread is one of the watched cell's own, and no helper's."""
        ident = _get_ident()
        if ident in _ours:
            return False
        if _getpid() != self._pid:
            return False  # a forked worker: the call that it works for is seen by its parent
        if ident == self.thread:
            return True
        return ident not in self.earlier and not calls.is_within_another(caller, self.thread)

    def has_seen(self, model: Any, x: Any = None) -> bool:
        """Whether a call that is seen again and again was told already."""
        reference = self._again.get((id(model), id(x)))
        return reference is not None and reference() is model

    def remember(self, model: Any, x: Any = None) -> None:
        self._again[id(model), id(x)] = _reference(model)

    def tell(self, call: Call) -> None:
        """Note a call, and tell whoever waits for it."""
        if call.again:
            main, x = _main(call)
            if self.has_seen(main, x):
                return
            self.remember(main, x)
        if len(self._fits) >= MOST_FITS:
            self.left_out += 1
            return
        fit = self._fit(call)
        self._fits.append(fit)
        if self._on_fit is not None:
            ident = _get_ident()
            before = _telling.get(ident)
            _telling[ident] = self
            try:
                self._on_fit(fit)
            finally:
                if before is None:
                    del _telling[ident]
                else:
                    _telling[ident] = before

    def _fit(self, call: Call) -> Fit:
        model = call.model
        name, class_name = (call.function, "") if model is None else arguments.class_names(model)
        found: Mapping[str, Any] = {}
        defaults: Mapping[str, Any] = {}
        if self._with_arguments:
            try:
                if model is None:
                    found = arguments.settings(call.settings)
                else:
                    found, defaults = arguments.made_with(model)
            except Exception:  # noqa: BLE001 - a user's own estimator
                found = {}
        data = () if self._data is None else self._data.describe(call.passed, first=not self._fits)
        return Fit(call.library, call.kind, name, class_name, found, defaults, data, _reference(model))


def watch(
    on_fit: Callable[[Fit], object] | None = None,
    *,
    namespace: Mapping[str, Any] | None = None,
    data: bool = False,
    arguments: bool = False,
    on_metrics: OnMetrics | None = None,
) -> Watch:
    """Begin to watch for training on this thread and on threads that begin from now on.

    `on_fit` is called within the user's training, before it does anything: with what `data` and `arguments` ask for,
    its errors are dropped, as are those of `on_metrics`, which is told what a trainer logs.  `namespace` gives data
    their names.  Several may watch at once; one that begins within an `on_fit` is told of that very call too, and
    watches for the same cell.
    """
    global _watching
    outer = _telling.get(_get_ident())
    thread = _get_ident() if outer is None else outer.thread
    earlier = frozenset(one.ident or 0 for one in threading.enumerate()) if outer is None else outer.earlier
    begun = Watch(on_fit, namespace or {}, data, arguments, thread, earlier, on_metrics)
    with _lock:
        _watching = (*_watching, begun)
        libraries.see_with(_seen, _seen_step)
        logged.tell_with(_logged)
    _imported(())
    if not (libraries.is_complete() and logged.is_complete()):
        audit.listen("import", _imported)
    return begun


def restore() -> None:
    """Give the libraries their own functions back, and end every watch."""
    global _watching
    with _lock:
        _watching = ()
    audit.forget("import", _imported)
    libraries.restore()
    logged.restore()


def _remove(ended: Watch) -> None:
    global _watching
    with _lock:
        _watching = tuple(one for one in _watching if one is not ended)
        if not _watching:
            libraries.see_with(None, None)
            logged.tell_with(None)
            audit.forget("import", _imported)


def _imported(_args: tuple[Any, ...]) -> None:
    """An import begins: by now an earlier one of the same cell may have ended."""
    libraries.place()
    logged.place()


def _logged(metrics: Mapping[str, float], step: int, caller: FrameType) -> None:
    for one in _watching:
        if one.on_metrics is not None and one.concerns(caller):
            one.on_metrics(metrics, step)


def _seen(caller: FrameType) -> None:
    call = calls.call_of(caller)
    if call is not None:
        _tell(call, caller)


def _seen_step(optimizer: Any, caller: FrameType) -> None:
    for one in _watching:
        if not one.has_seen(optimizer):
            break
    else:
        return
    call = calls.step_of(optimizer, caller)
    if call is not None:
        _tell(call, caller)
    for one in _watching:
        one.remember(optimizer)  # whatever it belongs to: the next step has nothing to tell


def _tell(call: Call, caller: FrameType) -> None:
    """Tell each watch, those too that begin meanwhile."""
    told: set[int] = set()
    while True:
        one = next((one for one in _watching if id(one) not in told), None)
        if one is None:
            return
        told.add(id(one))
        try:
            if one.concerns(caller):
                with interrupts.held():  # no traceback of the cell shows our frames, no record is half made
                    one.tell(call)
        except Exception:  # noqa: BLE001, S112 - the user's training goes on
            continue


def _main(call: Call) -> tuple[Any, Any]:
    """The model and X of a call; the data where there is no model, and no X where one comes in pieces."""
    if call.model is None:
        return call.container, None
    in_pieces = call.kind == calls.STEP or call.function == calls.IN_PIECES
    return call.model, call.passed[0].value if call.passed and not in_pieces else None


def _reference(model: Any) -> Callable[[], Any]:
    try:
        return weakref.ref(model)
    except TypeError:
        return lambda: None
