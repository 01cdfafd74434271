"""`trackbook lab` builds the options of `jupyter lab`; the browser tests start the real one."""

from pathlib import Path

from trackbook.cli import lab
from trackbook.cli.lab import jupyter_arguments


def test_a_notebook_below_the_folder_is_opened_from_there(tmp_path):
    (tmp_path / "deep").mkdir()
    arguments = jupyter_arguments(tmp_path / "deep" / "a b.ipynb", tmp_path, 9000, browser=True)
    assert f"--ServerApp.root_dir={tmp_path}" in arguments
    assert "--LabApp.default_url=/lab/tree/deep/a%20b.ipynb" in arguments
    assert "--ServerApp.port=9000" in arguments
    assert "--no-browser" not in arguments


def test_a_notebook_elsewhere_is_opened_from_its_own_folder(tmp_path):
    arguments = jupyter_arguments(tmp_path / "a.ipynb", Path("/usr"), 8888, browser=False)
    assert f"--ServerApp.root_dir={tmp_path}" in arguments
    assert "--LabApp.default_url=/lab/tree/a.ipynb" in arguments
    assert arguments[-1] == "--no-browser"


def test_without_a_notebook_the_folder_is_opened(tmp_path):
    assert "--LabApp.default_url=/lab" in jupyter_arguments(None, tmp_path, 8888, browser=True)


def test_a_missing_notebook_is_named(trackbook):
    status, _, complained = trackbook("lab", "nowhere.ipynb")
    assert status == 1
    assert complained == "trackbook: no notebook 'nowhere.ipynb'\n"


def test_root_need_not_say_that_it_is_root(monkeypatch):
    for user, given, added in ((0, [], True), (0, ["--allow-root"], False), (1000, [], False)):
        monkeypatch.setattr(lab.os, "geteuid", lambda user=user: user)
        assert lab.allow_root(given) is added
