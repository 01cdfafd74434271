"""The scikit-learn flavor, in the skops format: plain data and named types, never pickle.

A skops file names the types it will build.  Those that skops itself trusts, and scikit-learn's own machinery
(`trackbook.models.trusted` says which and why), load without a word; any other needs `trust=`, also where this machine
wrote the file, since a store may be shared.  What loading will need is said when a model is kept.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trackbook.core.names import check_artifact_path
from trackbook.errors import InvalidState, InvalidValue, NotFound, UntrustedModel, shown
from trackbook.models import mlmodel, requirements, skopsformat, soundness, trusted, uris
from trackbook.models.mlmodel import MLmodel, ModelInfo
from trackbook.models.registration import register_model
from trackbook.tracking.session import current_session

if TYPE_CHECKING:
    from trackbook.tracking.run import ActiveRun

FLAVOR = "sklearn"
DATA_FILE = "model.skops"
DISTRIBUTIONS = ("scikit-learn", "skops", "numpy", "scipy")


def log_model(
    sk_model: Any,
    name: str = "model",
    *,
    run: ActiveRun | None = None,
    registered_model_name: str | None = None,
) -> ModelInfo:
    """Keep a fitted estimator with the run (the active one by default), at the artifact path `name`.

    Where no run is active one is started, as MLflow does.  With `registered_model_name` it also becomes that model's
    next version.  Types that loading will ask trust for are named by a warning (of the run alone where `run` is given).
    Raises `MissingDependency`, `InvalidValue` (not an estimator, or not expressible in skops),
    `UnsafePath`.
    """
    skops_io = skopsformat.skops_io()
    target = run or _active_run()
    with tempfile.TemporaryDirectory(prefix="trackbook-model-") as place:
        folder = Path(place)
        model = save_model(skops_io, sk_model, folder, artifact_path=name, run_id=target.run_id)
        needed = trusted.untrusted(model.flavors[FLAVOR]["skops_trusted_types"], folder / DATA_FILE)
        target.log_artifacts(folder, name)
    uri = uris.RunModelUri(target.run_id, name)
    if needed:
        sentence = _what_loading_needs(name, uri, needed)
        target.warn(sentence)
        if run is None:
            warnings.warn(sentence, UserWarning, stacklevel=2)
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
    """The fitted estimator at `model_uri` (`runs:/…` with a run's id or name, `models:/…`, of a logged model, too).

    `trust` lists the names of types (or the classes themselves) outside the trusted list that may be built.  Raises
    `UntrustedModel` naming those that are missing from it, `InvalidValue` for a `trust` that is no list (`True` among
    them), `NotFound`, `InvalidState` for a model kept as a pickle, damaged or crafted, `MissingDependency`.
    """
    skops_io = skopsformat.skops_io("loading a scikit-learn model")
    store = current_session().reading
    source = uris.files_of(store, model_uri)
    with tempfile.TemporaryDirectory(prefix="trackbook-model-") as place:
        data = _download(source, Path(place))
        try:
            found = [str(name) for name in skops_io.get_untrusted_types(file=data)]
            needed = trusted.untrusted(found, data)
        except Exception as error:  # a damaged file
            raise _unreadable(model_uri, error) from error
        given = _trust_names(trust, model_uri, needed)
        refused = [name for name in needed if name not in given]
        if refused:
            raise UntrustedModel(model_uri, needed)
        try:
            model = skops_io.load(data, trusted=found)
            soundness.check(model)
        except Exception as error:  # a damaged file, or the constructor of a type in it
            raise _unreadable(model_uri, error) from error
        return model


def _unreadable(model_uri: str, error: Exception) -> InvalidState:
    return InvalidState(f"the file of model {model_uri} cannot be read ({type(error).__name__}: {error})")


def _trust_names(trust: Any, model_uri: str, needed: list[str]) -> set[str]:
    """The names that a caller trusts.  Trust in whatever a file names would be none: `True` is refused."""
    if isinstance(trust, bool | str | bytes | type) or not isinstance(trust, Iterable | None):
        call = f"load_model({model_uri!r}, trust={needed!r})" if needed else f"load_model({model_uri!r})"
        raise InvalidValue(f"trust={shown(trust)} is no list of names; what this model needs is {call}")
    return {_type_name(item) for item in trust or ()}


def _what_loading_needs(name: str, uri: uris.RunModelUri, needed: list[str]) -> str:
    if any("<lambda>" in one for one in needed):
        return (
            f"model {name} holds a lambda, which has no name to find it by: it was kept and cannot be loaded; "
            "give the estimator a named function, best of a module"
        )
    own = (
        " (and what stands in a notebook must be defined there first)"
        if any(one.startswith("__main__.") for one in needed)
        else ""
    )
    return (
        f"model {name} holds types outside the trusted list: to load it call "
        f"tb.sklearn.load_model({str(uri)!r}, trust={needed!r}){own}"
    )


def _download(source: uris.ModelFiles, into: Path) -> Path:
    """The local copy of the skops file of a model."""
    try:
        with source.artifacts.open(source.owner, source.at(mlmodel.FILE_NAME)) as file:
            model = mlmodel.parse(file.read(mlmodel.MAX_FILE_BYTES + 1))
    except NotFound:
        known = "" if source.is_logged else uris.models_of(source.artifacts, source.owner)
        raise NotFound("model", source.uri, known) from None
    flavor = model.flavors.get(FLAVOR)
    if flavor is None:
        raise InvalidState(f"model {source.uri} has flavor {model.flavor!r}, not {FLAVOR!r}: load it with that flavor")
    if flavor.get("serialization_format") != "skops":
        raise InvalidState(
            f"model {source.uri} is kept as {flavor.get('serialization_format') or 'pickle'}, which can run any code "
            "when loaded, so it is not loaded here: log it again with tb.sklearn.log_model"
        )
    name = check_artifact_path(flavor.get("pickled_model") or DATA_FILE)
    return source.artifacts.download(source.owner, source.at(name), into)


def _active_run() -> ActiveRun:
    from trackbook.tracking.active import wanted_run
    from trackbook.tracking.fluent.runs import start_run

    return wanted_run() or start_run()


def _type_name(item: str | type) -> str:
    return item if isinstance(item, str) else f"{item.__module__}.{item.__qualname__}"
