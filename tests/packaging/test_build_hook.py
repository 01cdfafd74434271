"""The build brings Node.js where it is missing, and never packs bundles that are older than their sources."""

import importlib.util
import os
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def hook_module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "js" / "hatch_build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def tree(tmp_path):
    """A small checkout: one source, all outputs, the outputs younger."""
    package = tmp_path / "src" / "trackbook"
    for path in ("static/card.js", "static/table.js", "static/compare.js", "labextension/package.json"):
        (package / path).parent.mkdir(parents=True, exist_ok=True)
        (package / path).touch()
    (tmp_path / "js" / "src").mkdir(parents=True)
    age(tmp_path / "js" / "src" / "card.ts", 100)
    return tmp_path


def age(path: Path, seconds: int) -> None:
    path.touch()
    then = path.stat().st_mtime - seconds
    os.utime(path, (then, then))


def hook(module, root):
    return module.NodeHook(str(root), {}, None, None, "", "wheel")


def outputs(root):
    return sorted(path.name for path in (root / "src" / "trackbook").rglob("*") if path.is_file())


def test_outputs_younger_than_the_sources_stay(hook_module, tree):
    hook(hook_module, tree).initialize("standard", {})
    assert len(outputs(tree)) == 4


def test_outputs_older_than_a_source_go(hook_module, tree):
    (tree / "js" / "src" / "lib").mkdir()
    age(tree / "js" / "src" / "lib" / "new.ts", -100)
    hook(hook_module, tree).initialize("standard", {})
    assert outputs(tree) == []


@pytest.mark.parametrize("folder", ["node_modules", "lib"])
def test_what_was_installed_or_compiled_is_no_source(hook_module, tree, folder):
    (tree / "js" / folder).mkdir()
    age(tree / "js" / folder / "index.js", -100)
    hook(hook_module, tree).initialize("standard", {})
    assert len(outputs(tree)) == 4


def test_a_source_distribution_keeps_its_bundles_and_needs_no_node(hook_module, tree, monkeypatch):
    (tree / "PKG-INFO").touch()
    age(tree / "js" / "src" / "card.ts", -100)
    monkeypatch.setenv("PATH", str(tree))
    assert hook(hook_module, tree).dependencies() == []
    hook(hook_module, tree).initialize("standard", {})
    assert len(outputs(tree)) == 4


def test_without_node_the_build_asks_for_one(hook_module, tree, monkeypatch):
    monkeypatch.setenv("PATH", str(tree))
    assert hook(hook_module, tree).dependencies() == [hook_module.NODE_REQUIREMENT]


def test_an_old_node_counts_as_none(hook_module, tree, monkeypatch):
    for name, said in (("node", "v18.20.1"), ("npm", "10.0.0")):
        program = tree / name
        program.write_text(f"#!/bin/sh\necho {said}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tree))
    assert hook_module.node_version() == (18, 20)
    assert hook(hook_module, tree).dependencies() == [hook_module.NODE_REQUIREMENT]


def test_the_bundled_node_and_npm_start(hook_module, tmp_path):
    folder = hook_module.link_bundled_node(tmp_path)
    for name in ("node", "npm"):
        said = subprocess.run(
            [folder / name, "--version"], env={"PATH": f"{folder}:/bin", "HOME": str(tmp_path)}, capture_output=True
        )
        assert said.returncode == 0, said.stderr
