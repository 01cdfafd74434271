"""How far a running cell is: from the bars that it shows, else from the loop that its source says it runs.

A total is told only where it is known.  A tqdm bar carries its own.  A loop `for epoch in range(epochs)` whose body
logs metrics with `step=epoch` has as many steps as its range, where the range is of numbers written there or of params
with whole numbers.  A param that is merely called `epochs` proves nothing: the steps logged may be batches.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from trackbook.widgets.card_payloads import CardProgress
from trackbook.widgets.texts import shorten

LOGGING = frozenset({"log_metric", "log_metrics"})
RANGES = frozenset({"range", "trange"})
WRAPPERS = frozenset({"tqdm", "track"})
MAGIC = re.compile(r"^([ \t]*)[%!].*$", re.MULTILINE)
MOST_SOURCE = 100_000
"""Characters; a longer source is not looked through."""


def loop_of(source: str, params: Mapping[str, str]) -> CardProgress | None:
    """The loop whose variable is the step of the metrics logged in it; None where no such loop tells its length."""
    if len(source) > MOST_SOURCE or not any(name in source for name in LOGGING):
        return None
    try:
        tree = ast.parse(MAGIC.sub(r"\1pass", source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.For) and isinstance(node.target, ast.Name):
            span = _span(node.iter, params)
            if span is not None and _logs_with(node, node.target.id):
                first, stop = span
                if stop > first:
                    text = f"for {node.target.id} in {ast.unparse(node.iter)}"
                    return CardProgress(
                        seen=None,
                        first=first,
                        total=stop - first,
                        unit=_unit(node.target.id),
                        source=shorten(text, 120),
                    )
    return None


def _span(node: ast.expr, params: Mapping[str, str]) -> tuple[int, int] | None:
    """First and stop of a range with stride 1, also one that a progress bar is wrapped around."""
    if not isinstance(node, ast.Call):
        return None
    name = _name(node.func)
    if name in WRAPPERS and node.args:
        return _span(node.args[0], params)
    if name not in RANGES or not 1 <= len(node.args) <= 2 or (name == "range" and node.keywords):
        return None
    ends = [_number(arg, params) for arg in node.args]
    if any(end is None for end in ends):
        return None
    return (0, ends[0] or 0) if len(ends) == 1 else (ends[0] or 0, ends[1] or 0)


def _number(node: ast.expr, params: Mapping[str, str]) -> int | None:
    if isinstance(node, ast.Constant):
        return node.value if type(node.value) is int else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        left, right = _number(node.left, params), _number(node.right, params)
        if left is None or right is None:
            return None
        return left + right if isinstance(node.op, ast.Add) else left - right
    text = params.get(ast.unparse(node), "") if isinstance(node, ast.Name | ast.Attribute) else ""
    return int(text) if text.isdecimal() and len(text) < 16 else None


def _logs_with(loop: ast.For, variable: str) -> bool:
    """Whether the loop's body logs metrics whose step is its variable, and always that."""
    steps = [_step(call) for part in loop.body for call in _calls(part)]
    return bool(steps) and all(isinstance(step, ast.Name) and step.id == variable for step in steps)


def _calls(part: ast.stmt) -> Iterator[ast.Call]:
    for node in ast.walk(part):
        if isinstance(node, ast.Call) and _name(node.func) in LOGGING:
            yield node


def _step(call: ast.Call) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg == "step":
            return keyword.value
    place = 2 if _name(call.func) == "log_metric" else 1
    return call.args[place] if len(call.args) > place else None


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _unit(variable: str) -> str:
    return "epoch" if "epoch" in variable.lower() else "step"


def bar_of(since_s: float) -> CardProgress | None:
    """The outermost tqdm bar that was made since then (s since the epoch) and goes on; None where there is none."""
    module = sys.modules.get("tqdm.std")
    bars = getattr(getattr(module, "tqdm", None), "_instances", None)
    if not bars:
        return None
    found = [bar for bar in list(bars) if getattr(bar, "start_t", 0) >= since_s and not getattr(bar, "disable", False)]
    if not found:
        return None
    bar: Any = min(found, key=lambda one: one.start_t)
    total = bar.total if isinstance(bar.total, int | float) and bar.total > 0 else None
    return CardProgress(
        seen=int(bar.n),
        first=0,
        total=None if total is None else int(total),
        unit=shorten(str(bar.desc or bar.unit or "it").strip(" :"), 24),
        source="tqdm",
    )
