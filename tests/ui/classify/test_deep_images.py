"""Images of 16 bits are shown as the model sees them: one that is darker than another looks darker."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt

from models.images.settings import ImageSettings, Scaling
from models.prediction.results_csv import Result
from models.storage.checkpoint import save_weights

BRIGHT, DARK = 0, 1
ROWS = [Result(f"0000{number}.png", "crazing", 0.5, "patches", 0.4) for number in (BRIGHT, DARK)]


@pytest.fixture
def deep(tmp_path):
    """A folder of a bright image, and the same ten times darker."""
    folder = tmp_path / "deep"
    folder.mkdir()
    bright = np.random.default_rng(0).normal(40_000, 2_000, (48, 48)).clip(0, 60_000).astype(np.uint16)
    for number, pixels in ((BRIGHT, bright), (DARK, bright // 10)):
        cv2.imwrite(str(folder / f"{number:05}.png"), pixels)
    return folder


@pytest.fixture(params=["model", "project"])
def page(request, qtbot, filled, deep, store, make_page):
    """The page with both images in view, by a model that knows their range, or in a project that does."""
    if request.param == "model":
        settings = ImageSettings(1, 1 << 20, Scaling(uint16=(0.0, 60_000.0)), 1 << 28)
        save_weights(deep / "m.safetensors", {}, kind="model", metadata={"image_settings": settings.to_json()})
    else:
        list(filled.import_folders([deep]))
    store(filled, ROWS, deep)
    made = make_page(filled)
    qtbot.waitUntil(lambda: len(made.model.shown) == 2 and not made.classifying._read.is_busy)
    return made


def brightness(qtbot, view):
    qtbot.waitUntil(lambda: view.pixels is not None)
    return view.pixels.mean()


def test_in_the_panel(qtbot, page):
    page.results.choose_row(BRIGHT)
    bright = brightness(qtbot, page.answer.image)
    page.results.choose_row(DARK)
    assert brightness(qtbot, page.answer.image) < bright / 5


def test_as_thumbnails(qtbot, page):
    qtbot.waitUntil(lambda: len(page.pictures._pixmaps) == 2)
    of_file = {key[0].name: made.toImage().pixelColor(14, 14).value() for key, made in page.pictures._pixmaps.items()}
    assert of_file["00001.png"] < of_file["00000.png"] / 5


def test_in_the_review(qtbot, page):
    page.answer.review.click()
    qtbot.waitUntil(lambda: page._stack.currentWidget() is page.review, timeout=20_000)
    bright = brightness(qtbot, page.review.image)
    qtbot.waitUntil(lambda: len(page.review.image._loader._kept) == 1)
    qtbot.keyClick(page.review, Qt.Key.Key_Space)
    assert brightness(qtbot, page.review.image) < bright / 5
    assert page.review.image._loader._under_way == {}  # it was read ahead


def test_of_a_depth_that_nobody_has_a_range_for_by_their_own(qtbot, filled, deep, store, make_page):
    store(filled, ROWS, deep)
    made = make_page(filled)
    qtbot.waitUntil(lambda: len(made.model.shown) == 2 and len(made.pictures._pixmaps) == 2)
    assert all(picture is not None for picture in made.pictures._pixmaps.values())
    assert brightness(qtbot, made.answer.image) > 100
