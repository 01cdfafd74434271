# ruff: noqa: E501 - a cell a line
"""A PyTorch training cell that is edited and run again: a model that is made anew cuts what was trained before, what is
trained on stays in the program; and what changes or keeps data is not taken for harmless."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.share import share

TORCH = "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\nfrom torch.utils.data import DataLoader, Dataset, TensorDataset"
POINTS = (
    "torch.manual_seed(0)\nX = torch.randn(60, 8)\ny = (X[:, 0] + X[:, 1] > 0).long()\n"
    "train_loader = DataLoader(TensorDataset(X[:40], y[:40]), batch_size=16, shuffle=True)\ntest_loader = DataLoader(TensorDataset(X[40:], y[40:]), batch_size=64)"
)
NET = (
    "class Net(nn.Module):\n    def __init__(self, hidden=16):\n        super().__init__()\n        self.fc1 = nn.Linear(8, hidden)\n        self.fc2 = nn.Linear(hidden, 2)\n"
    "        self.drop = nn.Dropout(0.1)\n\n    def forward(self, x):\n        x = F.relu(self.fc1(x))\n        return self.fc2(self.drop(x))"
)
HELPERS = (
    "def train_epoch(model, loader, opt):\n    model.train()\n    total = 0.0\n    for xb, yb in loader:\n        opt.zero_grad()\n        loss = F.cross_entropy(model(xb), yb)\n"
    "        loss.backward()\n        opt.step()\n        total += loss.item() * len(xb)\n    return total / len(loader.dataset)\n\n"
    "@torch.no_grad()\ndef evaluate(model, loader):\n    model.eval()\n    correct = 0\n    for xb, yb in loader:\n        correct += (model(xb).argmax(1) == yb).sum().item()\n    return correct / len(loader.dataset)"
)
MODEL = "torch.manual_seed(2)\ndevice = 'cpu'\nmodel = Net(hidden=8).to(device)\nopt = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)\ncriterion = nn.CrossEntropyLoss()"
LOOP = (
    "%%track\nhistory = []\nfor epoch in range(@):\n    model.train()\n    for xb, yb in train_loader:\n        xb, yb = xb.to(device), yb.to(device)\n        opt.zero_grad()\n"
    "        out = model(xb)\n        loss = criterion(out, yb)\n        loss.backward()\n        opt.step()\n    history.append(loss.item())\nmodel.eval()\nwith torch.no_grad():\n"
    "    out = model(X[40:])\n    accuracy = (out.argmax(1) == y[40:]).float().mean().item()\nmetric = [history, accuracy]"
)
ALL_IN_ONE = (
    "%%track\ntorch.manual_seed(1)\nmodel = Net()\nopt = torch.optim.Adam(model.parameters(), lr=0.0@)\nfor epoch in range(2):\n"
    "    loss = train_epoch(model, train_loader, opt)\n    accuracy = evaluate(model, test_loader)\nmetric = [loss, accuracy]"
)
GO_ON = "%%track\nloss = train_epoch(model, train_loader, opt)\nmetric = [loss, evaluate(model, test_loader)]"
DATASET = (
    "class Points(Dataset):\n    def __init__(self, n, seed):\n        g = torch.Generator().manual_seed(seed)\n        self.x = torch.randn(n, 8, generator=g)\n        self.y = (self.x[:, 0] > 0).float()\n"
    "    def __len__(self):\n        return len(self.y)\n    def __getitem__(self, i):\n        return self.x[i], self.y[i]"
)
FIT = (
    "def make_model(width):\n    return nn.Sequential(nn.Linear(8, width), nn.ReLU(), nn.Linear(width, 1))\n\ndef seed_everything(seed):\n    torch.manual_seed(seed)\n\n"
    "@torch.inference_mode()\ndef accuracy_of(model, loader):\n    model.eval()\n    hits = [((model(x).squeeze(1) > 0) == (y > 0)).float().mean().item() for x, y in loader]\n    return sum(hits) / len(hits)\n\n"
    "def fit(model, loader, epochs, lr):\n    opt = torch.optim.AdamW(model.parameters(), lr=lr)\n    sched = torch.optim.lr_scheduler.StepLR(opt, 1, gamma=0.5)\n    loss_fn = nn.BCEWithLogitsLoss()\n    losses = []\n"
    "    for epoch in range(epochs):\n        model.train()\n        for x, y in loader:\n            loss = loss_fn(model(x).squeeze(1), y)\n            opt.zero_grad(set_to_none=True)\n            loss.backward()\n            opt.step()\n"
    "        sched.step()\n        losses.append(loss.item())\n    return losses"
)
LOADERS = "train_ds, test_ds = Points(32, 0), Points(16, 1)\ntrain_dl = DataLoader(train_ds, batch_size=8, shuffle=True)\ntest_dl = DataLoader(test_ds, batch_size=8)"
FACTORY = "%%track\nseed_everything(3)\nnet = make_model(@)\nlosses = fit(net, train_dl, epochs=2, lr=0.01)\nmetric = losses + [accuracy_of(net, test_dl)]"


def again(cell: str) -> list[str]:
    return [cell.replace("@", str(number)) for number in (1, 2, 3)]


NOTEBOOKS = {
    "helpers": ([TORCH, POINTS, NET, HELPERS, *again(ALL_IN_ONE)], [0, 1, 2, 3, 6]),
    "a loop, and a cell that makes the model": (
        [TORCH, POINTS, NET, *(cell for loop in again(LOOP) for cell in (MODEL, loop))],
        [0, 1, 2, 7, 8],
    ),
    "a factory, a data set, a scheduler": ([TORCH, DATASET, FIT, LOADERS, *again(FACTORY)], [0, 1, 2, 3, 6]),
    "training that goes on": ([TORCH, POINTS, NET, HELPERS, MODEL, *again(GO_ON)], [0, 1, 2, 3, 4, 5, 6, 7]),
}


@pytest.mark.soak
def test_the_program_gives_the_metrics_and_keeps_what_was_trained_on(
    tmp_path: Path, same_metrics: Callable[..., dict[str, list[int]]]
) -> None:
    pytest.importorskip("torch")
    tried = dict(share(NOTEBOOKS.items(), 2))
    kept = same_metrics(tmp_path, {name: sources for name, (sources, _) in tried.items()}, ("IPython", "torch"))
    assert kept == {name: expected for name, (_, expected) in tried.items()}


DATA = "X = torch.ones(4, 3)\ny = X.sum(1)"
LINEAR = "net = nn.Linear(3, 1)\nopt = torch.optim.SGD(net.parameters(), lr=0.1)"
STEP = "loss = ((X @ w - y) ** 2).mean()\nloss.backward()\nopt.step()\nmetric = loss.item()"
MODULE = "class M(nn.Module):\n    def forward(self, x):\n        "
CHANGES = {
    "a leaf": (
        "w = torch.zeros(3, requires_grad=True)",
        "loss = ((X @ w - y) ** 2).mean()\nloss.backward()\nwith torch.no_grad():\n    w -= 0.1 * w.grad\nmetric = loss.item()",
    ),
    "a tensor made one": ("w = torch.zeros(3)\nw.requires_grad_()\nopt = torch.optim.SGD([w], lr=0.1)", STEP),
    "a tensor made one by its attribute": ("w = torch.zeros(3)\nw.requires_grad = True\nopt = torch.optim.SGD([w], lr=0.1)", STEP),
    "data in place": ("", "X.add_(1)\nmetric = X.sum().item()"),
    "data through a view": ("v = X[0]", "v += 1\nmetric = X.sum().item()"),
    "data of a parameter": ("p = nn.Parameter(X)\nopt = torch.optim.SGD([p], lr=0.1)", "p.sum().backward()\nopt.step()\nmetric = X.sum().item()"),
    "an array that is shared": ("import numpy as np\na = np.zeros(3)\nt = torch.from_numpy(a)", "t.add_(1)\nmetric = float(a.sum())"),
    "running statistics": ("net = nn.BatchNorm1d(3)", "net(X)\nmetric = net.running_mean.sum().item()"),
    "weights, by a name of their own": (LINEAR + "\nw = net.weight.detach()", "net(X).sum().backward()\nopt.step()\nmetric = w.sum().item()"),
    "weights, by a nameless loss": (LINEAR, "nn.MSELoss()(net(X).squeeze(1), y).backward()\nopt.step()\nmetric = net(X).sum().item()"),
    "a rate": (LINEAR, "opt.param_groups[0]['lr'] *= 0.5\nmetric = opt.param_groups[0]['lr']"),
    "a data set that counts": (
        "class D(Dataset):\n    def __init__(self):\n        self.n = 0\n    def __len__(self):\n        return 4\n    def __getitem__(self, i):\n        self.n += 1\n        return torch.tensor(float(self.n))\ndl = DataLoader(D())",
        "s = 0.0\nfor b in dl:\n    s += b.sum().item()\nmetric = s",
    ),
    "a generator of one's own": (
        "g = torch.Generator()\ng.manual_seed(0)\ndl = DataLoader(list(range(8)), shuffle=True, generator=g)",
        "metric = [int(b) for b in dl]",
    ),
    "a module that keeps": (f"seen = []\n{MODULE}seen.append(x)\n        return x\nm = M()", "m(X)\nmetric = len(seen)"),
    "a module that changes what it is given": (f"{MODULE}x += 1\n        return x\nm = M()", "m(X)\nmetric = X.sum().item()"),
    "a module with a helper that does": (
        f"def shift(x):\n    return x.add_(1)\n{MODULE}return shift(x)\nm = M()",
        "m(X)\nmetric = X.sum().item()",
    ),
    "a hook": (LINEAR + "\nseen = []\nnet.register_forward_hook(lambda m, i, o: seen.append(1))", "net(X)\nmetric = len(seen)"),
    "draws of a module": ("torch.manual_seed(0)\nd = nn.Dropout(0.5)", "metric = d(X).sum().item()"),
    "draws of a loader": (
        "torch.manual_seed(0)\ndl = DataLoader(TensorDataset(X), shuffle=True)",
        "metric = []\nfor i, (b,) in enumerate(dl):\n    metric.append(b.sum().item())",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_what_changes_more_than_the_model_keeps_the_executions_before(
    kept: Callable[..., list[int]], name: str
) -> None:
    helper, cell = CHANGES[name]
    assert kept([TORCH, DATA, helper, *again(cell)])[-3:] == [3, 4, 5]
