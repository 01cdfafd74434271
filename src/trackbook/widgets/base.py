"""What all widgets share: the bundle, requests and answers, and the output that outlives the kernel.

**Requests** travel as custom messages, since not every front end has anywidget's `invoke`.  They may arrive in a
kernel subshell, in another thread, while the user's cell computes; so each widget has a lock, handlers read the store
(whose ports are thread-safe) and finish soon, and every exception becomes an answer.

**The output** holds three views of the same thing: the widget for a live front end, static HTML for pages without a
kernel, and plain text.  `VIEW_MIME` carries the static HTML once more with the ids by which JupyterLab's extension
attaches the output again to a living widget or to the stored run.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, ClassVar

import anywidget
import traitlets
from ipywidgets import Layout

from trackbook.core.subshells import answer_on_any_subshell
from trackbook.errors import FilterSyntaxError, InvalidState, InvalidValue, NotFound, TrackbookError, shown
from trackbook.widgets.code import STATIC, Code, code_with, module_of
from trackbook.widgets.payloads import RequestError, Response

VIEW_MIME = "application/vnd.trackbook.view+json"
EDITED_LIVE = bool(os.environ.get("ANYWIDGET_HMR"))
"""Bundles are replaced in the open page when they are built anew: anywidget watches the files then."""

_log = logging.getLogger(__name__)

Handler = Callable[[Mapping[str, Any]], Any]


@lru_cache(maxsize=1)
def _layout() -> Layout:
    """One for all: each widget would otherwise open a comm for one of its own."""
    return Layout()


class View(anywidget.AnyWidget):
    """Base of all widgets.  A subclass names its bundle, says what it shows without a kernel, registers handlers."""

    bundle: ClassVar[str] = ""
    """`static/<bundle>.js` and `.css`; also the name of the view in `VIEW_MIME`."""

    standby = traitlets.Dict().tag(sync=True)
    """See `standby.Standby`; empty where nobody else can answer."""
    _esm = traitlets.Unicode().tag(sync=True)
    _anywidget_id = traitlets.Unicode().tag(sync=True)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if EDITED_LIVE and "bundle" in cls.__dict__:
            for name, suffix in (("_esm", "js"), ("_css", "css")):
                setattr(cls, name, STATIC / f"{cls.bundle}.{suffix}")
        super().__init_subclass__(**kwargs)

    def __init__(self, **traits: Any) -> None:
        self._handlers: dict[str, Handler] = {}
        self._answering = threading.RLock()
        traits.setdefault("layout", _layout())
        super().__init__(**traits)
        answer_on_any_subshell(self.comm)
        self.on_msg(self._on_message)
        self.answers("code", self._code)

    def add_traits(self, **traits: Any) -> None:
        """Those that are missing: anywidget adds what each widget has, and a class would be made for each of them."""
        missing = {name: trait for name, trait in traits.items() if not self.has_trait(name)}
        if missing:
            super().add_traits(**missing)

    @traitlets.default("_esm")
    def _own_module(self) -> str:
        return module_of(self.bundle)

    @traitlets.default("_anywidget_id")
    def _own_id(self) -> str:
        return f"{type(self).__module__}.{type(self).__qualname__}"

    def _code(self, params: Mapping[str, Any]) -> Code:
        """For a page that was loaded again, and has not the widget with which it was sent."""
        code = code_with(str(params.get("hash")))
        if code is None:
            raise InvalidState("this kernel was started with another version of trackbook: restart it")
        return code

    # -- what a subclass says ------------------------------------------------------------------------------------

    def static_html(self) -> str:
        """What pages without a kernel show; everything in it escaped, no script."""
        raise NotImplementedError

    def text(self) -> str:
        """Plain text that is the same each time the same cell gives the same result: no ids, times, addresses."""
        raise NotImplementedError

    def title_text(self) -> str:
        """A few words for a list of contents; may hold a user's names."""
        return self.bundle

    def shown_run(self) -> str | None:
        """The run by which the output is attached again after the kernel; None for views of many."""
        return None

    def standby_for_output(self) -> Mapping[str, Any]:
        """By what the saved output is attached again."""
        return self.standby

    # -- requests ------------------------------------------------------------------------------------------------

    def answers(self, method: str, handler: Handler) -> None:
        """Register the handler of a request; it takes the params and returns JSON."""
        self._handlers[method] = handler

    def answer(self, request: Mapping[str, Any]) -> Response:
        """The response to a request; never raises."""
        number = str(request.get("id", ""))
        try:
            handler = self._handlers.get(str(request.get("method")))
            if handler is None:
                raise InvalidValue(f"request {shown(request.get('method'))} is none of {', '.join(self._handlers)}")
            params = request.get("params")
            with self._answering:
                result = handler(params if isinstance(params, dict) else {})
        except Exception as error:  # noqa: BLE001 - the border to the front end, which shows it
            if not isinstance(error, TrackbookError):
                _log.warning("request %r failed", request.get("method"), exc_info=True)
            return Response(kind="response", id=number, error=error_payload(error))
        return Response(kind="response", id=number, result=result)

    def _on_message(self, _widget: object, content: object, _buffers: object) -> None:
        if isinstance(content, dict) and content.get("kind") == "request":
            self.send(self.answer(content))

    # -- the output ----------------------------------------------------------------------------------------------

    def __repr__(self) -> str:
        return self.text()

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        live = super()._repr_mimebundle_(**kwargs) or ({}, {})
        data, metadata = live if isinstance(live, tuple) else (live, {})
        html = self.static_html()
        view = {
            "schema": 1,
            "view": self.bundle,
            "widget": self.model_id,
            "run_id": self.shown_run(),
            "standby": self.standby_for_output(),
            "title": self.title_text(),
            "html": html,
        }
        return {**data, "text/plain": self.text(), "text/html": html, VIEW_MIME: view}, dict(metadata)


def error_payload(error: Exception) -> RequestError:
    """An exception as a view shows it."""
    payload = RequestError(type=type(error).__name__, message=str(error))
    if isinstance(error, FilterSyntaxError):
        payload["position"] = error.position
        payload["expected"] = error.expected
        payload["hint"] = error.hint
    if isinstance(error, NotFound) and error.remedy:
        payload["remedy"] = error.remedy
    return payload
