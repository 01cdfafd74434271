"""An executed cell in plain Python: what IPython adds to the language, written without it.

`%%track` and the magics that only run Python (`%%time`) are taken off, those that change the session become calls of
the standard library, the rest becomes a comment in the script.  Line magics and `!` are translated by IPython's own
transformer first, so that what counts as a magic is decided by IPython.
"""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import takewhile
from typing import Any

from trackbook.capture.parsing import parsed
from trackbook.capture.program import otherlanguages
from trackbook.capture.program.filling import filled_in
from trackbook.capture.program.splicing import lines_of, parts, put

TRACK = "track"
NOTHING = "None"
"""In the place of a magic that does nothing for the program."""
OURS = "trackbook"
TIMEIT = "timeit"
"""Runs a cell as a function of its own: what it binds is gone."""
RUNS_PYTHON = frozenset({"time", TIMEIT, "prun", "capture", "py"})
HARMLESS = frozenset(
    """time timeit prun track runs compare report registry trackbook_begin who whos who_ls pwd ls ll history hist pinfo
    pinfo2 psource pdoc lsmagic magic quickref precision memit memray lprun mprun tb xmode doctest_mode
    pprint""".split()
)
"""Line magics that no later cell can tell."""
QUIET = frozenset("matplotlib load_ext reload_ext config autoreload".split())
"""Line magics that set up the notebook, and define nothing."""
OUTPUTS_LOOKED_AT = frozenset("ls pwd cat head tail wc echo which nvidia-smi free df du date uname whoami".split())
"""Shell commands that only show."""
_AUTOMAGIC = re.compile(
    r"\s*(cd|pushd|popd|pip|conda|env|run|store|load_ext|matplotlib|autoreload)(?=\s|$)"
    r"(?![ \t]*([=,:(\[]|[-+*/%&|^@<>]{1,2}=))[^\n]*\s*"
)
"""A cell of one line that is no Python: IPython takes it for a magic, where no operator stands behind the name."""
_SEED = re.compile(r"--seed[ =](-?\d+)")


@dataclass(frozen=True, slots=True)
class PlainCell:
    """A cell in plain Python, and what its magics did."""

    python: str
    parses: bool
    session: bool = False
    wild: bool = False
    files: bool = False
    """It may meet any file, and write any: a shell command, a change of the folder."""
    seed: int | None = None
    """Of `%%track --seed`."""
    untranslated: tuple[str, ...] = ()
    """Magics that the plain text leaves out, though they may matter."""
    captured: str = ""
    """Of `%%capture NAME`: what stands for the captured output from then on."""
    shift: int | None = None
    """How many lines further down a line stands here than in the code that IPython makes of the cell; None where
    another magic runs the cell, or the lines are not as many."""


@lru_cache(maxsize=2048)
def plain_cell(source: str) -> PlainCell:
    """The cell without its magics; one that is no Python (`%%bash`) becomes a call that does the same."""
    head, rest = _cell_magics(source)
    seed = next((int(found[1]) for name, line in head if name == TRACK and (found := _SEED.search(line))), None)
    other = next(((name, line) for name, line in head if name != TRACK and name not in RUNS_PYTHON), None)
    if other is not None:
        return _other_language(*other, rest if rest.endswith("\n") else f"{rest}\n", seed)  # as IPython has it
    python, tree = _parsed(rest)
    if tree is None:
        return PlainCell(rest, parses=False, seed=seed)
    plain = _without_ipython(python, tree, seed)
    if plain.python.count("\n") == python.count("\n"):
        plain = replace(plain, shift=_shift(head, rest, as_it_is=python is rest))
    timed = next((line for name, line in head if name == TIMEIT), None)
    if timed is not None:
        python = otherlanguages.timed(timed, plain.python)
        if not python:
            return _left_out(TIMEIT, timed, seed)
        plain = replace(plain, python=python)
    captured = next((_first_word(line) for name, line in head if name == "capture"), "")
    return replace(plain, captured=captured) if otherlanguages.is_name(captured) else plain


