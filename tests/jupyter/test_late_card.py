"""The card shows what is recorded after its cell: in its own output, whatever runs meanwhile."""

from __future__ import annotations

import queue
import time
from typing import TYPE_CHECKING, Any

import pytest
from tests.jupyter.kernels import kernel_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.jupyter.kernels import Kernel

UPDATE = "update_display_data"
VIEW_MIME = "application/vnd.trackbook.view+json"
READS = "%%track --cell reads\nwith open('data.csv') as file:\n    n = len(file.read())\n"
WRITES = "%%track --cell writes\nwith open('out.csv', 'w') as file:\n    done = file.write('abc')\n"


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    folder = tmp_path_factory.mktemp("late")
    (folder / "data.csv").write_text("a,b\n")
    with kernel_in(folder) as kernel:
        yield kernel


def late_updates(kernel: Kernel, heard: list[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """The renewed displays that tell what was recorded, `count` of them at least."""
    until = time.monotonic() + 30
    found: list[dict[str, Any]] = []
    while len(found) < count and time.monotonic() < until:
        try:
            heard.append(kernel.client.get_iopub_msg(timeout=1))
        except queue.Empty:
            continue
        finally:
            found = [
                one
                for one in heard
                if one["msg_type"] == UPDATE and "same code" in one["content"]["data"]["text/plain"]
            ]
    return found


def test_two_quick_runs_are_completed_each_in_its_own_output(kernel: Kernel) -> None:
    heard: list[dict[str, Any]] = []
    cells = [kernel.run(source, hear=heard.append) for source in (READS, WRITES)]
    later = kernel.run("import time; time.sleep(2); print('later')", hear=heard.append)
    updates = late_updates(kernel, heard, 2)
    for cell, own, other in zip(
        cells, ("inputs: data.csv", "files written: out.csv"), ("out.csv", "data.csv"), strict=True
    ):
        (shown,) = cell.of("display_data")
        request = cell.messages[0]["parent_header"]["msg_id"]
        mine = [one for one in updates if one["content"]["transient"] == shown["transient"]]
        assert {one["parent_header"]["msg_id"] for one in mine} == {request}
        for one in mine:
            assert own in one["content"]["data"]["text/plain"]
            assert other not in one["content"]["data"][VIEW_MIME]["html"].replace("trackbook/", "")
    assert later.text == "later\n"
    assert later.of(UPDATE, "display_data") == []


def test_a_held_back_card_is_no_error(kernel: Kernel) -> None:
    ran = kernel.run(
        "%%capture held\nfrom IPython import get_ipython\nget_ipython().run_cell('%%track\\nheld_back = 1')"
    )
    assert ran.of("display_data", UPDATE, "error") == []
    told = kernel.run(
        "from trackbook.jupyter import extension; ok = extension.loaded().hooks.workers.wait(20); print(ok, held_back)"
    )
    assert told.text == "True 1\n"


def test_a_file_that_the_cell_wrote_is_kept_from_its_card(kernel: Kernel) -> None:
    told = kernel.run(
        "import trackbook as tb\nfrom trackbook.widgets.card import stored_card\n"
        "found = tb.search_runs(output_format='list')\n"
        "run = [one for one in found if 'writes' in one.data.tags['trackbook.cell.line']][0]\n"
        "card = stored_card(run.info.run_id)\n"
        "print(card.answer({'id': '1', 'method': 'keep', 'params': {'path': 'out.csv'}})['result']['kept'])\n"
        "print(open(tb.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path='files/out.csv')).read())"
    )
    assert told.text == "files/out.csv\nabc\n"
