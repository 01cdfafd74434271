"""A filter on what no run has says so, and names what is near."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Notebook


@pytest.mark.parametrize(
    ("filter", "said"),
    [
        ("metrics.val_acuracy > 0.1", "no run has a metric 'val_acuracy': did you mean 'val_accuracy'?"),
        ("metrics.zzz > 0.1", "no run has a metric 'zzz': there are 'val_accuracy'"),
        ("params.kernl = 'rbf' and metrics.val_accuracy > 0", "no run has a param 'kernl': did you mean 'kernel'?"),
        ("metrics.val_accuracy.max > 2", ""),
        ("params.kernel = 'no' and status = 'FINISHED'", ""),
    ],
)
def test_a_filter_on_a_key_that_no_run_has_names_the_nearest(notebook: Notebook, filter: str, said: str) -> None:
    notebook.ran("%%track --quiet\nkernel = 'rbf'\nval_accuracy = len(kernel) / 4")
    ran = notebook.run(f"%runs {filter}")
    assert ran.error is None
    told = [line for line in ran.stdout.splitlines() if "no run has" in line]
    assert told == ([f"trackbook: {said}"] if said else [])
