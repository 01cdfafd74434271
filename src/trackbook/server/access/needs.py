"""What a request needs: roles on the experiments and models that it names.

`asked` is a message of MLflow's protocol, the arguments of one of trackbook's calls, or the fields of another route;
`field` reads all three.  A run needs a role on its experiment, a version on its model, and a source on what it names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from trackbook.core.access import Kind, Resource, Role
from trackbook.core.entities import LifecycleStage
from trackbook.core.events import BY_NAME, RunStarted
from trackbook.errors import NotFound
from trackbook.server.backend import Backend
from trackbook.server.page.ways import runs_of, way_back
from trackbook.server.paths import Place, place_of
from trackbook.server.sources import VERSION, place_named, place_of_version

Need = tuple[Role, Resource | None]
"""None: on whatever."""
Needs = Callable[[Backend, Any], Iterable[Need]]


def field(asked: Any, name: str) -> Any:
    """None where it is not given."""
    return asked.get(name) if isinstance(asked, Mapping) else getattr(asked, name, None)


def experiment_of(backend: Backend, run_id: str) -> Resource:
    """Raises `NotFound`."""
    return _experiment(backend.store.access.experiment_of(run_id))


def experiment_of_model(backend: Backend, model_id: str) -> Resource:
    """Raises `NotFound`."""
    return _experiment(backend.store.access.experiment_of_model(model_id))


def logged_model(role: Role) -> Needs:
    def needs(backend: Backend, asked: Any) -> Iterable[Need]:
        yield role, experiment_of_model(backend, str(field(asked, "model_id")))

    return needs


def logged_metrics(backend: Backend, asked: Any) -> Iterator[Need]:
    """A point may be a logged model's, too, and that of another experiment."""
    yield from run(Role.EDITOR)(backend, asked)
    for point in (asked, *(field(asked, "metrics") or ())):
        if model_id := field(point, "model_id"):
            yield Role.EDITOR, experiment_of_model(backend, str(model_id))


def experiment(role: Role, name: str = "experiment_id") -> Needs:
    def needs(backend: Backend, asked: Any) -> Iterable[Need]:
        yield role, _experiment(str(field(asked, name)))

    return needs


def experiments(role: Role) -> Needs:
    """Those that are named; where none are, searches find what the caller may see."""

    def needs(backend: Backend, asked: Any) -> Iterable[Need]:
        for one in field(asked, "experiment_ids") or ():
            yield role, _experiment(str(one))

    return needs


def run(role: Role) -> Needs:
    """By `run_id`, or MLflow's old `run_uuid`."""

    def needs(backend: Backend, asked: Any) -> Iterable[Need]:
        yield role, experiment_of(backend, str(field(asked, "run_id") or field(asked, "run_uuid") or ""))

    return needs


def runs(role: Role, name: str = "run_ids") -> Needs:
    """Of one that is not there, deleted for good perhaps, the store says what it says to everybody: mostly nothing."""

    def needs(backend: Backend, asked: Any) -> Iterable[Need]:
        for one in set(field(asked, name) or ()):
            with suppress(NotFound):
                yield role, experiment_of(backend, str(one))

    return needs


def moved_runs(backend: Backend, asked: Any) -> Iterator[Need]:
    """Whom the runs' experiment belongs to loses them, and the target's manager may delete their files for good."""
    yield from runs(Role.MANAGER)(backend, asked)
    yield from experiment(Role.EDITOR)(backend, asked)


def model(role: Role, name: str = "name") -> Needs:
    def needs(backend: Backend, asked: Any) -> Iterable[Need]:
        yield role, Resource(Kind.MODEL, str(field(asked, name)))

    return needs


def marked_baseline(backend: Backend, asked: Any) -> Iterator[Need]:
    """The run that is marked, beside the run whose experiment it is of; its own experiment need not be the same."""
    yield from run(Role.EDITOR)(backend, asked)
    if marked := field(asked, "baseline"):
        yield Role.EDITOR, experiment_of(backend, str(marked))


def moved_by_name(backend: Backend, asked: Any) -> Iterator[Need]:
    """As `moved_runs`; where no experiment of the name is there yet, one is made."""
    yield from runs(Role.MANAGER)(backend, asked)
    yield Role.EDITOR, _experiment_named(backend, f"{BY_NAME}{field(asked, 'experiment')}")


def undone(backend: Backend, asked: Any) -> Iterator[Need]:
    """The runs of a way back; one that is a move is checked as a move when it is done."""
    ids = runs_of(way_back(field(asked, "token")))
    yield from runs(Role.EDITOR)(backend, {"run_ids": ids})


