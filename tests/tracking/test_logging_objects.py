"""Figures, images, tables, dictionaries and datasets come back as what they were."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import trackbook as tb
from trackbook.errors import InvalidValue, UnstorableValue
from trackbook.tracking import encode
from trackbook.tracking.datasets import describe

pytestmark = pytest.mark.usefixtures("session")


def artifact(run_id: str, path: str) -> bytes:
    return Path(tb.TrackbookClient().download_artifacts(run_id, path)).read_bytes()


def test_a_table_grows_by_later_calls() -> None:
    with tb.start_run() as run:
        tb.log_table({"x": [1, 2], "y": ["a", "b"]}, "eval.json")
        tb.log_table(pd.DataFrame({"x": [3], "y": ["c"]}), "eval.json")
    table = json.loads(artifact(run.run_id, "eval.json"))
    assert table["columns"] == ["x", "y"]
    assert table["data"] == [[1, "a"], [2, "b"], [3, "c"]]
    assert json.loads(tb.get_run(run.run_id).data.tags["mlflow.loggedArtifacts"]) == [
        {"path": "eval.json", "type": "table"}
    ]
    with tb.start_run(), pytest.raises(InvalidValue, match=r"\.json"):
        tb.log_table({"x": [1]}, "eval.csv")


def test_an_array_becomes_the_picture_it_holds() -> None:
    picture = np.zeros((4, 6, 3))
    picture[0, 0] = (1.0, 0.5, 0.0)
    with tb.start_run() as run:
        tb.log_image(picture, "first.png")
        tb.log_image((picture * 255).astype("uint8"), key="samples/digit", step=3)
    with Image.open(io.BytesIO(artifact(run.run_id, "first.png"))) as image:
        assert image.size == (6, 4)
        assert image.getpixel((0, 0)) == (255, 128, 0)
    (stepped,) = tb.TrackbookClient().list_artifacts(run.run_id, "images")
    assert stepped.path.startswith("images/samples#digit%step%3%timestamp%")


@pytest.mark.parametrize("image", [np.zeros((2, 2, 7)), np.array(["a"]), np.zeros(3)])
def test_what_is_no_picture_is_refused(image: object) -> None:
    with pytest.raises(UnstorableValue, match=r"x\.png"):
        encode.image_bytes(image, "x.png")


def test_a_matplotlib_figure_is_kept_in_the_format_of_its_name() -> None:
    from matplotlib.figure import Figure

    figure = Figure()
    figure.add_subplot().plot([1, 2, 3])
    with tb.start_run() as run:
        tb.log_figure(figure, "plots/loss.png")
        tb.log_figure(figure, "plots/loss.svg")
    assert artifact(run.run_id, "plots/loss.png").startswith(b"\x89PNG")
    assert b"<svg" in artifact(run.run_id, "plots/loss.svg")
    with tb.start_run(), pytest.raises(UnstorableValue, match="matplotlib"):
        tb.log_figure(object(), "x.png")


def test_a_dictionary_keeps_what_is_no_json_by_its_text() -> None:
    with tb.start_run() as run:
        tb.log_dict({"path": Path("a/b"), "n": 1}, "config.yaml")
    assert artifact(run.run_id, "config.yaml") == b"path: a/b\nn: 1\n"


def test_a_frame_is_an_input_with_schema_and_content_digest() -> None:
    frame = pd.DataFrame({"x": [1.0, 2.0], "y": ["a", "b"]})
    with tb.start_run() as run:
        tb.log_input(frame, context="train")
    (found,) = tb.get_run(run.run_id).inputs.dataset_inputs
    assert found.dataset.digest == describe(frame.copy()).digest
    assert found.tags["mlflow.data.context"] == "train"
    assert json.loads(found.dataset.schema)["mlflow_colspec"][0] == {"name": "x", "type": "float64"}
    assert describe(frame.assign(x=[1.0, 3.0])).digest != found.dataset.digest
    with pytest.raises(UnstorableValue, match="dataset"):
        describe("path.csv")


def test_a_large_arrays_digest_says_that_it_is_of_a_sample() -> None:
    big = np.zeros((40, 1024, 1024), dtype="u1")
    assert describe(big).digest.startswith("s:")
    assert len(describe(big).digest) <= 36
    assert not describe(big[:2]).digest.startswith("s:")


def test_an_input_takes_a_name_and_a_version() -> None:
    with tb.start_run() as run:
        tb.log_input(pd.DataFrame({"x": [1.0]}), "train", name="prices", version="2024-05")
    (found,) = tb.get_run(run.run_id).inputs.dataset_inputs
    assert found.dataset.name == "prices"
    assert found.tags == {"mlflow.data.context": "train", "trackbook.dataset.version": "2024-05"}
