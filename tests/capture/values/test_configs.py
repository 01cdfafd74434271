"""Objects that hold settings are flattened, and no code of a user runs for it."""

from __future__ import annotations

import argparse
import enum
import time
import types
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

import attrs
import numpy as np
import pandas as pd
import pydantic
import pytest
import torch
from omegaconf import OmegaConf

from trackbook.capture.values import flatten

if TYPE_CHECKING:
    from conftest import Run


class Kind(enum.Enum):
    RBF = "rbf-kernel"


@dataclass
class Optimizer:
    lr: float = 0.1
    betas: tuple[float, float] = (0.9, 0.99)
    _cache: int = 3


@dataclass
class Config:
    depth: int = 3
    kind: Kind = Kind.RBF
    optim: Optimizer = field(default_factory=Optimizer)
    path: PurePosixPath = field(default_factory=lambda: PurePosixPath("data/x.csv"))
    names: list[str] = field(default_factory=lambda: ["a", "b"])


@dataclass(slots=True)
class Slotted:
    lr: float = 0.1


@attrs.define
class Attrs:
    lr: float = 0.1
    api_key: str = "sk-abcdefghijklmnopqrstuvwxyz0123456789"


class Point(NamedTuple):
    x: int
    y: float


class Model(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="allow")
    lr: float = 0.1
    token: pydantic.SecretStr = pydantic.SecretStr("hunter2hunter2")
    optim: Optimizer = Optimizer()


class Outer(pydantic.BaseModel):
    model: Model = Model()


FLAT = {"cfg.depth": 3, "cfg.kind": "RBF", "cfg.path": "data/x.csv", "cfg.names": "['a', 'b']", "cfg.optim.lr": 0.1}
FLAT["cfg.optim.betas"] = "(0.9, 0.99)"


def test_a_nested_config_that_the_cell_reads(run: Run) -> None:
    seen = run("y = f(cfg.optim.lr)", cfg=Config(), f=lambda x: x)
    assert seen.params == FLAT
    assert seen.origins["cfg.optim.lr"] == "read from the notebook"


def test_a_config_that_the_cell_builds(run: Run) -> None:
    seen = run("cfg = Config(depth=4)\nuse(cfg)", Config=Config, use=id)
    assert seen.params == FLAT | {"cfg.depth": 4}
    assert seen.origins["cfg.kind"] == "assigned in line 1"