def registry_change(backend: Backend, asked: Any) -> Iterator[Need]:
    """What a change of the registry's view needs is what the call has to be allowed that does it."""
    action = str(field(asked, "action"))
    if action == "register":
        yield from new_version(backend, asked)
    elif action == "copy":
        yield from copied_version(backend, {"name": field(asked, "name"), "to_name": field(asked, "to")})
    elif action in ("approve", "refuse"):
        yield from model(Role.READER)(backend, asked)
    else:
        changing = Role.MANAGER if action in ("delete", "rename", "protect") else Role.EDITOR
        yield from model(changing)(backend, asked)


def named_model(role: Role) -> Needs:
    """As `model`; where none is named, searches find what the caller may see."""

    def needs(backend: Backend, asked: Any) -> Iterable[Need]:
        return model(role)(backend, asked) if field(asked, "name") else ()

    return needs


def request(role: Role) -> Needs:
    """On the model that a request for approval is about; whether the user approves, the store knows."""

    def needs(backend: Backend, asked: Any) -> Iterable[Need]:
        yield role, Resource(Kind.MODEL, backend.store.access.model_of_request(field(asked, "request_id")))

    return needs


def new_version(backend: Backend, asked: Any) -> Iterator[Need]:
    """What it is made of must be readable: else a version would be a way around the run's experiment."""
    yield Role.EDITOR, Resource(Kind.MODEL, str(field(asked, "name")))
    if run_id := field(asked, "run_id"):
        yield Role.READER, experiment_of(backend, str(run_id))
    if model_id := field(asked, "model_id"):
        yield Role.READER, experiment_of_model(backend, str(model_id))
    source = str(field(asked, "source") or "")
    if copied := VERSION.match(source):
        yield Role.READER, Resource(Kind.MODEL, copied[1])
    elif place := place_named(source):
        yield Role.READER, _experiment_at(backend, place)


def version_files(backend: Backend, asked: Any) -> Iterator[Need]:
    """Files are their experiment's: a version is no way around its run."""
    name, version = str(field(asked, "name")), str(field(asked, "version"))
    yield Role.READER, Resource(Kind.MODEL, name)
    if place := place_of_version(backend, name, version):
        yield Role.READER, _experiment_at(backend, place)


def copied_version(backend: Backend, asked: Any) -> Iterator[Need]:
    yield Role.READER, Resource(Kind.MODEL, str(field(asked, "name")))
    yield Role.EDITOR, Resource(Kind.MODEL, str(field(asked, "to_name")))


def place(role: Role) -> Needs:
    """A path in the proxy of artifacts; its run decides, whatever experiment the path names."""

    def needs(backend: Backend, asked: Any) -> Iterable[Need]:
        yield role, _experiment_at(backend, place_of(str(field(asked, "path"))))

    return needs


def on_resource(role: Role) -> Needs:
    """Of a message that names an experiment or a model in words of its own."""

    def needs(backend: Backend, asked: Any) -> Iterable[Need]:
        yield role, asked.resource

    return needs


def batch(backend: Backend, asked: Any) -> Iterator[Need]:
    """A journal's: every run that it starts or writes to.  One that nobody has yet is skipped by the store.

    A batch may start a run twice, and the store takes the first that makes sense: so all of them count.  A field that
    is no text is left to the store, which leaves such an event out.  Of one that writes nothing the cursor is kept all
    the same: that is for those who write somewhere, or anybody could fill the store with cursors.
    """
    yield Role.EDITOR, None
    given = field(asked, "batch")
    started: dict[str, set[str]] = {}
    for event in given.events:
        if isinstance(event, RunStarted) and isinstance(event.run_id, str) and isinstance(event.experiment_id, str):
            started.setdefault(event.run_id, set()).add(event.experiment_id)
    written = (one.run_id for one in (*given.events, *given.points))
    for run_id in {one for one in written if isinstance(one, str)}:
        try:
            yield Role.EDITOR, experiment_of(backend, run_id)
        except NotFound:
            for named in started.get(run_id, ()):
                yield Role.EDITOR, _experiment_named(backend, named)


def _experiment_named(backend: Backend, given: str) -> Resource:
    """Of a name that no active experiment has one would be made: then it is none, on which nobody has a role."""
    if not given.startswith(BY_NAME):
        return _experiment(given)
    found = backend.store.experiments.get_by_name(given.removeprefix(BY_NAME))
    if found is None or found.lifecycle_stage != LifecycleStage.ACTIVE:
        return _experiment("")
    return _experiment(found.experiment_id)


def _experiment_at(backend: Backend, place: Place) -> Resource:
    return experiment_of_model(backend, place.owner) if place.is_model else experiment_of(backend, place.owner)


def _experiment(experiment_id: str) -> Resource:
    return Resource(Kind.EXPERIMENT, experiment_id)
