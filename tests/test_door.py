"""The door of the package: what `import trackbook` offers, what it costs, and one version everywhere."""

import inspect
import json
import pickle
import re
import subprocess
import sys
from pathlib import Path

import pytest

import trackbook

ROOT = Path(__file__).parents[1]
HEAVY = ("alembic", "altair", "anywidget", "ipywidgets", "IPython", "nbconvert", "nbformat", "numpy", "pandas",
         "rich", "sklearn", "sqlalchemy", "traitlets", "typer", "vl_convert")  # fmt: skip


def test_public_names_are_sorted_and_unique():
    assert list(trackbook.__all__) == sorted(set(trackbook.__all__))


@pytest.mark.parametrize("name", trackbook.__all__)
def test_every_public_name_resolves(name):
    assert getattr(trackbook, name) is not None


def test_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = trackbook.no_such_name


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: trackbook.start_run(experiment="iris"), r"'experiment'.*'iris'.*set_experiment\('iris'\)"),
        (lambda: trackbook.start_run(experiment_name="iris"), r"set_experiment\('iris'\)"),
        (lambda: trackbook.start_run(name="first"), "did you mean run_name="),
        (lambda: trackbook.start_run(params={"C": 1}), r"tb.log_params\(\{'C': 1\}\)"),
        (lambda: trackbook.set_experiment(name="iris"), "experiment_name='iris'"),
        (lambda: trackbook.search_runs(max_result=5), "did you mean max_results="),
        (lambda: trackbook.active_run(colour="red"), "it takes no arguments"),
    ],
)
def test_a_keyword_that_is_not_there_is_named_with_its_value_and_the_remedy(call, said):
    with pytest.raises(trackbook.errors.UnknownArgument, match=said) as raised:
        call()
    assert isinstance(raised.value, TypeError)
    assert str(pickle.loads(pickle.dumps(raised.value))) == str(raised.value)


def test_public_functions_show_their_own_arguments_and_pickle():
    assert [*inspect.signature(trackbook.start_run).parameters][:3] == ["run_id", "experiment_id", "run_name"]
    assert all(one.kind != one.VAR_KEYWORD for one in inspect.signature(trackbook.start_run).parameters.values())
    assert pickle.loads(pickle.dumps(trackbook.start_run)) is trackbook.start_run


def test_import_loads_no_heavy_library():
    code = f"import sys, trackbook; print([name for name in {HEAVY!r} if name in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_package_and_front_end_have_one_version():
    assert json.loads((ROOT / "js" / "package.json").read_text())["version"] == trackbook.__version__
    assert f'VERSION = "{trackbook.__version__}"' in (ROOT / "js/src/lib/version.ts").read_text()


def test_changelog_begins_with_this_version():
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest is not None
    assert newest[1] == trackbook.__version__


def test_paths_named_in_contributing_exist():
    """Text about the plan of the house rots: every path in backticks with a slash is looked for."""
    text = (ROOT / "CONTRIBUTING.md").read_text()
    named = re.findall(r"`((?:src|js|tests|notebooks|jupyter-config|\.ci)/[\w./-]*)`", text)
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []
