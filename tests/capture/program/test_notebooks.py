# ruff: noqa: E501 - a notebook a line
"""The program of a run, in a new interpreter, gives the run's metric; what cannot matter is left out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.capture.program.conftest import HEADER, history_of, sliced

from trackbook.capture.borders import Stop, Trace
from trackbook.capture.program import Files, Header, Seen, Slicer, program_notebook, program_script

NOTE = "unrelated = 'a note'"
NOTEBOOKS: dict[str, tuple[list[str], list[int]]] = {
    "functions read names of other cells": (
        ["scale = 3", "def f(x):\n    return x * scale", NOTE, "scale = 5", "%%track\nmetric = f(2)"],
        [1, 3, 4],
    ),
    "loops": (
        ["total = 0", "for i in range(4):\n    total += i", NOTE, "%%track a\nmetric = total"],
        [0, 1, 3],
    ),
    "frames changed in place": (
        [
            "import pandas as pd",
            "df = pd.DataFrame({'a': [1, 2, 3]})",
            "df.describe()",
            "df['b'] = df.a * 2",
            "df.drop(index=0, inplace=True)",
            "%%track\nmetric = float(df.b.sum())",
        ],
        [0, 1, 3, 4, 5],
    ),
    "a seed, and the draws since": (
        [
            "import numpy as np",
            "np.random.rand(7)",
            "np.random.seed(4)",
            "noise = np.random.rand(3)",
            NOTE,
            "%%track\nmetric = float(np.random.rand())",
        ],
        [0, 2, 3, 5],
    ),
    "python's generator": (["import random", "random.seed(1)", "random.random()", "metric = random.random()"], [0, 1, 2, 3]),
    "a cell run again": (["a = [1]", "a.append(len(a))", "a.append(len(a))", NOTE, "metric = sum(a)"], [0, 1, 2, 4]),
    "an edited cell": (["lr = 0.1", "w = lr * 2", "lr = 0.5", "w = lr * 2", "metric = w"], [2, 3, 4]),
    "a deleted name": (["a = 1", "b = a", "del a", "try:\n    metric = a\nexcept NameError:\n    metric = -1"], [0, 2, 3]),
    "classes": (
        [
            "class Counter:\n    step = 2\n    def __init__(self):\n        self.n = start\n    def up(self):\n        self.n += self.step",
            "start = 10",
            "c = Counter()",
            "c.up()",
            NOTE,
            "other = Counter()",
            "metric = c.n",
        ],
        [0, 1, 2, 3, 6],
    ),
    "imports in another cell": (["import math as m", "from math import floor", NOTE, "metric = floor(m.pi)"], [0, 1, 3]),
    "aliases": (["a = [1]", "b = a", "c = [2]", "b.append(3)", "c.append(9)", "metric = sum(a)"], [0, 1, 3, 5]),
    "an alias through a container": (
        ["a = [1]", "box = {}", "box['k'] = a", "box['k'].append(5)", NOTE, "metric = len(a)"],
        [0, 1, 2, 3, 5],
    ),
    "an alias through a function": (
        ["def same(x):\n    return x", "a = [1]", "b = same(a)", "b += [4]", "metric = sum(a)"],
        [0, 1, 2, 3, 4],
    ),
    "closures": (
        [
            "def counter():\n    n = 0\n    def up():\n        nonlocal n\n        n += 1\n        return n\n    return up",
            "up = counter()",
            "up()",
            NOTE,
            "metric = up()",
        ],
        [0, 1, 2, 4],
    ),
    "mutable defaults": (["def f(x, seen=[]):\n    seen.append(x)\n    return len(seen)", "f(1)", "metric = f(2)"], [0, 1, 2]),
    "generators": (["data = [1, 2, 3]", "g = (x * k for x in data)", "k = 2", "next(g)", NOTE, "metric = sum(g)"], [0, 1, 2, 3, 5]),
    "an iterator used up": (["it = iter([1, 2, 3])", "for x in it:\n    break", "metric = sum(it)"], [0, 1, 2]),
    "star imports": (["from math import *", NOTE, "metric = floor(pi * 2)"], [0, 2]),
    "magics": (
        ["%matplotlib inline", "import os", "%env TB_PROGRAM=7", "%time x = 5", NOTE, "%%time\nmetric = x + int(os.environ['TB_PROGRAM'])"],
        [0, 1, 2, 3, 5],
    ),
    "a shell line with a value": (["n = 3", "out = !echo {n}", "metric = int(out[0])"], [0, 1, 2]),
    "the working directory": (
        ["import os", "os.makedirs('below')", "%cd below", "metric = os.path.basename(os.getcwd())"],
        [0, 1, 2, 3],
    ),
    "files handed over": (
        [
            "rows = [1, 2, 3]",
            "with open('a.txt', 'w') as f:\n    f.write(' '.join(map(str, rows)))",
            NOTE,
            "with open('a.txt') as f:\n    metric = len(f.read())",
        ],
        [0, 1, 3],
    ),
    "a written file": (["%%writefile words.txt\na b c", NOTE, "metric = len(open('words.txt').read().split())"], [0, 2]),
    "a module written by a cell": (
        ["%%writefile tool.py\nk = 3", NOTE, "import tool", "tool.k += 1", "metric = tool.k"],
        [0, 2, 3, 4],
    ),
    "a cell that failed": (["a = 1", "b = a + 1\nraise ValueError('no')", "1 / 0", "metric = b"], [0, 1, 3]),
    "global and walrus": (
        ["count = 0", "def hit():\n    global count\n    count += 1", "hit()", "if (n := 4) > 3:\n    hit()", NOTE, "metric = count + n"],
        [0, 1, 2, 3, 5],
    ),
    "decorators": (
        [
            "calls = []",
            "def noted(f):\n    def inner(*a):\n        calls.append(a)\n        return f(*a)\n    return inner",
            "@noted\ndef double(x):\n    return 2 * x",
            "double(1)",
            NOTE,
            "metric = len(calls)",
        ],
        [0, 1, 2, 3, 5],
    ),
    "match and with": (
        [
            "from contextlib import contextmanager\nlog = []",
            "@contextmanager\ndef noting(word):\n    log.append(word)\n    yield word",
            "with noting('in') as w:\n    pass",
            "match {'k': w}:\n    case {'k': word}:\n        size = len(word)",
            "metric = len(log) + size",
        ],
        [0, 1, 2, 3, 4],
    ),
    "a shadowed name in a function": (["x = 4", "def f():\n    g = lambda x: x\n    return x", "x = 6", "metric = f()"], [1, 2, 3]),
    "await": (["import asyncio\nasync def two():\n    return 2", "y = await two()", NOTE, "metric = y"], [0, 1, 3]),
    "future imports": (["a = 1", "from __future__ import annotations\ndef f(x: Missing): return x", "metric = f(a)"], [0, 1, 2]),
    "exec": (["a = 1", "exec('b = a')", NOTE, "metric = b"], [0, 1, 3]),
    "a training run again": (
        [
            "from sklearn.datasets import load_iris\nfrom sklearn.linear_model import LogisticRegression",
            "iris = load_iris()\nX, y = iris.data[:, :2], iris.target",
            "C = 0.1",
            "%%track\nmodel = LogisticRegression(C=C, max_iter=200).fit(X, y)\nmetric = model.score(X, y)",
            "C = 1",
            "%%track\nmodel = LogisticRegression(C=C, max_iter=200).fit(X, y)\nmetric = model.score(X, y)",
        ],
        [0, 1, 4, 5],
    ),
    "a decorator that keeps what it is given": (
        [
            "known = {}",
            "def named(name):\n    def keep(f):\n        known[name] = f\n        return f\n    return keep",
            "@named('a')\ndef add(x):\n    return x + k",
            "k = 5",
            NOTE,
            "metric = known['a'](1)",
        ],
        [0, 1, 2, 3, 5],
    ),
    "a lambda that is kept": (["fs = []", "r = fs.append(lambda: k)", "k = 4", NOTE, "metric = fs[0]()"], [0, 1, 2, 4]),
    "a global that a function counts up": (
        ["total = 0", "def up():\n    global total\n    total += 2\n    return total", "up()", NOTE, "metric = total"],
        [0, 1, 2, 4],
    ),
    "attributes of a class, set by name": (
        ["class CFG:\n    lr = 1", "for name in ['lr']: setattr(CFG, name, 5)", NOTE, "metric = CFG.lr"],
        [0, 1, 3],
    ),
    "several targets": (["a = b = []", "a.append(1)", NOTE, "(c, d) = e = (a, [2])", "d.append(3)", "metric = len(b) + len(e[1])"], [0, 1, 3, 4, 5]),
    "several targets that are parts": (
        ["class N: pass", "n = N()\nm = N()", "n.l = m.l = []", "n.l.append(1)", NOTE, "metric = len(m.l)"],
        [0, 1, 2, 3, 5],
    ),
    "a generator of one's own, given away": (
        [
            "import numpy as np, pandas as pd",
            "rng = np.random.default_rng(0)",
            "pd.Series([1, 2, 3]).sample(2, random_state=np.random.RandomState(3))",
            "old = np.random.RandomState(1)",
            "pd.Series([1, 2, 3]).sample(2, random_state=old)",
            "noise = rng.normal(size=3)",
            NOTE,
            "metric = float(rng.random() + old.rand())",
        ],
        [0, 1, 3, 4, 5, 7],
    ),
    "splits that draw from a generator": (
        [
            "import numpy as np",
            "rng = np.random.RandomState(0)",
            "from sklearn.model_selection import KFold",
            "folds = KFold(3, shuffle=True, random_state=rng)",
            "parts = list(folds.split(np.zeros((9, 2))))",
            NOTE,
            "metric = float(rng.rand())",
        ],
        [0, 1, 2, 3, 4, 6],
    ),
    "splits that draw from the shared generator": (
        [
            "import numpy as np\nfrom sklearn.model_selection import KFold",
            "np.random.seed(0)",
            "parts = list(KFold(3, shuffle=True).split(np.zeros((9, 2))))",
            NOTE,
            "metric = float(np.random.rand())",
        ],
        [0, 1, 2, 4],
    ),
    "a method called by its class": (
        ["import numpy as np", "a = np.zeros(3)", "np.ndarray.fill(a, 4)", NOTE, "metric = float(a.sum())"],
        [0, 1, 2, 4],
    ),
    "arrays that functions fill": (
        [
            "import numpy as np\na, b = np.arange(9.0), np.zeros(9)",
            "np.sqrt(a, a)",
            "np.sqrt(a)",
            "np.add(a, 1, b)",
            "np.random.default_rng(0).shuffle(a)",
            NOTE,
            "metric = float(a[0] + b.sum())",
        ],
        [0, 1, 3, 4, 6],
    ),
    "a module loaded again": (
        [
            "%%writefile again.py\nX = 1",
            "import again, importlib",
            "open('again.py', 'w').write('X = 22222')",
            "importlib.reload(again)",
            NOTE,
            "metric = again.X",
        ],
        [0, 1, 2, 3, 5],
    ),
    "scripts that are run": (
        [
            "%%writefile given.py\nimport sys\nn = int(sys.argv[1])",
            "%%writefile inside.py\nm = base + n",
            "base = 4",
            "%run given.py 7",
            "%run -i inside.py",
            "metric = n + m",
        ],
        [0, 1, 2, 3, 4, 5],
    ),
    "other programs": (
        [
            "import subprocess, os",
            "subprocess.run(['sh', '-c', 'echo 5 > n.txt'])",
            "os.system('echo 6 >> n.txt')",
            NOTE,
            "metric = sum(map(int, open('n.txt').read().split()))",
        ],
        [0, 1, 2, 4],
    ),
    "the working directory, quietly": (
        ["import os\nos.makedirs('one/two')", "%cd -q one", "%cd 'two'", "%cd ..", "metric = len(os.listdir('.'))"],
        [0, 1, 2, 3, 4],
    ),
    "a file that is written when it is closed": (
        ["f = open('a.txt', 'w')", "f.write('abc')", "f.close()", NOTE, "metric = len(open('a.txt').read())"],
        [0, 1, 2, 4],
    ),
    "a text in memory that is printed to": (
        ["import io\nlog = io.StringIO()", "print('a', 'b', file=log)", "print(log)", NOTE, "metric = len(log.getvalue())"],
        [0, 1, 4],
    ),
    "names bound within an expression": (
        ["n = 3", "if (m := n * 2) > 5 and (k := m + 1): pass", "k = k + (n := 4) + n", "total = 0\n[total := total + one for one in (1, 2)]", NOTE, "metric = k + total"],
        [0, 1, 2, 3, 5],
    ),
    "a class that goes on with what it bound": (
        [
            "epochs, v = 7, 9",
            "k = 5",
            "class CFG:\n    epochs = 2\n    steps = epochs * 10\n    def f(self, n=steps): return n + k\n    k = steps\n    @property\n    def v(self): return self.w\n    @v.setter\n    def v(self, w): self.w = w",
            "c = CFG()\nc.v = 3",
            NOTE,
            "metric = c.f() + c.v + CFG.k",
        ],
        [1, 2, 3, 5],
    ),
    "a class that takes names out again": (
        [
            "n = 5",
            "k = 6",
            "class C:\n    n = k = 3\n    del n\n    z = n\n    try: 1 / 0\n    except ZeroDivisionError as k: pass\n    y = k",
            NOTE,
            "metric = C.z + C.y",
        ],
        [0, 1, 2, 4],
    ),
    "what a shell prints": (
        [
            "n = 3",
            "%%bash --out out --err err -s {n} b\necho $1 $2; echo c >&2",
            "%%script cat --out same --no-raise-error\n4 5",
            "%%script bash --out named\necho $((6 * 7))",
            NOTE,
            "metric = [out, err, same, named, n]",
        ],
        [0, 1, 2, 3, 5],
    ),
    "another interpreter": (["x = 1", "%%python3\nx = 2\nopen('x.txt', 'w').write('abc')", "metric = x + len(open('x.txt').read())"], [0, 1, 2]),
    "a cell that is timed": (
        ["x, seen = 1, []", "%%timeit -n 1 -r 1 y = 5\nx = y\ntext = '''\na'''\nseen.append(text)", NOTE, "metric = [x, len(seen) > 0]"],
        [0, 1, 3],
    ),
    "a file named by a name": (
        ["name = 'words'", "%%writefile {name}.txt\na b", "%%writefile -a words.txt\nc", NOTE, "metric = len(open('words.txt').read().split())"],
        [0, 1, 2, 4],
    ),
    "expressions in the line of a magic": (
        [
            "cfg, a, b = {'n': 'words'}, 2, 3",
            "%%writefile {cfg['n']}.txt\na b",
            "%%writefile 'more {cfg[\"n\"]}.txt'\nc",
            "%%bash --out sum -s {a + b} \"{a + 1}\"\necho $1 $2",
            NOTE,
            "metric = sum + open('words.txt').read() + open('more words.txt').read()",
        ],
        [0, 1, 2, 3, 5],
    ),
    "magics have no result": (
        ["%%writefile given.py\nn = 7", "5", "!echo a", "%%bash\necho b", "%run given.py", "%%script cat\nc", "metric = _ + n"],
        [0, 1, 2, 3, 4, 5, 6],
    ),
    "code in a namespace of its own": (
        ["k = 1", "space = {}\nexec('def f(x): return x * k', globals(), space)", "f = space['f']", "k = 5", "metric = f(2)"],
        [0, 1, 2, 3, 4],
    ),
    "code that is evaluated": (["k = 1", "f = eval('lambda x: x + k')", "k = 5", "metric = f(2)"], [0, 1, 2, 3]),
    "the shell is asked": (
        ["in_colab = 'google.colab' in str(get_ipython())", NOTE, "metric = 3 if in_colab else 4"],
        [0, 2],
    ),
    "an array that is changed in its place": (
        ["import numpy as np\na = np.array([np.nan, 1.0])", "np.nan_to_num(a)", "np.nan_to_num(a, copy=False, nan=7)", NOTE, "metric = float(a.sum())"],
        [0, 2, 4],
    ),
    "a swap": (["a, b = [1], [2]", "a, b = b, a", "a, b = a + b, [3]", "metric = a[0] + b[0]"], [0, 1, 2, 3]),
    "magics that do nothing": (
        ["%load_ext trackbook\na = 2", "%pwd", "%time b = a", "if a:\n    %who\nmetric = b"],
        [0, 2, 3],
    ),
    "the last results": (
        ["3 + 4", "'not shown';", "x = _ * 2", "_ = x", "(_ +\n 1)  # the user's own now", "None", "metric = _ + Out[1] + _5"],
        [0, 1, 2, 3, 4, 5, 6],
    ),
    "captured output": (
        ["%%capture --no-stderr out\nprint('abc')\ntext = '''\nd'''", NOTE, "metric = len(out.stdout + str(out) + text)"],
        [0, 2],
    ),
    "folders visited": (
        [
            "import os\nos.makedirs('one/two')",
            "%pushd one",
            "%cd two",
            "%cd -",
            "%popd",
            "cd one",
            "%cd -3",
            NOTE,
            "metric = os.path.basename(os.getcwd())",
        ],
        [0, 1, 2, 3, 4, 5, 6, 8],
    ),
    "training": (
        [
            "from sklearn.datasets import load_iris\nfrom sklearn.svm import SVC",
            "from sklearn.model_selection import train_test_split",
            "X, y = load_iris(return_X_y=True)",
            "X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)",
            "%%track iris\nmodel = SVC(C=0.01).fit(X_train, y_train)",
            NOTE,
            "%%track iris --seed 3\nmodel = SVC(C=1.0).fit(X_train, y_train)\nmetric = model.score(X_test, y_test)",
        ],
        [0, 1, 2, 3, 6],
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def left(
    tmp_path_factory: pytest.TempPathFactory, same_metrics: Callable[..., dict[str, list[int]]]
) -> dict[str, list[int]]:
    """The cells in the program of each notebook's run."""
    notebooks = {name: sources for name, (sources, _) in NOTEBOOKS.items()}
    return same_metrics(tmp_path_factory.mktemp("notebooks"), notebooks, ("IPython", "pandas", "sklearn.svm"))


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_program_gives_the_runs_metric(left: dict[str, list[int]], name: str) -> None:
    assert left[name] == NOTEBOOKS[name][1]


