"""One image: fit, whole pixels, stretch, and files that cannot be opened."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent

from inspector.ui.pictures.whole_images import stretch_limits, stretched
from inspector.ui.widgets.image_view import ImageView


@pytest.fixture
def view(qtbot):
    made = ImageView()
    qtbot.addWidget(made)
    made.resize(400, 300)
    made.show()
    return made


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "a.png"
    cv2.imwrite(str(path), np.arange(200 * 100, dtype=np.uint32).reshape(100, 200).astype(np.uint8))
    return path


def test_an_image_is_fitted(qtbot, view, file):
    with qtbot.waitSignal(view.loaded):
        view.show_image(file)
    assert view.zoom == pytest.approx(2.0)
    assert view.pixels.shape == (100, 200)


def test_whole_pixels_and_back(qtbot, view, file):
    with qtbot.waitSignal(view.loaded):
        view.show_image(file)
    view.set_zoom("4:1")
    assert view.zoom == 4.0
    qtbot.mouseDClick(view, Qt.MouseButton.LeftButton)
    assert view.zoom == pytest.approx(2.0)


def test_the_wheel_zooms_and_the_keys_do(qtbot, view):
    view.show_pixels(np.zeros((100, 200), np.uint8))
    no = Qt.KeyboardModifier.NoModifier
    place = QPointF(10, 10)
    wheel = QWheelEvent(
        place, place, QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, no, Qt.ScrollPhase.NoScrollPhase, False
    )
    view.wheelEvent(wheel)
    assert view.zoom == pytest.approx(2.5)
    qtbot.keyClick(view, Qt.Key.Key_Minus)
    assert view.zoom == pytest.approx(2.0)


def test_a_late_image_is_dropped(qtbot, view, file, tmp_path):
    other = tmp_path / "b.png"
    cv2.imwrite(str(other), np.zeros((10, 10), np.uint8))
    with qtbot.waitSignal(view.loaded):
        view.show_image(file)
        view.show_image(other)
    assert view.pixels.shape == (10, 10)


def test_a_file_that_cannot_be_opened_says_why(qtbot, view, tmp_path):
    (tmp_path / "bad.png").write_bytes(b"no image")
    with qtbot.waitSignal(view.failed) as blocker:
        view.show_image(tmp_path / "bad.png")
    assert blocker.args[0].startswith("bad.png cannot be opened")
    assert view.pixels is None


def test_the_stretch_uses_the_whole_range():
    pixels = np.linspace(70, 109, 10_000).astype(np.uint8).reshape(100, 100)
    low, high = stretch_limits(pixels)
    assert (low, high) == (70, 108)
    assert (stretched(pixels, (low, high)).min(), stretched(pixels, (low, high)).max()) == (0, 255)


def test_a_flat_image_can_be_stretched(view):
    view.show_pixels(np.full((20, 20), 80, np.uint8))
    view.set_stretched(True)
    assert view.stretch_limits == (80, 81)
    assert not view.grab().isNull()


def test_a_colour_image_has_no_limits(view):
    view.show_pixels(np.zeros((20, 20, 3), np.uint8))
    assert view.stretch_limits is None


def test_a_long_strip_is_drawn(view):
    view.show_pixels(np.zeros((2_000, 30_000), np.uint8))
    assert not view.grab().isNull()
