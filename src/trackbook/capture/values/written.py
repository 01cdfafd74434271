"""What a literal in the cell's text says, where the object has changed since."""

from __future__ import annotations

import ast
from typing import Any

from trackbook.capture.values.flatten import Leaf, Leaves, Path, list_text
from trackbook.capture.values.roles import Roles, written_fields
from trackbook.capture.values.scalars import LONGEST_TEXT


def as_written(leaves: Leaves, node: ast.expr | None, roles: Roles) -> Leaves:
    """Lists and long texts of a dict display as they were written: a list may have grown since.

    One that was written empty was made to grow, and is no setting.
    """
    if node is None:
        return leaves
    texts: dict[Path, str] = {}
    empty: set[Path] = set()
    for path, one in written_fields(node):
        if roles.place_of(path) in roles.stored:  # given another value later
            continue
        if isinstance(one, ast.List | ast.Tuple):
            written = evaluated(one)
            text = list_text(written) if written else None
            if text is not None:
                texts[path] = text
            elif not one.elts:
                empty.add(path)
        elif isinstance(one, ast.Constant) and type(one.value) is str and len(one.value) > LONGEST_TEXT:
            texts[path] = one.value
    found = [Leaf(leaf.path, texts.pop(leaf.path, leaf.value)) for leaf in leaves.found if leaf.path not in empty]
    return Leaves([*found, *(Leaf(path, text) for path, text in texts.items())], leaves.left_out)


def evaluated(node: ast.expr) -> Any:
    """The value of a literal, None where it is none."""
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