@pytest.mark.parametrize(("watched", "label"), [((True, True), "traced"), ((False, True), "static")])
def test_a_program_is_traced_where_each_of_its_cells_was_watched(watched: tuple[bool, ...], label: str) -> None:
    slicer = Slicer()
    for one, seen in zip(history_of(["a = 1", "metric = a"]), watched, strict=True):
        slicer.add(one, Seen(Trace()) if seen else None)
    assert slicer.slice().label == label
    assert f"({label})" in program_script(slicer.slice(), HEADER)


PLOTS = "import numpy as np, pandas as pd, matplotlib.pyplot as plt"
NET = (
    "class Net:\n    def __init__(self): self.w = [1]\n    def step(self): self.w.append(1)\n    def __len__(self): {}"
)
LEFT: dict[str, tuple[list[str], list[int]]] = {
    "a frame is drawn": (
        [
            PLOTS,
            "df = pd.read_csv('a.csv')",
            "fig, ax = plt.subplots()\ndf.a.hist(ax=ax)",
            "df.groupby('a').b.mean().plot.bar()",
            "plt.hist(df.a)",
            "df['b'] = 1",
            "df[df.b > 0].plot(ax=ax)",
            "metric = len(df)",
        ],
        [0, 1, 5, 7],
    ),
    "axes are drawn on": (
        [PLOTS, "df = pd.read_csv('a.csv')", "fig, ax = plt.subplots()", "ax.hist([1])", "df.plot(ax=ax)", "m = len(ax.patches)"],
        [0, 1, 2, 3, 4, 5],
    ),
    "the file of a drawing is read": (
        [
            PLOTS,
            "df = pd.read_csv('a.csv')",
            "df.plot().get_figure().savefig('plot.png')",
            "df.hist()[0][0].figure.savefig('hist.png')",
            "df.plot.bar().get_figure().savefig('bar.png')",
            "m = [len(open(one + '.png', 'rb').read()) for one in ('plot', 'hist', 'bar')]",
        ],
        [0, 1, 2, 3, 4, 5],
    ),
    "the axes of a drawing are set": (
        [PLOTS, "df = pd.read_csv('a.csv')", "df.plot(title='a.b').set_title('t')", "m = len(df)"],
        [0, 1, 3],
    ),
    "a column is called as what draws": (
        [PLOTS, "df = pd.read_csv('a.csv')", "df.hist.fillna(0, inplace=True)", "df.plot.replace(1, 0, inplace=True)", "df.hist = 3", "m = len(df)"],
        [0, 1, 2, 3, 4, 5],
    ),
    "a folder has a dot in its name": (
        [
            "import zipfile\nimport pandas as pd\nfrom pathlib import Path\nROOT = Path('data-1.0')",
            "zipfile.ZipFile('a.zip').extractall('data-1.0')",
            "Path('notes.md').write_text('a')",
            "m = len(pd.read_csv(ROOT / 'train.csv'))",
        ],
        [0, 1, 3],
    ),
    "a library calls back what it is given": (
        [
            "import numpy as np\nfrom matplotlib.animation import FuncAnimation\nfrom sklearn import metrics",
            "def told(a, b=0, c=0, log=None):\n    log.append(a)\n    return 1.0",
            "log = []",
            "FuncAnimation(None, told, fargs=(log,))",
            "np.pad(np.ones(3), 1, told, log=log)",
            "metrics.pairwise_distances([[1], [2]], metric=told, log=log)",
            "metrics.pairwise_distances([[1], [2]], None, told, log=log)",
            "metrics.RocCurveDisplay.from_estimator(told, [[1]], log)",
            "np.genfromtxt(log, converters=told)",
            "np.array2string(log, formatter=told)",
            "np.mean([told, log])",
            "m = len(log)",
        ],
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11],
    ),
    "an object of one's own is looked at": (
        [
            PLOTS,
            NET.format("return len(self.w)"),
            "net = Net()",
            "print(net.w, len(net))",
            "plt.plot(net.w)\nnp.mean(net.w)",
            "net.w[-1]",
            "net.step()",
            "m = net.w",
        ],
        [1, 2, 6, 7],
    ),
    "an object that changes when it is looked at": (
        [NET.format("self.step(); return 3"), "net = Net()", "len(net)", "m = net.w"],
        [0, 1, 2, 3],
    ),
    "a generator is used up": (["def g():\n    yield from [1, 2]", "it = g()", "list(it)", "m = sum(it)"], [0, 1, 2, 3]),
    "files are named behind their folder": (
        [
            "from pathlib import Path\nimport json, os",
            "OUT = Path('out')",
            "OUT.mkdir()",
            "(OUT / 'a.json').write_text(json.dumps([1]))",
            "Path('notes.md').write_text('a')",
            "with open(os.path.join(OUT, 'b.json'), 'w') as file:\n    json.dump([2], file)",
            "m = json.loads((OUT / 'a.json').read_text())",
        ],
        [0, 1, 2, 3, 5, 6],  # but for the notes
    ),
    "frames and lists have words of files, too": (
        [
            "import pandas as pd",
            "df = pd.DataFrame({'a': [1]})\nitems = [1]",
            "other = df.rename(columns={'a': 'b'})",
            "items.remove(1)",
            "m = len(pd.read_csv('a.csv'))",
        ],
        [0, 4],
    ),
    "what a function computes of the data leads nowhere": (
        [
            "from sklearn.svm import SVC\nfrom sklearn.datasets import load_iris",
            "X, y = load_iris(return_X_y=True)",
            "def score(model, X, y):\n    return model.fit(X, y).score(X, y)",
            "found = {}\nfor C in [1, 2]:\n    found[C] = score(SVC(C=C, random_state=0), X, y)",
            "found['more'] = 5",
            "m = X.sum()",
        ],
        [0, 1, 5],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LEFT)
