"""What a chart was asked for, as it is kept with a saved notebook, for it is drawn so again from the store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from trackbook.charts.curves import CurveStyle
from trackbook.charts.making import ChartRequest
from trackbook.errors import InvalidValue, shown

NAMES = ("kind", "x", "y", "color", "key", "table")
LISTS = ("metrics", "params", "group_by")
SIZES = ("width", "height")
LEAST_PX, MOST_PX = 40, 4000


def written(asked: ChartRequest) -> dict[str, Any]:
    """As JSON has it, without what is as ever."""
    usual = {**asdict(ChartRequest()), **asdict(CurveStyle())}
    given = {name: getattr(asked, name) for name in (*NAMES, "positive")} | asdict(asked.style)
    listed = {name: _listed(getattr(asked, name)) for name in LISTS}
    if not isinstance(given["positive"], str | int | float | bool | None):
        given["positive"] = str(given["positive"])
    if asked.kind != "curve":
        given["axis"], given["x"] = asked.x, asked.style.x
    return {name: value for name, value in (given | listed).items() if value != usual.get(name)}


def read(given: Mapping[str, Any]) -> ChartRequest:
    """From anyone: a saved notebook may come from anywhere.  Raises `InvalidValue`."""
    texts = {name: _text(name, given[name]) for name in NAMES if given.get(name) is not None}
    lists: dict[str, Any] = {name: _texts(name, given[name]) for name in LISTS if given.get(name) is not None}
    kind = texts.get("kind", "curve")
    style: dict[str, Any] = {name: bool(given[name]) for name in ("log", "log_x", "clip") if name in given}
    style |= {name: int(min(MOST_PX, max(LEAST_PX, _number(name, given[name])))) for name in SIZES if name in given}
    if "smoothing" in given:
        style["smoothing"] = _number("smoothing", given["smoothing"])
    if "x" in texts:
        style["x"] = texts.pop("x")
    if given.get("axis") is not None and kind != "curve":
        texts["x"] = _text("axis", given["axis"])
    positive = given.get("positive")
    return ChartRequest(
        **texts,
        **lists,
        positive=positive if isinstance(positive, str | int | float) else None,
        style=CurveStyle(**style),
    )


def _listed(value: str | Iterable[str] | None) -> str | list[str] | None:
    return value if value is None or isinstance(value, str) else list(value)


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise InvalidValue(f"{name}={shown(value)} of a chart is no text")
    return value


def _texts(name: str, value: object) -> str | list[str]:
    if isinstance(value, list):
        return [_text(name, one) for one in value]
    return _text(name, value)


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise InvalidValue(f"{name}={shown(value)} of a chart is no number")
    return float(value)
