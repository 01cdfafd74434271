"""Keeping a scikit-learn model brings in no library that the kernel does not use."""

import subprocess
import sys

import pytest

pytest.importorskip("sklearn")
AFTER = """
import sys
from trackbook.models.skopsformat import ADAPTERS, skops_io
skops = skops_io()
known = sys.modules["skops.io._trusted_types"].SKLEARN_ESTIMATOR_TYPE_NAMES
assert "sklearn.linear_model._logistic.LogisticRegression" in known
print(sorted({"torch", "dask", "cupy"} & set(sys.modules)), [name for name in ADAPTERS if name in sys.modules])
import importlib.util
if importlib.util.find_spec("torch"):
    import sklearn.externals.array_api_compat.torch as adapter  # the real one is there afterwards
    assert adapter.asarray([1.0]).sum() == 1
"""


def test_skops_is_imported_without_the_adapters_to_other_libraries():
    done = subprocess.run([sys.executable, "-c", AFTER], capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[0] == "[] []"