def test_what_only_looks_is_left_out(kept: Callable[..., list[int]], name: str) -> None:
    sources, expected = LEFT[name]
    assert kept(sources) == expected


def test_a_number_that_was_seen_is_no_object_to_be_changed() -> None:
    sources = [
        "found = {1: 0.5, 2: 0.7}",
        "best = max(found, key=found.get)",
        "from sklearn.svm import SVC\nmodel = SVC(C=best)",
        "metric = best",
    ]
    for scalars, expected in ((frozenset({"best"}), [0, 1, 3]), (frozenset(), [0, 1, 2, 3])):
        slicer = Slicer()
        for one in history_of(sources):
            slicer.add(one, Seen(Trace(frozenset({"best"}), scalars=scalars) if one.index == 1 else Trace()))
        assert [one.index for one in slicer.slice().executions] == expected


def text_of(*sources: str) -> str:
    return program_script(sliced(history_of([*sources])), HEADER)


def test_a_script_says_what_it_does_not_have_and_what_to_do() -> None:
    assert "run program.ipynb instead" in text_of("a = 1", "metric = len(In)")
    assert "program.ipynb" not in text_of("for _ in [1]: pass", "%matplotlib inline", "metric = 2")
    text = text_of("%store -r kept", "%%sql db\nselect 1", "metric = kept")
    head, _, cells = text.partition("# In[")
    assert "%store -r kept" in head
    assert "%%sql db" in head
    assert "run program.ipynb instead" in head
    assert "# %store -r kept  (left out here: run program.ipynb instead)" in cells
    assert "pass  # %%sql db  (left out here: run program.ipynb instead)" in cells


