"""A card in a real kernel: shown at once, growing, answering, and complete in the output that is saved."""

import json
import time

import pytest
from jupyter_client.manager import KernelManager

from trackbook.widgets.base import VIEW_MIME

CELL = """
import time, trackbook as tb
from trackbook.widgets.card import show_card
run = tb.start_run(run_name="in kernel")
handle = show_card(run)
for i in range(30):
    tb.log_metric("loss", 1 / (i + 1), step=i)
    time.sleep(0.05)
run.end()
card = handle.finish()
"""


@pytest.fixture
def kernel(tmp_path, monkeypatch):
    (tmp_path / ".trackbook").mkdir()
    for name in ("JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(cwd=str(tmp_path), extra_arguments=["--log-level=50"])
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def run_cell(client, source):
    """Run to the end; all messages that came, in order."""
    asked = client.execute(source, store_history=True)
    messages, deadline = [], time.monotonic() + 60
    while time.monotonic() < deadline:
        message = client.get_iopub_msg(timeout=60)
        messages.append(message)
        is_ours = message["parent_header"].get("msg_id") == asked
        if is_ours and message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
            return messages
    raise TimeoutError


def of_type(messages, kind):
    return [message["content"] for message in messages if message["msg_type"] == kind]


def test_card_lives_and_stays(kernel):
    messages = run_cell(kernel, CELL)
    assert of_type(messages, "error") == []
    [shown] = of_type(messages, "display_data")
    assert "Running" in shown["data"]["text/html"]
    [renewed] = of_type(messages, "update_display_data")
    assert renewed["transient"] == shown["transient"]
    view = renewed["data"][VIEW_MIME]
    assert "Finished" in view["html"]
    assert "loss" in view["html"]
    assert "loss = 0.0333333" in renewed["data"]["text/plain"]

    opened = [
        item for item in of_type(messages, "comm_open") if "card" in item["data"].get("state", {})
    ]  # the layout has a comm of its own
    comm_id = opened[0]["comm_id"]
    sent = [item["data"] for item in of_type(messages, "comm_msg") if item["comm_id"] == comm_id]
    custom = [item["content"] for item in sent if item["method"] == "custom"]
    deltas = [item for item in custom if item["kind"] == "delta"]
    assert 2 <= len(deltas) <= 12
    assert [item["seq"] for item in deltas] == list(range(1, len(deltas) + 1))
    assert custom[-1]["card"]["run"]["status"] == "FINISHED"
    state = len(
        json.dumps({key: item for key, item in opened[0]["data"]["state"].items() if key not in ("_esm", "_css")})
    )
    assert state < 10_000

    request = {"kind": "request", "id": "q1", "method": "curves", "params": {"keys": ["loss"], "buckets": 50}}
    kernel.shell_channel.send(
        kernel.session.msg("comm_msg", {"comm_id": comm_id, "data": {"method": "custom", "content": request}})
    )
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        message = kernel.get_iopub_msg(timeout=20)
        content = message["content"].get("data", {}).get("content", {}) if message["msg_type"] == "comm_msg" else {}
        if content.get("id") == "q1":
            assert content["result"][0]["steps"] == list(range(30))
            return
    pytest.fail("no answer")
