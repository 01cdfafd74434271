"""A chart with a picture: what a cell's output carries so that it is seen everywhere, with no network.

JupyterLab draws Vega-Lite of the mime types v3 to v5 itself and draws our newer specifications under the v5 type,
which nbformat accepts too (it refuses altair's own `application/vnd.vegalite.v6.json`).  Other pages show the SVG.
altair's default renderer is never used: it writes HTML that loads Vega from a CDN.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import altair as alt

MIME_TYPE = "application/vnd.vegalite.v5+json"
SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
"""Names the dialect for the renderer, which would warn about a number above its mime type's; nothing loads it."""


def specification(chart: alt.TopLevelMixin) -> dict[str, Any]:
    """The Vega-Lite specification under the version that notebooks know."""
    return {**chart.to_dict(), "$schema": SCHEMA}


def svg(spec: dict[str, Any]) -> str:
    """A specification drawn as SVG, on white, which reads on light and dark pages; in this process, with no network."""
    import altair as alt
    import vl_convert

    version = alt.SCHEMA_VERSION.removeprefix("v").rsplit(".", 1)[0]
    return str(vl_convert.vegalite_to_svg({"background": "white", **spec}, vl_version=version))


def bundle(chart: alt.TopLevelMixin, text: str) -> dict[str, Any]:
    """The mime bundle of an output: specification, picture and plain text."""
    spec = specification(chart)
    return {MIME_TYPE: spec, "image/svg+xml": svg(spec), "text/plain": text}


class _Offline:
    """Mixed into an Altair chart: it shows itself by `bundle`, not by altair's renderer, which asks a CDN."""

    def _repr_mimebundle_(self, *_: Any, **__: Any) -> dict[str, Any]:
        return bundle(self, "Altair chart")  # type: ignore[arg-type]


def offline(chart: alt.TopLevelMixin) -> alt.TopLevelMixin:
    """The same chart, shown with no network where it is a cell's value, and what `.properties` makes of it too."""
    kind: Any = type(chart)
    object.__setattr__(chart, "__class__", _offline_kind(kind))  # altair takes plain assignments for its own
    return chart


@lru_cache(maxsize=16)
def _offline_kind(kind: type) -> type:
    return type(kind.__name__, (_Offline, kind), {"__module__": kind.__module__})
