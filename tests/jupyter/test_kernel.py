"""What only a real kernel shows: interrupts, the card's messages, the talk with the front end."""

from __future__ import annotations

import json
import re
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from tests.jupyter.kernels import LAST, TIMEOUT_S, Kernel

if TYPE_CHECKING:
    from collections.abc import Iterator

COMM = "trackbook.frontend"


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    folder = tmp_path_factory.mktemp("kernel")
    (folder / "pyproject.toml").touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("IPYTHONDIR", str(folder / "ipython"))
        for name in ("TRACKBOOK_TRACKING_URI", "MLFLOW_TRACKING_URI", "JPY_SESSION_NAME"):
            patch.delenv(name, raising=False)
        kernel = Kernel()
    loaded = kernel.run("%load_ext trackbook")
    assert loaded.text.startswith("trackbook: runs are kept in .trackbook")
    assert loaded.of("comm_open") == [], "a runner that does not know our comm warns of it"
    yield kernel
    kernel.client.stop_channels()
    kernel.manager.shutdown_kernel(now=True)


def test_the_card_is_shown_at_once_and_complete_before_the_cell_is_over(kernel: Kernel) -> None:
    ran = kernel.run("%%track\nlr = 0.1\nloss = lr * 2", cell_id="c-1")
    (shown,) = ran.of("display_data")
    (renewed,) = ran.of("update_display_data")
    assert shown["transient"]["display_id"] == renewed["transient"]["display_id"]
    assert "application/vnd.jupyter.widget-view+json" in shown["data"]
    assert "Finished" in renewed["data"]["text/plain"]
    assert "Finished" in renewed["data"]["text/html"]
    assert kernel.run(LAST + "print(r.data.tags['trackbook.cell.id'])").text == "c-1\n"


def test_what_another_hook_printed_before_stands_above_the_card(kernel: Kernel) -> None:
    kernel.run("def say(info):\n    print('above')\nget_ipython().events.register('pre_run_cell', say)")
    ran = kernel.run("%%track\nprint('below')")
    kernel.run("get_ipython().events.unregister('pre_run_cell', say)")
    shown = [
        one["content"].get("text", "card") for one in ran.messages if one["msg_type"] in ("stream", "display_data")
    ]
    assert shown == ["above\n", "card", "below\n"]


def test_a_hook_on_displays_is_given_the_card_too(kernel: Kernel) -> None:
    kernel.run("held = []\nget_ipython().display_pub.register_hook(held.append)")
    ran = kernel.run("%%track\nlr = 0.2")
    kernel.run("get_ipython().display_pub.unregister_hook(held.append)\nheld.clear()")
    assert ran.of("display_data", "update_display_data") == []


def test_an_interrupt_kills_the_run_and_looks_as_it_always_does(kernel: Kernel) -> None:
    body = "import time\nprint('on', flush=True)\ntime.sleep(60)"
    untracked = kernel.interrupt_during(f"# first line\n{body}")
    tracked = kernel.interrupt_during(f"%%track --quiet\n{body}")
    assert tracked.seen == untracked.seen
    assert tracked.of("error")[0]["ename"] == "KeyboardInterrupt"
    assert kernel.last_status() == "KILLED"


@pytest.mark.parametrize(("call", "status"), [("exit(1)", "FAILED"), ("quit(1)", "FAILED"), ("exit(True)", "FINISHED")])
def test_an_exit_with_a_code_ends_the_run_by_it(kernel: Kernel, call: str, status: str) -> None:
    kernel.run(f"%%track --quiet\n{call}")
    assert kernel.last_status() == status


def test_an_interrupted_async_cell_s_run_is_killed(kernel: Kernel) -> None:
    # Short waits: an interrupt wakes a waiting loop only now and then, with tracking and without.
    loop = "for _ in range(300):\n    await asyncio.sleep(0.1)"
    kernel.interrupt_during(f"%%track --quiet\nimport asyncio\nprint('on', flush=True)\n{loop}")
    assert kernel.last_status() == "KILLED"


