"""Our ids of runs, and the server's.  The mapping is kept on the server, in a tag of the run; here it is remembered."""

from __future__ import annotations

from collections.abc import Sequence

from trackbook.core.entities import ViewType
from trackbook.core.filters.tree import Tag, quoted_text
from trackbook.errors import InvalidValue, NotFound
from trackbook.remote.link import Link
from trackbook.remote.theirs import known
from trackbook.wire import experiments, runs
from trackbook.wire.messages import MOST_RUNS, mapping


class Ids:
    def __init__(self, link: Link) -> None:
        self._link = link
        self._theirs: dict[str, str] = {}
        self.ours: dict[str, str] = {}
        """By the server's id."""
        self._where: dict[str, str] = {}

    def theirs(self, run_id: str) -> str:
        """The server's id of a run that is named by ours or by its own.  Raises `NotFound`."""
        found = self._theirs.get(run_id) or self.find(run_id, self.all_experiments())
        if found is None:
            found = self.learn(self.read(run_id))
        return found

    def find(self, run_id: str, experiment_ids: Sequence[str]) -> str | None:
        """The server's id of the run that has our id in its tag."""
        asked = runs.Search(
            experiment_ids=list(experiment_ids),
            filter=f"{Tag(known.RUN_ID)} = {quoted_text(run_id)}",
            run_view_type=ViewType.ALL,
            max_results=1,
        )
        for one in self._link.ask("search_runs", asked, runs.Page).runs:
            return self.learn(one)
        return None

    def read(self, their_id: str) -> runs.Run:
        """Raises `NotFound`."""
        try:
            return self._link.ask("get_run", runs.One(run_id=their_id), runs.Found).run
        except (NotFound, InvalidValue):
            raise NotFound("run", their_id) from None

    def learn(self, one: runs.Run) -> str:
        """The server's id of a run that it told of."""
        their_id = one.info.run_id
        self.note(mapping(one.data.tags).get(known.RUN_ID) or their_id, their_id, one.info.artifact_uri)
        return their_id

    def note(self, run_id: str, their_id: str, place: str = "") -> None:
        self._theirs[run_id] = their_id
        self.ours[their_id] = run_id
        if place:
            self._where[their_id] = place

    def forget(self, run_id: str) -> None:
        self.ours.pop(self._theirs.pop(run_id, ""), None)

    def place(self, run_id: str) -> str:
        """Where the run's files are, as the server says.  Raises `NotFound`."""
        their_id = self.theirs(run_id)
        if their_id not in self._where:
            self.learn(self.read(their_id))
        return self._where[their_id]

    def all_experiments(self, view: ViewType = ViewType.ALL) -> list[str]:
        asked = experiments.Search(max_results=MOST_RUNS, view_type=view)
        return [one.experiment_id for one in self._link.ask("search_experiments", asked, experiments.Page).experiments]
