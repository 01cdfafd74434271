"""What our threads import beside a cell leaves the cell's warnings and filters alone."""

from __future__ import annotations

import json
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from tests.jupyter.kernels import kernel_in

from trackbook.core import warningfilters

if TYPE_CHECKING:
    from pathlib import Path

FIRST = "import numpy, sklearn.base\n%load_ext trackbook"
"""What numpy adds for good is there before; scikit-learn has the format of its models loaded in the background."""
CELL = """
import json, threading, time, warnings
def again(): warnings.warn("again", UserWarning)
def warming(): return any(one.name == "trackbook-warm" for one in threading.enumerate())
def seen(): return list(warnings.filters), warnings.showwarning, warnings._showwarnmsg_impl
before, wrong, rounds, end = seen(), [], 0, time.monotonic() + 60
was_warming = warming()
while warming() and time.monotonic() < end:
    rounds += 1
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("default")
        for _ in range(3):
            again()
            time.sleep(0.0003)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        time.sleep(0.0003)
        try:
            warnings.warn("raised", ImportWarning)
            wrong.append("not raised")
        except ImportWarning:
            pass
    if len(found) != 1:
        wrong.append(f"seen {len(found)} times")
after = seen()
same = [one for one in after[0] if one in before[0]] == before[0] and before[1:] == after[1:]
added = [str(one) for one in after[0] if one not in before[0] and one[1] is None and one[3] is None]
print(json.dumps([was_warming, rounds, wrong, same, added, str(type(warnings))]))
"""


def test_a_cell_s_warnings_are_its_own_while_we_warm_up(tmp_path: Path) -> None:
    with kernel_in(tmp_path, FIRST) as kernel:
        was_warming, rounds, wrong, same, added, kind = json.loads(kernel.run(CELL).text)
    assert was_warming
    assert rounds > 20
    assert (wrong, same, added, kind) == ([], True, [], "<class 'module'>")


def test_two_threads_that_leave_in_another_order_than_they_entered() -> None:
    before = list(warnings.filters)
    inside, left = threading.Event(), threading.Event()

    def ours() -> list[str]:
        with warningfilters.apart(), warnings.catch_warnings(record=True) as found:
            warnings.simplefilter("ignore")
            inside.set()
            assert left.wait(10)
            warnings.warn("ours", UserWarning, stacklevel=1)
        return [str(one.message) for one in found]

    with ThreadPoolExecutor(1) as pool:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            ran = pool.submit(ours)
            assert inside.wait(10)
            with pytest.raises(UserWarning, match="mine"):
                warnings.warn("mine", UserWarning, stacklevel=1)
        left.set()
        assert ran.result() == []
    assert warnings.filters == before


def test_an_error_that_a_block_asks_for_is_raised_and_a_filter_for_good_is_everybody_s() -> None:
    with warnings.catch_warnings():
        with warningfilters.apart():
            warnings.warn("not shown, and no error", UserWarning, stacklevel=1)
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                with pytest.raises(UserWarning, match="asked for"):
                    warnings.warn("asked for", UserWarning, stacklevel=1)
            warnings.filterwarnings("ignore", message="for good")
        warnings.warn("for good", UserWarning, stacklevel=1)
    assert type(warnings).__name__ == "module"
