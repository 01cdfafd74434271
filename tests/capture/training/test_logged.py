"""What Lightning's trainer logs by itself is told with its steps, and nothing of it changes."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from trackbook.capture import training

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.filterwarnings("ignore")
QUIET: dict[str, Any] = {"enable_progress_bar": False, "enable_model_summary": False, "enable_checkpointing": False}


@pytest.fixture(autouse=True)
def _restored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    yield
    training.restore()


@pytest.fixture(scope="module")
def lightning() -> Any:
    """Imported here, since it takes seconds, which each worker would pay that only collects."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pytorch_lightning

    return pytorch_lightning


@pytest.fixture
def model(lightning: Any) -> Any:
    import torch

    class Model(lightning.LightningModule):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.layer = torch.nn.Linear(3, 1)

        def training_step(self, batch: Any, _number: int) -> Any:
            loss = self.layer(batch[0]).square().mean()
            self.log("train_loss", loss)
            return loss

        def configure_optimizers(self) -> Any:
            return torch.optim.SGD(self.parameters(), lr=0.1)

    return Model()


@pytest.fixture
def fit(lightning: Any, model: Any) -> Callable[..., Any]:
    def fitted(**options: Any) -> Any:
        import torch
        from torch.utils.data import DataLoader, TensorDataset

        trainer = lightning.Trainer(max_epochs=2, log_every_n_steps=2, **QUIET, **options)
        trainer.fit(model, DataLoader(TensorDataset(torch.ones(16, 3)), batch_size=4))
        return trainer

    return fitted


def test_what_a_module_logs_is_told_with_its_step(fit: Callable[..., Any]) -> None:
    heard: list[tuple[str, int, type]] = []
    watch = training.watch(
        on_metrics=lambda metrics, step: heard.extend((key, step, type(one)) for key, one in metrics.items())
    )
    trainer = fit()
    assert heard == [("train_loss", step, float) for step in (1, 3, 5, 7)]
    assert training.last_metrics(trainer) is None
    watch.stop()
    fit()
    assert len(heard) == 4


def test_an_error_of_ours_does_not_reach_the_training(fit: Callable[..., Any]) -> None:
    def broken(_metrics: object, _step: int) -> None:
        raise RuntimeError("ours")

    training.watch(on_metrics=broken)
    assert fit().global_step == 8


def test_a_trainer_without_loggers_is_asked_for_the_last_values(fit: Callable[..., Any], model: Any) -> None:
    trainer = fit(logger=False)
    found = training.last_metrics(trainer)
    assert found is not None
    assert found == ({"train_loss": trainer.callback_metrics["train_loss"].item()}, 8)
    assert training.last_metrics(model) is None
