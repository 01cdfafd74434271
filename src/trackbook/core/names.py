"""Names, limits and conversions: what may be stored under which key.

Limits are MLflow's (server 3.17), so that what is recorded here can be sent to any server that speaks its protocol.
"""

from __future__ import annotations

import math
import numbers
import posixpath
import re
from collections.abc import Iterable, Mapping
from typing import Any

from trackbook.core.entities import RunStatus
from trackbook.errors import InvalidName, InvalidValue, UnsafePath, UnstorableValue, shown

MAX_KEY = 250
MAX_PARAM_VALUE = 6000
MAX_TAG_VALUE = 8000
MAX_EXPERIMENT_NAME = 500
MAX_MODEL_NAME = 256
MAX_ALIAS = 255
STAGES = ("None", "Staging", "Production", "Archived")
"""Of a model version, MLflow's; `"None"` is the stage of a new one."""
MAX_FILE_NAME_BYTES = 255
"""Of one name in an artifact's path, in UTF-8, which is what file systems hold."""
MAX_ARTIFACT_PATH_BYTES = 1024
"""Of a whole path: S3 holds no longer key, and folders nested by the thousand can hardly be deleted again."""

_KEY = re.compile(r"[/\w.\- :]+\Z")
_RUN_ID = re.compile(r"[a-zA-Z0-9][\w\-]{0,255}\Z")
_ALIAS = re.compile(r"[\w\-]+\Z")
_VERSION_LIKE = re.compile(r"v\d+\Z", re.IGNORECASE)
INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1
_PRINCIPAL = re.compile(r"[^\W_][\w.@+-]{0,127}")


def check_key(kind: str, key: object) -> str:
    """The key of a param, metric or tag; raises `InvalidName` with the rule that it breaks."""
    if not isinstance(key, str):
        raise InvalidName(kind, key, "a name is text")
    if not key:
        raise InvalidName(kind, key, "it is empty")
    if len(key) > MAX_KEY:
        raise InvalidName(kind, key, f"it has {len(key)} characters, {MAX_KEY} is the most")
    if not _KEY.match(key):
        raise InvalidName(kind, key, "use letters, digits, '_', '-', '.', ':', ' ' and '/'")
    if key == "." or key.startswith(("/", "..")) or posixpath.normpath(key) != key:
        raise InvalidName(kind, key, "it must be a plain relative path: no '..', '//', leading or trailing '/'")
    return key


def check_experiment_name(name: object) -> str:
    """1 to 500 characters, no control character."""
    if not isinstance(name, str) or not name.strip():
        raise InvalidName("experiment", name, "give it at least one visible character")
    if len(name) > MAX_EXPERIMENT_NAME:
        raise InvalidName("experiment", name, f"it has {len(name)} characters, {MAX_EXPERIMENT_NAME} is the most")
    return _plain_text("experiment", name)


def check_model_name(name: object) -> str:
    """A registered model's name: not empty, no `/` or `:`, since `models:/NAME/VERSION` must stay readable."""
    if not isinstance(name, str) or not name.strip() or name == ".":
        raise InvalidName("registered model", name, "give it at least one visible character")
    if "/" in name or ":" in name:
        raise InvalidName("registered model", name, "leave '/' and ':' out")
    if len(name) > MAX_MODEL_NAME:
        raise InvalidName("registered model", name, f"it has {len(name)} characters, {MAX_MODEL_NAME} is the most")
    return _plain_text("registered model", name)


def check_run_name(name: object) -> str:
    """A run's name: 1 to 500 characters of any kind, as MLflow takes them; what UTF-8 cannot write is replaced."""
    if not isinstance(name, str) or not name.strip():
        raise InvalidName("run", name, "give it at least one visible character")
    if len(name) > MAX_EXPERIMENT_NAME:
        raise InvalidName("run", name, f"it has {len(name)} characters, {MAX_EXPERIMENT_NAME} is the most")
    return tag_text("run name", name)


def _plain_text(kind: str, name: str) -> str:
    """Text that every store can keep: no control characters, nothing that UTF-8 cannot write (half of a pair)."""
    if any(ord(character) < 32 or 0xD800 <= ord(character) <= 0xDFFF for character in name):
        raise InvalidName(kind, name, "leave control characters and lone surrogates out")
    return name


def check_principal_name(kind: str, name: object) -> str:
    """A user's or group's name: letters, digits and `. _ @ + -`, so that it is safe in headers, logs and shells."""
    if not isinstance(name, str) or not _PRINCIPAL.fullmatch(name):
        raise InvalidName(kind, name, "use 1 to 128 letters, digits and . _ @ + -, beginning with a letter or a digit")
    return name


def check_alias(alias: object) -> str:
    """An alias: letters, digits, `_`, `-`; neither `latest` nor like a version (`v1`)."""
    if not isinstance(alias, str) or not _ALIAS.match(alias) or len(alias) > MAX_ALIAS:
        raise InvalidName("alias", alias, f"use up to {MAX_ALIAS} letters, digits, '_' and '-'")
    if alias.lower() == "latest" or _VERSION_LIKE.match(alias):
        raise InvalidName("alias", alias, "'latest' and 'v<number>' are reserved")
    return alias


def check_stage(stage: object) -> str:
    """One of MLflow's four stages, given in any case."""
    known = {name.lower(): name for name in STAGES}
    if not isinstance(stage, str) or stage.lower() not in known:
        raise InvalidValue(f"stage {shown(stage)} is unknown: use one of {', '.join(STAGES)}")
    return known[stage.lower()]


