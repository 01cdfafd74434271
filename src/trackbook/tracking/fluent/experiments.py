"""Experiments: the one that is chosen, and others by id or name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.capture.secrets import redact_value
from trackbook.core.entities import Experiment, LifecycleStage
from trackbook.errors import InvalidState, InvalidValue
from trackbook.tracking.naming import experiment_name, experiment_tags
from trackbook.tracking.session import current_session

if TYPE_CHECKING:
    from collections.abc import Mapping


def set_experiment(experiment_name: str | None = None, experiment_id: str | None = None) -> Experiment:
    """Runs started from now on belong to this experiment; it is made where there is none of that name."""
    if (experiment_name is None) == (experiment_id is None):
        raise InvalidValue("give set_experiment either a name or an experiment_id")
    session = current_session()
    if experiment_id is not None:
        found = session.store.experiments.get(str(experiment_id))
        if found.lifecycle_stage != LifecycleStage.ACTIVE:
            raise InvalidState(f"experiment {found.name!r} is deleted: restore it with tb.restore_experiment() first")
        session.experiment = found
    else:
        session.experiment = session.choose_experiment(str(experiment_name))
    return session.experiment


def create_experiment(name: str, artifact_location: str | None = None, tags: Mapping[str, Any] | None = None) -> str:
    """Make an experiment; its id.  Raises `AlreadyExists`."""
    return current_session().store.experiments.create(experiment_name(name), artifact_location, experiment_tags(tags))


def get_experiment(experiment_id: str) -> Experiment:
    return current_session().store.experiments.get(experiment_id)


def get_experiment_by_name(name: str) -> Experiment | None:
    return current_session().store.experiments.get_by_name(name)


def set_experiment_tag(key: str, value: Any) -> None:
    """Set a tag of the active experiment."""
    session = current_session()
    session.store.experiments.set_tag(
        session.default_experiment().experiment_id, key, redact_value(key, str(value)).text
    )
