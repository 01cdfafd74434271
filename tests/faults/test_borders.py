"""SIGKILL at each border of recovery, roll-over, giving segments back and closing: nothing is lost, nothing twice.

`make soak` tries every border, `make test` a share of them.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.share import SOAK

SHARE = 1.0 if SOAK else 0.02


@pytest.mark.soak
@pytest.mark.parametrize("scene", ["recovery", "life"])
def test_a_death_at_a_border_loses_and_doubles_nothing(scene, tmp_path):
    done = subprocess.run(
        [sys.executable, "-W", "ignore", Path(__file__).with_name("borders.py"), scene, tmp_path, str(SHARE)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(done.stdout.split()[1]) > 100
