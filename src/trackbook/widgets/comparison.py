"""Runs side by side: params, last metrics, environment and details, and how the code differs from the first run's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import traitlets

from trackbook.core import tags
from trackbook.errors import InvalidValue
from trackbook.tracking.session import Session, current_session
from trackbook.widgets import diffs, files, static, texts
from trackbook.widgets.base import View
from trackbook.widgets.heads import SYSTEM, ExperimentNames, cell_places, run_head
from trackbook.widgets.payloads import (
    CodePair,
    CompareRow,
    CompareRun,
    CompareSection,
    CompareState,
    Num,
    num,
)

if TYPE_CHECKING:
    from trackbook.core.entities import Run
    from trackbook.core.ports import Store

MIN_RUNS, MAX_RUNS = 2, 20
MAX_VALUE = 300
"""Characters of one value."""
MAX_ROWS = 500
"""Rows of one section; differing ones come first where there are more."""

Value = str | Num | None
Column = Mapping[str, Value]


class Comparison(View):
    """2 to 20 runs side by side.  Traits: `compare` (see `payloads.CompareState`), `only_differences`."""

    bundle: ClassVar[str] = "compare"
    compare = traitlets.Dict().tag(sync=True)
    only_differences = traitlets.Bool(True).tag(sync=True)

    def __init__(self, run_ids: Sequence[str], session: Session | None = None) -> None:
        if not MIN_RUNS <= len(run_ids) <= MAX_RUNS:
            raise InvalidValue(f"{len(run_ids)} runs cannot be compared: choose {MIN_RUNS} to {MAX_RUNS}")
        self.session = session or current_session()
        self.run_ids = list(run_ids)
        super().__init__(compare=compare_state(self.session.reading, self.run_ids))
        self.answers("state", self._state)

    def static_html(self) -> str:
        return static.comparison_html(self.compare)

    def text(self) -> str:
        return texts.comparison_text(self.compare)

    def _state(self, _params: Mapping[str, Any]) -> CompareState:
        return compare_state(self.session.reading, self.run_ids)


def compare_state(store: Store, run_ids: Sequence[str]) -> CompareState:
    """Everything the comparison shows.  Raises `NotFound`."""
    runs = [store.runs.get(run_id) for run_id in run_ids]
    system = _system(runs)
    names = ExperimentNames(store)
    places = cell_places(store, runs)
    return CompareState(
        schema=1,
        runs=[
            CompareRun(**run_head(run.info, names[run.info.experiment_id]), cell=places.get(run.info.run_id))
            for run in runs
        ],
        sections=[
            section("Params", [run.data.params for run in runs]),
            section("Metrics", [_metrics(run, system=False) for run in runs]),
            section("Environment", [_environment(store, run) for run in runs]),
            *([section("System", system)] if any(system) else []),
            section("Details", [_details(run, names) for run in runs]),
        ],
        code=_code(store, run_ids),
    )


def section(title: str, columns: Sequence[Column]) -> CompareSection:
    """Rows of all keys of these columns (one a run), in order of first appearance."""
    rows = []
    for key in dict.fromkeys(key for column in columns for key in column):
        values = [column.get(key) for column in columns]
        numeric = all(value is None or isinstance(value, int | float) for value in values)
        shown = [texts.shorten(value, MAX_VALUE) if isinstance(value, str) else value for value in values]
        rows.append(CompareRow(key=key, values=shown, differs=len(set(values)) > 1, numeric=numeric))
    if len(rows) > MAX_ROWS:
        rows = sorted(rows, key=lambda row: not row["differs"])[:MAX_ROWS]
    return CompareSection(title=title, rows=rows)


def _metrics(run: Run, *, system: bool) -> dict[str, Value]:
    """Last values, of results or of the machine."""
    return {key: num(value) for key, value in run.data.metrics.items() if key.startswith(SYSTEM) is system}


def _system(runs: Sequence[Run]) -> list[dict[str, Value]]:
    """What the machine did, where at least two runs tell it: short runs are not sampled, and one alone says nothing."""
    found = [_metrics(run, system=True) for run in runs]
    shared = {key for key, count in Counter(key for one in found for key in one).items() if count > 1}
    return [{key: value for key, value in one.items() if key in shared} for one in found]


def _environment(store: Store, run: Run) -> dict[str, Value]:
    found = files.environment(store, run) or {}
    git = files.git_of(run.data.tags)
    facts: dict[str, Value] = {
        "python": files.python_of(found),
        "platform": files.platform_of(found),
        "git commit": git["commit"] if git else None,
        "git branch": git["branch"] if git else None,
        "uncommitted changes": None if git is None else "yes" if git["dirty"] else "no",
    }
    packages = {f"package {name}": version for name, version in sorted(files.packages_of(found).items())}
    return {**{key: value for key, value in facts.items() if value}, **packages}


def _details(run: Run, names: ExperimentNames) -> dict[str, Value]:
    info = run.info
    details: dict[str, Value] = {
        "experiment": names[info.experiment_id],
        "status": str(info.status),
        "started": texts.time_text(info.start_time),
        "duration": texts.duration_text(info.start_time, info.end_time),
        "user": info.user_id,
        "notebook": run.data.tags.get(tags.NOTEBOOK),
        "error": run.data.tags.get(tags.ERROR_TYPE),
    }
    own = {f"tag {key}": value for key, value in sorted(run.data.tags.items()) if not tags.is_system(key)}
    return {**{key: value for key, value in details.items() if value}, **own}


def _code(store: Store, run_ids: Sequence[str]) -> list[CodePair]:
    """Each run's cell against the first run's; nothing where no cell was recorded."""
    sources = [cell.source if (cell := store.cells.of_run(run_id)) else None for run_id in run_ids]
    if all(source is None for source in sources):
        return []
    first = sources[0] or ""
    return [
        CodePair(run_id=run_id, lines=diffs.side_by_side(first, source or ""))
        for run_id, source in zip(run_ids[1:], sources[1:], strict=True)
    ]
