"""A PyTorch training loop as MLflow's users write it: params once, metrics by step, a tag, a checkpoint, end_run."""

import mlflow
import torch

torch.manual_seed(0)
mlflow.set_experiment("torch-regression")
mlflow.start_run(run_name="sgd", tags={"framework": "torch"})

params = {"lr": 0.1, "epochs": 20, "momentum": 0.9}
mlflow.log_params(params)

x = torch.linspace(-1, 1, 64).unsqueeze(1)
y = 3 * x + 0.5
model = torch.nn.Linear(1, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=params["lr"], momentum=params["momentum"])
for epoch in range(params["epochs"]):
    optimizer.zero_grad()
    loss = torch.nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
    mlflow.log_metric("train_loss", loss, step=epoch)
    mlflow.log_metrics({"weight": model.weight.item(), "bias": model.bias.item()}, step=epoch)

torch.save(model.state_dict(), "model.pt")
mlflow.log_artifact("model.pt", artifact_path="checkpoints")
mlflow.set_tag("outcome", "converged" if loss < 0.1 else "not converged")
mlflow.end_run()
