"""What a foreign server says, as entities."""

from __future__ import annotations

from collections.abc import Mapping

from trackbook.core import entities
from trackbook.core.entities import RunStatus
from trackbook.core.tags import PARENT_RUN_ID
from trackbook.remote.theirs import known
from trackbook.wire import experiments, registry, runs
from trackbook.wire.messages import mapping


def experiment(one: experiments.Experiment) -> entities.Experiment:
    return entities.Experiment(
        one.experiment_id,
        one.name,
        one.artifact_location,
        one.lifecycle_stage,
        one.creation_time,
        one.last_update_time,
        mapping(one.tags),
    )


def run(one: runs.Run, ours: Mapping[str, str]) -> entities.Run:
    """`ours` has our ids of the server's, as far as they are known."""
    told, tags = one.info, mapping(one.data.tags)
    info = entities.RunInfo(
        run_id=tags.get(known.RUN_ID) or told.run_id,
        run_name=told.run_name,
        experiment_id=told.experiment_id,
        status=told.status,
        start_time=told.start_time,
        end_time=told.end_time or None if RunStatus(told.status).ended else None,
        user_id=told.user_id,
        artifact_uri=told.artifact_uri,
        lifecycle_stage=told.lifecycle_stage,
    )
    kept = known.aggregates_of(tags)
    aggregates = {
        point.key: known.aggregate(point.key, (float(point.value), point.step, point.timestamp), kept.get(point.key))
        for point in one.data.metrics
    }
    seen = known.shown(tags)
    if PARENT_RUN_ID in seen:
        seen[PARENT_RUN_ID] = ours.get(seen[PARENT_RUN_ID], seen[PARENT_RUN_ID])
    data = entities.RunData(
        params=mapping(one.data.params),
        metrics={key: found.last for key, found in aggregates.items()},
        tags=seen,
        aggregates=aggregates,
    )
    return entities.Run(info, data, entities.RunInputs([_input(given) for given in one.inputs.dataset_inputs]))


def _input(given: runs.DatasetInput) -> entities.DatasetInput:
    one = given.dataset
    dataset = entities.Dataset(one.name, one.digest, one.source_type, one.source, one.schema, one.profile)
    return entities.DatasetInput(dataset, mapping(given.tags))


def version(one: registry.Version, location: str = "") -> entities.ModelVersion:
    return entities.ModelVersion(
        name=one.name,
        version=one.version,
        source=one.source,
        run_id=one.run_id or None,
        status=one.status,
        current_stage=one.current_stage,
        description=one.description,
        creation_timestamp=one.creation_timestamp,
        last_updated_timestamp=one.last_updated_timestamp,
        aliases=tuple(one.aliases),
        tags=mapping(one.tags),
        location=location or one.source,
        run_link=one.run_link,
        model_id=one.model_id or None,
        user_id=one.user_id,
        status_message=one.status_message,
    )


def model(one: registry.Model) -> entities.RegisteredModel:
    return entities.RegisteredModel(
        name=one.name,
        description=one.description,
        creation_timestamp=one.creation_timestamp,
        last_updated_timestamp=one.last_updated_timestamp,
        aliases={alias.alias: alias.version for alias in one.aliases},
        tags=mapping(one.tags),
        latest_versions=[version(newest) for newest in one.latest_versions],
    )
