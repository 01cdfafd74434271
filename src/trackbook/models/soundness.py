"""Whether the trees of a loaded model hold together: compiled code follows their indices without looking.

Every node's children lie behind it and inside its tree, every feature that it asks for is one that the model has, so
that a walk ends and reads nothing outside.  What scikit-learn builds is always so; a crafted or damaged file is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from trackbook.errors import InvalidState

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ATOMS = (str, bytes, bytearray, int, float, complex, bool, type(None), type, np.generic, np.random.RandomState)


def check(model: Any) -> None:
    """Raises `InvalidState` for a model in which a tree points outside of itself or of its model's features."""
    waiting, seen = [model], set()
    while waiting:
        one = waiting.pop()
        if isinstance(one, _ATOMS) or id(one) in seen:
            continue
        seen.add(id(one))
        _check_one(one)
        waiting.extend(_parts(one))


def _parts(one: Any) -> list[Any]:
    """What an object holds, by plain access: no property or method of its own is called."""
    if isinstance(one, np.ndarray):
        return list(one.flat) if one.dtype.hasobject else []
    parts: list[Any] = []
    if isinstance(one, dict):
        parts += [*one.keys(), *one.values()]
    elif isinstance(one, list | tuple | set | frozenset):
        parts += one
    elif type(one).__name__ == "partial":
        parts += [one.func, one.args, one.keywords]
    own = getattr(one, "__dict__", None)
    return [*parts, *own.values()] if isinstance(own, dict) and not callable(getattr(one, "__code__", None)) else parts


def _check_one(one: Any) -> None:
    name, module = type(one).__name__, type(one).__module__
    if module == "sklearn.tree._tree":
        _check_tree(one)
    elif module == "sklearn.ensemble._hist_gradient_boosting.predictor":
        _check_predictor(one)
    elif module in ("sklearn.neighbors._kd_tree", "sklearn.neighbors._ball_tree"):
        _check_neighbors(one)
    elif module.startswith("sklearn."):
        _check_features(one, name)


def _check_tree(tree: Any) -> None:
    if not 0 < tree.node_count <= tree.capacity:
        raise _unsound(tree, f"it says to have {tree.node_count} nodes and has {tree.capacity}")
    left, right = tree.children_left, tree.children_right
    inner = left != -1
    _check_children(tree, inner, left, right, tree.node_count)
    _check_range(tree, "a feature", tree.feature[inner], tree.n_features)


def _check_predictor(predictor: Any) -> None:
    nodes = predictor.nodes
    inner = nodes["is_leaf"] == 0
    _check_children(predictor, inner, nodes["left"].astype(np.int64), nodes["right"].astype(np.int64), len(nodes))
    sorts = nodes["bitset_idx"][inner & (nodes["is_categorical"] != 0)]
    for name in ("raw_left_cat_bitsets", "binned_left_cat_bitsets"):
        bits = getattr(predictor, name)
        if bits.ndim != 2 or bits.shape[1] != 8:
            raise _unsound(predictor, f"{name} has shape {bits.shape}")
        _check_range(predictor, "a category set", sorts, len(bits))


def _check_neighbors(tree: Any) -> None:
    data, order, nodes, bounds, _, levels, count, *rest = tree.__getstate__()
    metric, weights = rest[-2], rest[-1]
    rows, width = np.shape(data)
    if not 1 <= levels < 62 or count != 2**levels - 1 or len(nodes) != count or bounds.shape[1:] != (count, width):
        raise _unsound(tree, f"its {len(nodes)} nodes do not fit its {levels} levels")
    if bounds.shape[0] != (2 if "KDTree" in type(tree).__name__ else 1):
        raise _unsound(tree, "its bounds have the wrong shape")
    if len(order) != rows or (weights is not None and len(weights) != rows):
        raise _unsound(tree, f"its order has {len(order)} entries for {rows} points")
    _check_range(tree, "a point", np.asarray(order), rows)
    starts, ends = nodes["idx_start"], nodes["idx_end"]
    if (starts < 0).any() or (ends < starts).any() or (ends > rows).any():
        raise _unsound(tree, "a node begins or ends outside of its points")
    inner = np.flatnonzero(nodes["is_leaf"] == 0)
    _check_range(tree, "a child", 2 * inner + 2, count)
    _check_metric(tree, metric, width)


def _check_metric(tree: Any, metric: Any, width: int) -> None:
    name = type(metric).__name__
    lengths = np.size(metric.__getstate__()[1])
    wanted = {"MinkowskiDistance": (0, width), "SEuclideanDistance": (width,)}.get(
        name.rstrip("0123456789"), (lengths,)
    )
    if lengths not in wanted or (name.startswith("Haversine") and width != 2):
        raise _unsound(tree, f"its {name} does not fit {width} columns")


def _check_features(model: Any, name: str) -> None:
    """Trees are asked with rows of the model's own width; an ensemble hands its rows on to trees of its own."""
    own = vars(model) if hasattr(model, "__dict__") else {}
    width = own.get("n_features_in_")
    if width is None:
        return
    trees: list[Any] = [own.get("tree_")]
    if "GradientBoosting" in name and isinstance(own.get("estimators_"), np.ndarray):
        trees += [getattr(one, "tree_", None) for one in own["estimators_"].flat]
    if any(type(tree).__name__ == "Tree" and tree.n_features != width for tree in trees):
        raise _unsound(model, f"a tree of it was made for other than {width} features")
    predictors = own.get("_predictors")
    for one in [one for group in predictors for one in group] if isinstance(predictors, list) else []:
        nodes = one.nodes
        _check_range(model, "a feature", nodes["feature_idx"][nodes["is_leaf"] == 0], width)


def _check_children(owner: Any, inner: NDArray[Any], left: NDArray[Any], right: NDArray[Any], count: int) -> None:
    places = np.flatnonzero(inner)
    for child in (left[inner], right[inner]):
        if (child <= places).any() or (child >= count).any():
            raise _unsound(owner, "a child lies before its parent or outside of the tree")


def _check_range(owner: Any, what: str, found: NDArray[Any], count: int) -> None:
    if found.size and (found.min() < 0 or found.max() >= count):
        raise _unsound(owner, f"{what} lies outside of the {count} that there are")


def _unsound(owner: Any, reason: str) -> InvalidState:
    return InvalidState(f"a {type(owner).__name__} in it is damaged or crafted ({reason})")
