"""`TrackbookClient` and the fluent functions take what MLflow's take: names and parameters of 3.17.2, as plain data."""

from __future__ import annotations

import inspect

import pytest

import trackbook as tb

CLIENT = """
copy_model_version: src_model_uri, dst_name
create_experiment: name, artifact_location, tags
create_model_version: name, source, run_id, tags, run_link, description, await_creation_for, model_id
create_registered_model: name, tags, description, deployment_job_id
create_run: experiment_id, start_time, tags, run_name
delete_experiment: experiment_id
delete_experiment_tag: experiment_id, key
delete_model_version: name, version
delete_model_version_tag: name, version, key, stage
delete_registered_model: name
delete_registered_model_alias: name, alias
delete_registered_model_tag: name, key
delete_run: run_id
delete_tag: run_id, key
download_artifacts: run_id, path, dst_path
get_experiment: experiment_id
get_experiment_by_name: name
get_latest_versions: name, stages
get_metric_history: run_id, key
get_model_version: name, version
get_model_version_by_alias: name, alias
get_model_version_download_uri: name, version
get_model_version_stages: name, version
get_parent_run: run_id
get_registered_model: name
get_run: run_id
list_artifacts: run_id, path
load_table: experiment_id, artifact_file, run_ids, extra_columns
log_artifact: run_id, local_path, artifact_path
log_artifacts: run_id, local_dir, artifact_path
log_batch: run_id, metrics, params, tags, synchronous
log_dict: run_id, dictionary, artifact_file
log_figure: run_id, figure, artifact_file, save_kwargs
log_image: run_id, image, artifact_file, key, step, timestamp, synchronous
log_inputs: run_id, datasets, models
log_metric: run_id, key, value, timestamp, step, synchronous, dataset_name, dataset_digest, model_id
log_param: run_id, key, value, synchronous
log_stream: run_id, stream, artifact_file
log_table: run_id, data, artifact_file
log_text: run_id, text, artifact_file
rename_experiment: experiment_id, new_name
rename_registered_model: name, new_name
restore_experiment: experiment_id
restore_run: run_id
search_experiments: view_type, max_results, filter_string, order_by, page_token
search_model_versions: filter_string, max_results, order_by, page_token
search_registered_models: filter_string, max_results, order_by, page_token
search_runs: experiment_ids, filter_string, run_view_type, max_results, order_by, page_token
set_experiment_tag: experiment_id, key, value
set_model_version_tag: name, version, key, value, stage
set_registered_model_alias: name, alias, version
set_registered_model_tag: name, key, value
set_tag: run_id, key, value, synchronous
set_terminated: run_id, status, end_time
transition_model_version_stage: name, version, stage, archive_existing_versions
update_model_version: name, version, description
update_registered_model: name, description, deployment_job_id
update_run: run_id, status, name
"""
FLUENT = """
active_run:
create_experiment: name, artifact_location, tags
delete_experiment: experiment_id
delete_experiment_tag: key
delete_run: run_id
delete_tag: key
end_run: status
flush_artifact_async_logging:
flush_async_logging:
get_artifact_uri: artifact_path
get_experiment: experiment_id
get_experiment_by_name: name
get_parent_run: run_id
get_registry_uri:
get_run: run_id
get_tracking_uri:
is_tracking_uri_set:
last_active_run:
load_table: artifact_file, run_ids, extra_columns
log_artifact: local_path, artifact_path, run_id
log_artifacts: local_dir, artifact_path, run_id
log_dict: dictionary, artifact_file, run_id
log_figure: figure, artifact_file, save_kwargs
log_image: image, artifact_file, key, step, timestamp, synchronous
log_input: dataset, context, tags, model
log_inputs: datasets, contexts, tags_list, models
log_metric: key, value, step, synchronous, timestamp, run_id, model_id, dataset
log_metrics: metrics, step, synchronous, run_id, timestamp, model_id, dataset
log_param: key, value, synchronous
log_params: params, synchronous, run_id
log_stream: stream, artifact_file, run_id
log_table: data, artifact_file, run_id
log_text: text, artifact_file, run_id
register_model: model_uri, name, await_registration_for, tags
restore_experiment: experiment_id
restore_run: run_id
search_experiments: view_type, max_results, filter_string, order_by
search_model_versions: max_results, filter_string, order_by
search_registered_models: max_results, filter_string, order_by
search_runs: experiment_ids, filter_string, run_view_type, max_results, order_by, output_format,\
 search_all_experiments, experiment_names
set_experiment: experiment_name, experiment_id
set_experiment_tag: key, value
set_experiment_tags: tags
set_model_version_tag: name, version, key, value
set_registry_uri: uri
set_tag: key, value, synchronous
set_tags: tags, synchronous
set_tracking_uri: uri
start_run: run_id, experiment_id, run_name, nested, parent_run_id, tags, description, log_system_metrics
"""
ARTIFACTS = """
download_artifacts: artifact_uri, run_id, artifact_path, dst_path, tracking_uri, registry_uri
list_artifacts: artifact_uri, run_id, artifact_path, tracking_uri
load_dict: artifact_uri
load_image: artifact_uri
load_text: artifact_uri
"""


def table(text: str) -> list[tuple[str, list[str]]]:
    lines = [line.partition(":") for line in text.strip().splitlines()]
    return [(name, [one.strip() for one in parameters.split(",") if one.strip()]) for name, _, parameters in lines]


def parameters(function: object) -> list[str]:
    return [name for name in inspect.signature(function).parameters if name != "self"]  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "expected"), table(CLIENT))
def test_the_clients_calls(name: str, expected: list[str]) -> None:
    assert parameters(getattr(tb.TrackbookClient, name)) == expected


@pytest.mark.parametrize(("name", "expected"), table(FLUENT))
def test_the_fluent_functions(name: str, expected: list[str]) -> None:
    """Ours may take more, behind MLflow's."""
    assert parameters(getattr(tb, name))[: len(expected)] == expected


@pytest.mark.parametrize(("name", "expected"), table(ARTIFACTS))
def test_the_functions_on_artifacts(name: str, expected: list[str]) -> None:
    assert parameters(getattr(tb.artifacts, name)) == expected


def test_the_client_has_mlflows_name_too() -> None:
    assert tb.MlflowClient is tb.tracking.MlflowClient is tb.TrackbookClient