@pytest.mark.parametrize(
    "body",
    ["x = 1\nx + 1", "x = 1\nx;", "print(1)\nraise ValueError('no')", "import asyncio\nawait asyncio.sleep(0)\n'done'"],
)
def test_what_reaches_the_front_end_is_the_same(kernel: Kernel, body: str) -> None:
    untracked, tracked = kernel.run(f"# first line\n{body}"), kernel.run(f"%%track --quiet\n{body}")
    assert tracked.seen == untracked.seen
    lines = [
        [re.sub(r"In\[\d+\]", "In[1]", line.replace("%%track --quiet", "first line")) for line in error["traceback"]]
        for output in (untracked, tracked)
        for error in output.of("error")
    ]
    assert not lines or lines[0] == lines[1]


def test_a_wrong_option_is_one_line_of_text(kernel: Kernel) -> None:
    ran = kernel.run("%%track --tags a=b\nprint('ran')")
    assert ran.text == "UsageError: %%track: there is no option '--tags', did you mean --tag?\n"


def test_points_logged_while_the_cell_runs_reach_the_open_card(kernel: Kernel) -> None:
    ran = kernel.run(
        "%%track\nimport time, trackbook as tb\n"
        "for step in range(10):\n    tb.log_metric('v', step / 10, step=step)\n    time.sleep(0.1)"
    )
    deltas = [
        content["data"]["content"]
        for content in ran.of("comm_msg")
        if content["data"].get("method") == "custom" and content["data"]["content"].get("kind") == "delta"
    ]
    assert len(deltas) >= 2
    assert any(curve["key"] == "v" for delta in deltas for curve in delta["curves"])


class Answering:
    """A front end that answers `document?` in two parts, on a subshell if one is given."""

    def __init__(self, kernel: Kernel, subshell: str | None = None) -> None:
        self.kernel, self.subshell = kernel, subshell

    def __call__(self, message: dict[str, Any]) -> None:
        if message["msg_type"] != "comm_msg" or message["content"]["comm_id"] != COMM:
            return
        asked = message["content"]["data"]
        assert asked["kind"] == "document?"
        text = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
        about = {"kind": "document", "id": asked["id"], "path": "a.ipynb", "dirty": True, "parts": 2}
        for part, piece in enumerate((text[:20], text[20:])):
            self.send({**about, "part": part, "text": piece})

    def send(self, data: dict[str, Any]) -> None:
        answer = self.kernel.client.session.msg("comm_msg", {"comm_id": COMM, "data": data})
        if self.subshell:
            answer["header"]["subshell_id"] = self.subshell
        self.kernel.client.shell_channel.send(answer)


NOTING = """
ended = []
get_ipython().events.register("post_execute", lambda: ended.append("a cell"))
"""
ASK = """
from trackbook.jupyter import extension
print(extension.loaded().frontend.document(timeout_s={timeout_s}))
"""


def test_the_open_document_comes_while_the_cell_runs_where_there_are_subshells(kernel: Kernel) -> None:
    client = kernel.client
    request = client.session.msg("create_subshell_request")
    client.control_channel.send(request)
    reply = client.get_control_msg(timeout=TIMEOUT_S)
    subshell = reply["content"]["subshell_id"]
    begun = time.monotonic()
    ran = kernel.run(f"{NOTING}{ASK.format(timeout_s=30)}print(ended)", hear=Answering(kernel, subshell))
    assert "Document(path='a.ipynb', content={'cells': []" in ran.text
    assert ran.text.endswith("\n[]\n")  # matplotlib would have shown and closed the figures of the running cell
    assert time.monotonic() - begun < 25


def test_a_front_end_that_does_not_answer_is_waited_for_no_longer_than_asked(kernel: Kernel) -> None:
    assert kernel.run(ASK.format(timeout_s=0.2)).text == "None\n"


def test_a_front_end_that_cannot_reach_a_busy_kernel_is_not_waited_for(kernel: Kernel) -> None:
    Answering(kernel).send({"kind": "here", "subshell": False})
    kernel.run("")
    begun = time.monotonic()
    assert kernel.run(ASK.format(timeout_s=30)).text == "None\n"
    assert time.monotonic() - begun < 10


def test_a_late_answer_is_taken_after_the_cell(kernel: Kernel) -> None:
    kernel.run(
        "from trackbook.jupyter import extension\nfound = []\n"
        "extension.loaded().frontend.request_document(found.append, 60)",
        hear=Answering(kernel),
    )
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and kernel.run("print(len(found))").text != "1\n":
        threading.Event().wait(0.2)
    assert kernel.run("print(found[0].dirty)").text == "True\n"


