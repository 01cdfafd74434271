"""What the wheel promises: the folder names that JupyterLab and Jupyter Server look for."""

import json
import tomllib
from pathlib import Path

import trackbook

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
WHEEL = PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]


def test_the_lab_extension_lies_under_its_own_name():
    """JupyterLab asks for its files under the name in package.json."""
    name = json.loads((ROOT / "js" / "package.json").read_text())["name"]
    (paths,) = trackbook._jupyter_labextension_paths()
    assert paths == {"src": "labextension", "dest": name}
    assert WHEEL["shared-data"]["src/trackbook/labextension"] == f"share/jupyter/labextensions/{name}"


def test_the_server_extension_is_enabled_by_a_file_of_the_wheel():
    source = ROOT / "jupyter-config" / "jupyter_server_config.d"
    assert WHEEL["shared-data"]["jupyter-config/jupyter_server_config.d"] == "etc/jupyter/jupyter_server_config.d"
    (file,) = source.glob("*.json")
    assert json.loads(file.read_text()) == {"ServerApp": {"jpserver_extensions": {"trackbook": True}}}


def test_every_requirement_has_a_lower_bound():
    groups = [PYPROJECT["project"]["dependencies"], *PYPROJECT["project"]["optional-dependencies"].values()]
    requirements = [requirement for group in groups for requirement in group]
    assert [requirement for requirement in requirements if ">=" not in requirement] == []


def test_the_lock_names_no_registry():
    assert '"resolved"' not in (ROOT / "js" / "package-lock.json").read_text()
