"""Param or metric: what each field of an object is, from how the cell's text made it.

| written                                                            | its fields are             |
|--------------------------------------------------------------------|----------------------------|
| `{"lr": 0.1, "n": n, "acc": f()}`, `dict(...)`, `Result(acc=f())`   | each by its own expression |
| `cfg = ...` and other names of settings, `Config(...)`, `parse_args()`, `search.best_params_` | params |
| what is made for settings: Namespace, pydantic, OmegaConf           | params                     |
| what any other call gives                                           | metrics, as far as numbers |
| `name.lr = 0.1`, `name["acc"] = f()`                                | that field by its value    |

An expression alone is a metric, a literal a param, and a name what the name is.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from trackbook.capture.cellnames import CellNames
from trackbook.capture.literals import is_literal
from trackbook.capture.values import configs
from trackbook.capture.values.flatten import Path
from trackbook.capture.values.words import METRIC, PARAM

_CONFIG_NAME = re.compile(
    r"(?:.*_|^)(?:cfg|conf|config|configuration|configs|params|param|parameters|hparams|hyperparams|hyperparameters|hp"
    r"|hps|args|kwargs|opts|opt|options|settings|setup|grid|space)(?:_.*)?$",
    re.IGNORECASE,
)
_CONFIG_CLASS = re.compile(
    r"(?:Config|Configuration|Args|Arguments|Params|Parameters|Settings|Options|Setup|Hyper\w*)$"
)
_MAKERS = frozenset(
    """parse_known_args load safe_load loads from_cli from_dotlist create structured merge to_container model_validate
    model_validate_json model_copy model_dump asdict vars replace evolve from_pretrained from_dict from_yaml from_json
    from_file compose get_defaults parse_args_into_dataclasses""".split()
)


@dataclass(frozen=True, slots=True)
class Role:
    word: str
    """`PARAM` or `METRIC`."""
    line: int | None


@dataclass(frozen=True, slots=True)
class Roles:
    """Of one name's object: a path's role is that of the longest beginning which has one."""

    by_path: dict[Path, Role]
    stored: frozenset[Path] = frozenset()
    """Whose role comes from a field that the cell gave a value."""
    opened: frozenset[Path] = frozenset()
    """Below which fields were given values by names that the text does not tell."""

    def of(self, path: Path) -> Role | None:
        place = self.place_of(path)
        return None if place is None else self.by_path[place]

    def place_of(self, path: Path) -> Path | None:
        """The longest beginning that has a role."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.by_path:
                return path[:length]
        return None


def roles_of(name: str, names: CellNames, value: object) -> Roles:
    """The roles of an object's fields at the end of a cell that binds its name, or gives its fields values."""
    roles: dict[Path, Role] = {}
    bound = name in names.lines and name not in names.others
    if bound:
        node, line = names.given[name], names.lines[name]
        roles.update(_of_display(name, names, node, line, value))
    stored: set[Path] = set()
    opened: set[Path] = set()
    is_config = configs.kind_of(value) == configs.SETTINGS or is_config_name(name)
    for store in names.stored:
        if store.name == name and (not bound or store.line >= names.lines[name]):
            word = PARAM if is_config else _of_expression(store.value, names)
            roles[store.path] = Role(word, store.line)
            (stored if store.whole else opened).add(store.path)
    return Roles(roles, frozenset(stored), frozenset(opened))


def is_config_name(name: str) -> bool:
    """A name that people give to settings: `cfg`, `train_args`, `params_svm`."""
    return _CONFIG_NAME.match(name) is not None


def _of_display(name: str, names: CellNames, node: ast.expr, line: int, value: object) -> dict[Path, Role]:
    written = list(written_fields(node))
    is_config = is_config_name(name) or configs.kind_of(value) == configs.SETTINGS
    whole = _of_whole(node, names, value)
    roles: dict[Path, Role] = {}
    if whole is not None:
        roles[()] = Role(PARAM if is_config else whole, line)
    if is_config:
        return {**roles, **{path: Role(PARAM, one.lineno) for path, one in written}}
    called = _called(node)
    if called is not None and called != "dict" and _CONFIG_CLASS.search(called):
        return {(): Role(PARAM, line)}
    roles.update({path: Role(_of_expression(one, names), one.lineno) for path, one in written})
    return roles


def _of_whole(node: ast.expr, names: CellNames, value: object) -> str | None:
    """The role of fields that the expression does not write out; None where it writes out all of them."""
    if isinstance(node, ast.Dict):
        spread = [one for key, one in zip(node.keys, node.values, strict=True) if key is None]
        if spread:
            return _of_expression(spread[-1], names) if isinstance(spread[-1], ast.Name) else METRIC
        return METRIC if any(not isinstance(key, ast.Constant) for key in node.keys) else None
    if isinstance(node, ast.Name):
        return _of_expression(node, names)
    called = _called(node)
    if called is None:
        return PARAM if isinstance(node, ast.Attribute) and is_config_name(node.attr) else METRIC
    if called == "dict" and isinstance(node, ast.Call):
        copied = next((one for one in node.args if isinstance(one, ast.Name)), None)
        return None if not node.args else METRIC if copied is None else _of_expression(copied, names)
    is_maker = called in _MAKERS or called == type.__getattribute__(type(value), "__name__")
    return PARAM if is_maker or is_config_name(called) else METRIC


def written_fields(node: ast.expr, path: Path = ()) -> Iterator[tuple[Path, ast.expr]]:
    """The fields that a dict display or a call with keywords writes out, each with its expression."""
    if isinstance(node, ast.Dict):
        for key, one in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and type(key.value) in (str, int):
                inner = (*path, str(key.value))
                if isinstance(one, ast.Dict) and one.keys:
                    yield from written_fields(one, inner)
                else:
                    yield inner, one
    elif isinstance(node, ast.Call):
        for keyword in node.keywords:
            if keyword.arg is not None:
                yield (*path, keyword.arg), keyword.value


def _of_expression(node: ast.expr, names: CellNames) -> str:
    if is_literal(node):
        return PARAM
    if isinstance(node, ast.Name) and node.id:
        return METRIC if node.id in names.computed else PARAM
    return METRIC


def _called(node: ast.expr) -> str | None:
    """The last name of what is called: `parse_args` of `parser.parse_args()`."""
    if isinstance(node, ast.Await):
        node = node.value
    if not isinstance(node, ast.Call):
        return None
    func = node.func
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
