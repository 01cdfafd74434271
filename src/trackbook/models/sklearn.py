"""The scikit-learn flavor, in the skops format: plain data and named types, never pickle.

A skops file names the types it will build.  Those that skops itself trusts, and a few plain-Python ones of
scikit-learn (`HARMLESS`), load without a word; any other needs `trust=`, also where this machine wrote the file, since
a store may be shared.  Compiled trees are not on the list: crafted ones can read outside their arrays.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trackbook.core.names import check_artifact_path
from trackbook.errors import InvalidState, InvalidValue, MissingDependency, NotFound, UntrustedModel
from trackbook.models import mlmodel, requirements, uris
from trackbook.models.mlmodel import MLmodel, ModelInfo
from trackbook.models.registration import register_model
from trackbook.tracking.session import current_session

if TYPE_CHECKING:
    from trackbook.core.ports import Store
    from trackbook.tracking.run import ActiveRun

FLAVOR = "sklearn"
DATA_FILE = "model.skops"
DISTRIBUTIONS = ("scikit-learn", "skops", "numpy", "scipy")
HARMLESS = frozenset(
    {
        "numpy.dtype",
        "sklearn.compose._column_transformer._RemainderColsList",
        "sklearn.metrics._scorer._PassthroughScorer",
        "sklearn.model_selection._split.GroupKFold",
        "sklearn.model_selection._split.KFold",
        "sklearn.model_selection._split.RepeatedStratifiedKFold",
        "sklearn.model_selection._split.ShuffleSplit",
        "sklearn.model_selection._split.StratifiedKFold",
        "sklearn.model_selection._split.StratifiedShuffleSplit",
        "sklearn.model_selection._split.TimeSeriesSplit",
        "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
        "sklearn.neural_network._stochastic_optimizers.SGDOptimizer",
    }
)
"""Types of plain Python attributes, without code of their own that runs at loading."""


def log_model(
    sk_model: Any,
    name: str = "model",
    *,
    run: ActiveRun | None = None,
    registered_model_name: str | None = None,
) -> ModelInfo:
    """Keep a fitted estimator with the run (the active one by default), at the artifact path `name`.

    Where no run is active one is started, as MLflow does.  With `registered_model_name` it also becomes that model's
    next version.  Raises `MissingDependency`, `InvalidValue` (not an estimator, or not expressible in skops),
    `UnsafePath`.
    """
    skops_io = _skops("keeping a scikit-learn model")
    target = run or _active_run()
    with tempfile.TemporaryDirectory(prefix="trackbook-model-") as place:
        folder = Path(place)
        model = save_model(skops_io, sk_model, folder, artifact_path=name, run_id=target.run_id)
        target.log_artifacts(folder, name)
    uri = uris.RunModelUri(target.run_id, name)
    version = register_model(str(uri), registered_model_name).version if registered_model_name else None
    return ModelInfo(name, str(uri), target.run_id, model.flavors, model.model_uuid, model.utc_time_created, version)


def save_model(skops_io: Any, sk_model: Any, folder: Path, *, artifact_path: str, run_id: str | None) -> MLmodel:
    """Write a model's files into an empty folder; what its `MLmodel` says."""
    import platform

    import sklearn
    from sklearn.base import BaseEstimator

    if not isinstance(sk_model, BaseEstimator):
        raise InvalidValue(f"a {type(sk_model).__name__} is no scikit-learn estimator: log what fit() returned")
    data = folder / DATA_FILE
    try:
        skops_io.dump(sk_model, data)
    except Exception as error:  # skops raises whatever the user's attributes raise
        reason = f"{type(error).__name__}: {error}"
        raise InvalidValue(f"{type(sk_model).__name__} cannot be written in the skops format ({reason})") from error
    untrusted = [str(name) for name in skops_io.get_untrusted_types(file=data)]
    requirements.write(folder, requirements.pinned([*DISTRIBUTIONS, *requirements.distributions_of(untrusted)]))
    kind = type(sk_model)
    model = MLmodel(
        artifact_path=artifact_path,
        run_id=run_id,
        flavors={
            FLAVOR: {
                "pickled_model": DATA_FILE,  # MLflow's name for the file, whatever its format
                "serialization_format": "skops",
                "skops_trusted_types": untrusted,
                "sklearn_version": sklearn.__version__,
                "code": None,
            },
            "python_function": {
                "loader_module": "mlflow.sklearn",
                "model_path": DATA_FILE,
                "predict_fn": "predict",
                "python_version": platform.python_version(),
                "env": requirements.ENVIRONMENT,
            },
        },
        model_size_bytes=data.stat().st_size,
        metadata={mlmodel.CLASS_KEY: f"{kind.__module__}.{kind.__qualname__}"},
    )
    (folder / mlmodel.FILE_NAME).write_text(model.to_yaml(), "utf-8")
    return model


def load_model(model_uri: str, *, trust: Iterable[str | type] = ()) -> Any:
    """The fitted estimator at `model_uri` (`runs:/…`, `models:/…`).

    `trust` names the types (or gives the classes) outside the trusted list that may be built.  Raises
    `UntrustedModel` naming those that are missing from it, `NotFound`, `InvalidState` for a model kept as a pickle,
    `MissingDependency`.
    """
    skops_io = _skops("loading a scikit-learn model")
    store = current_session().reading
    source = uris.resolve(store.registry, model_uri)
    with tempfile.TemporaryDirectory(prefix="trackbook-model-") as place:
        data = _download(store, source, Path(place))
        trusted = HARMLESS | {_type_name(item) for item in trust}
        try:
            found = [str(name) for name in skops_io.get_untrusted_types(file=data)]
            refused = sorted(name for name in found if name not in trusted)
            if not refused:
                return skops_io.load(data, trusted=found)
        except Exception as error:  # a damaged file, or the constructor of a type in it
            reason = f"{type(error).__name__}: {error}"
            raise InvalidState(f"the file of model {model_uri} cannot be read ({reason})") from error
        raise UntrustedModel(model_uri, refused)


def _download(store: Store, source: uris.RunModelUri, into: Path) -> Path:
    """The local copy of the skops file of a model."""
    try:
        with store.artifacts.open(source.run_id, f"{source.path}/{mlmodel.FILE_NAME}") as file:
            model = mlmodel.parse(file.read(mlmodel.MAX_FILE_BYTES + 1))
    except NotFound:
        raise NotFound("model", str(source), "see the run's artifacts for the paths there are") from None
    flavor = model.flavors.get(FLAVOR)
    if flavor is None:
        raise InvalidState(f"model {source} has flavor {model.flavor!r}, not {FLAVOR!r}: load it with that flavor")
    if flavor.get("serialization_format") != "skops":
        raise InvalidState(
            f"model {source} is kept as {flavor.get('serialization_format') or 'pickle'}, which can run any code when "
            "loaded, so it is not loaded here: log it again with trackbook.sklearn.log_model"
        )
    name = check_artifact_path(flavor.get("pickled_model") or DATA_FILE)
    return store.artifacts.download(source.run_id, f"{source.path}/{name}", into)


def _skops(purpose: str) -> Any:
    try:
        import sklearn  # noqa: F401 - skops imports it late, with a less helpful message
        import skops.io
    except ImportError as error:
        raise MissingDependency(error.name or "skops", purpose, "'trackbook[sklearn]'") from None
    return skops.io


def _active_run() -> ActiveRun:
    from trackbook.tracking.fluent import active_run, start_run

    return active_run() or start_run()


def _type_name(item: str | type) -> str:
    return item if isinstance(item, str) else f"{item.__module__}.{item.__qualname__}"
