"""Other texts in the place of nodes of a syntax tree; columns of nodes count bytes, and so do the lines here."""

from __future__ import annotations

import ast

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
