"""Recording is switched off and on, and the extension taken out, in a plain IPython shell."""

from __future__ import annotations

SHELL = """
import json
from IPython.core.interactiveshell import InteractiveShell
from trackbook.tracking import active

shell = InteractiveShell.instance()

def cells(*sources):
    for source in sources:
        assert shell.run_cell(source, store_history=True).success, source
"""


def test_nothing_is_opened_after_an_unload_where_the_cells_were_runs_by_themselves(begin) -> None:
    code = SHELL + "cells('%load_ext trackbook', '%track on', '%unload_ext trackbook')\nprint('opener', active.opener)"
    assert begin(code).communicate(timeout=60)[0].endswith("opener None\n")


def test_a_cell_finds_what_was_set_while_nothing_was_recorded(begin) -> None:
    code = (
        SHELL
        + """
cells('%load_ext trackbook', 'import trackbook as tb; cfg = {"lr": 0.1}', '%track off', 'cfg = {"lr": 0.5}')
cells('%track on', 'tb.log_metric("loss", cfg["lr"])', '%unload_ext trackbook')
import trackbook as tb
print(json.dumps(tb.search_runs(output_format='list')[0].data.params))
"""
    )
    assert begin(code).communicate(timeout=60)[0].endswith('{"cfg.lr": "0.5"}\n')
