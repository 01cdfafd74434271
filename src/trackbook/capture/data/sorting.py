"""Which of the opened files are data, and which way it went: read, written or both.

Left out, by place: the interpreter and all installed packages, /proc, /dev, /sys, /etc and /usr/share, caches and
settings in the user's folder, `.git`, the tracker's home; by name: code, notebooks, fonts.  By kind: what is no regular
file (a pipe, a socket, a folder, a device), and what is gone from the folder for temporary files.

scikit-learn's bundled data sets lie among the packages and are data all the same.
"""

# Paths are texts in this room: hooks give them so, and thousands are compared.
# ruff: noqa: PTH100, PTH111, PTH116, PTH118, PTH122
from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from trackbook.capture.data.opens import UNKNOWN, URL, Opening
from trackbook.capture.installed import package_folders

SYSTEM = ("/proc/", "/dev/", "/sys/", "/run/", "/etc/", "/usr/share/", "/usr/lib/", "/usr/local/share/fonts/")
NO_DATA = frozenset(
    ".py .pyc .pyi .pyd .so .dll .dylib .ipynb .ttf .ttc .otf .afm .pfb .pfm .woff .woff2 .mplstyle .lock .pth".split()
)
HIDDEN = (".config", ".ipython", ".jupyter", ".matplotlib", ".local/share/jupyter", ".local/state", ".conda", ".nv")
SETTINGS = (".keras/keras.json", ".kaggle/kaggle.json")
"""In the user's folder, beside data or alone."""
HIDDEN_VARIABLES = ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "MPLCONFIGDIR")
CACHE = ".cache"
DATA_CACHES = ("huggingface", "kagglehub", "seaborn", "torch", "keras", "scikit_learn_data")
"""Below `~/.cache` these hold data and models."""
BUNDLED = os.path.join("sklearn", "datasets", "data") + os.sep
BUNDLED_ELSE = os.path.join("sklearn", "datasets", "images") + os.sep
WRITES = os.O_WRONLY | os.O_RDWR


@dataclass(frozen=True, slots=True)
class FileUse:
    """A data file as the cell used it.  Paths are absolute."""

    path: str
    read: bool
    written: bool
    size_bytes: int
    mtime_ns: int
    named: bool = False
    """Not seen opened: the text of the cell or script names it, or a script's argument."""
    changed: bool = False
    """It was read, and changed since the cell began: its content now may not be what was read."""
    cell: int | None = None
    """The execution count of the earlier cell that used it; None where it is the cell itself."""


@dataclass(frozen=True, slots=True)
class Uses:
    files: tuple[FileUse, ...] = ()
    urls: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    """Read, and not there any more."""
    pipes: tuple[str, ...] = ()
    """Named pipes that were read: their content is nowhere."""
    left_out: int = 0
    """Files that are not among them, since there are too many."""


NO_USES = Uses()


@dataclass(slots=True)
class _Seen:
    reads: bool = False
    writes: bool = False
    unknown: bool = False
    first_writes: bool = False
    named: bool = False


