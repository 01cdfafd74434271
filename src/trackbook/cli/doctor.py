"""`trackbook doctor`: what is in force here, where it comes from, and what to do about what is wrong.

It only looks: no store is made, no migration is run, no journal is taken in.
"""

from __future__ import annotations

import json
import os
import platform
import re
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trackbook import __version__, settings
from trackbook.cli import output

if TYPE_CHECKING:
    from trackbook.settings import Settings

LAB_EXTENSION = "trackbook-lab"
LIBRARIES = ("jupyterlab", "notebook", "jupyter_server", "ipykernel", "ipython", "ipywidgets", "anywidget", "altair")
EMPTY = {"artifact_root": "beside the store"}
"""What a setting without a value means."""
CONFIG_FILES = ("ipython_config.py", "ipython_kernel_config.py")
_LOADED = re.compile(
    r"""^[^#\n]*\bextensions\b(?:[^#\n\]]*['"]trackbook['"]|[^#\n\[]*\[(?:[^#\]]|#[^\n]*+)*?['"]trackbook['"])""",
    re.MULTILINE,
)
"""On the line, or in the list that begins on it, comments apart."""
BUNDLES = ("card", "table", "compare")


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's sheet; `remedy` is "" where nothing is wrong."""

    name: str
    value: str
    origin: str = ""
    remedy: str = ""


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Show settings, store and Jupyter's extensions, and what to do on problems; status 1 where there are any."""
    in_force = settings.load()
    findings = [*settings_findings(in_force), *store_findings(in_force), *jupyter_findings()]
    if as_json:
        output.print_json([asdict(finding) for finding in findings])
    else:
        output.table(["", "value", "from"], [[f.name, f.value, f.origin] for f in findings])
        for finding in findings:
            if finding.remedy:
                typer.echo(f"\n{finding.name}: {finding.remedy}")
    if any(finding.remedy for finding in findings):
        raise typer.Exit(1)


def settings_findings(in_force: Settings) -> Iterator[Finding]:
    """Each setting with its origin."""
    yield Finding("trackbook", __version__, str(Path(__file__).parents[1]))
    yield Finding("python", platform.python_version(), sys.executable)
    for name in ("home", "tracking_uri", "artifact_root", "experiment", "user"):
        value = settings.without_credentials(str(getattr(in_force, name)))
        yield Finding(name, value or EMPTY.get(name, ""), in_force.origin.get(name, ""))


def store_findings(in_force: Settings) -> Iterator[Finding]:
    """Whether the store is readable, its schema, and the journals that wait."""
    yield _store(in_force)
    yield from _file_system(in_force)
    from trackbook.journal.recovery import abandoned

    folder = in_force.journal_folder
    waiting = sum(1 for _ in abandoned(folder, sweep=False))
    damaged = sorted(folder.glob("*/damaged.txt"))
    kept = [path for path in folder.glob("*") if path.is_dir() and not path.name.startswith(".")]
    value = f"{waiting} of dead kernels, {len(kept) - waiting - len(damaged)} in use, {len(damaged)} damaged"
    remedy = "run `trackbook recover` to bring what they hold into the store" if waiting else ""
    if damaged:
        remedy = f"read {damaged[0]}; what could be read was recovered, and the folder may be deleted"
    yield Finding("journals", value, str(folder), remedy)


def _store(in_force: Settings) -> Finding:
    from trackbook.connect import DATABASE_NAME
    from trackbook.store.revisions import HEAD, REVISIONS

    address = in_force.tracking_uri.removeprefix("sqlite:///")
    file = Path(address)
    file = file / DATABASE_NAME if file.is_dir() else file
    if "://" in address:
        return Finding("store", "not looked into", settings.without_credentials(in_force.tracking_uri))
    if not file.exists():
        return Finding("store", "not made yet: the first run makes it", in_force.tracking_uri)
    schema = _schema_of(file)
    if schema is None:
        return Finding("store", "unreadable", str(file), "move the file away, or set TRACKBOOK_TRACKING_URI to another")
    if schema not in REVISIONS:
        return Finding("store", f"schema {schema}, newer than {HEAD}", str(file), "pip install --upgrade trackbook")
    old = "" if schema == HEAD else f", brought to {HEAD} when it is opened next"
    if not (os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)):
        return Finding("store", f"schema {schema}, read-only", str(file), "make the file and its folder writable")
    return Finding("store", f"schema {schema}{old}", str(file))


def _file_system(in_force: Settings) -> Iterator[Finding]:
    """A line where the store's folder is on a network file system, and what that means."""
    from trackbook.store.mounts import mount_table, network_filesystem

    address = in_force.tracking_uri.removeprefix("sqlite:///")
    kind = None if "://" in address else network_filesystem(Path(address).resolve(), mount_table())
    if kind is not None:
        yield Finding("file system", f"{kind}, over a network: no write-ahead log, slower and for few writers", address)


def _schema_of(file: Path) -> str | None:
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as database:
            (schema,) = database.execute("SELECT version_num FROM alembic_version").fetchone()
            return str(schema)
    except (sqlite3.Error, TypeError):
        return None


def jupyter_findings() -> Iterator[Finding]:
    """Versions, the built widgets, how kernels load trackbook, and whether both extensions are there and enabled."""
    for library in LIBRARIES:
        yield Finding(library, _version(library))
    package = Path(__file__).parents[1]
    missing = [name for name in BUNDLES if not (package / "static" / f"{name}.js").exists()]
    yield Finding(
        "widgets",
        f"missing: {', '.join(missing)}" if missing else "built",
        str(package / "static"),
        "install trackbook from a wheel, or run `npm run build` in js/ of a checkout" if missing else "",
    )
    yield _loading()
    yield _lab_extension()
    yield _server_extension()


def _loading() -> Finding:
    """How kernels come to know `%%track`: a line of IPython's profile, else each is told."""
    profile = Path(os.environ.get("IPYTHONDIR") or "~/.ipython").expanduser() / "profile_default"
    line = 'c.InteractiveShellApp.extensions = ["trackbook"]'
    for file in (profile / name for name in CONFIG_FILES):
        if _LOADED.search(_text(file)):
            return Finding("loaded", "by every kernel", str(file))
    return Finding(
        "loaded", f"by %load_ext trackbook in each kernel; by all with {line}", str(profile / CONFIG_FILES[0])
    )


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, ValueError):
        return ""


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "not installed"


def _lab_extension() -> Finding:
    from jupyter_core.paths import jupyter_path

    for folder in jupyter_path("labextensions"):
        manifest = Path(folder) / LAB_EXTENSION / "package.json"
        if manifest.exists():
            value = f"{LAB_EXTENSION} {_json(manifest).get('version', '')}"
            return Finding("lab extension", value, str(manifest.parent))
    remedy = "reinstall trackbook into the environment that JupyterLab runs in"
    return Finding("lab extension", "not found", "", remedy)


def _server_extension() -> Finding:
    from jupyter_core.paths import jupyter_config_path

    for folder in jupyter_config_path():
        for file in (Path(folder) / "jupyter_server_config.json", *_parts(folder)):
            enabled = _json(file).get("ServerApp", {}).get("jpserver_extensions", {}).get("trackbook")
            if enabled is not None:
                remedy = "" if enabled else "run `jupyter server extension enable trackbook`"
                return Finding("server extension", "enabled" if enabled else "disabled", str(file), remedy)
    return Finding("server extension", "not found", "", "run `jupyter server extension enable trackbook`")


def _parts(folder: str) -> list[Path]:
    return sorted((Path(folder) / "jupyter_server_config.d").glob("*.json"))


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
