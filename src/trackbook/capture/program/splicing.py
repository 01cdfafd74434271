"""Other texts in the place of nodes of a syntax tree; columns of nodes count bytes, and so do the lines here."""

from __future__ import annotations

import ast

from trackbook.capture.parsing import parsed

Node = ast.stmt | ast.expr


def lines_of(python: str) -> list[bytes]:
    return python.encode().splitlines(keepends=True)


def parts(lines: list[bytes], node: Node) -> tuple[bytes, bytes, bytes]:
    """What stands on the node's first line before it, the node as written, and what stands behind it on its last."""
    start, end = _rows(node)
    before, behind = lines[start][: node.col_offset], lines[end - 1][node.end_col_offset :]
    return before, b"".join(lines[start:end])[len(before) : -len(behind) or None], behind


def put(lines: list[bytes], node: Node, text: bytes) -> None:
    """In the place of a node; those behind it must have been put before."""
    start, end = _rows(node)
    before, _, behind = parts(lines, node)
    lines[start:end] = [before + text + behind]


def _rows(node: Node) -> tuple[int, int]:
    return node.lineno - 1, node.end_lineno or node.lineno


def indented(python: str) -> str:
    """Indented by four, but for the lines that stand within a string."""
    within: set[int] = set()
    tree = parsed(python)
    for node in () if tree is None else ast.walk(tree):
        if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)):
            within.update(range(node.lineno + 1, (node.end_lineno or node.lineno) + 1))
    lines = python.splitlines(keepends=True)
    body = "".join(line if number in within else "    " + line for number, line in enumerate(lines, 1))
    return body if tree is not None and tree.body else body + "    pass\n"
