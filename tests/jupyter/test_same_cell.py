"""With tracking and without: the same value, output, traceback, variables and history."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from tests.share import share

if TYPE_CHECKING:
    from conftest import Notebook

CELLS = {
    "value": "x = 41\nx + 1",
    "no value": "x = 41\nx + 1;",
    "print": "print('a')\nprint('b')",
    "error": "def f(n):\n    if n == 0:\n        raise ValueError('no')\n    return f(n - 1)\n\nf(2)",
    "syntax": "x = 1\ny = = 2",
    "indentation": "x = 1\n   y = 2",
    "name": "print(before)\nmissing_name",
    "await": "import asyncio\nawait asyncio.sleep(0)\n'done'",
    "await error": "import asyncio\nawait asyncio.sleep(0)\n1 / 0",
    "warning": "import warnings\nwarnings.warn('careful')\n1",
    "time": "%%time --no-raise-error\nx = 5",
    "magic": "%env TB_SAME=1\nfiles = !echo a\nfiles[0]",
    "exit": "raise SystemExit(3)",
    "statement of lines": "y = 0\nprint(\n    1,\n    2 / y,\n)\nz = 3",
    "interrupt": "raise KeyboardInterrupt",
    "stderr": "import sys\nprint('e', file=sys.stderr)",
    "last line is a call": "def g():\n    return {'a': 1}\ng()",
    "linecache": "import inspect\ndef h():\n    return 1\ninspect.getsource(h)",
}


def outcome(shared: Notebook, source: str) -> dict[str, Any]:
    """All that a cell can be seen by."""
    shared.shell.reset(new_session=True)
    shared.ran("before = 'b'")
    with pytest.warns(UserWarning, match="careful") if "warnings" in source else _nothing():
        ran = shared.run(source)
    namespace = shared.shell.user_ns
    skipped = ("Wall time", "CPU times")
    return {
        "value": repr(ran.value),
        "stdout": [line for line in shown(ran.stdout) if not any(word in line for word in skipped)],
        "stderr": [line for line in shown(ran.stderr) if not any(word in line for word in skipped)],
        "error": re.sub(r"<ipython-input-[^>]*>", "<cell>", repr(ran.error)),
        "success": ran.result.success,
        "count": ran.result.execution_count,
        "_": repr(namespace.get("_")),
        "Out": {key: repr(value) for key, value in namespace["Out"].items()},
        "names": sorted(name for name in namespace if not name.startswith("_")),
    }


def shown(text: str) -> list[str]:
    """Lines, with each its own first line of the cell alike."""
    return re.sub("# (first line|%%track --quiet)(?=\n|$)", "<its first line>", text).splitlines()


class _nothing:
    def __enter__(self) -> None: ...
    def __exit__(self, *_: object) -> None: ...


@pytest.mark.soak
@pytest.mark.parametrize("xmode", share(["Context", "Plain"], 2))
@pytest.mark.parametrize("source", CELLS.values(), ids=CELLS.keys())
def test_a_tracked_cell_looks_like_an_untracked_one(shared: Notebook, source: str, xmode: str) -> None:
    shared.shell.run_line_magic("xmode", xmode)
    first = "" if source.startswith("%%") else "# first line"
    untracked = outcome(shared, f"{first}\n{source}".lstrip("\n"))
    tracked = outcome(shared, f"%%track --quiet\n{source}")
    assert tracked == untracked
