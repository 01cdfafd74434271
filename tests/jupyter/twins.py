"""One notebook in kernels with and without tracking: all that reaches the front end, in a form that can be compared.

What is left out is what differs between two runs without us as well (times, addresses, names of temporary files), and
the run card.  The texts of stdout and stderr are joined between two other messages, since when they are sent is a
matter of milliseconds.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.jupyter.kernels import TIMEOUT_S, Kernel

if TYPE_CHECKING:
    from pathlib import Path

TRACK = "%%track --quiet"
AS_COMMENT = f"# {TRACK}"
"""In the place of the magic where there is none, so that every other line has the same number."""
CARD_MIME = "application/vnd.trackbook.view+json"
TALK = "trackbook.frontend"
"""The comm over which the page is asked for its document: nothing is seen of it."""
COMMS = ("comm_open", "comm_msg", "comm_close")

VARYING = (
    (re.compile(r"(ipykernel_)\d+[/\\]\d+"), r"\1N"),
    (re.compile(r"(\b0x|object at )[0-9a-f]{6,}\b"), r"\1N"),
    (re.compile(r"/tmp/tmp\w+"), "/tmp/tmpN"),
    (re.compile(r"\bT_[0-9a-f]{5}"), "T_N"),
    (re.compile(r"(CPU times:|Wall time:) .*"), r"\1"),
    (re.compile(r"%%track --quiet|# %%track --quiet"), TRACK),
    (re.compile(r"\(\d{5,}\.py"), "(N.py"),
    (re.compile(r"in \d+\.\d+ seconds"), "in N seconds"),
    (re.compile(r"IPY_MODEL_[0-9a-f]{32}"), "IPY_MODEL_N"),
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{24}_\d+_\d+"), "<message>"),
)

STATE = """
import gc, hashlib, json, locale, logging, os, random, signal, sys, threading, warnings
namespace = get_ipython().user_ns
def digest(value): return hashlib.sha1(repr(value).encode()).hexdigest()
matplotlib = sys.modules.get("matplotlib")
shell = get_ipython()
state = {
    "names": sorted(namespace), "Out": sorted(namespace.get("Out", ())), "count": shell.execution_count,
    "random": digest(random.getstate()), "gc": gc.isenabled(),
    "hooks": [repr(sys.gettrace()), repr(sys.getprofile()), sys.excepthook.__qualname__, threading.excepthook.__name__,
              type(sys.displayhook).__name__, sys.unraisablehook.__name__],
    "warnings": [repr(one)[:200] for one in warnings.filters if "trackbook" not in repr(one)],
    "showwarning": warnings.showwarning.__module__,
    "signals": [repr(signal.getsignal(one)) for one in (signal.SIGINT, signal.SIGALRM, signal.SIGTERM, signal.SIGUSR1)],
    "environment": sorted(name for name in os.environ if name not in ("JPY_PARENT_PID",)),
    "folder": os.getcwd(), "path": len(sys.path), "limits": [sys.getrecursionlimit(), sys.getswitchinterval()],
    "loggers": [logging.root.level, [type(one).__name__ for one in logging.root.handlers],
                logging.getLogger("mine").level],
    "locale": locale.setlocale(locale.LC_ALL), "streams": [type(sys.stdout).__name__, type(sys.stderr).__name__],
    "plots": None if matplotlib is None else [matplotlib.get_backend(),
              digest(sorted(dict(matplotlib.rcParams).items(), key=str))],
    "transformers": len(shell.ast_transformers), "main": sys.modules["__main__"] is shell.user_module,
    "builtins": [getattr(__builtins__, name, None) is not None for name in ("open", "print", "len")],
    "display formatters": sorted(map(str, shell.display_formatter.formatters["text/html"].type_printers)),
}
__import__("builtins")._twin_state = json.dumps(state, default=repr)
"""


def cells_of(path: Path) -> list[str]:
    """The cells of a notebook written as a script: `# %%` alone on a line begins each."""
    return [one.strip("\n") for one in re.split(r"^# %%\n", path.read_text(), flags=re.MULTILINE)[1:]]


def with_magic(source: str) -> str:
    return f"{TRACK}\n{source}"


def without_magic(source: str) -> str:
    return source if source.startswith("%%") else f"{AS_COMMENT}\n{source}"


def without_line_of_magic(ran: Any) -> Any:
    """The tracebacks of a cell that began with another cell magic, as if `%%track` did not stand above it."""
    if isinstance(ran, dict):
        return {key: without_line_of_magic(one) for key, one in ran.items()}
    if isinstance(ran, list):
        return [without_line_of_magic(one) for one in ran]
    if not isinstance(ran, str) or "run_cell_magic" not in ran:
        return ran
    plain = re.sub(r"\x1b\[[\d;]*m", "", ran)
    plain = re.sub(r"^ +1 (# )?%%track --quiet\n", "", plain, flags=re.MULTILINE)
    return plain.replace(", line 2", ", line 1").replace("> 2 ", "> 1 ")


@dataclass
class Twin:
    """A kernel, and what stands in its messages for things that every kernel has in its own way."""

    kernel: Kernel
    folder: str
    ours: set[str] = field(default_factory=set)
    """Ids of displays and comms of the card."""

    def ask(self, source: str) -> str:
        """Have a cell executed; its id, for `answer`."""
        client = self.kernel.client
        asked = client.session.msg(
            "execute_request",
            {"code": source, "silent": False, "store_history": True, "allow_stdin": False, "stop_on_error": False},
        )
        client.shell_channel.send(asked)
        request: str = asked["header"]["msg_id"]
        return request

    def answer(self, request: str) -> dict[str, Any]:
        """All that a cell showed, and its reply."""
        shown = self._shown(request)
        return {"shown": shown, "reply": self._plain(_without(self._reply(request), "engine_info", "started"))}

    def run(self, source: str) -> dict[str, Any]:
        return self.answer(self.ask(source))

    def state(self) -> dict[str, Any]:
        """What a cell can leave changed, asked for in a way that no hook hears of."""
        client = self.kernel.client
        asked = client.session.msg(
            "execute_request",
            {
                "code": f"exec({STATE!r}, {{'get_ipython': get_ipython}})",
                "silent": True,
                "store_history": False,
                "allow_stdin": False,
                "user_expressions": {"state": "__import__('builtins')._twin_state"},
            },
        )
        client.shell_channel.send(asked)
        self._shown(asked["header"]["msg_id"])
        answer = self._reply(asked["header"]["msg_id"])["user_expressions"]["state"]
        assert answer["status"] == "ok", answer
        state = json.loads(eval(answer["data"]["text/plain"]))
        plain: dict[str, Any] = self._plain(state)
        return plain

    def _reply(self, request: str) -> dict[str, Any]:
        while True:
            reply = self.kernel.client.get_shell_msg(timeout=TIMEOUT_S)
            if reply["parent_header"].get("msg_id") == request:
                content: dict[str, Any] = reply["content"]
                return content

    def _shown(self, request: str) -> list[Any]:
        """Up to the `idle` of a request; a late message of an earlier one counts where it comes."""
        shown: list[Any] = []
        while True:
            message = self.kernel.client.get_iopub_msg(timeout=TIMEOUT_S)
            kind, content = message["msg_type"], message["content"]
            if kind == "status":
                if message["parent_header"].get("msg_id") == request and content["execution_state"] == "idle":
                    return [self._plain(one) for one in shown]
            elif kind == "stream":
                if not shown or shown[-1][0] != "streams":
                    shown.append(("streams", {}))
                texts = shown[-1][1]
                texts[content["name"]] = texts.get(content["name"], "") + content["text"]
            elif kind != "execute_input" and not self._is_card(kind, content):
                shown.append((kind, self._named(kind, content)))

    def _is_card(self, kind: str, content: dict[str, Any]) -> bool:
        if kind in COMMS:
            if content["comm_id"] == TALK:
                return True
            if kind == "comm_open" and "trackbook" in json.dumps(content["data"], default=repr):
                self.ours.add(content["comm_id"])
            # The layouts of a card's widget are comms of their own.
            own_layout = kind == "comm_open" and "LayoutModel" in json.dumps(content["data"], default=repr)
            return content["comm_id"] in self.ours or own_layout
        shown_as = content.get("transient", {}).get("display_id")
        if kind == "display_data" and CARD_MIME in content["data"]:
            self.ours.add(shown_as)
        return shown_as is not None and shown_as in self.ours

    def _named(self, kind: str, content: dict[str, Any]) -> dict[str, Any]:
        """Without the random ids of comms."""
        return _without(content, "comm_id") if kind in COMMS else content

    def _plain(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._plain(one) for key, one in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._plain(one) for one in value]
        if not isinstance(value, str):
            return value
        text = value.replace(self.folder, "<folder>")
        for pattern, replacement in VARYING:
            text = pattern.sub(replacement, text)
        return text


def _without(content: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name not in names}
