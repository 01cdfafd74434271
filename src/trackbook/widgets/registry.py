"""The registry: registered models, their versions beside the champion, where each came from, and what was done to them.

What would change is asked of Python before it is done (`plan`), and done with the newest audit entry that was seen:
where another client was quicker the store refuses, and the view plans again from what is there now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import traitlets

from trackbook.core import acting
from trackbook.tracking.session import Session, current_session
from trackbook.widgets import registry_answers, registry_changes, registry_reading, registry_static, table_live
from trackbook.widgets.base import View
from trackbook.widgets.card import CardWidget, stored_card
from trackbook.widgets.registry_answers import OF_REGISTRY, RegistryAnswer
from trackbook.widgets.registry_payloads import Changed, Plan, RegistryChanged
from trackbook.widgets.registry_reading import MAX_MODELS
from trackbook.widgets.standby import standby

if TYPE_CHECKING:
    import pandas as pd

    from trackbook.core.entities import AuditEntry, ModelVersion
    from trackbook.core.ports import Store

CLIENT = "registry view"
MOST = 1000
"""Entries of the audit trail that are read at once."""


class RegistryView(View):
    """Registered models, or one of them.  Trait: `registry` (see `registry_payloads.RegistryState`).

    `.df` is a frame with one row a version, `.audit` one with a row a change.
    """

    bundle: ClassVar[str] = "registry"
    registry = traitlets.Dict().tag(sync=True)

    def __init__(self, name: str | None = None, session: Session | None = None) -> None:
        self.session = session or current_session()
        self.name = name
        self._actor = replace(acting.myself(), client=CLIENT)
        self._views = 0
        self._cards: dict[str, CardWidget] = {}
        self._store_uri = self.session.store.uri
        self._made_of = table_live.mark_of(self._store_uri)
        state = registry_reading.registry_state(self.session.reading, "", MAX_MODELS, name)
        super().__init__(registry=state, standby=standby(self.session.settings, "registry", OF_REGISTRY, name=name))
        for method, answer in OF_REGISTRY.items():
            self.answers(method, partial(self._answered, answer))
        for method in ("plan", "change", "card", "watch"):
            self.answers(method, getattr(self, f"_{method}"))

    # -- in Python ------------------------------------------------------------------------------------------------

    @property
    def df(self) -> pd.DataFrame:
        """`name, version, aliases, stage, source, run_id, run_name, description, created` (UTC), newest first."""
        import pandas as pd

        found = self._versions_in_order()
        runs = registry_reading.Runs(self.session.store)
        names = [None if (run := runs[one.run_id]) is None else run.info.run_name for one in found]
        return pd.DataFrame(
            {
                "name": [one.name for one in found],
                "version": [int(one.version) for one in found],
                "aliases": [", ".join(sorted(one.aliases)) for one in found],
                "stage": [one.current_stage for one in found],
                "source": [one.source for one in found],
                "run_id": [one.run_id for one in found],
                "run_name": names,
                "description": [one.description for one in found],
                "created": pd.to_datetime([one.creation_timestamp for one in found], unit="ms", utc=True),
            }
        )

    @property
    def audit(self) -> pd.DataFrame:
        """`time` (UTC)`, name, action, version, subject, old, new, user, client, place, reason`, newest first."""
        import pandas as pd

        entries: list[AuditEntry] = []
        token, registry = None, self.session.reading.registry
        while True:
            page = registry.audit(self.name, MOST, token)
            entries += page.items
            token = page.next_page_token
            if token is None:
                break
        fields = ("name", "action", "version", "subject", "old", "new", "user", "client", "place", "reason")
        time = pd.to_datetime([one.timestamp for one in entries], unit="ms", utc=True)
        return pd.DataFrame({"time": time, **{field: [getattr(one, field) for one in entries] for field in fields}})

    def _versions_in_order(self) -> Sequence[ModelVersion]:
        found: list[ModelVersion] = []
        token, registry = None, self.session.reading.registry
        while True:
            page = registry.search_versions(page_token=token)
            found += [one for one in page.items if self.name is None or one.name == self.name]
            token = page.next_page_token
            if token is None:
                return sorted(found, key=lambda one: (one.name, -int(one.version)))

    def static_html(self) -> str:
        return registry_static.registry_html(self.registry)

    def text(self) -> str:
        return registry_static.registry_text(self.registry)

    def title_text(self) -> str:
        return self.name or "registry"

    # -- requests -------------------------------------------------------------------------------------------------

    def _answered(self, answer: RegistryAnswer, params: Mapping[str, Any]) -> Any:
        return answer(self.session.reading, params)

    def _plan(self, params: Mapping[str, Any]) -> Plan:
        return registry_changes.planned(self.session.reading, params)

    def _change(self, params: Mapping[str, Any]) -> Changed:
        """Done as planned.  Raises `ChangedMeanwhile` where another was quicker, with nothing done."""
        seen = params.get("seen")
        actor = replace(self._actor, reason=str(params.get("reason") or "").strip())
        store = self.session.reading
        plan = registry_changes.planned(store, params)
        with acting.acting(actor, None if seen is None else int(seen)):
            registry_changes.done(store, params)
        said = "; ".join(registry_reading.effect_text(effect) for effect in plan["effects"])
        state = registry_answers.state(store, {**params, "name": params.get("open"), "search": "", "limit": None})
        self.renew()
        return Changed(said=said, state=state)

    def _card(self, params: Mapping[str, Any]) -> str:
        """The card of a version's run as a widget: its model's id."""
        run_id = str(params.get("run_id"))
        if run_id not in self._cards:
            self._cards[run_id] = stored_card(run_id)
        return str(self._cards[run_id].model_id)

    # -- live -----------------------------------------------------------------------------------------------------

    def renew(self) -> None:
        """Read again; what the output and every view show follows."""
        self._read(self.session.reading)

    def _read(self, store: Store) -> None:
        state = registry_answers.state(store, {"name": self.name})
        if state != self.registry:
            self.registry = dict(state)
            self.send(RegistryChanged(kind="registry"))

    def store_uri(self) -> str:
        return self._store_uri

    def is_open(self) -> bool:
        return self.comm is not None and self._views > 0

    def look(self) -> None:
        """Called when the store has changed, by whomever: reads it, and waits for nothing that is still written."""
        self._read(self.session.store)

    def _watch(self, params: Mapping[str, Any]) -> None:
        """A view begins (`on`) or ends: as long as one is there it hears of changes, and at once of earlier ones."""
        self._views = max(0, self._views + (1 if params.get("on") else -1))
        if params.get("on") and table_live.has_changed(self._store_uri, self._made_of):
            self.look()
        if self._views:
            table_live.watcher.add(self)


def registry(name: str | None = None) -> RegistryView:
    """The model registry: all models, or the one of this name.  Raises `NotFound`."""
    return RegistryView(name)
