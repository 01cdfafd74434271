"""Code that runs only where what holds it is called: it is not woken by printing, plotting or counting that object."""

from __future__ import annotations

import ast

from trackbook.capture.program.effects import MODULE, UNBOUND
from trackbook.capture.program.steps import PLAIN, SCALAR, Act, Use
from trackbook.capture.program.values import value_of

_WOKEN = (ast.Yield, ast.YieldFrom, ast.Await, ast.GeneratorExp, ast.ClassDef, ast.AsyncFunctionDef)
"""What they make runs code whenever it is iterated over."""
_CALLED = frozenset("__init__ __post_init__ __call__ __enter__ __exit__".split())
_BASES = frozenset("object ABC BaseEstimator TransformerMixin ClassifierMixin RegressorMixin".split())
_DECORATORS = frozenset("staticmethod classmethod abstractmethod".split())
_READ = frozenset("len str repr int float bool isinstance type round abs hash id".split())
_NEVER_CALL = _READ | frozenset(
    "print display list tuple set dict range enumerate zip any all sum sorted min max".split()
)
_CALL_BACK = frozenset(
    """vectorize apply_along_axis apply_over_axes frompyfunc piecewise fromfunction fromiter make_scorer pad loadtxt
    genfromtxt from_estimator connect FuncFormatter""".split()
)
_CALLING_BACK = ("matplotlib.animation.", "matplotlib.widgets.")
_CALLED_BACK = frozenset("key default func metric estimator converters fargs formatter".split())
"""Keywords by which a function is given what it calls."""
_LIBRARIES = ("numpy.", "matplotlib.", "seaborn.", "math.", "sklearn.metrics.")
_FRAMES = frozenset("Series DataFrame Index concat merge isna notna to_datetime to_numeric crosstab".split())


def is_dormant(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda) -> bool:
    """Whether nothing but a call of the function, or of a method of the class, runs code of it that changes things."""
    if isinstance(node, ast.ClassDef):
        return (
            not node.keywords
            and all(_last_name(one) in _BASES for one in node.bases)
            and all(_last_name(one) == "dataclass" for one in node.decorator_list)
            and all(map(_is_plain, node.body))
        )
    return isinstance(node, ast.FunctionDef | ast.Lambda) and not any(
        isinstance(one, _WOKEN) for one in ast.walk(node) if one is not node
    )


def _last_name(node: ast.expr) -> str:
    called = node.func if isinstance(node, ast.Call) else node
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def _is_plain(node: ast.stmt) -> bool:
    """A statement of a class that makes no descriptor, and no method that operators call and that changes anything."""
    match node:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.AnnAssign(value=value):
            return value is None or value_of(value) in (SCALAR, PLAIN) or _last_name(value) == "field"
        case ast.Assign(value=value):
            return value_of(value) in (SCALAR, PLAIN)
        case ast.FunctionDef(name=name, decorator_list=decorators):
            by_operators = (name.startswith("__") and name not in _CALLED) or any(
                _last_name(one) == "property" for one in decorators
            )
            known = all(_last_name(one) in _DECORATORS | {"property"} for one in decorators)
            return known and is_dormant(node) and (not by_operators or _only_reads(node))
    return False


def _only_reads(node: ast.FunctionDef) -> bool:
    for one in ast.walk(node):
        if isinstance(one, ast.Attribute | ast.Subscript) and not isinstance(one.ctx, ast.Load):
            return False
        if isinstance(one, ast.Global | ast.Nonlocal | ast.For | ast.comprehension | ast.Starred | ast.With):
            return False
        if isinstance(one, ast.Call) and not (isinstance(one.func, ast.Name) and one.func.id in _READ):
            return False
    return True


def never_calls(use: Use, kind: str, called: str) -> bool:
    """Whether a function calls nothing of what it is given, but for what operators call; `called` is its name."""
    if use.act is not Act.CALL or not called or use.keywords & _CALLED_BACK:
        return False
    if kind == UNBOUND:
        return called in _NEVER_CALL
    last = called.rpartition(".")[2]
    if not kind.startswith(MODULE) or last in _CALL_BACK or last.startswith("pairwise_"):
        return False
    if called.startswith(_CALLING_BACK):
        return False
    return called.startswith(_LIBRARIES) or (called.startswith("pandas.") and last in _FRAMES)
