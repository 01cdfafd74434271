"""A script in MLflow's words: client, registry, tables, deleting and restoring."""
import mlflow

mlflow.set_experiment("churn")
mlflow.set_experiment_tags({"team": "blue", "old": "1"})
mlflow.delete_experiment_tag("old")

client = mlflow.tracking.MlflowClient()
Metric, Param, RunTag = mlflow.entities.Metric, mlflow.entities.Param, mlflow.entities.RunTag

with mlflow.start_run(run_name="parent", log_system_metrics=False) as parent:
    with mlflow.start_run(run_name="child", nested=True) as child:
        client.log_batch(child.info.run_id, [Metric("auc", 0.5, 1, 0), Metric("auc", 0.75, 2, 1)], [Param("C", "1")])
        client.set_tag(child.info.run_id, "stage", "dev")
        mlflow.delete_tag("stage")
        mlflow.log_table({"question": ["q"], "answer": ["a"]}, "eval.json")
        mlflow.log_text("weights", "model/weights.txt")
    client.log_batch(parent.info.run_id, tags=[RunTag("done", "yes")])

assert mlflow.get_parent_run(child.info.run_id).info.run_id == parent.info.run_id
assert mlflow.load_table("eval.json", extra_columns=["run_id"])["run_id"].tolist() == [child.info.run_id]
assert mlflow.artifacts.load_text(f"runs:/{child.info.run_id}/model/weights.txt") == "weights"

client.create_registered_model("churn", tags={"owner": "ann"})
for _ in range(2):
    version = client.create_model_version("churn", f"runs:/{child.info.run_id}/model", child.info.run_id)
client.transition_model_version_stage("churn", version.version, "Production", archive_existing_versions=True)
client.set_registered_model_alias("churn", "champion", version.version)
assert client.get_latest_versions("churn", stages=["Production"])[0].version == "2"
assert client.get_model_version_by_alias("churn", "champion").current_stage == "Production"
assert [model.name for model in mlflow.search_registered_models()] == ["churn"]

mlflow.delete_run(parent.info.run_id)
assert mlflow.search_runs(output_format="list")[0].info.run_id == child.info.run_id
client.restore_run(parent.info.run_id)
print(mlflow.get_run(child.info.run_id).to_dictionary()["data"]["metrics"])
