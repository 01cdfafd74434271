"""Environment files beside a model, as MLflow lays them out: `requirements.txt`, `python_env.yaml`, `conda.yaml`."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from pathlib import Path
from typing import Any

import yaml

ENVIRONMENT = {"conda": "conda.yaml", "virtualenv": "python_env.yaml"}
"""As the `env` entry of the `python_function` flavor names them."""
BUILD_DISTRIBUTIONS = ("pip", "setuptools", "wheel")


def pinned(distributions: Iterable[str]) -> list[str]:
    """`name==version` of those that are installed, in their order, each once."""
    lines = []
    for name in dict.fromkeys(distributions):
        try:
            lines.append(f"{name}=={version(name)}")
        except PackageNotFoundError:
            continue
    return lines


def distributions_of(type_names: Iterable[str]) -> list[str]:
    """The distributions that provide the top modules of dotted type names; modules of the session have none."""
    modules = sorted({name.partition(".")[0] for name in type_names} - {"__main__", "builtins", "numpy", "sklearn"})
    if not modules:
        return []
    providers = packages_distributions()
    return [distribution for module in modules for distribution in providers.get(module, [])]


def write(folder: Path, requirements: list[str]) -> None:
    """Write the three files into a model's folder."""
    python = platform.python_version()
    build = pinned(BUILD_DISTRIBUTIONS)
    (folder / "requirements.txt").write_text("".join(f"{line}\n" for line in requirements), "utf-8")
    python_env = {"python": python, "build_dependencies": build, "dependencies": ["-r requirements.txt"]}
    conda = {
        "channels": ["conda-forge"],
        "dependencies": [f"python={python}", *(line.replace("==", "<=") for line in build[:1]), {"pip": requirements}],
        "name": "mlflow-env",
    }
    _dump(folder / "python_env.yaml", python_env)
    _dump(folder / "conda.yaml", conda)


def _dump(path: Path, content: dict[str, Any]) -> None:
    path.write_text(yaml.safe_dump(content, sort_keys=False), "utf-8")