class Sorter:
    """Knows the places that hold no data: everyone's, and `own`, the files, folders and addresses of the tracker."""

    def __init__(self, own: Iterable[Path] = (), project: Path | None = None, own_urls: Iterable[str] = ()) -> None:
        user = os.path.expanduser("~")
        hidden = [os.path.join(user, name) for name in HIDDEN]
        hidden += [os.environ[name] for name in HIDDEN_VARIABLES if os.environ.get(name)]
        self._hidden = tuple(os.path.abspath(place) + os.sep for place in hidden)
        self._cache = os.path.join(user, CACHE) + os.sep
        self._data_caches = tuple(os.path.join(self._cache, name) + os.sep for name in DATA_CACHES)
        self._packages = package_folders(project)
        places = [text for path in own for text in (str(path), os.path.realpath(path))]
        self._own_files = frozenset(text + end for text in places for end in ("", "-wal", "-shm", "-journal"))
        self._own_files |= {os.path.join(user, name) for name in SETTINGS}
        self._own_folders = tuple(text + os.sep for text in places)
        self._own_urls = tuple(own_urls)
        self._temporary = tuple({text + os.sep for text in (tempfile.gettempdir(), "/tmp", "/var/tmp")})  # noqa: S108

    def is_data(self, path: str) -> bool:
        """By place and name alone; no file is touched."""
        if BUNDLED in path or BUNDLED_ELSE in path:
            return not path.endswith((".py", ".pyc", ".rst"))
        if path.startswith(SYSTEM) or self._is_own(path) or path.startswith(self._packages):
            return False
        if path.startswith(self._hidden) or "/.git/" in path or "/__pycache__/" in path:
            return False
        if path.startswith(self._cache) and not path.startswith(self._data_caches):
            return False
        return os.path.splitext(path)[1].lower() not in NO_DATA

    def _is_own(self, path: str) -> bool:
        return path.startswith(self._own_folders) or path in self._own_files

    def sort(self, openings: Sequence[Opening], begun_ns: int, named: Iterable[str] = ()) -> Uses:
        """The data files among what was opened; `begun_ns` is when the cell began (ns since the epoch).

        `named` are paths that the cell's text names; those not seen opened count as read.
        """
        urls: dict[str, None] = {}
        seen: dict[str, _Seen] = {}
        for place, mode, flags, _ in openings:
            if mode == URL:
                if not str(place).startswith(("file:", "local:", *self._own_urls)):  # local ones are seen as files
                    urls[str(place)] = None
                continue
            path = _absolute(place)
            if path is not None:
                _add(seen.setdefault(path, _Seen()), mode, flags)
        files: list[FileUse] = []
        gone: list[str] = []
        pipes: list[str] = []
        known = set()
        for path, way in _with_named(seen, named):
            if not self.is_data(path):
                continue
            try:
                about = os.stat(path)
            except (OSError, ValueError):
                if way.reads and not way.writes and not way.named and not path.startswith(self._temporary):
                    gone.append(path)
                continue
            one = (about.st_dev, about.st_ino)
            if stat.S_ISREG(about.st_mode) and one not in known:
                known.add(one)
                files.append(_use(path, way, about, begun_ns))
            elif stat.S_ISFIFO(about.st_mode) and way.reads and not way.named:
                pipes.append(path)
        return Uses(tuple(files), tuple(urls), tuple(gone), tuple(pipes))


def _absolute(place: object) -> str | None:
    if type(place) is tuple:
        return os.path.normpath(os.path.join(*place))
    return os.path.normpath(place) if isinstance(place, str) and "\0" not in place else None


def _add(way: _Seen, mode: object, flags: object) -> None:
    if mode == UNKNOWN:
        way.unknown = True
        return
    if isinstance(flags, int):
        writes = bool(flags & WRITES)
        reads = not flags & os.O_WRONLY and not flags & os.O_TRUNC
    else:
        writes = isinstance(mode, str) and any(letter in mode for letter in "wax+")
        reads = not writes or "r" in str(mode)
    if writes and not reads and not way.reads:
        way.first_writes = True
    way.reads |= reads and not way.first_writes
    way.writes |= writes


def _with_named(seen: dict[str, _Seen], named: Iterable[str]) -> Iterator[tuple[str, _Seen]]:
    yield from seen.items()
    for path in named:
        if path not in seen:
            yield path, _Seen(unknown=True, named=True)


def _use(path: str, way: _Seen, about: os.stat_result, begun_ns: int) -> FileUse:
    fresh = about.st_mtime_ns >= begun_ns
    read, written = way.reads, way.writes and (fresh or way.first_writes)
    if way.unknown and not read and not written:
        read, written = not fresh, fresh
    if way.writes and not written:
        read = True  # opened for both, and not changed
    elif way.writes and fresh and not way.first_writes and way.reads:
        written = True
    return FileUse(path, read, written, about.st_size, about.st_mtime_ns, way.named, read and fresh)
