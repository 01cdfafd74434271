"""What a use of an object does: to the object, to the arguments, to random generators, files and the session.

A word list of well-known libraries lets their functions pass as readers of their arguments; all other code may change
whatever it is given, and may draw random numbers.  `lib` is the kind of objects that NumPy, pandas, scikit-learn and
their like return: their methods change the object itself, never an argument.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from trackbook.capture.program import torches
from trackbook.capture.program.effects import (
    ANYWHERE,
    FUNCTION,
    GENERATORS,
    LIB,
    MODULE,
    NOTHING,
    NUMPY,
    PLAIN,
    PYTHON,
    RANDOM,
    SCALAR,
    TORCH,
    UNBOUND,
    UNKNOWN,
    Effect,
)  # fmt: skip
from trackbook.capture.program.filenames import is_path
from trackbook.capture.program.steps import CALLED, ITEM, NO_COPY, Act, Use
from trackbook.capture.program.vocabulary import (
    BUILTIN_READERS,
    BY_HANDLES,
    CALLING,
    CHANGES_ARGUMENTS,
    CHANGES_WITHOUT_COPY,
    CONTAINER_METHODS,
    DRAWING,
    ENDS_WRITING,
    FILE_READERS,
    FILE_WRITERS,
    FITS,
    ITSELF,
    LEAVES_ITERATORS,
    MAKERS,
    NOT_FILES,
    NUMBERS,
    OTHER_PROGRAMS,
    OUT_BEHIND,
    OWN_GENERATORS,
    READERS,
    SEEDS,
    SETS_SESSION,
    SETTERS,
    TAKES_WHOLE,
    TEXT_READERS,
    TRUSTED,
)


@lru_cache(maxsize=8192)
def effect_of(use: Use, kind: str, *, calls_back: bool) -> Effect:
    """What a use does whose root is of this kind; `calls_back` where user's functions or objects are arguments."""
    if kind in torches.KINDS or torches.is_library(kind):
        found = torches.effect_of(use, kind, calls_back=calls_back)
        reads, writes = _files(use, called_by(use, kind), kind) if use.act is Act.CALL else (found.reads, found.writes)
        return replace(found, reads=reads, writes=writes)
    if kind == torches.ANY:
        return Effect("all trained", "consumed", draws=frozenset({TORCH}))
    if kind == "made":
        return Effect(arguments="consumed", draws=frozenset({TORCH}))
    if use.act is Act.ITERATE:
        at_rest = (use.path == () and kind in {SCALAR, PLAIN, LIB}) or (use.path[:1] != () and kind in {LIB, PLAIN})
        built_in = not use.local and use.path == (CALLED,) and use.root in BUILTIN_READERS and kind == UNBOUND
        if at_rest or built_in or (kind.startswith(MODULE) and trusted(kind)):
            return NOTHING
        return Effect(changes="deep", draws=GENERATORS)
    if use.act is Act.STORE:
        return _store(use, kind)
    called = called_by(use, kind)
    read, written = _files(use, called, kind)
    found = _call(use, kind, called, calls_back)
    return Effect(found.changes, found.arguments, found.holds, found.draws, found.seeds, found.session, read, written)


def trusted(kind: str) -> bool:
    return kind.removeprefix(MODULE).partition(".")[0] in TRUSTED


