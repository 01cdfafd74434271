"""Cells that another magic takes (`%%bash`, `%%script`, `%%writefile`, `%%timeit`), written in plain Python."""

from __future__ import annotations

import ast
import re
import shlex
from keyword import iskeyword

from trackbook.capture.parsing import parsed
from trackbook.capture.program.bodies import scope_walk
from trackbook.capture.program.filling import EXPRESSION, filled_in
from trackbook.capture.program.splicing import indented

WRITERS = frozenset({"writefile", "file"})
PROGRAMS = frozenset("bash sh script perl ruby python python2 python3 pypy".split())
"""Each is given the cell; of `%%script` its line names the program."""
SHELL_LINES = frozenset({"!", "system", "sx"})
DISPLAYED = frozenset({"html", "HTML", "markdown", "latex", "svg", "SVG", "javascript", "js"})
_NAMED = ("--out", "--err")
"""Options of `%%bash` and its like that name a variable for what the program prints."""
_BACKGROUND = frozenset({"--bg", "--proc"})
_HELD = re.compile("\0(\\d+)\0")
"""In the place of what is filled in, while words are looked for."""
_TIMEIT_OPTIONS = re.compile(r"^\s*(-[nrp]\s*\w+\s*|-[a-z]+\s*)*")


def written_file(line: str, body: str) -> str:
    """`%%writefile [-a] FILE`."""
    words = _words(line) or [""]
    path = filled_in(words[-1])
    if words[-1].startswith("~"):
        path = f"__import__('os').path.expanduser({path})"
    mode = "a" if {"-a", "--append"} & {*words[:-1]} else "w"
    return f"with open({path}, {mode!r}) as _tb_file:\n    _tb_file.write({body!r})\n"


def shell_lines(body: str) -> str:
    """`%%!`, whose value is what it printed."""
    return f"__import__('subprocess').getoutput({body!r}).splitlines()\n"


def program(name: str, line: str, body: str) -> str:
    """`%%bash [arguments]`, its options anywhere among them; "" for one that goes on in the background."""
    command = [] if name == "script" else [name]
    words = iter(_words(line))
    kept: dict[str, str] = {}
    check = True
    for word in words:
        option, _, value = word.partition("=")
        if option in _BACKGROUND:
            return ""
        if option in _NAMED:
            kept[option] = value or next(words, "")
        elif option == "--no-raise-error":
            check = False
        else:
            command.append(word)
    if not command or not all(map(is_name, kept.values())):
        return ""
    if command in (["bash"], ["sh"]):
        given = f"[{command[0]!r}, '-c', {body!r}]"
    else:
        given = f"[{', '.join(map(filled_in, command))}], input={body!r}"
    pipes = "".join(f", std{option[2:]}=-1" for option in _NAMED if option in kept)
    run = f"_tb_done = __import__('subprocess').run({given}, text=True, check={check}{pipes})\n"
    return run + "".join(f"{kept[option]} = _tb_done.std{option[2:]}\n" for option in _NAMED if option in kept)


def timed(line: str, python: str) -> str:
    """`%%timeit [options] [setup]`, done once: as there, what it binds is bound in a function.

    "" for what no function may have: `from module import *`, `await`.
    """
    setup = _TIMEIT_OPTIONS.sub("", line)
    first = f"    {setup}\n" if setup and parsed(setup) is not None else ""
    text = f"def _tb_timed():\n{first}{indented(python)}\n_tb_timed()\n"
    tree = parsed(text)
    function = tree.body[0] if tree is not None else None
    if not isinstance(function, ast.FunctionDef) or any(map(_is_for_modules, scope_walk(function))):
        return ""
    return text


def is_name(text: str) -> bool:
    """Whether a variable may have this name: `None` and `class` are none."""
    return text.isidentifier() and not iskeyword(text)


def _is_for_modules(node: ast.AST) -> bool:
    starred = isinstance(node, ast.ImportFrom) and any(one.name == "*" for one in node.names)
    return starred or isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith)


def _words(line: str) -> list[str]:
    """As a shell splits it, but what stands in braces is kept as it is written: `{cfg['name']}`, `{a + b}`."""
    filled: list[str] = []

    def kept(found: re.Match[str]) -> str:
        filled.append(found[0])
        return f"\0{len(filled) - 1}\0"

    held = EXPRESSION.sub(kept, line.replace("\0", ""))
    try:
        words = shlex.split(held)
    except ValueError:
        words = held.split()
    return [_HELD.sub(lambda found: filled[int(found[1])], word) for word in words]
