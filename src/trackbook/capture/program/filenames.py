"""Names of files, as far as the text of a call tells them."""

from __future__ import annotations

import ast

SOMEWHERE = "?/"
"""In the place of a folder that the text does not tell."""
_OF_SEVERAL = frozenset({"shutil", "os"})
_ON_PATHS = ("read_", "write_", "open", "unlink", "exists", "stat")


def file_of(call: ast.Call) -> str:
    """The one file that a call is about; "" where that is none, several, or not told."""
    func = call.func
    if isinstance(func, ast.Attribute):
        if func.attr.startswith(_ON_PATHS) and (named := _named(func.value)):
            return named
        if isinstance(func.value, ast.Name) and func.value.id in _OF_SEVERAL:
            return ""
    given = [*call.args, *(one.value for one in call.keywords)]
    found = [name for one in given if not isinstance(one, ast.Constant) and (name := _named(one))]
    literal = [one for one in given if isinstance(one, ast.Constant) and is_path(one.value)]
    return found[0] if len(found) == 1 and not literal else ""


def _named(node: ast.expr) -> str:
    """`OUT / "a.csv"`, `Path("a.csv")`, `os.path.join(OUT, "a.csv")`."""
    match node:
        case ast.BinOp(op=ast.Div(), right=ast.Constant(value=str(name))) if is_path(name):
            return SOMEWHERE + name.removeprefix("/")
        case ast.Call(
            func=ast.Name(id="Path") | ast.Attribute(attr="Path"), args=[*several, ast.Constant(value=str(name))]
        ):
            return (SOMEWHERE if several else "") + name if is_path(name) else ""
        case ast.Call(func=ast.Attribute(attr="join"), args=[_, *_, ast.Constant(value=str(name))]) if is_path(name):
            return SOMEWHERE + name.removeprefix("/")
    return ""


def is_path(text: object) -> bool:
    """Whether a text may well be the path of a file: it has a folder, or an ending."""
    if not isinstance(text, str) or not text or len(text) > 300 or "\n" in text:
        return False
    if " " in text.strip() and "/" not in text:
        return False
    return "/" in text or (0 < text.rfind(".") < len(text) - 1 and text.rsplit(".", 1)[1].isalnum())