@pytest.mark.parametrize(
    "cell",
    [
        "%%bash --out None\necho 1",
        "%%script cat --err class\n1",
        "%%timeit\nfrom math import *",
        "%%timeit from math import *\n1",
        "%%timeit\nawait now()",
    ],
)
def test_a_cell_that_its_magic_cannot_run_is_left_out(cell: str) -> None:
    namespace: dict[str, object] = {}
    text = text_of(cell, "metric = 4")
    assert f"pass  # {cell.splitlines()[0]}  (left out here: run program.ipynb instead)" in text
    exec(text, namespace)
    assert namespace["metric"] == 4


def test_output_is_captured_by_no_name_that_is_none() -> None:
    namespace: dict[str, object] = {}
    exec(text_of("%%capture None\nprint(1)", "metric = 4"), namespace)
    assert namespace["metric"] == 4


def test_a_cell_is_captured_and_timed() -> None:
    namespace: dict[str, object] = {}
    exec(text_of("%%capture out\n%%timeit -n 1 -r 1\nprint(1)", "metric = out.stdout"), namespace)
    assert namespace["metric"] == "1\n"


@pytest.mark.parametrize(
    ("last", "value"), [("1, 2", (1, 2)), ("3,", (3,)), ("(4,\n 5) # both", (4, 5)), ("*[6],", (6,))]
)
def test_a_script_keeps_a_last_result_without_its_parentheses(last: str, value: object) -> None:
    namespace: dict[str, object] = {}
    exec(text_of(last, "metric = _"), namespace)
    assert namespace["metric"] == value