def check_run_id(run_id: object) -> str:
    if not isinstance(run_id, str) or not _RUN_ID.match(run_id):
        raise InvalidName("run", run_id, "a run id starts with a letter or digit and has letters, digits, '_' and '-'")
    return run_id


def check_artifact_path(path: object) -> str:
    """A relative path with `/` inside a run's artifacts, normalised; raises `UnsafePath`."""
    if not isinstance(path, str) or "\0" in path or "\\" in path:
        raise UnsafePath(path)
    if path == "":
        return path
    parts = path.split("/")
    if path.startswith("/") or re.match(r"[A-Za-z]:", path) or ".." in parts:
        raise UnsafePath(path)
    try:
        lengths = [len(part.encode("utf-8")) for part in parts]
    except UnicodeEncodeError:
        raise UnsafePath(path, "it is no text that could be stored (a lone surrogate)") from None
    if max(lengths) > MAX_FILE_NAME_BYTES:
        raise UnsafePath(path, f"a name in it has {max(lengths)} bytes, {MAX_FILE_NAME_BYTES} is the most")
    if sum(lengths) + len(lengths) > MAX_ARTIFACT_PATH_BYTES:
        raise UnsafePath(path, f"it is longer than {MAX_ARTIFACT_PATH_BYTES} bytes")
    normal = posixpath.normpath(path)
    return "" if normal == "." else normal


def param_text(key: str, value: Any) -> str:
    """The text under which a param's value is kept; MLflow's `str(value)`, cut at 6000 characters.

    Raises `UnstorableValue` where the value's own `str` fails.
    """
    if isinstance(value, str):
        text = str(value)
    else:
        try:
            text = str(value)
        except Exception as error:  # noqa: BLE001 - a user's own __str__
            raise UnstorableValue("param", key, value, f"its str() raised {type(error).__name__}") from None
    # A lone surrogate cannot be encoded in any store.
    text = text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\N{SYMBOL FOR NULL}")
    return text if len(text) <= MAX_PARAM_VALUE else text[: MAX_PARAM_VALUE - 1] + "…"


def tag_text(key: str, value: Any) -> str:
    """As `param_text`, for a tag: 8000 characters."""
    try:
        text = str(value)
    except Exception as error:  # noqa: BLE001 - a user's own __str__
        raise UnstorableValue("tag", key, value, f"its str() raised {type(error).__name__}") from None
    text = text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\N{SYMBOL FOR NULL}")
    return text if len(text) <= MAX_TAG_VALUE else text[: MAX_TAG_VALUE - 1] + "…"


def metric_number(key: str, value: Any) -> float:
    """A metric's value as float64: numbers, NumPy scalars, Decimals, one-element arrays and tensors.

    Raises `UnstorableValue` for text, complex numbers, None and anything with more than one element.
    """
    kind = type(value)
    if kind is float or kind is int or kind is bool:
        try:
            return float(value)
        except OverflowError:
            return math.inf if value > 0 else -math.inf
    if isinstance(value, str | bytes | bytearray | complex) or value is None:
        raise UnstorableValue("metric", key, value, "a metric is one real number")
    if (
        not isinstance(value, numbers.Number)
        and getattr(value, "size", 1) != 1
        and not callable(getattr(value, "size", None))
    ):
        raise UnstorableValue("metric", key, value, "it has more than one element; log its mean, or one metric each")
    try:
        item = getattr(value, "item", None)
        number = item() if callable(item) else value
        if isinstance(number, str | bytes | complex):
            raise TypeError
        return float(number)
    except OverflowError:
        return math.inf
    except Exception:  # noqa: BLE001 - a user's own __float__
        raise UnstorableValue("metric", key, value, "a metric is one real number; convert it with float()") from None


def time_number(kind: str, time: Any) -> int:
    """A time as int64 ms since the epoch; raises `UnstorableValue` for one before it or for what is no whole number."""
    try:
        number = int(time)
    except Exception:  # noqa: BLE001 - a user's own __int__
        raise UnstorableValue("time of", kind, time, "a time is a whole number of ms since the epoch") from None
    if not 0 <= number <= INT64_MAX:
        raise UnstorableValue("time of", kind, time, "a time is not before 1970 and lies within 64 bits")
    return number


def check_status(status: object) -> RunStatus:
    """One of MLflow's five, given in any case."""
    text = str(status).upper()
    if text not in RunStatus.__members__:
        raise InvalidValue(f"status {shown(status)} is unknown: use one of {', '.join(RunStatus)}")
    return RunStatus[text]


def items(function: str, values: Any) -> Iterable[tuple[Any, Any]]:
    """The pairs of a mapping; raises `InvalidValue` for what is none."""
    if not isinstance(values, Mapping):
        raise InvalidValue(f"{function} takes a dictionary of names and values, not {shown(values)}")
    return values.items()


def step_number(key: str, step: Any) -> int:
    """A step as int64; raises `UnstorableValue` beyond its range or for what is no whole number."""
    try:
        number = int(step)
    except Exception:  # noqa: BLE001 - a user's own __int__
        raise UnstorableValue("step of metric", key, step, "a step is a whole number") from None
    if not INT64_MIN <= number <= INT64_MAX:
        raise UnstorableValue("step of metric", key, step, "a step lies within 64 bits")
    return number