def test_a_kernel_that_is_killed_leaves_a_killed_run_with_its_points_and_program_and_why(tmp_path: Any) -> None:
    (tmp_path / "pyproject.toml").touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        patch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
        for name in ("TRACKBOOK_TRACKING_URI", "MLFLOW_TRACKING_URI", "JPY_SESSION_NAME"):
            patch.delenv(name, raising=False)
        first = Kernel()
        first.run("%load_ext trackbook")
        first.run("steps = 100")
        first.run("unused = 1")
        source = (
            "%%track --quiet\nimport os, signal, trackbook as tb\n"
            "for step in range(steps): tb.log_metric('v', step, step=step)\n"
            "import time; time.sleep(1)\n"
            f"from trackbook.jupyter.extension import loaded; loaded().hooks.workers.wait({TIMEOUT_S})\n"
            "os.kill(os.getpid(), signal.SIGKILL)"
        )
        first.client.execute(source)
        deadline = time.monotonic() + TIMEOUT_S
        while first.manager.is_alive() and time.monotonic() < deadline:
            time.sleep(0.1)
        first.client.stop_channels()
        first.manager.shutdown_kernel(now=True)
        second = Kernel()
        second.run("%load_ext trackbook")
        said = second.run(LAST + "print(r.info.status, r.data.aggregates['v'].count)")
        history = second.run(
            LAST + "import json\nfrom trackbook.tracking.session import current_session as s\n"
            "with s().store.artifacts.open(r.info.run_id, 'trackbook/history.json') as file: found = json.load(file)\n"
            "print([one['outcome'] for one in found['executions']], len(found['sources']))"
        )
        told = second.run(LAST + "print(r.data.tags['trackbook.error.type'], r.data.tags['trackbook.error.message'])")
        program = second.run(
            LAST + "print(tb.artifacts.load_text(f'runs:/{r.info.run_id}/trackbook/program.py'))\n"
            "print(tb.artifacts.load_dict(f'runs:/{r.info.run_id}/trackbook/state.json')['verdict'])"
        )
        second.client.stop_channels()
        second.manager.shutdown_kernel(now=True)
    assert said.text == "KILLED 100\n", said.of("error")
    assert history.text == "['ok', 'ok', 'ok', 'unknown'] 4\n", history.of("error")
    assert told.text.startswith("KernelDied the kernel of this run was killed or crashed; it was last heard at 20")
    assert "steps = 100" in program.text, program.of("error")
    assert "unused" not in program.text
    assert program.text.endswith("unknown\n")  # there is no document


def test_what_a_cell_shows_is_kept_and_still_shown_once(kernel: Kernel) -> None:
    cell = (
        "from IPython.display import display\nprint('before')\n"
        "display({'image/png': b'\\x89PNG picture', 'text/plain': '<Figure>'}, raw=True)\nprint('after')\n6 * 7"
    )
    untracked = kernel.run(f"# first line\n{cell}")
    tracked = kernel.run(f"%%track --quiet\n{cell}")
    shown = [one["data"] for one in tracked.of("display_data", "execute_result")]
    assert shown == [one["data"] for one in untracked.of("display_data", "execute_result")]
    assert tracked.text == untracked.text
    kernel.run("from trackbook.jupyter.extension import loaded; assert loaded().hooks.workers.wait(20)")
    load = "tb.artifacts.load_dict(f'runs:/{r.info.run_id}/trackbook/outputs.json')"
    kept = kernel.run(LAST + f"import json; tb.flush_async_logging(); print(json.dumps({load}['outputs']))")
    outputs = json.loads(kept.text)
    assert [one["output_type"] for one in outputs] == ["stream", "display_data", "stream", "execute_result"]
    assert outputs[1]["metadata"] == {"trackbook": {"files": ["figures/figure-1.png"]}}


def test_the_end_of_a_cell_waits_for_no_store_because_of_its_card(kernel: Kernel) -> None:
    kernel.run("%%track\nheld = 1")
    begun = time.monotonic()
    kernel.run("%%track\nheld = 2")
    assert time.monotonic() - begun < 5  # of the ten that a flush may take
