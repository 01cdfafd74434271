"""HTML made harmless and self-contained: no script, no frame, nothing that is fetched.

Local pictures are taken into the page as data, others are named in their place.  Links that a reader may follow stay.
The page's content security policy (`page.POLICY`) forbids the same again, for what this does not know.
"""

from __future__ import annotations

import base64
import mimetypes
import re
from pathlib import Path
from urllib.parse import unquote

from bs4 import BeautifulSoup, Tag
from bs4.element import PreformattedString

MAX_PICTURE_BYTES = 20_000_000
REMOVED = ("script", "iframe", "frame", "frameset", "object", "embed", "applet", "link", "meta", "base", "template")
FETCHING = ("src", "srcset", "poster", "background", "data", "action", "formaction", "ping", "manifest")
_LINK = re.compile(r"\s*(https?:|mailto:|#|[^:/?#]*(?:[/?#]|\Z))", re.IGNORECASE)
_CSS_FETCH = re.compile(r"@import\b[^;]*;?|url\(\s*(?!['\"]?\s*(?:data:|#))[^)]*\)", re.IGNORECASE)


def clean(html: str, folder: Path | None) -> str:
    """A fragment without anything active; pictures with relative paths are read from `folder`."""
    soup = BeautifulSoup(html, "html.parser")
    # Comments, declarations, instructions: browsers end them elsewhere than this parser does (`<!-->` is a whole one).
    for text in soup.find_all(string=lambda text: isinstance(text, PreformattedString)):
        text.extract()
    for element in soup.find_all(REMOVED):
        element.decompose()
    for element in soup.find_all("style"):
        element.string = _CSS_FETCH.sub("", element.get_text())
    for element in soup.find_all(True):
        if element.name == "img":
            _picture(element, folder)
        for name in list(element.attrs):
            _attribute(element, name)
    return str(soup)


def _attribute(element: Tag, name: str) -> None:
    value = str(element.attrs[name])
    lower = name.lower()
    if lower.startswith("on"):
        del element.attrs[name]
    elif lower == "style":
        element.attrs[name] = _CSS_FETCH.sub("", value)
    elif lower in FETCHING and not _is_picture_data(value):
        del element.attrs[name]
    elif lower in ("href", "xlink:href"):
        allowed = (
            _LINK.match(value) if element.name == "a" else value.strip().startswith("#") or _is_picture_data(value)
        )
        if not allowed:
            del element.attrs[name]


def _is_picture_data(value: str) -> bool:
    return value.lstrip().lower().startswith(("data:image/", "data:audio/", "data:video/"))


def _picture(element: Tag, folder: Path | None) -> None:
    """Take a local picture into the page; put a text in the place of one that cannot be."""
    source = str(element.get("src", ""))
    if _is_picture_data(source):
        return
    data = _local(source, folder)
    if data is not None:
        element["src"] = data
        return
    element.name = "span"
    element["class"] = "left-out"
    element.string = f"(picture {element.get('alt') or source[:200]} is not part of this file)"


def _local(source: str, folder: Path | None) -> str | None:
    """A picture below `folder` as a data URI; None for any other place, kind or size."""
    if folder is None or not source or ":" in source or source.startswith(("/", "\\")):
        return None
    kind = mimetypes.guess_type(source.partition("?")[0])[0] or ""
    root = folder.resolve()
    path = (root / unquote(source.partition("?")[0])).resolve()
    if not kind.startswith("image/") or not path.is_relative_to(root) or not path.is_file():
        return None
    if path.stat().st_size > MAX_PICTURE_BYTES:
        return None
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"