@pytest.mark.parametrize(
    ("value", "flat"),
    [
        ({"a": {"b": [{"lr": 0.1}, {"lr": 0.2}]}, 3: True}, {"a.b.0.lr": 0.1, "a.b.1.lr": 0.2, "3": True}),
        (OrderedDict(lr=0.1), {"lr": 0.1}),
        (Slotted(), {"lr": 0.1}),
        (Point(1, 2.0), {"x": 1, "y": 2.0}),
        (argparse.Namespace(lr=0.1, deep=argparse.Namespace(n=None)), {"lr": 0.1, "deep.n": None}),
        (types.SimpleNamespace(lr=np.float32(0.5), _no=1), {"lr": 0.5}),
        (Outer(model=Model(extra=5)), {"model.lr": 0.1, "model.extra": 5, "model.optim.lr": 0.1}),
        ({"device": torch.device("cpu"), "dtype": torch.float16}, {"device": "cpu", "dtype": "torch.float16"}),
        ({"lr": 0.1, "empty": [], "nothing": {}}, {"lr": 0.1, "empty": "[]"}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_kind_of_object(run: Run, value: Any, flat: dict[str, Any]) -> None:
    seen = run("use(thing)", thing=value, use=id)
    expected = {f"thing.{key}": one for key, one in flat.items()}
    assert {key: one for key, one in seen.params.items() if not key.endswith("betas")} == expected


def test_omegaconf_as_it_is_written_with_plain_interpolations(run: Run) -> None:
    OmegaConf.register_resolver("tb_fails", lambda: 1 / 0)
    text = (
        "lr: 0.1\nopt: {lr: '${lr}', again: '${opt.lr}', made: '${tb_fails:}', home: '${oc.env:HOME}', must: '???'}\n"
    )
    cfg = OmegaConf.create(text + "layers: [64, 32]\nstages: [{n: 1}, {n: 2}]")
    assert run("use(cfg.lr)", cfg=cfg, use=id).params == {
        "cfg.lr": 0.1,
        "cfg.layers": "[64, 32]",
        "cfg.opt.lr": 0.1,
        "cfg.opt.again": 0.1,
        "cfg.opt.made": "${tb_fails:}",
        "cfg.opt.home": "${oc.env:HOME}",
        "cfg.opt.must": "???",
        "cfg.stages.0.n": 1,
        "cfg.stages.1.n": 2,
    }
    structured = run("cfg = OmegaConf.structured(Optimizer)", OmegaConf=OmegaConf, Optimizer=Optimizer)
    assert structured.params["cfg.lr"] == 0.1


def test_arguments_that_the_cell_parses_are_params(run: Run) -> None:
    source = "p = argparse.ArgumentParser()\np.add_argument('--lr', default=0.1)\nargs = p.parse_args([])"
    assert run(source, argparse=argparse).params == {"args.lr": 0.1}


def test_secrets_in_a_config_are_left_out_and_said(run: Run) -> None:
    cfg = {"api_key": "abcdef123456", "db": {"password": {"value": "hunter2"}}, "lr": 0.1}
    seen = run("use(cfg, a, m)", cfg=cfg, a=Attrs(), m=Model(), use=lambda *_: None)
    assert set(seen.params) == {"cfg.lr", "a.lr", "m.lr", "m.optim.lr", "m.optim.betas"}
    said = " ".join((*seen.findings.left_out, *seen.passed_over))
    assert "cfg.api_key looks like a secret" in said
    assert "m.token is a secret" in said
    assert "hunter2" not in said


def test_what_holds_data_is_no_config(run: Run) -> None:
    bunch = {"data": np.zeros((3, 2)), "name": "iris", "frame": None}
    many = {str(number): number for number in range(60)}
    seen = run("use(bunch, many, cfg)", bunch=bunch, many=many, cfg={"df": pd.DataFrame()}, use=lambda *_: None)
    assert seen.params == {}
    assert seen.passed_over == (
        "bunch holds a ndarray, it was taken for data and left out",
        "many has 60 entries, it was taken for data and left out",
        "cfg holds a DataFrame, it was taken for data and left out",
    )


def test_limits_hold_and_are_said(run: Run) -> None:
    deep: dict[str, Any] = {"n": 1}
    for _ in range(10):
        deep = {"d": deep, "n": 1}
    wide = {str(one): {str(two): two for two in range(40)} for one in range(40)}
    seen = run(
        "use(deep, wide, ring, long)", deep=deep, wide=wide, ring=_ring(), long={"x": list(range(99))}, use=print
    )
    assert sum(key.startswith("deep.") for key in seen.params) == flatten.DEEPEST
    assert len(seen.params) == 100
    assert "wide holds more than 100 settings: the rest was left out" in seen.passed_over
    assert "long.x has 99 elements and was left out" in seen.passed_over
    assert any("lies too deep" in sentence for sentence in seen.passed_over)


def _ring() -> dict[str, Any]:
    ring: dict[str, Any] = {"n": 1}
    ring["ring"] = ring
    return ring


def test_names_come_before_fields_where_there_are_too_many(run: Run) -> None:
    wide = {str(one): {str(two): two for two in range(40)} for one in range(40)}
    seen = run("a = 1\nuse(wide)\nb = 2", wide=wide, use=id)
    assert {"a", "b"} < set(seen.params)
    assert "102 more" not in str(seen.findings.left_out)


def test_what_the_cell_changes_in_a_config_counts_as_it_made_it(run: Run) -> None:
    seen = run("cfg.optim.lr = 0.5\ncfg.depth = deeper\nfit(cfg)", cfg=Config(), deeper=9, fit=_sets_names)
    assert seen.params == FLAT | {"cfg.optim.lr": 0.5, "cfg.depth": 9, "deeper": 9}
    assert seen.origins["cfg.optim.lr"] == "assigned in line 1"
    assert seen.origins["cfg.names"] == "read from the notebook"


def _sets_names(cfg: Config) -> None:
    """Out of the cell's sight: what stood at the beginning stays the param."""
    cfg.names = ["changed"]


class Trap:
    """Every way to ask it is a user's code."""

    def __init__(self) -> None:
        self.__dict__["lr"] = 0.1

    def _trapped(self, *_: Any) -> Any:
        raise AssertionError("asked")

    __repr__ = __str__ = __eq__ = __hash__ = __len__ = __bool__ = __iter__ = __getattr__ = _trapped


class Trapped(argparse.Namespace):
    @property
    def slow(self) -> int:
        raise AssertionError("asked")

    def __getattribute__(self, name: str) -> Any:
        raise AssertionError("asked")


class TrappedDict(dict):
    def _trapped(self, *_: Any) -> Any:
        raise AssertionError("asked")

    __iter__ = __len__ = __getitem__ = items = keys = values = get = __contains__ = __eq__ = __repr__ = _trapped
    __hash__ = None


class OwnDict:
    """A class that answers for its dictionary itself."""

    __dataclass_fields__ = {"lr": 1}

    @property
    def __dict__(self) -> Any:
        raise AssertionError("asked")


class Base:
    lr = 0.1
    epochs = 3
    path = PurePosixPath("data")
    password = "hunter22"
    _hidden = 1


class Chosen(Base):
    """Settings."""

    epochs: int = 9
    device = object()

    class optim:
        decay = 0.5


class Working(Base):
    def step(self) -> int:
        return 1


def test_a_class_of_settings_alone_is_a_config(run: Run) -> None:
    seen = run("found = Chosen.lr * Chosen.epochs", Chosen=Chosen)
    assert seen.params == {
        "Chosen.lr": 0.1,
        "Chosen.epochs": 9,
        "Chosen.path": "data",
        "Chosen.optim.decay": 0.5,
    }
    assert run("class C:\n    lr = 0.1\n    n = 2\nC.n = 4\nfound = C.lr * C.n").params == {"C.lr": 0.1, "C.n": 4}


def test_a_class_that_does_something_is_none(run: Run) -> None:
    given = {"Working": Working, "Wrong": type("Wrong", (ValueError,), {}), "np": np}
    assert run("found = Working.lr\nother = (Wrong, int, np.float64, dict)", **given).params == {}


FUNCTIONS = """
EPOCHS, LR, WIDTH, unused, count, n = 3, 0.1, 8, 5, 0, 7
class CFG:
    decay = 0.5
cfg, cache = {"batch": 16}, {"a": 1.0}
def step(net):
    global count
    count += 1
    return LR * net.n + len(cache)
class Net:
    def __init__(self):
        self.n = WIDTH
    def go(self):
        return [CFG.decay * EPOCHS for _ in range(2)]
def logged(f):
    import functools
    @functools.wraps(f)
    def inner(*a):
        return f(*a)
    return inner
@logged
def train(net):
    return step(net) + sum(net.go()) + cfg["batch"]
"""


def test_what_functions_of_the_notebook_read_is_read_by_who_calls_them(run: Run) -> None:
    notebook: dict[str, Any] = {"__name__": "__main__"}
    exec(FUNCTIONS, notebook)
    seen = run("LR = 0.2\nscore = train(Net())", **notebook)
    assert seen.params == {"LR": 0.2, "WIDTH": 8, "EPOCHS": 3, "CFG.decay": 0.5, "cfg.batch": 16}
    assert seen.origins["EPOCHS"] == "read from the notebook"
    assert run("score = 2 * unused", **notebook).params == {"unused": 5}
    assert run("import math\nscore = math.floor(2.5)", **notebook).params == {}


def test_no_code_of_a_user_runs(run: Run) -> None:
    trapped = Trapped()
    argparse.Namespace.__getattribute__(trapped, "__dict__")["lr"] = 0.1
    held = {"trap": Trap(), "n": 1, "list": [Trap()]}
    namespace = {"a": Trap(), "b": trapped, "c": TrappedDict(lr=0.2), "d": OwnDict(), "e": held}
    seen = run("(a, b, c, d, e)", **namespace)
    assert seen.params == {"b.lr": 0.1, "c.lr": 0.2, "e.n": 1}
    assert seen.findings.left_out == ()


def test_a_config_costs_little(run: Run) -> None:
    config = {"a": Config(), "b": Model(), "c": {str(one): one for one in range(40)}}
    huge = {str(one): {str(two): {"x": two} for two in range(50)} for one in range(50)}
    for value, most_ms in ((config, 3.0), (huge, 30.0)):
        took = []
        for _ in range(5):
            start = time.thread_time()
            flatten.settings_in("cfg", value)
            flatten.numbers_in("cfg", value)
            took.append((time.thread_time() - start) * 1000)
        assert min(took) < most_ms


def test_a_list_counts_as_written_unless_it_is_replaced(run: Run) -> None:
    seen = run("cfg = {'a': [1], 'b': [1], 'c': []}\ncfg['a'].append(2)\ncfg['b'] = [3, 4]\ncfg['c'].append(5)")
    assert seen.params == {"cfg.a": "[1]", "cfg.b": "[3, 4]"}
