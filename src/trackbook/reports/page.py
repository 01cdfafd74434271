"""The page of a report: nbconvert's cells inside a small document of our own, style included."""

from __future__ import annotations

import logging
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from trackbook.reports.cleaning import clean
from trackbook.reports.outputs import RunAnchor
from trackbook.widgets.texts import time_text

if TYPE_CHECKING:
    from trackbook.reports.document import Document

Code = Literal["show", "fold", "hide"]
_quiet = logging.getLogger("trackbook.reports.nbconvert")
_quiet.setLevel(logging.ERROR)  # it warns of pictures without a text, which are the reader's own
CODES: tuple[Code, ...] = ("show", "fold", "hide")
FOLDER = Path(__file__).parent
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src data:; font-src data:; "
    "form-action 'none'; base-uri 'none'"
)
"""No script runs and nothing is fetched, whatever an output holds."""


def page(document: Document, runs: list[RunAnchor], *, code: Code, title: str, made_ms: int) -> str:
    """One HTML document, complete in itself, of a notebook whose outputs are settled and show these runs."""
    body = clean(_cells(document, code), document.folder)
    name = escape(title)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{name}</title>\n<style>\n{_style()}\n</style></head>\n<body><header><h1>{name}</h1>"
        f"<p>Made {time_text(made_ms)} from {escape(document.origin)}.</p>{_runs(runs)}</header>\n"
        f"<main>{body}</main></body></html>\n"
    )


def _cells(document: Document, code: Code) -> str:
    from nbconvert import HTMLExporter

    make: Any = HTMLExporter
    exporter = make(
        log=_quiet,
        extra_template_basedirs=[str(FOLDER / "templates")],
        template_name="report",
        exclude_input=code == "hide",
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        require_js_url="",
        mathjax_url="",
        mermaid_js_url="",
        jquery_url="",
        widget_renderer_url="",
    )
    resources = {"code": code, "metadata": {"name": document.name}}
    html, _ = exporter.from_notebook_node(document.content, resources=resources)
    return str(html)


def _runs(runs: list[RunAnchor]) -> str:
    if not runs:
        return ""
    links = ", ".join(f'<a href="#{escape(run.anchor)}">{escape(run.title[:80])}</a>' for run in runs)
    return f"<p>Runs: {links}</p>"


def _style() -> str:
    from pygments.formatters import HtmlFormatter

    formatter: Any = HtmlFormatter
    light = formatter(style="default").get_style_defs(".highlight")
    dark = formatter(style="github-dark").get_style_defs(".highlight")
    own = (FOLDER / "templates" / "report.css").read_text("utf-8")
    return f"{light}\n@media screen and (prefers-color-scheme: dark) {{\n{dark}\n}}\n{own}"
