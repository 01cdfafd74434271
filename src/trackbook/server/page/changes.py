"""What the page changes, by the functions that the notebook's views change it with.

Who may is said by each route's policy, and once more by every call of the store (`store.py`): a tag needs what MLflow's
`set-tag` needs, a move what a move needs over the wire.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trackbook.core.entities import LifecycleStage
from trackbook.core.names import check_run_id
from trackbook.errors import NotFound
from trackbook.server.handlers import logging
from trackbook.server.page.ways import Carried
from trackbook.widgets import registry_answers, registry_changes
from trackbook.widgets.card_actions import CardActions
from trackbook.widgets.registering import register_of_run
from trackbook.widgets.registry_reading import effect_text
from trackbook.widgets.table_actions import TableActions
from trackbook.wire import runs as wire

if TYPE_CHECKING:
    from trackbook.core.entities import Experiment, Run
    from trackbook.core.ports import Store
    from trackbook.server.page.store import Seeing

Asked = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PageWriting:
    """Runs are changed on behalf of one caller, each change in a transaction of its own."""

    seeing: Seeing
    reading: Store

    def write_tags(self, run: Run, values: Mapping[str, str | None]) -> None:
        run_id, backend = run.info.run_id, self.seeing.backend
        for key, value in values.items():
            asked = {"run_id": run_id, "key": key}
            self.seeing.check("delete_tag" if value is None else "set_tag", asked, changes=True)
            if value is not None:
                logging.set_tag(backend, wire.SetTag(run_id=run_id, key=key, value=value))
                continue
            try:
                logging.delete_tag(backend, wire.DeleteTag(run_id=run_id, key=key))
            except NotFound:  # gone already
                backend.store.runs.get(run_id)

    def flush(self) -> None:
        """Every change is in the store when it returns."""

    def choose_experiment(self, name: str) -> Experiment:
        experiments = self.reading.experiments
        found = experiments.get_by_name(name)
        if found is not None and found.lifecycle_stage == LifecycleStage.ACTIVE:
            return found
        return experiments.get(experiments.create(name))


def _run_id(asked: Asked) -> str:
    return check_run_id(asked.get("run_id"))


def _ids(asked: Asked) -> list[str]:
    return [check_run_id(one) for one in asked.get("run_ids") or ()]


def _text(asked: Asked, name: str) -> str:
    return str(asked.get(name) or "")


def _card(writing: PageWriting, asked: Asked) -> CardActions:
    return CardActions(writing, _run_id(asked))


def _table(writing: PageWriting) -> TableActions:
    return TableActions(writing, Carried())


def _register(writing: PageWriting, asked: Asked) -> Any:
    path, alias = asked.get("path"), asked.get("alias")
    return register_of_run(writing.reading, _run_id(asked), path, asked.get("name"), alias)


def _change(writing: PageWriting, asked: Asked) -> Any:
    """Done as planned.  Raises `ChangedMeanwhile` where another was quicker, with nothing done."""
    store = writing.reading
    plan = registry_changes.planned(store, asked)
    registry_changes.done(store, asked)
    said = "; ".join(effect_text(effect) for effect in plan["effects"])
    return {"said": said, "state": registry_answers.state(store, {"name": asked.get("open")})}


Act = Callable[[PageWriting, Asked], Any]
ACTS: Mapping[str, Mapping[str, Act]] = {
    "card": {
        "edit": lambda by, asked: _card(by, asked).edit(
            asked.get("what"), asked.get("key"), asked.get("value"), asked.get("before")
        ),
        "baseline": lambda by, asked: _card(by, asked).make_baseline(asked.get("baseline")),
        "trash": lambda by, asked: _card(by, asked).trash(),
        "restore": lambda by, asked: _card(by, asked).restore(),
        "register": _register,
    },
    "table": {
        "experiments": lambda by, asked: _table(by).experiments(),
        "tag": lambda by, asked: _table(by).tag(_ids(asked), _text(asked, "key"), _text(asked, "value")),
        "move": lambda by, asked: _table(by).move(_ids(asked), _text(asked, "experiment")),
        "trash": lambda by, asked: _table(by).trash(_ids(asked)),
        "restore": lambda by, asked: _table(by).restore(_ids(asked)),
        "undo": lambda by, asked: _table(by).undo(_text(asked, "token")),
        "register": _register,
    },
    "registry": {
        "plan": lambda by, asked: registry_changes.planned(by.reading, asked),
        "change": _change,
    },
}
"""View -> method -> what is done; `plan` and `experiments` only tell what could be."""
