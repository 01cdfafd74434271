"""After `%unload_ext trackbook` a kernel is as it was before `%load_ext`: whatever of ours could be reached is gone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.jupyter.kernels import Kernel, kernel_in

if TYPE_CHECKING:
    from pathlib import Path

IMPORTS = """
import atexit, builtins, gc, json, logging, signal, sys, threading, warnings, contextlib, types
import numpy, pandas, sklearn.tree, sklearn.utils.validation, torch.optim, lightgbm, xgboost, polars, fsspec, altair
import skops.io, ipywidgets, anywidget, sqlalchemy, requests
"""
"""What we import is not taken back, and what it adds to others (pandas' accessors) is not ours."""
LOOK = '''
def _is_ours(value):
    """By where its code is, or its class, through what wraps a function."""
    for _ in range(5):
        code = getattr(value, "__code__", None)
        if isinstance(code, types.CodeType):
            return "/trackbook/" in code.co_filename
        if isinstance(value, types.MethodType):
            if _is_ours(value.__self__): return True
            value = value.__func__
        elif isinstance(value, (staticmethod, classmethod)) or type(value).__name__ == "partial":
            value = getattr(value, "__func__", None) or value.func
        elif isinstance(value, property):
            value = value.fget
        elif isinstance(value, type):
            return value.__module__.partition(".")[0] == "trackbook"
        else:
            return type(value).__module__.partition(".")[0] == "trackbook"
    return False

def _look():
    shell, ours = get_ipython(), []
    def see(where, pairs):
        for key, value in list(pairs):
            with contextlib.suppress(Exception):
                if _is_ours(value): ours.append(f"{where}.{key}")
    for name, module in list(sys.modules.items()):
        own = name.partition(".")[0] in ("trackbook", "__main__", "__mp_main__")
        if own or not isinstance(module, types.ModuleType):
            continue
        held = vars(module)
        see(name, held.items())
        for key, value in list(held.items()):
            if isinstance(value, type) and value.__module__ == name:
                see(f"{name}.{key}", vars(value).items())
        if "trackbook" in type(module).__module__: ours.append(name)
    parts = (
        "kernel display_pub displayhook display_formatter magics_manager Completer input_transformer_manager "
        "history_manager"
    )
    places = [shell, shell.kernel.iopub_thread, sys.stdout, sys.stderr]
    for one in places + [getattr(shell, name) for name in parts.split()]:
        see(type(one).__name__, vars(one).items())
    for event, callbacks in shell.events.callbacks.items(): see(event, enumerate(callbacks))
    for kind, magics in shell.magics_manager.magics.items(): see(kind, magics.items())
    transformers = shell.input_transformers_cleanup + shell.input_transformers_post + shell.ast_transformers
    see("transformers", enumerate(transformers))
    for kind, formatter in shell.display_formatter.formatters.items():
        see(kind, [*formatter.type_printers.items(), *formatter.singleton_printers.items()])
    see("completer", enumerate(shell.Completer.custom_matchers))
    for hook in ("complete_command", "pre_run_code_hook"): see(hook, enumerate(getattr(shell.hooks, hook, ()) or ()))
    for commands in shell.strdispatchers.values():
        see("commands", [(key, one) for key, chain in commands.strs.items() for _, one in chain])
    see("comm", shell.kernel.comm_manager.targets.items())
    for name in [None, *logging.root.manager.loggerDict]:
        if name is None or name.partition(".")[0] != "trackbook":
            see(f"log {name}", enumerate(logging.getLogger(name).handlers))
    see("collector", enumerate(gc.callbacks))
    see("signals", ((one, signal.getsignal(one)) for one in signal.valid_signals()))
    return {
        "ours": sorted(ours),
        "threads": sorted(one.name for one in threading.enumerate() if "trackbook" in one.name),
        "hooks": [repr(one) for one in (
            sys.excepthook, sys.displayhook, sys.unraisablehook, threading.excepthook, sys.gettrace(), sys.getprofile(),
            builtins.open, builtins.print, builtins.__import__, builtins.compile, builtins.exec, builtins.input)],
        "filters": [repr(one)[:100] for one in warnings.filters],
        "collector": [gc.get_threshold(), gc.isenabled(), len(gc.callbacks)],
        "imports": [sys.path, [repr(one) for one in sys.meta_path + sys.path_hooks]],
        "magics": sorted(name for kind in shell.magics_manager.magics.values() for name in kind),
        "listeners": list(getattr(sys.modules.get("trackbook.capture.audit"), "_listeners", ())),
        "opener": repr(getattr(sys.modules.get("trackbook.tracking.active"), "opener", None)),
    }
print(json.dumps(_look()))
'''
NAMES = "print(json.dumps(sorted(name for name in globals() if name[0] != '_')))"
CELL = "from sklearn.tree import DecisionTreeClassifier\nmodel = DecisionTreeClassifier().fit([[0], [1]], [0, 1])"
STEP = "opt = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))]); opt.step(); frame = polars.DataFrame({'a': [1]})"


def looked(kernel: Kernel, source: str = LOOK) -> Any:
    return json.loads(kernel.run(source).text.splitlines()[-1])


def test_nothing_of_ours_is_left(tmp_path: Path) -> None:
    with kernel_in(tmp_path, IMPORTS) as kernel:
        kernel.run(f"{CELL}\n{STEP}")
        before = looked(kernel)
        assert before["ours"] == before["threads"] == []
        names = looked(kernel, NAMES)
        kernel.run("%load_ext trackbook")
        kernel.run("%track on")
        kernel.run(f"%%track\n{CELL}")
        kernel.run(f"{CELL}\n{STEP}")
        loaded = looked(kernel)
        assert loaded["threads"]
        for place in ("pre_run_cell.", "post_run_cell.", "transformers.", "line.", "cell.", "sklearn."):
            assert any(one.startswith(place) for one in loaded["ours"]), loaded["ours"]
        kernel.run("%unload_ext trackbook")
        assert looked(kernel) == before
        assert looked(kernel, NAMES) == names
        assert not kernel.run(CELL).of("display_data", "error")
