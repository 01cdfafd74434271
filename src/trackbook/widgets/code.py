"""The code of the views: whole with the first widget of a kernel, a loader in its place with all others.

What a widget is made of travels with each instance and is kept with it, 200 kB for a card.  The page keeps the first
one's under the hash of the code (`js/src/loader`); where it has not, the loader asks the Jupyter server or the kernel.
What the bundles share is a bundle of its own.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypedDict

from trackbook.errors import InvalidState

STATIC = Path(__file__).parent.parent / "static"
"""Where the build of `js/` puts its bundles."""
DIGITS = 16
SHARED = "shared"
_sent: set[str] = set()
"""Hashes of what this process has sent whole."""


class Code(TypedDict):
    js: str
    css: str


@dataclass(frozen=True, slots=True)
class Bundle:
    code: Code
    hash: str
    """Of the code, hex."""


@lru_cache
def bundle_of(name: str) -> Bundle:
    """`static/<name>.js` and `.css`, read once.  Raises `InvalidState` where they were not built."""
    code = Code(js=_text(f"{name}.js"), css=_text(f"{name}.css"))
    return Bundle(code, hashlib.sha256(json.dumps(code).encode()).hexdigest()[:DIGITS])


def module_of(name: str) -> str:
    """The text that a widget's `_esm` is."""
    return _module(name, _is_first(name), _is_first(SHARED))


def _is_first(name: str) -> bool:
    digest = bundle_of(name).hash
    first = digest not in _sent
    _sent.add(digest)
    return first


@lru_cache
def _module(name: str, whole: bool, with_shared: bool) -> str:
    given = {**_given(name, whole), "shared": _given(SHARED, with_shared)}
    return f"const TRACKBOOK={json.dumps(given, ensure_ascii=False)};\n{_text('loader.js')}"


def _given(name: str, whole: bool) -> dict[str, object]:
    bundle = bundle_of(name)
    return {"hash": bundle.hash, "code": bundle.code if whole else None}


def hashes() -> dict[str, str]:
    """The hash of each bundle that is installed here, by its name."""
    return {path.stem: bundle_of(path.stem).hash for path in sorted(STATIC.glob("*.css"))}


def code_with(digest: str) -> Code | None:
    """The code with this hash, of the bundles that are installed here."""
    return next((bundle_of(name).code for name, one in hashes().items() if one == digest), None)


def _text(name: str) -> str:
    try:
        return (STATIC / name).read_text("utf-8")
    except OSError:
        raise InvalidState(f"the widget bundle {STATIC / name} is missing: run `npm run build` in js/") from None
