"""The panel on one image, and the strip of similar ones in it."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from inspector.jobs.labelling.guesses import Guesses
from inspector.ui.widgets.histogram import BINS, Histogram, grey_histogram
from inspector.ui.widgets.image_panel import ImagePanel
from inspector.ui.widgets.thumbnail_strip import ThumbnailStrip


@pytest.fixture
def panel(qtbot, session, thumbnails):
    made = ImagePanel(session, thumbnails)
    qtbot.addWidget(made)
    made.resize(264, 680)
    made.show()
    return made


@pytest.fixture
def ids(session):
    return [image.id for image in session.images]


def texts(panel):
    return {found.text() for found in panel.findChildren(QLabel)}


def test_label_and_guess_are_told_apart(session, panel, ids):
    session.label(ids[:1], "Rust")
    session.set_guesses(Guesses(np.array(ids[:1]), ["Rust", "Dent"], np.array([[0.09, 0.91]])))
    panel.show_image_id(ids[0])
    assert {"Rust", "Dent? 91 %"} <= texts(panel)


def test_undo_shows(session, panel, ids):
    session.label(ids[:1], "Rust")
    panel.show_image_id(ids[0], "1 of 3")
    session.undo()
    assert "Rust" not in texts(panel)
    assert "1 of 3" in texts(panel)


def test_the_image_is_decoded_and_counted(qtbot, panel, ids):
    with qtbot.waitSignal(panel.view.loaded):
        panel.show_image_id(ids[0])
    assert panel.view.pixels.shape == (64, 64)


def test_nothing_selected_is_said(panel, ids):
    panel.show_image_id(ids[0])
    panel.clear()
    assert "No image selected" in texts(panel)
    assert not panel.isEnabled()


def test_a_similar_image_is_asked_for_by_click(qtbot, session, panel, ids):
    session.set_basis(SimpleNamespace(similar=lambda image_id, count: ids[3:8], image_ids=np.array(ids)))
    panel.show_image_id(ids[0])
    strip = panel.findChild(ThumbnailStrip)
    assert strip.ids == ids[3:8]
    with qtbot.waitSignal(panel.image_requested) as blocker:
        qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=strip.tile_rect(1).center())
    assert blocker.args == [ids[4]]


def test_similar_images_are_looked_for_once(session, panel, ids):
    asked = []
    session.set_basis(SimpleNamespace(similar=lambda image_id, count: asked.append(image_id) or [], image_ids=ids))
    panel.show_image_id(ids[0])
    session.set_guesses(None)
    panel.show_image_id(ids[0])
    assert asked == [ids[0]]


def test_the_image_leaves_room_for_similar_ones_that_come_later(qtbot, session, panel, ids):
    panel.resize(264, 560)
    session.set_basis(SimpleNamespace(similar=lambda image_id, count: ids[1:11], image_ids=np.array(ids)))
    panel.show_image_id(ids[0])
    below = panel.findChild(Histogram)
    qtbot.waitUntil(lambda: panel.findChild(ThumbnailStrip).geometry().bottom() < 560)
    assert panel.view.geometry().bottom() < below.geometry().top()


def test_arrows_and_enter_choose_in_the_strip(qtbot, session, thumbnails, ids):
    strip = ThumbnailStrip(session, thumbnails)
    qtbot.addWidget(strip)
    strip.set_ids(ids[:3])
    qtbot.keyClick(strip, Qt.Key.Key_Right)
    with qtbot.waitSignal(strip.clicked_id) as blocker:
        qtbot.keyClick(strip, Qt.Key.Key_Return)
    assert blocker.args == [ids[1]]


def test_a_grid_shares_its_width(qtbot, session, thumbnails, ids):
    strip = ThumbnailStrip(session, thumbnails, columns=5)
    qtbot.addWidget(strip)
    strip.resize(266, 200)
    strip.set_ids(ids[:10])
    assert strip.tile_rect(4).right() <= 266
    assert strip.tile_rect(5).top() == strip.tile_rect(0).bottom() + 5


def test_the_histogram_counts_grey_levels():
    shares = grey_histogram(np.full((10, 10), 255, np.uint8))
    assert shares.shape == (BINS,)
    assert shares.argmax() == BINS - 1
    assert grey_histogram(np.zeros((4, 4, 3), np.uint8)).argmax() == 0
