"""What a skops file may hold without the caller's word: scikit-learn's own machinery, and nothing that runs given code.

skops trusts the public estimators.  A fitted one also holds private parts (trees, loss functions, kernels, splitters,
scorers), and these are trusted here, so that what scikit-learn made loads without a word.  The reasons, kind by kind:

- classes: only those that a module of `CLASS_MODULES` itself defines, or that `CLASSES` names.  All come from the
  installed scikit-learn, scipy or numpy; all are built with `__new__` and filled with plain data, and none has a
  `__setstate__` that runs what it is given.
- functions: only those of `FUNCTIONS` and the functions behind scikit-learn's named scorers.  They compute on arrays;
  none reads a file, starts a program, imports or evaluates.  No other function of any module is trusted.
- by which of skops' loaders: each name with its own (`_loaders`).  A loader that *calls* what it names with arguments
  from the file (`ConstructorFromReduceNode`, say) is never trusted with a name of ours.
- content: compiled code follows the indices in trees without looking; `trackbook.models.soundness` looks first.

Left out on purpose: frozen distributions of `scipy.stats` (their `__setstate__` runs source text found in the file),
`scikit-learn`'s compiled k-means loops that `BisectingKMeans` refers to (they trust the lengths that they are given),
the Mahalanobis and user-function distances, and whatever scikit-learn does not define.
"""

from __future__ import annotations

import json
import sys
import zipfile
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

CLASS_MODULES = frozenset(
    {
        "sklearn._loss.link",
        "sklearn._loss.loss",
        "sklearn.calibration",
        "sklearn.cluster._bisect_k_means",
        "sklearn.compose._column_transformer",
        "sklearn.ensemble._hist_gradient_boosting.binning",
        "sklearn.ensemble._hist_gradient_boosting.predictor",
        "sklearn.gaussian_process._gpc",
        "sklearn.gaussian_process.kernels",
        "sklearn.metrics._scorer",
        "sklearn.model_selection._split",
        "sklearn.multiclass",
        "sklearn.neural_network._stochastic_optimizers",
        "sklearn.utils._metadata_requests",
    }
)
_OBJECT = frozenset({"ObjectNode", "TypeNode"})
_METRICS = (
    "BrayCurtis Canberra Chebyshev Dice Euclidean Hamming Haversine Jaccard Manhattan Minkowski RogersTanimoto "
    "RussellRao SEuclidean SokalSneath"
).split()
CLASSES = {
    "functools.partial": frozenset({"PartialNode"}),  # what it calls is judged by its own name
    "numpy.dtype": frozenset({"DTypeNode"}),
    "scipy.interpolate._bsplines.BSpline": _OBJECT,
    "sklearn.impute._iterative._ImputerTriplet": frozenset({"TupleNode"}),
    "sklearn.tree._tree.Tree": frozenset({"TreeNode"}),
    "sklearn.utils._bunch.Bunch": frozenset({"DictNode"}),
    **{f"sklearn.neighbors._{kind}.{name}{bits}": _OBJECT
       for kind, name in (("kd_tree", "KDTree"), ("ball_tree", "BallTree")) for bits in ("", "32", "64")},
    **{f"sklearn.metrics._dist_metrics.{name}Distance{bits}": _OBJECT
       for name in _METRICS for bits in ("", "32", "64")},
    **{f"scipy.sparse._{kind}.{kind}_{shape}": frozenset({"SparseMatrixNode"})
       for kind in ("csr", "csc", "coo", "bsr", "dia") for shape in ("matrix", "array")},
    **{f"numpy.{name}": frozenset({"TypeNode"})
       for name in ("number", "integer", "signedinteger", "unsignedinteger", "inexact", "floating", "character")},
}  # fmt: skip
"""Single types, each with the loaders that it may come by."""
FUNCTIONS = frozenset(
    {
        *(f"numpy.{name}" for name in ("amax", "amin", "max", "mean", "median", "min", "sum")),
        "scipy._external.array_api_compat.numpy._aliases.asarray",
        "scipy._lib.array_api_compat.numpy._aliases.asarray",
        "sklearn.feature_selection._mutual_info.mutual_info_classif",
        "sklearn.feature_selection._mutual_info.mutual_info_regression",
        "sklearn.feature_selection._univariate_selection.chi2",
        "sklearn.feature_selection._univariate_selection.f_classif",
        "sklearn.feature_selection._univariate_selection.f_oneway",
        "sklearn.feature_selection._univariate_selection.f_regression",
        "sklearn.feature_selection._univariate_selection.r_regression",
        "sklearn.utils.validation.check_array",
    }
)
SCHEMA = "schema.json"


def untrusted(names: Iterable[str], file: Path) -> list[str]:
    """Those of `names` (what skops does not trust in `file`) that need the caller's word, sorted."""
    names = list(names)
    if not names:
        return []
    found = _loaders_in(file)
    return sorted(name for name in names if not found.get(name, {""}) <= _loaders(name))


def _loaders(name: str) -> frozenset[str]:
    """The loaders with which a name is trusted; empty for one that is not."""
    if name in CLASSES:
        return CLASSES[name]
    if name in FUNCTIONS or name in _scoring_functions():
        return frozenset({"FunctionNode"})
    module, _, attribute = name.rpartition(".")
    return _OBJECT if module in CLASS_MODULES and _defines_class(module, attribute) else frozenset()


def _defines_class(module: str, name: str) -> bool:
    try:
        found = vars(import_module(module)).get(name)
    except ImportError:  # a module that this version of scikit-learn does not have
        return False
    return isinstance(found, type) and found.__module__ == module


@cache
def _scoring_functions() -> frozenset[str]:
    """The functions behind the scorers that scikit-learn has names for: `accuracy_score`, `f1_score`, …"""
    from sklearn.metrics import get_scorer, get_scorer_names

    functions = [getattr(get_scorer(name), "_score_func", None) for name in get_scorer_names()]
    return frozenset(
        f"{function.__module__}.{function.__name__}"
        for function in functions
        if function is not None and function.__module__.startswith("sklearn.metrics.")
    )


def _loaders_in(file: Path) -> dict[str, set[str]]:
    """Name of a type or function in a skops file -> the loaders that it asks for."""
    with zipfile.ZipFile(file) as archive:
        waiting: list[Any] = [json.loads(archive.read(SCHEMA))]
    found: dict[str, set[str]] = {}
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if "__class__" in node:
                name = f"{node.get('__module__')}.{node['__class__']}"
                found.setdefault(sys.intern(name), set()).add(str(node.get("__loader__")))
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)
    return found
