"""The store as one caller may ask it.

The page's views read whatever belongs to what they show: the parent of a run, the version before it, the run of a
registered version.  Not all of that need be the caller's to see.  So each call of theirs goes by the policy that the
same call has over the wire (`wire.calls`); what is refused is as if it were not there, and what has no policy there is
refused to everybody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from trackbook.errors import InvalidState, NotAllowed, NotFound
from trackbook.server.access.policies import POLICIES
from trackbook.server.calls import answered
from trackbook.wire.calls import CALLS

if TYPE_CHECKING:
    from trackbook.core.ports import Store
    from trackbook.server.access.gate import Caller, Gate
    from trackbook.server.backend import Backend

SEARCHES = ("runs.search",)
OF_RUNS = ("runs.get", "cells.of_run", "cells.of_runs", "metrics.curves")
KINDS = {"registry": "registered model"}
"""What a port's things are called, where its name does not say it."""


@dataclass(frozen=True, slots=True)
class Seeing:
    """Calls of one caller, for the time of one request."""

    gate: Gate
    backend: Backend
    caller: Caller
    found: set[str] = field(default_factory=set)
    """Runs that searches have found: those are the caller's to read, and need not be asked about again."""

    def call(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Raises `NotFound` for what may not be read, `NotAllowed` for what may not be changed."""
        if name not in CALLS:
            raise InvalidState(f"{name} is not asked of the page")
        call, policy = CALLS[name], POLICIES[name]
        arguments = call.bound(args, kwargs)
        if not (name in OF_RUNS and self._runs_of(arguments) <= self.found):
            self.check(name, arguments, changes=call.changes)
        answer = answered(call, self.backend, arguments)
        if name in SEARCHES:
            self.found.update(run.info.run_id for run in answer.items)
        if policy.made is not None and self.caller.user is not None:
            self.gate.give(self.caller.user, policy, arguments)
        return answer

    def check(self, name: str, arguments: Mapping[str, Any], *, changes: bool) -> None:
        try:
            self.gate.check(self.caller, POLICIES[name], arguments)
        except NotAllowed:
            if changes:
                raise
            noun = name.partition(".")[0]
            raise NotFound(KINDS.get(noun, noun.removesuffix("s")), remedy="it may not be seen") from None

    def open(self, run_id: str, path: str) -> AbstractContextManager[BinaryIO]:
        if run_id not in self.found:
            self.check("artifacts.list", {"run_id": run_id, "path": path}, changes=False)
        return self.backend.store.artifacts.open(run_id, path)

    @staticmethod
    def _runs_of(arguments: Mapping[str, Any]) -> set[str]:
        return set(arguments.get("run_ids") or ()) | ({arguments["run_id"]} if "run_id" in arguments else set())


class _Port:
    def __init__(self, name: str, seeing: Seeing) -> None:
        self._name, self._seeing = name, seeing

    def __getattr__(self, method: str) -> Callable[..., Any]:
        if method.startswith("_"):
            raise AttributeError(method)
        if (self._name, method) == ("artifacts", "open"):
            return self._seeing.open
        return partial(self._seeing.call, f"{self._name}.{method}")


class _SeenStore:
    def __init__(self, seeing: Seeing) -> None:
        self.uri = seeing.backend.store.uri
        for name in ("experiments", "runs", "metrics", "cells", "registry", "artifacts"):
            setattr(self, name, _Port(name, seeing))


def seen_store(seeing: Seeing) -> Store:
    return cast("Store", _SeenStore(seeing))
