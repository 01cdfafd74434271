"""Pictures that runs logged under a key, across steps: where they lie, and a few of them as data."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, TypedDict

from trackbook.charts import columns
from trackbook.charts.figure import Figure, empty
from trackbook.errors import NotFound, TrackbookError, shown

if TYPE_CHECKING:
    from trackbook.core.entities import Run
    from trackbook.core.ports import Store

FOLDER = "images"
STEPPED = re.compile(r"(?P<key>.+?)[%+]step[%+](?P<step>-?\d+)[%+]timestamp[%+](?P<time>\d+)[%+].+")
"""MLflow's names of pictures with a step, as `tracking.encode.stepped_image_name` writes them."""
TYPES = {"png": "png", "jpg": "jpeg", "jpeg": "jpeg", "gif": "gif", "webp": "webp"}
"""Suffix -> media type.  No SVG: it is a document, and these are shown as they are."""
MAX_IMAGES = 2000
MAX_BYTES = 4_000_000
"""Of one picture that is shown."""
SAVED_BYTES = 60_000
"""Of one picture in a saved notebook."""
TOO_LARGE = "These pictures are too large to be kept with the notebook."


class ImageRef(TypedDict):
    step: int
    path: str
    size: int | None


class ImageSeries(TypedDict):
    run: str
    name: str
    start_ms: int
    """When the run began."""
    key: str
    images: list[ImageRef]


def series(store: Store, runs: Sequence[Run], key: str | None = None) -> list[ImageSeries]:
    """The pictures of each run by key, in order of steps; those without a step make a series of one by their path."""
    names = columns.run_names(runs)
    found: list[ImageSeries] = []
    for run in runs:
        kept: dict[str, list[tuple[int, int, ImageRef]]] = {}
        for path, size in _pictures(store, run.info.run_id):
            one, step, time = _read_name(path)
            if key is None or one == key:
                kept.setdefault(one, []).append((step, time, ImageRef(step=step, path=path, size=size)))
        for one, refs in sorted(kept.items()):
            ordered = [ref for _step, _time, ref in sorted(refs, key=lambda item: item[:2])]
            run_id, start_ms = run.info.run_id, run.info.start_time
            found.append(ImageSeries(run=run_id, name=names[run_id], start_ms=start_ms, key=one, images=ordered))
    return found


def _pictures(store: Store, run_id: str) -> list[tuple[str, int | None]]:
    """Paths below the root, `images/` and `figures/`."""
    found: list[tuple[str, int | None]] = []
    for folder in ("", FOLDER, "figures"):
        try:
            entries = store.artifacts.list(run_id, folder)
        except (TrackbookError, OSError):
            continue
        found += [
            (entry.path, entry.file_size)
            for entry in entries
            if not entry.is_dir and _suffix(entry.path) in TYPES and "%compressed" not in entry.path
        ]
    return found[:MAX_IMAGES]


def _suffix(path: str) -> str:
    return PurePosixPath(path).suffix.lstrip(".").lower()


def _read_name(path: str) -> tuple[str, int, int]:
    """Key, step and time of a picture's path."""
    named = STEPPED.fullmatch(path.removeprefix(f"{FOLDER}/"))
    if named is None:
        return path, 0, 0
    return named["key"].replace("#", "/"), int(named["step"]), int(named["time"])


def data_uri(store: Store, run_id: str, path: str, limit: int = MAX_BYTES) -> str | None:
    """A picture as a `data:` address; None where it is gone, larger than `limit`, or no picture by its first bytes."""
    kind = TYPES.get(_suffix(path))
    if kind is None:
        return None
    try:
        with store.artifacts.open(run_id, path) as file:
            data = file.read(limit + 1)
    except (TrackbookError, OSError):
        return None
    if len(data) > limit or not _is_picture(data):
        return None
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


def _is_picture(data: bytes) -> bool:
    return data.startswith((b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8")) or (
        data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    )


def images(store: Store, runs: Sequence[Run], key: str | None = None, *, size: int = 160) -> Figure:
    """The pictures of a key across steps; each series' last one stands in the Altair chart.

    Raises `NotFound` where no run has any of that key.
    """
    import pandas as pd

    found = series(store, runs, key)
    if not found:
        if key is not None:
            raise NotFound(
                "image", key, f"none of the {len(runs)} runs logged it: tb.log_image(image, key={shown(key)})"
            )
        return empty("images", "Images", "No pictures were logged. Log one with tb.log_image(image, key=...).")
    title = f"Images {shown(key)}" if key else "Images"
    rows = [
        (one["run"], one["name"], one["key"], ref["step"], ref["path"], ref["size"])
        for one in found
        for ref in one["images"]
    ]
    frame = pd.DataFrame(rows, columns=["run_id", "run", "image", "step", "path", "bytes"])
    last = [
        {"run": one["name"], "image": one["key"], "url": uri}
        for one in found[:12]
        if (uri := data_uri(store, one["run"], one["images"][-1]["path"], SAVED_BYTES)) is not None
    ]

    def chart() -> Any:
        import altair as alt

        drawn = alt.Chart(pd.DataFrame(last)).mark_image(width=size, height=size)
        faceted = drawn.encode(url="url:N", row=alt.Row("image:N", title=None), column=alt.Column("run:N", title=None))
        return faceted.properties(width=size, height=size)

    count = len({one["run"] for one in found})
    text = f"{title}: {len(rows)} of {count} {'run' if count == 1 else 'runs'}"
    table = frame.drop(columns=["run_id"])
    made = chart if last else empty("images", title, TOO_LARGE).altair
    return Figure("images", title, text, made, frame, table, None, "", {"series": found})