def test_what_a_script_brings_along_has_no_name_of_the_notebook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    taken = "_os = _io = _results = _visited = _pushed = _file = _loop = _error = ast = inspect = asyncio = 'mine'"
    sources = ["import os, pathlib", taken, "os.makedirs('one')", "%pushd one", "%popd", "%cd one", "%cd -", "7"]
    sources += ["%%writefile a.txt\nx", "import asyncio as waiting\nawait waiting.sleep(0)", "%%capture out\nprint(1)"]
    mine = "_os + _io + _results + _visited + _pushed + _file + _loop + _error + ast + inspect + asyncio"
    namespace: dict[str, Any] = {}
    exec(text_of(*sources, f"metric = ({mine}, _, out.stdout, pathlib.Path('a.txt').read_text())"), namespace)
    namespace["_tb_loop"].close()
    assert namespace["metric"] == ("mine" * 11, 7, "1\n", "x\n")


@pytest.mark.parametrize(
    "typo", ["env = make('a'", "run = start(", "store.load(", "cd: int = (", "conda[0] = (", "run = 3 3", "run += ("]
)
def test_a_typo_behind_a_name_that_magics_have_is_no_magic(typo: str, kept: Callable[..., list[int]]) -> None:
    assert kept([typo, "metric = 1"], ["error", "ok"]) == [1]