def _first_word(line: str) -> str:
    return next((word for word in line.split() if not word.startswith("-")), "")


def _shift(head: list[tuple[str, str]], rest: str, *, as_it_is: bool) -> int | None:
    """IPython takes off empty lines above a cell, and so does its transformer here."""
    if any(name != TRACK for name, _ in head):
        return None
    empty = len(list(takewhile(lambda line: not line.strip(), rest.splitlines())))
    if head:
        return -len(head) - (0 if as_it_is else empty)
    return empty if as_it_is else 0


def _cell_magics(source: str) -> tuple[list[tuple[str, str]], str]:
    """The `%%` lines at the beginning, each name with its line, and what stands below them."""
    lines = source.splitlines(keepends=True)
    head: list[tuple[str, str]] = []
    start = 0
    while start < len(lines) and (lines[start].startswith("%%") or (not lines[start].strip() and not head)):
        if lines[start].strip():
            name, _, line = lines[start][2:].strip().partition(" ")
            head.append((name, line))
            if name != TRACK and name not in RUNS_PYTHON:
                return head, "".join(lines[start + 1 :])
        start += 1
    return head, "".join(lines[start:]) if head else source


def _parsed(source: str) -> tuple[str, ast.Module | None]:
    tree = parse(source)
    if tree is not None:
        return source, tree
    if _AUTOMAGIC.fullmatch(source):
        source = f"%{source.lstrip()}"
    try:
        from IPython.core.inputtransformer2 import TransformerManager

        translated = str(TransformerManager().transform_cell(source))  # type: ignore[no-untyped-call]
    except (ImportError, SyntaxError):
        return source, None
    return translated, parse(translated)


def parse(python: str) -> ast.Module | None:
    """The tree, None for what is no Python."""
    return parsed(python)


def _other_language(name: str, line: str, body: str, seed: int | None) -> PlainCell:
    if name in otherlanguages.WRITERS:
        return PlainCell(otherlanguages.written_file(line, body), parses=True, seed=seed)
    if name in otherlanguages.DISPLAYED:
        return PlainCell("pass\n", parses=True, seed=seed)
    python = ""
    if name in otherlanguages.SHELL_LINES:
        python = otherlanguages.shell_lines(body)
    elif name in otherlanguages.PROGRAMS:
        python = otherlanguages.program(name, line, body)
    if python:
        return PlainCell(python, parses=True, session=True, files=True, seed=seed)
    return _left_out(name, line, seed)


def _left_out(name: str, line: str, seed: int | None) -> PlainCell:
    magic = f"%%{name} {line}".rstrip()
    python = f"pass  # {magic}{_LEFT_OUT}\n"
    return PlainCell(python, parses=True, session=True, wild=True, seed=seed, untranslated=(magic,))


_LEFT_OUT = "  (left out here: run program.ipynb instead)"


@dataclass(slots=True)
class _Found:
    session: bool = False
    files: bool = False
    wild: bool = False
    untranslated: tuple[str, ...] = ()


def _without_ipython(python: str, tree: ast.Module, seed: int | None) -> PlainCell:
    """The calls of `get_ipython()` that IPython's transformer made, as calls of the standard library."""
    if "get_ipython" not in python:
        return PlainCell(python, parses=True, seed=seed)
    found = _Found()
    lines = lines_of(python)
    statements = {id(one.value) for one in tree.body if isinstance(one, ast.Expr)}
    for node in sorted(_shell_calls(tree), key=lambda one: (one.lineno, one.col_offset), reverse=True):
        known = found.wild
        found.wild = False
        text = _translated(node, found)
        left_out, found.wild = found.wild, found.wild or known
        before, _, behind = parts(lines, node)
        if text == NOTHING and id(node) in statements and not before and not behind.strip():
            text = _as_comment(node) + (_LEFT_OUT if left_out else "")
        put(lines, node, text.encode())
    text = b"".join(lines).decode()
    return PlainCell(text, parse(text) is not None, found.session, found.wild, found.files, seed, found.untranslated)


