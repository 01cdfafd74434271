"""A real kernel, and what it sends to a front end."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from queue import Empty
from typing import TYPE_CHECKING, Any

import pytest
from jupyter_client.manager import KernelManager

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TIMEOUT_S = 120
LAST = "import trackbook as tb; r = tb.search_runs(output_format='list')[0]; "


@dataclass
class Output:
    """What the front end was sent for one cell."""

    messages: list[dict[str, Any]] = field(default_factory=list)

    def of(self, *kinds: str) -> list[dict[str, Any]]:
        return [message["content"] for message in self.messages if message["msg_type"] in kinds]

    @property
    def text(self) -> str:
        return "".join(content["text"] for content in self.of("stream"))

    @property
    def seen(self) -> list[dict[str, Any]]:
        """All but the card, without what differs from one execution to the next: where a stream is cut, too."""
        kept: list[dict[str, Any]] = []
        for message in self.messages:
            content = dict(message["content"])
            if message["msg_type"] in ("stream", "error", "execute_result"):
                content.pop("execution_count", None)
                content.pop("traceback", None)
                if kept and "text" in content and kept[-1].get("name") == content["name"]:
                    kept[-1]["text"] += content["text"]
                else:
                    kept.append(content)
        return kept


class KernelEnded(Exception):
    """The kernel's process is gone; `code` is what it ended with."""

    def __init__(self, code: int | None) -> None:
        super().__init__(f"the kernel ended with {code}")
        self.code = code


class Kernel:
    def __init__(self) -> None:
        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel(cwd=os.getcwd(), extra_arguments=["--IPKernelApp.log_level=CRITICAL"])  # noqa: PTH109
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(TIMEOUT_S)

    def run(self, source: str, cell_id: str | None = None, hear: Any = None) -> Output:
        """Execute, and collect what is sent until the kernel is idle again; `hear` is told each message."""
        message = self.client.session.msg(
            "execute_request",
            {"code": source, "silent": False, "store_history": True, "allow_stdin": False, "stop_on_error": False},
            metadata={"cellId": cell_id} if cell_id else {},
        )
        self.client.shell_channel.send(message)
        output = Output()
        while True:
            heard = self._next()
            if hear is not None:
                hear(heard)
            if heard["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                continue
            output.messages.append(heard)
            if heard["msg_type"] == "status" and heard["content"]["execution_state"] == "idle":
                return output

    def _next(self) -> dict[str, Any]:
        for _ in range(TIMEOUT_S):
            with suppress(Empty):
                heard: dict[str, Any] = self.client.get_iopub_msg(timeout=1)
                return heard
            if not self.manager.is_alive():
                raise KernelEnded(self.manager.provisioner.process.returncode)
        raise TimeoutError(f"nothing came from the kernel in {TIMEOUT_S} s")

    def answered(self, output: Output) -> bool:
        """Whether a reply came for the cell: none does where an interrupt met the kernel's own code around it."""
        with suppress(Empty):
            while True:
                reply = self.client.get_shell_msg(timeout=2)
                if reply["parent_header"]["msg_id"] == output.messages[0]["parent_header"]["msg_id"]:
                    return True
        return False

    def interrupt_during(self, source: str) -> Output:
        """Execute a cell that prints "on", and interrupt it then."""

        def hear(message: dict[str, Any]) -> None:
            if message["msg_type"] == "stream" and "on" in message["content"]["text"]:
                self.manager.interrupt_kernel()

        return self.run(source, hear=hear)

    def artifact(self, path: str) -> str:
        """A text file of the newest run that no other run is around; "" where there is none."""
        ran = self.run(
            "from trackbook.jupyter import extension; _ = extension.loaded().hooks.workers.wait(150)\n"
            "import trackbook as tb, json\n"
            "from trackbook.tracking.session import current_session\n"
            "found = tb.search_runs(output_format='list')\n"
            "r = [one for one in found if 'mlflow.parentRunId' not in one.data.tags][0]\n"
            f"try:\n    with current_session().reading.artifacts.open(r.info.run_id, {path!r}) as f:\n"
            "        print(json.dumps(f.read().decode()))\nexcept tb.errors.NotFound: print(json.dumps(''))"
        )
        assert not ran.of("error"), "\n".join(ran.of("error")[0]["traceback"])
        text: str = json.loads(ran.text)
        return text

    def last_status(self) -> str:
        return self.run(LAST + "print(r.info.status)").text.strip()


@contextmanager
def kernel_in(folder: Path, first: str = "%load_ext trackbook") -> Iterator[Kernel]:
    """A kernel of a project of its own, with the extension loaded, or whatever else its first cell does."""
    (folder / "pyproject.toml").touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("IPYTHONDIR", str(folder / "ipython"))
        for name in ("TRACKBOOK_TRACKING_URI", "MLFLOW_TRACKING_URI", "JPY_SESSION_NAME", "PYTEST_CURRENT_TEST"):
            patch.delenv(name, raising=False)
        kernel = Kernel()
    try:
        kernel.run(first)
        yield kernel
    finally:
        kernel.client.stop_channels()
        kernel.manager.shutdown_kernel(now=True)
