"""Real notebooks, run without us, with `%%track` on every cell and with `%track on`: the front end sees the same.

Compared is every message (streams, displays and their updates, results, errors with their tracebacks), every reply
(status, payload, execution count), and after each notebook what cells can leave changed: names, the random stream,
hooks, signals, filters, options.  The kernels go from notebook to notebook, so that what one leaves behind shows too.
"""

from __future__ import annotations

import difflib
import itertools
import pprint
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.jupyter.kernels import kernel_in
from tests.jupyter.twins import Twin, cells_of, with_magic, without_line_of_magic, without_magic
from tests.share import SOAK, share

if TYPE_CHECKING:
    from collections.abc import Iterator

NOTEBOOKS = share(sorted(Path(__file__).with_name("notebooks").glob("*.ipy")), 4)
PLAIN, TRACK, ON = "without us", "%%track", "%track on"
SEEDED = (
    "import random, numpy, pandas, torch, skops.io, requests\nrandom.seed(0)\n"
    "del random, numpy, pandas, torch, skops, requests"
)
"""What threads of ours import too; these packages add filters of warnings when they are imported."""
FIRST = {
    PLAIN: SEEDED,
    TRACK: f"%load_ext trackbook\n{SEEDED}",
    ON: f"%load_ext trackbook\n%track on\n{SEEDED}",
}


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Twin]]:
    root = tmp_path_factory.mktemp("twins")
    with ExitStack() as stack:
        made = {}
        for name, first in FIRST.items():
            folder = root / str(len(made))
            folder.mkdir()
            made[name] = Twin(stack.enter_context(kernel_in(folder, first)), str(folder))
        yield made


def difference(without: Any, tracked: Any) -> str:
    """The first lines that differ; pytest's own way of showing it takes minutes for long tracebacks."""
    if without == tracked:
        return ""
    one, other = (pprint.pformat(each, width=160).splitlines() for each in (without, tracked))
    return "\n".join(itertools.islice(difflib.unified_diff(one, other, "without", "with", n=1, lineterm=""), 40))


def ran(twins: dict[str, Twin], cells: dict[str, list[str]]) -> dict[str, list[dict[str, Any]]]:
    """What each kernel showed for each cell; all work at the same time."""
    shown: dict[str, list[dict[str, Any]]] = {name: [] for name in twins}
    for sources in zip(*cells.values(), strict=True):
        asked = {name: twins[name].ask(source) for name, source in zip(cells, sources, strict=True)}
        for name, request in asked.items():
            shown[name].append(twins[name].answer(request))
    return shown


@pytest.mark.soak
@pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def test_a_notebook_looks_the_same_with_tracking(twins: dict[str, Twin], path: Path) -> None:
    cells = cells_of(path)
    given = {name: [with_magic(one) if name == TRACK else without_magic(one) for one in cells] for name in twins}
    shown = ran(twins, given)
    states = {name: twin.state() for name, twin in twins.items()}
    for name in (TRACK, ON):
        for source, without, tracked in zip(cells, shown[PLAIN], shown[name], strict=True):
            if source.startswith("%%"):
                without, tracked = without_line_of_magic(without), without_line_of_magic(tracked)
            told = difference(without, tracked)
            assert not told, f"with {name}:\n{source}\n\n{told}"
        told = difference(states[PLAIN], states[name])
        assert not told, f"after all cells with {name}:\n{told}"


def test_nearly_every_cell_of_them_was_recorded(twins: dict[str, Twin]) -> None:
    """Else the comparison would say nothing."""
    count = "import trackbook as tb; len(tb.search_runs(output_format='list', max_results=2000))"
    counted = {name: int(_value(twins[name].run(count))) for name in (TRACK, ON)}
    assert counted[TRACK] > 0.9 * sum(len(cells_of(path)) for path in NOTEBOOKS) - 20, counted
    assert counted[ON] > (12 if SOAK else 6), counted
    said = twins[TRACK].run("from trackbook.jupyter import extension; extension.loaded().hooks.guard.failures")
    assert _value(said) == "[]"


def _value(ran: dict[str, Any]) -> str:
    (text,) = [content["data"]["text/plain"] for kind, content in ran["shown"] if kind == "execute_result"]
    return str(text)