@pytest.mark.parametrize("magic", ["cd one", "cd ..", "env A 1", "run a.py", "run ../a.py", "pip install x"])
def test_a_line_that_ipython_takes_for_a_magic_is_one(magic: str, kept: Callable[..., list[int]]) -> None:
    assert kept([magic, "metric = 1"]) == [0, 1]


def test_a_statement_is_found_behind_a_call_of_a_magic_on_several_lines(kept: Callable[..., list[int]]) -> None:
    ended = "get_ipython().run_line_magic(\n    'who',\n    '')\na = 1\nb = f()\nc = 2\nd = 3\ne = 4"
    assert kept(["c = 0", ended, "metric = c"], ["ok", "error", "ok"], [None, Stop("NameError", 5, 4)])[0] == 0


def test_a_line_whose_first_name_hides_a_magic_did_nothing(kept: Callable[..., list[int]]) -> None:
    sources = ["run = 1", "run fast", "metric = run"]
    outcomes = ["ok", "error", "ok"]
    assert kept(sources, outcomes, [None, Stop("SyntaxError")]) == [0, 2]
    assert kept(["run = 1", "run bad.py", "metric = run"], outcomes, [None, Stop("SyntaxError", 1, 0)]) == [0, 1, 2]


@pytest.mark.parametrize("line", ["x > a.txt", "x >> a.txt", "-d x", "-z", "-r x"])
def test_a_stored_name_is_a_matter_where_it_goes_to_a_file_or_the_store_is_changed(
    line: str, kept: Callable[..., list[int]]
) -> None:
    assert kept(["x = 1", f"%store {line}", "metric = open('a.txt').read()"])[-2:] == [1, 2]


