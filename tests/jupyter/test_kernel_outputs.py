"""What a kernel's cell displayed and printed: as its front end shows it in the end, whoever sent it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.jupyter.kernels import Kernel, kernel_in

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    with kernel_in(tmp_path_factory.mktemp("kernel")) as kernel:
        yield kernel


def kept(kernel: Kernel) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(kernel.artifact("trackbook/outputs.json") or '{"outputs": []}')
    return found


def shown(kernel: Kernel, body: str) -> list[str]:
    """Texts of the kept outputs of a cell, in order."""
    kernel.run(f"%%track --quiet\n{body}")
    outputs = kept(kernel)["outputs"]
    return [one["text"] if one["output_type"] == "stream" else one["data"]["text/plain"] for one in outputs]


def test_prints_of_an_async_cell(kernel: Kernel) -> None:
    body = "import asyncio\nprint('a')\nawait asyncio.sleep(0)\nprint('b')\n'value'"
    assert shown(kernel, body) == ["a\nb\n", "'value'"]


def test_prints_and_displays_of_other_threads(kernel: Kernel) -> None:
    body = (
        "import threading\nfrom IPython.display import display, Markdown\n"
        "def work():\n    print('from a thread')\n    display({'text/plain': 'shown'}, raw=True)\n"
        "t = threading.Thread(target=work); t.start(); t.join()"
    )
    assert shown(kernel, body) == ["from a thread\n", "shown"]


def test_shell_commands_and_child_processes(kernel: Kernel) -> None:
    assert shown(kernel, "!echo from the shell") == ["from the shell\n"] or shown(kernel, "!echo from the shell") == [
        "from the shell\r\n"
    ]
    body = "import subprocess, time\nsubprocess.run(['echo', 'a child'])\ntime.sleep(0.3)\nprint('done')"
    assert "".join(shown(kernel, body)) == "a child\ndone\n"
    fork = (
        "import os, time\npid = os.fork()\nif pid == 0:\n    print('forked', flush=True); time.sleep(.2); os._exit(0)\n"
    )
    assert "forked\n" in "".join(shown(kernel, fork + "os.waitpid(pid, 0)\ntime.sleep(0.3)\nNone"))


def test_an_update_stands_in_its_display_s_place(kernel: Kernel) -> None:
    body = (
        "from IPython.display import display\n"
        "h = display({'text/plain': '1 %'}, raw=True, display_id='bar')\nprint('between')\n"
        "h.update({'text/plain': '100 %'}, raw=True)"
    )
    assert shown(kernel, body) == ["100 %", "between\n"]


def test_what_was_cleared_is_not_kept(kernel: Kernel) -> None:
    body = "from IPython.display import clear_output\nprint('a')\nclear_output()\nprint('b')\nclear_output(wait=True)"
    assert shown(kernel, body) == ["b\n"]
    assert shown(kernel, body + "\nprint('c')") == ["c\n"]


def test_a_progress_bar_is_kept_as_it_stands_in_the_end(kernel: Kernel) -> None:
    body = "for n in range(3): print(f'\\r{n} of 2', end='')\nprint()"
    assert shown(kernel, body) == ["2 of 2\n"]


def test_an_output_widget_s_content_stands_with_the_widget(kernel: Kernel) -> None:
    body = (
        "import ipywidgets\nfrom IPython.display import display\nout = ipywidgets.Output()\n"
        "with out: print('inside')\nprint('before')\ndisplay(out)\nwith out: print('inside too')\nprint('after')"
    )
    assert shown(kernel, body) == ["before\n", "Output()", "inside\ninside too\n", "after\n"]


def test_inline_figures_are_pictures_of_the_run(kernel: Kernel) -> None:
    plot = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nprint('drawn');"
    kernel.run(f"%%track --quiet\n%matplotlib inline\n{plot}")
    (_, figure) = kept(kernel)["outputs"]
    assert figure["metadata"]["trackbook"] == {"files": ["figures/figure-1.png"]}
    ran = kernel.run("print([f.path for f in tb.MlflowClient().list_artifacts(r.info.run_id, 'figures')])")
    assert ran.text == "['figures/figure-1.png']\n"
    kernel.run("%config InlineBackend.figure_formats = ['svg']")
    kernel.run(f"%%track --quiet\n{plot}")
    assert "<svg" in kernel.artifact("figures/figure-1.svg")


def test_a_warning_is_kept_as_one(kernel: Kernel) -> None:
    kernel.run("%%track --quiet\nimport warnings\nwarnings.warn('careful, please')")
    found = kept(kernel)
    assert found["warnings"] == [{"category": "UserWarning", "message": "careful, please"}]
    assert found["outputs"][0]["name"] == "stderr"


def test_a_cell_run_by_a_cell_keeps_its_own_outputs(kernel: Kernel) -> None:
    body = "print('outer')\nget_ipython().run_cell(\"%%track --quiet\\nprint('inner')\")\nprint('outer again')"
    assert shown(kernel, body) == ["outer\ninner\nouter again\n"]
    ran = kernel.run(
        "c = [one for one in tb.search_runs(output_format='list') if 'mlflow.parentRunId' in one.data.tags][0]\n"
        "with current_session().reading.artifacts.open(c.info.run_id, 'trackbook/outputs.json') as f:\n"
        "    print(f.read().decode())"
    )
    assert [one["text"] for one in json.loads(ran.text)["outputs"]] == ["inner\n"]


def uncounted(content: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in content.items() if key != "execution_count"}


def test_the_front_end_is_sent_the_same_messages(kernel: Kernel) -> None:
    body = (
        "from IPython.display import display, clear_output\nimport sys\nprint('a')\nprint('e', file=sys.stderr)\n"
        "h = display({'text/plain': '1'}, raw=True, display_id='d')\nh.update({'text/plain': '2'}, raw=True)\n"
        "clear_output(wait=True)\ndisplay({'text/plain': '3'}, raw=True)\n'value'"
    )
    plain, tracked = (kernel.run(f"{first}\n{body}") for first in ("# plain", "%%track --quiet"))
    kinds = ("stream", "display_data", "update_display_data", "clear_output", "execute_result")
    assert [m["msg_type"] for m in tracked.messages] == [m["msg_type"] for m in plain.messages]
    assert [uncounted(one) for one in tracked.of(*kinds)] == [uncounted(one) for one in plain.of(*kinds)]


def test_a_cell_that_becomes_a_run_late_keeps_what_it_printed_before(kernel: Kernel) -> None:
    kernel.run("%track on\n%track set quiet=yes")
    try:
        kernel.run("import trackbook as tb\nprint('before')\ntb.log_metric('a', 1)\nprint('after')")
        assert [one["text"] for one in kept(kernel)["outputs"]] == ["before\nafter\n"]
        kernel.run("print('no run')")
        assert kernel.run("print('send_multipart' in vars(get_ipython().kernel.iopub_thread))").text == "True\n"
    finally:
        kernel.run("%track off\n%track set quiet=")
        kernel.run("from trackbook.jupyter.extension import loaded\nloaded().hooks.recording = True")


def test_nothing_of_ours_is_left_in_the_kernel_between_cells(kernel: Kernel) -> None:
    kernel.run("%%track --quiet\nprint(1)")
    kernel.artifact("trackbook/outputs.json")
    assert kernel.run("print('send_multipart' in vars(get_ipython().kernel.iopub_thread))").text == "False\n"


def test_what_is_still_being_sent_when_the_cell_is_over_is_kept(kernel: Kernel) -> None:
    busy = "import time\nget_ipython().kernel.iopub_thread.schedule(lambda: time.sleep(2))"
    assert shown(kernel, f"{busy}\nprint('late')") == ["late\n"]


def test_a_hundred_megabytes_of_output_cost_little_and_are_cut(kernel: Kernel) -> None:
    body = "line = 'x' * 99_999\nfor at in range(1000): print(line, flush=at % 100 == 0)\nprint('the end')"

    def spent_s() -> float:
        """Of the processor: another program's share of the machine is no part of it."""
        return float(kernel.run("import time; print(time.process_time())").text)

    begun = spent_s()
    plain = kernel.run("# plain\n" + body)
    between = spent_s()
    tracked = kernel.run("%%track --quiet\n" + body)
    ended = spent_s()
    assert len(tracked.text) == len(plain.text) == 100_000_008
    found = kept(kernel)
    (output,) = found["outputs"]
    assert output["text"].endswith("the end\n")
    assert len(output["text"]) < 1_000_100
    assert "characters of stdout are left out" in found["left_out"][0]
    assert "left out" in kernel.run("print(r.data.tags['trackbook.warnings'])").text
    assert ended - between < 2 * (between - begun) + 2