def _as_comment(node: ast.Call) -> str:
    """A magic that stands for itself and does nothing for the program, as it was written."""
    written = [str(one.value) for one in node.args if isinstance(one, ast.Constant)]
    return "# %" + " ".join(written).replace("\n", " ").rstrip()


def _shell_calls(tree: ast.Module) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name(id="get_ipython")), attr=method), args=args):
                if method in _METHODS and all(isinstance(one, ast.Constant) for one in args):
                    yield node


_METHODS = frozenset({"run_line_magic", "system", "getoutput", "run_cell_magic"})


def _translated(node: ast.Call, found: _Found) -> str:
    method: str = node.func.attr  # type: ignore[attr-defined]
    given: list[Any] = [one.value for one in node.args]  # type: ignore[attr-defined]
    if method in {"system", "getoutput"}:
        return _shell(str(given[0]), found, output=method == "getoutput")
    name, line = str(given[0]), str(given[1]).strip()
    if method == "run_cell_magic":
        found.session = found.wild = True
        found.untranslated += (f"%%{name} {line}".rstrip(),)
        return NOTHING
    return _line_magic(name, line, found)


def _shell(command: str, found: _Found, *, output: bool) -> str:
    words = command.split()
    if not words or words[0] not in OUTPUTS_LOOKED_AT or any(mark in command for mark in ">|;&`$("):
        found.session = found.files = True
    text = filled_in(command)
    if output:
        return f"__import__('subprocess').getoutput({text}).splitlines()"
    return f"(__import__('subprocess').run({text}, shell=True) and None)"


def _line_magic(name: str, line: str, found: _Found) -> str:
    if name == "time" and line:
        return line if parse(line) else NOTHING
    if name in HARMLESS or (name == "load_ext" and line == OURS) or (name == "store" and _only_stores(line)):
        return NOTHING
    found.session = True
    found.files |= name == "store" and ">" in line
    if name == "run" and (python := _run(line)):
        found.files = found.wild = True
        return python
    if name in {"cd", "pushd", "popd"} and (call := _folder(name, line.removeprefix("-q").strip(" \"'"))):
        found.files = True
        return call
    if name in {"env", "set_env"}:
        key, _, value = line.partition("=") if "=" in line else line.partition(" ")
        if value:
            return f"__import__('os').environ.__setitem__({key.strip()!r}, {filled_in(value.strip())})"
        return f"__import__('os').environ.get({key.strip()!r})"
    if name in {"pip", "conda", "mamba", "uv"}:
        found.untranslated += (f"%{name} {line}",)
        return NOTHING
    if name in {"sx", "system"}:
        return _shell(line, found, output=True)
    if name not in QUIET:
        found.wild = True
    found.untranslated += (f"%{name} {line}".rstrip(),)
    return NOTHING


def _only_stores(line: str) -> bool:
    """`%store x`; not `%store x > a.txt`, `%store -r`, `%store -d x`."""
    return ">" not in line and not any(word.startswith("-") for word in line.split())


def _folder(name: str, folder: str) -> str:
    """A call of what a script brings along; "" for a bookmark and the like."""
    if name == "popd":
        return "_tb_magic_popd()"
    if folder.startswith("-") and not (name == "cd" and (folder == "-" or folder[1:].isdigit())):
        return ""
    return f"_tb_magic_{name}({filled_in(folder)})"


def _run(line: str) -> str:
    """`%run [-i] script.py arguments`; "" for notebooks and other options."""
    try:
        words = shlex.split(line)
    except ValueError:
        return ""
    inside = words[:1] == ["-i"]
    words = words[inside:]
    if not words or not words[0].endswith(".py"):
        return ""
    path, given = filled_in(words[0]), ", ".join(map(filled_in, words))
    if inside:
        run = f"exec(compile(open({path}).read(), {path}, 'exec'), globals())"
    else:
        run = f"globals().update(__import__('runpy').run_path({path}, run_name='__main__'))"
    return f"(__import__('sys').argv.__setitem__(slice(None), [{given}]), {run})[-1]"