def test_a_script_begins_a_task_as_a_kernel_does() -> None:
    sources = [
        "import asyncio\nasync def add(n):\n    await asyncio.sleep(0)\n    found.append(n)\nfound = []",
        "tasks = [asyncio.create_task(add(n)) for n in (1, 2)]",
        "await asyncio.gather(*tasks)",
        "metric = sum(found)",
    ]
    namespace: dict[str, Any] = {}
    exec(text_of(*sources), namespace)
    namespace["_tb_loop"].close()
    assert namespace["metric"] == 3


def test_names_that_no_cell_defined_are_told_in_one_order() -> None:
    assert "not defined by any recorded cell: a, b, c, d, e\n" in text_of("metric = d + b + e + c + a")


def test_a_stored_name_is_no_matter_to_the_program() -> None:
    assert [one.index for one in sliced(history_of(["a = 1", "%store a", "metric = a"])).executions] == [0, 2]


WHYS = [
    ("import numpy as np, pandas as pd", "for: np, pd"),
    ("df = pd.DataFrame({'a': [1.0]})", "for: df"),
    ("from tools import clean", "for: clean"),
    ("clean(df)", "kept when in doubt: clean may change df"),
    ("df['b'] = df.a", "for: changes of df"),
    ("df.to_csv('data.csv')", "for: the file data.csv"),
    ("np.random.seed(0)", "for: the seed of numpy"),
    ("noise = np.random.rand()", "for: what it may draw of the random numbers of numpy"),
    ("import os\nos.environ['A'] = '1'", "for: settings of the session"),
    ("class Model:\n    def fit(self, x): self.x = x", "for: Model"),
    ("m = Model()", "for: m; what it may draw of the random numbers of numpy"),
    (
        "m.fit(df)",
        "for: what it may draw of the random numbers of numpy; kept when in doubt: m.fit may change df, m",
    ),
    ("%%track\nmetric = len(pd.read_csv('data.csv')) + len(df) + m.x.a.sum() + np.random.rand()", ""),
]