def dotted(kind: str, path: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The dotted name that a path from a module reaches, and the rest of the path."""
    name = kind.removeprefix(MODULE)
    for position, part in enumerate(path):
        if part in {CALLED, ITEM}:
            return name, path[position:]
        name = f"{name}.{part}"
    return name, ()


def kind_at(kind: str, path: tuple[str, ...]) -> str:
    """The kind of what a path leads to."""
    if not path:
        return kind
    if kind in torches.KINDS:
        return torches.kind_at(kind, path) or UNKNOWN
    if kind.startswith(MODULE):
        name, rest = dotted(kind, path)
        if not rest:
            return MODULE + name
        if torches.is_library(kind):
            return torches.kind_of_result(name, rest) or UNKNOWN
        if name in OWN_GENERATORS:
            return kind_at(RANDOM, rest[1:])
        return LIB if trusted(kind) and not _gives_iterators(name) else UNKNOWN
    if kind == RANDOM:  # `rng.normal(...)`
        return LIB if path[1:] == (CALLED,) and path[0] != "spawn" else UNKNOWN
    if kind == LIB:
        return LIB if path[-1] not in {"iterrows", "itertuples"} else UNKNOWN
    return SCALAR if kind == SCALAR else UNKNOWN


def gives(value: str, kind: str, path: tuple[str, ...]) -> bool:
    """Whether a path from this kind ends in a call that gives a `new` object, or even a `number`."""
    if path[-1:] != (CALLED,):
        return False
    last = path[-2] if path[1:] else kind.rpartition(".")[2] if kind.startswith(MODULE) else ""
    return last in NUMBERS or last.endswith(("_score", "_loss", "_error")) or (value == "new" and last in MAKERS)


def makes(kind: str, path: tuple[str, ...]) -> bool:
    """Whether a path ends in a call of a class of some module."""
    if not kind.startswith(MODULE) or path[-1:] != (CALLED,):
        return False
    return dotted(kind, path)[0].rpartition(".")[2][:1].isupper()


def _gives_iterators(name: str) -> bool:
    return name.startswith(
        ("csv.", "os.", "pathlib.", "json.load", "copy.", "operator.", "re.finditer", "glob.", "trackbook.", "mlflow.")
    )


def called_by(use: Use, kind: str) -> str:
    """The dotted name of a module's function; "" for methods and all else."""
    if not kind.startswith(MODULE):
        return use.root if use.path == () and not use.local and kind == UNBOUND else ""
    name, rest = dotted(kind, use.path)
    return name if not rest else ""


def _store(use: Use, kind: str) -> Effect:
    if kind.startswith(MODULE):
        return Effect(changes="deep", session=True, holds="own")
    if kind == SCALAR:
        return NOTHING
    if kind == PLAIN and use.path == (ITEM,):
        return Effect(changes="shell", holds="own")
    return Effect(changes="own" if kind == LIB else "deep", holds="own")


def _call(use: Use, kind: str, called: str, calls_back: bool) -> Effect:
    if kind.startswith(MODULE) and called:
        return _function(use, kind, called, calls_back)
    if called and called in BUILTIN_READERS:
        if calls_back:
            return Effect(arguments="changed", draws=GENERATORS)
        writes = "file" in use.keywords  # `print(text, file=log)`
        return Effect(arguments="" if called in LEAVES_ITERATORS and not writes else "consumed")
    if kind == FUNCTION and use.path == ():
        return Effect(arguments="changed", draws=GENERATORS)
    return _method(use, kind, calls_back)


def _function(use: Use, kind: str, called: str, calls_back: bool) -> Effect:
    last = called.rpartition(".")[2]
    first = called.partition(".")[0]
    seeds = SEEDS.get(called, GENERATORS if "seed" in last else frozenset())
    if seeds:
        return Effect(seeds=seeds)
    own = "random" if first == "random" else ""
    draws = frozenset({PYTHON}) if own else _drawn(use, called, first)
    session = (
        (last.startswith(SETTERS) and first != "re")
        or called in SETS_SESSION
        or first in {"warnings", "sys", "locale"}
        or (
            called.startswith(("os.environ.", "matplotlib.rcParams.", "matplotlib.pyplot.rcParams.", "sys.path."))
            and last not in {"get", "items", "keys", "copy"}
        )
    )
    if calls_back or last in CHANGES_ARGUMENTS or _fills(use, called) or use.keywords & {"out", "inplace"}:
        return Effect(changes="deep" if calls_back and not trusted(kind) else "", arguments="changed",
                      draws=GENERATORS if calls_back else draws, session=session)  # fmt: skip
    if trusted(kind) or own:
        of_whole = called.startswith("os.path.") or (last in TAKES_WHOLE and first in {"numpy", "matplotlib"})
        takes_whole = of_whole and not draws
        return Effect(arguments="" if takes_whole else "consumed", draws=draws, session=session)
    if first in CALLING:
        return Effect(arguments="")
    return Effect(changes="deep", arguments="changed", holds="own", draws=draws, session=session)


def _fills(use: Use, called: str) -> bool:
    """`np.ndarray.fill(a, 0)`, `np.add(a, b, a)`: something given may change."""
    if NO_COPY in use.keywords and called.rpartition(".")[2] in CHANGES_WITHOUT_COPY:
        return True
    if use.positional > OUT_BEHIND.get(called.removeprefix("numpy."), use.positional):
        return True
    owner, _, last = called.rpartition(".")
    owner = owner.rpartition(".")[2]
    return (owner[:1].isupper() or owner == "ndarray") and last not in READERS and not last.startswith("from_")


def _drawn(use: Use, called: str, first: str) -> frozenset[str]:
    if called.startswith("numpy.random.") and not called.endswith((".default_rng", ".RandomState", ".Generator")):
        return frozenset({NUMPY})
    if first in DRAWING:
        return frozenset() if use.seeded else frozenset({NUMPY})
    if first in TRUSTED:
        return frozenset()
    return GENERATORS


def _method(use: Use, kind: str, calls_back: bool) -> Effect:
    method = use.path[-1] if use.path else ""
    reads = method in READERS and not use.keywords & {"inplace", "out"}
    if kind == RANDOM:
        return Effect("own", "changed" if calls_back or method in CHANGES_ARGUMENTS else "consumed")
    if kind == FUNCTION and use.path[:1] == (CALLED,):  # of a new object
        return Effect(arguments="changed", draws=GENERATORS)
    if kind == SCALAR and use.path and not calls_back:
        return Effect(arguments="consumed")
    if kind == LIB or (kind.startswith(MODULE) and trusted(kind)):
        splits = method == "split" and use.path[-2:-1] != ("str",)
        draws = frozenset() if method in _NEVER_DRAW and not splits else frozenset({NUMPY})
        if calls_back:
            return Effect("deep", "changed", holds="own", draws=GENERATORS)
        holds = "" if reads else "reach" if method in FITS else "own"
        given = "changed" if method in CHANGES_ARGUMENTS else "consumed"
        return Effect(
            "" if reads or kind != LIB else "own", given, holds=holds, draws=frozenset() if use.seeded else draws
        )
    if kind == PLAIN and len(use.path) == 1 and not calls_back:
        if reads:
            return NOTHING
        if method in CONTAINER_METHODS:
            return Effect("shell", holds="own")
        return Effect("deep", "consumed", holds="own")
    if kind == UNKNOWN and method in TEXT_READERS and not calls_back and not use.local_args:
        return Effect(arguments="consumed")
    return Effect("deep", "changed", holds="own", draws=GENERATORS)


_NEVER_DRAW = (READERS | CONTAINER_METHODS) - {"sample"}


def _files(use: Use, called: str, kind: str) -> tuple[frozenset[str], frozenset[str]]:
    """Files that a call may read and write; one that writes needs what was there before (its folder, say)."""
    method = (use.path[-1] if use.path else called).rpartition(".")[2]
    named = frozenset(text for text in use.texts if is_path(text))
    first = called.partition(".")[0]
    if called in {"os.chdir", "importlib.reload"}:
        return frozenset({ANYWHERE}), frozenset()
    anywhere = frozenset({use.file or ANYWHERE})
    if called in BY_HANDLES:
        return frozenset(), frozenset()
    if called.startswith(OTHER_PROGRAMS):
        return frozenset({ANYWHERE}), frozenset({ANYWHERE})
    if method == "open" or called == "open":
        told = frozenset(use.texts[:1]) if called and use.texts and not _has_open_first(use) else anywhere
        modes = use.texts[1:] if told != anywhere else use.texts
        writes = "mode" in use.keywords or any(set(mode) & set("wax+") for mode in modes if len(mode) <= 4)
        return told, told if writes else frozenset()
    if not called and (method in ENDS_WRITING or use.path == ("__enter__",)):
        return named, frozenset({ANYWHERE})
    if kind in {LIB, PLAIN, SCALAR, RANDOM} and method in ITSELF:
        return frozenset(), frozenset()
    if method in NOT_FILES or (method in {"copy", "replace", "move"} and first not in {"shutil", "os"}):
        return named, frozenset()
    if method.startswith(FILE_WRITERS) and (use.texts or use.args or use.local_args or use.open_ended or use.path):
        told = named or anywhere
        return told, told
    if method.startswith(FILE_READERS):
        told = frozenset(use.texts[:1]) if use.texts and not use.open_ended else anywhere
        return named or told, frozenset()
    if named and not called.startswith(("numpy.", "pandas.")) and called not in {"print", "Path", "pathlib.Path"}:
        return named, named if first not in TRUSTED else frozenset()
    return named, frozenset()


def _has_open_first(use: Use) -> bool:
    """`open(path, "w")`: the only text is the mode."""
    return use.open_ended and len(use.texts) < 2
