# ruff: noqa: E501 - a cell a line
"""A training cell that is edited and run again, and hands its data to functions of the notebook: what they truly change
stays in the program, and what they only read leaves one execution of the cell."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.share import share

FIRST = (
    (
        "import numpy as np\nimport pandas as pd\nfrom sklearn.datasets import load_iris\nfrom sklearn.ensemble import RandomForestClassifier\nfrom sklearn.linear_model import LogisticRegression\n"
        "from sklearn.metrics import accuracy_score, f1_score\nfrom sklearn.model_selection import cross_val_score, train_test_split"
    ),
    (
        "X, y = load_iris(return_X_y=True)\nx_train, x_test, y_train, y_test = train_test_split(X, y, random_state=0)\n"
        "df = pd.DataFrame({'a': X[:, 0], 'b': X[:, 2], 'y': y})"
    ),
)
FIT = "%%track\nmodel = LogisticRegression(C=0.@, random_state=0).fit(x_train, y_train)\n"
INDEPENDENT: dict[str, tuple[str, str]] = {
    "a score of what it is given": (
        "def score(model, x, y):\n    return model.score(x, y)",
        FIT + "metric = score(model, x_test, y_test)",
    ),
    "a score of the notebook's data": (
        "def score(model):\n    return float(model.score(x_test, y_test))",
        FIT + "metric = score(model)",
    ),
    "a lambda": ("score = lambda m: m.score(x_test, y_test)", FIT + "metric = score(model)"),
    "several metrics": (
        (
            "def evaluate(model, x, y, average='macro'):\n    pred = model.predict(x)\n    scores = {'f1': f1_score(y, pred, average=average)}\n"
            "    scores['accuracy'] = accuracy_score(y, pred)\n    return scores"
        ),
        FIT + "metric = evaluate(model, x_test, y=y_test)",
    ),
    "cross validation": (
        "def cv(model, x, y):\n    return cross_val_score(model, x, y, cv=3).mean()",
        FIT + "metric = float(cv(model, x_train, y_train))",
    ),
    "functions that make and train": (
        (
            "def make(C):\n    return LogisticRegression(C=C, random_state=0)\n\ndef train(C, x, y):\n    model = make(C)\n    model.fit(x, y)\n    return model\n\n"
            "def score(model, x, y):\n    return float(model.score(x, y))"
        ),
        "%%track\nmetric = score(train(0.@, x_train, y_train), x_test, y_test)",
    ),
    "more than one thing returned": (
        "def train(C, x, y):\n    model = LogisticRegression(C=C, random_state=0).fit(x, y)\n    return model, model.score(x, y)",
        "%%track\nmodel, accuracy = train(0.@, x_train, y_train)\nmetric = accuracy + model.score(x_test, y_test)",
    ),
    "features of a copy": (
        "def features(df):\n    out = df.copy()\n    out['c'] = out['a'] ** 2\n    return out[['a', 'b', 'c']].values, out['y'] > 0",
        "%%track\nf, t = features(df)\nmetric = LogisticRegression(C=0.@, random_state=0).fit(f, t).score(f, t)",
    ),
    "in a block": (
        "def score(model, x, y):\n    with np.errstate(all='ignore'):\n        found = model.score(x, y)\n    return found",
        "%%track\nwith np.errstate(all='ignore'):\n    model = LogisticRegression(C=0.@, random_state=0).fit(x_train, y_train)\n    metric = score(model, x_test, y_test)",
    ),
    "a seed that has a name": (
        "SEED = 4\nnp.random.seed(SEED)",
        "%%track\nmodel = RandomForestClassifier(@, random_state=SEED).fit(x_train, y_train)\nmetric = model.score(x_test, y_test)",
    ),
    "a seed that is handed on": (
        "np.random.seed(5)\ndef train(trees, seed=3):\n    return RandomForestClassifier(trees, random_state=seed).fit(x_train, y_train)",
        "%%track\nmetric = [train(@).score(x_test, y_test), train(@, seed=1).score(x_test, y_test)]",
    ),
    "seeds that are counted": (
        "np.random.seed(6)",
        "%%track\nscores = []\nfor seed in range(2):\n    scores.append(RandomForestClassifier(@, random_state=seed).fit(x_train, y_train).score(x_test, y_test))\nmetric = scores",
    ),
    "a seed": (
        "def seed_all(seed):\n    np.random.seed(seed)\n\ndef noise(size):\n    return np.random.rand(size)\n\nseed_all(9)",
        "%%track\nseed_all(0)\nmetric = float(noise(@).sum())",
    ),
}
DEPENDENT: dict[str, tuple[str, str]] = {
    "a column that is replaced": (
        "def add(df):\n    df['a'] = df['a'] * 2\n    return df",
        "%%track\nadd(df)\nmetric = float(df.a.sum()) + @",
    ),
    "deep in a helper, by another name": (
        "def shorten(frame):\n    part = frame\n    part.drop(index=part.index[0], inplace=True)\n\ndef prepare(df):\n    shorten(df)\n    return df['a']",
        "%%track\nmetric = float(prepare(df).sum()) + @",
    ),
    "a list that is kept": (
        "scores = []\ndef note(value, kept=None):\n    kept = scores if kept is None else kept\n    kept.append(value)\n    return len(kept)",
        "%%track\nmetric = note(@)",
    ),
    "a counter": ("runs = 0\ndef count():\n    global runs\n    runs += 1\n    return runs", "%%track\nmetric = count() + 0.@"),
    "what a closure keeps": (
        "def counter(kept):\n    def up(value):\n        kept.append(value)\n        return len(kept)\n    return up\nseen = []\nup = counter(seen)",
        "%%track\nup(@)\nmetric = len(seen)",
    ),
    "a seed that is taken away": (
        "model = RandomForestClassifier(2, random_state=1)\nmodel.set_params(random_state=None)\nnp.random.seed(8)",
        "%%track\nmetric = model.fit(x_train, y_train).score(x_test, y_test) + @",
    ),
    "a seed that may be none": (
        "SEED = None if len(X) else 1\nnp.random.seed(7)",
        "%%track\nmetric = RandomForestClassifier(@, random_state=SEED).fit(x_train, y_train).score(x_test, y_test)",
    ),
    "draws after a seed elsewhere": (
        "def noise(size):\n    return np.random.rand(size)\n\nnp.random.seed(3)",
        "%%track\nmetric = float(noise(@).sum())",
    ),
    "a function that is not known": (
        "import random as r\nfrom heapq import heappush\nheap = []\ndef put(value):\n    heappush(heap, value)",
        "%%track\nput(@)\nmetric = len(heap)",
    ),
}  # fmt: skip


def notebook(helper: str, cell: str) -> list[str]:
    return [*FIRST, helper, *(cell.replace("@", str(number)) for number in (1, 2, 3, 4))]


@pytest.fixture(scope="module")
def left(
    tmp_path_factory: pytest.TempPathFactory, same_metrics: Callable[..., dict[str, list[int]]]
) -> dict[str, list[int]]:
    """Of the four executions of the training cell, those in its program, by notebook."""
    helpers = dict(share(INDEPENDENT.items(), 2) + share(DEPENDENT.items(), 2))
    notebooks = {
        name: [*FIRST, helper, *(cell.replace("@", str(number)) for number in (1, 2, 3, 4))]
        for name, (helper, cell) in helpers.items()
    }
    kept = same_metrics(tmp_path_factory.mktemp("helpers"), notebooks, ("IPython", "pandas", "sklearn.linear_model"))
    return {name: [one - len(FIRST) for one in found if one > len(FIRST)] for name, found in kept.items()}


@pytest.mark.soak
@pytest.mark.parametrize("name", share(INDEPENDENT, 2))
def test_one_execution_is_left_where_helpers_only_read(left: dict[str, list[int]], name: str) -> None:
    assert left[name] == [4]


@pytest.mark.soak
@pytest.mark.parametrize("name", share(DEPENDENT, 2))
def test_what_a_helper_truly_changes_keeps_the_executions_before(left: dict[str, list[int]], name: str) -> None:
    assert left[name] == [1, 2, 3, 4]