def test_each_cell_of_a_program_says_what_it_is_kept_for() -> None:
    found = sliced(history_of([source for source, _ in WHYS]))
    script, notebook = program_script(found, HEADER), json.loads(program_notebook(found, HEADER))
    about, _, *written = notebook["cells"]
    assert len(written) == len(WHYS)
    for number, (cell, (source, why)) in enumerate(zip(written, WHYS, strict=True), 1):
        assert f"# In[{number}]\n{f'# {why}' if why else ''}" in script
        assert cell["source"] == source
        assert cell["metadata"]["trackbook"].get("why", "") == why
        assert (f"- `In[{number}]` `{why}`" in about["source"]) is bool(why)


def test_what_a_cell_is_kept_for_stays_on_its_line() -> None:
    seen = Seen(Trace(), Files(frozenset(), frozenset({"a\nimport os #.csv", *(f"{one}.txt" for one in range(9))})))
    slicer = Slicer()
    wrote, read = history_of(["write()", "metric = len(open(name).read())"])
    slicer.add(wrote, seen)
    slicer.add(read)
    lines = program_script(slicer.slice(), HEADER).splitlines()
    (line,) = [one for one in lines if "the files" in one]
    assert line.startswith("# ")
    assert "and 4 more" in line
    assert "import os #.csv" not in lines


def test_a_module_that_is_written_anew_is_in_the_program() -> None:
    """`%autoreload` takes it in with any later cell."""
    sources = ["%autoreload 2", "import mine", "%%writefile mine.py\nX = 2", "metric = mine.X"]
    assert [one.index for one in sliced(history_of(sources)).executions] == [0, 1, 2, 3]


@pytest.mark.parametrize(("source", "says"), [("import trackbook as tb", True), ("import json as tb", False)])
def test_the_program_says_where_runs_go_that_it_starts_itself(source: str, says: bool) -> None:
    text = program_script(sliced(history_of([source, "%%track\ntb.log_metric('a', 1)"])), HEADER)
    assert ("TRACKBOOK_TRACKING_URI=" in text) is says
    assert ('environ.setdefault("TRACKBOOK_TRACKING_URI"' in text.partition("# In[")[0]) is says
    assert all(line.startswith("#") for line in text.split("\n\n")[0].splitlines())


@pytest.mark.parametrize(("notebook", "folder"), [("churn/a.ipynb", "churn/"), ("a.ipynb", "the project's folder")])
def test_the_program_says_where_to_run_it(notebook: str, folder: str) -> None:
    text = program_script(sliced(history_of(["metric = 1"])), Header("run1", notebook))
    assert f"# run it in: {folder}" in text


def test_a_loop_over_numbers_that_fits_models_in_runs_of_its_own_changes_no_data() -> None:
    sources = [
        "from sklearn.svm import SVC\nfrom sklearn.datasets import load_iris\nimport trackbook as tb",
        "X, y = load_iris(return_X_y=True)",
        (
            "for C in [1, 2]:\n    for d in (2, 3):\n        with tb.start_run(run_name=f'{C}'):\n"
            "            tb.log_param('C', C)\n            m = SVC(C=C, degree=d, random_state=0).fit(X, y)\n"
            "            tb.log_metric('a', m.score(X, y))"
        ),
        "metric = SVC(C=3).fit(X, y).score(X, y)",
    ]
    for outcomes in (["ok"] * 4, ["ok", "ok", "error", "ok"]):
        assert [one.index for one in sliced(history_of(sources, outcomes)).executions] == [0, 1, 3]
