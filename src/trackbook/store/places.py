"""Where artifacts lie: `<root>/<experiment id>/<run id>/artifacts`, or below an experiment's own location.

Those of a logged model lie beside them, in `<root>/<experiment id>/models/<model id>/artifacts`.

Both may be a folder or any URL that fsspec can write to.  Addresses are made when they are asked for and never
stored, so that a home can be moved; an experiment's own location is what its user gave.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select

from trackbook.core.logged_models import FOLDER as MODELS
from trackbook.core.logged_models import missing_model
from trackbook.core.names import check_run_id
from trackbook.errors import NotFound
from trackbook.store import schema
from trackbook.store.files.local import LocalFolder
from trackbook.store.files.paths import canonical, is_remote, local_path, safe_join
from trackbook.store.files.remote import RemoteFolder

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from trackbook.store.files.folder import Folder

__all__ = ["FOLDER", "Places", "canonical", "safe_join"]

FOLDER = "artifacts"


# A run that was moved has its files below its first experiment.
_home = func.coalesce(schema.runs.c.home, schema.runs.c.experiment)
_of_run = (
    select(schema.runs.c.id, schema.experiments.c.id.label("experiment"), schema.experiments.c.artifact_location)
    .join_from(schema.runs, schema.experiments, schema.experiments.c.id == _home)
    .where(schema.runs.c.run_id == bindparam("run_id"))
)

_of_model = (
    select(
        schema.logged_models.c.id, schema.experiments.c.id.label("experiment"), schema.experiments.c.artifact_location
    )
    .join_from(schema.logged_models, schema.experiments)
    .where(schema.logged_models.c.model_id == bindparam("model_id"))
)


class Places:
    """The places of one store."""

    def __init__(self, root: Path | str) -> None:
        """`root` is an absolute folder or a URL; it need not be there yet."""
        self.root_uri = canonical(str(root))

    def of_experiment(self, experiment: int, own: str | None) -> str:
        return own.rstrip("/") if own else f"{self.root_uri}/{experiment}"

    def of_experiments(self, connection: Connection, experiments: Collection[int]) -> dict[int, str]:
        """Locations as URIs, by `experiments.id`."""
        table = schema.experiments.c
        rows = connection.execute(select(table.id, table.artifact_location).where(table.id.in_(sorted(experiments))))
        return {number: self.of_experiment(number, own) for number, own in rows}

    def of_run(self, connection: Connection, run_id: str) -> tuple[int, Folder]:
        """`runs.id` and the folder of its artifacts.  Raises `NotFound`."""
        row = connection.execute(_of_run, {"run_id": run_id}).first()
        if row is None:
            raise NotFound("run", run_id)
        location = self.of_experiment(row.experiment, row.artifact_location)
        return row.id, _folder(location, check_run_id(run_id), is_ours=row.artifact_location is None)

    def of_logged_model(self, location: str, model_id: str) -> str:
        """The address of a model's files, `location` being its experiment's."""
        return f"{location}/{MODELS}/{model_id}/{FOLDER}"

    def of_model(self, connection: Connection, model_id: str) -> tuple[int, Folder]:
        """`logged_models.id` and the folder of its files.  Raises `NotFound`."""
        row = connection.execute(_of_model, {"model_id": model_id}).first()
        if row is None:
            raise missing_model(model_id)
        location = self.of_experiment(row.experiment, row.artifact_location)
        return row.id, _folder(location, f"{MODELS}/{model_id}", is_ours=row.artifact_location is None)

    def local_roots(self, connection: Connection) -> list[Path]:
        """The folders of this machine that hold artifacts: the store's own and those of experiments."""
        location = schema.experiments.c.artifact_location
        own = connection.execute(select(location).where(location.is_not(None)).distinct()).scalars()
        return [local_path(uri) for uri in {self.root_uri, *own} if not is_remote(uri)]


def _folder(location: str, owner: str, *, is_ours: bool) -> Folder:
    """`owner` is a checked run id, or a path that ends in a model's id."""
    if is_remote(location):
        return RemoteFolder(f"{location}/{owner}/{FOLDER}")
    folder = local_path(location)
    # Content is shared between all experiments in the store's root, and within a folder that a user chose.
    home = folder.parent if is_ours else folder
    return LocalFolder(safe_join(folder, owner) / FOLDER, home, owned=is_ours)
