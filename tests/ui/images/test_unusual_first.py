"""Images sorted by how unusual they are, and the heat map at full size."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox

from inspector.jobs.pool.encoders import DETECTOR_FILE
from inspector.project import Change
from inspector.ui.pages.images.unusual_scores import NO_DETECTOR, NO_SCORES
from models.encoders.spec import EncoderSpec
from models.images.augment import Standardiser
from models.small_defects.anomaly_detector import AnomalyDetector
from models.small_defects.anomaly_network import AnomalyNetwork


def entry(page):
    """Whether 'unusual first' can be chosen, and what it says on hover."""
    order: QComboBox = page.toolbar.order
    place = order.findData("unusual")
    return order.model().item(place).isEnabled(), order.itemData(place, Qt.ItemDataRole.ToolTipRole)


def choose_order(page, key):
    order = page.toolbar.order
    order.setCurrentIndex(order.findData(key))
    order.activated.emit(order.currentIndex())


def test_the_most_unusual_come_first_and_those_without_score_last(qtbot, make_page, detected):
    page = make_page(detected)
    qtbot.waitUntil(lambda: entry(page) == (True, None))
    by_name = list(page.gallery.ids)
    choose_order(page, "unusual")
    first, second, third = detected.images[-1].id, detected.images[0].id, detected.images[1].id
    assert page.gallery.ids[:3] == [first, second, third]
    assert page.gallery.ids[3:] == [i for i in by_name if i not in (first, second, third)]


def test_before_pretraining_it_says_what_is_missing(qtbot, page):
    qtbot.waitUntil(lambda: entry(page) == (False, NO_DETECTOR))
    assert page.toolbar.order.currentData() == "name"


def test_until_suggestions_are_made_it_says_so(qtbot, make_page, detected):
    for file in (detected.project.cache_folder / "features").iterdir():
        file.unlink()
    page = make_page(detected)
    qtbot.waitUntil(lambda: entry(page) == (False, NO_SCORES))
    assert page.unusual.by_image() == {}


def test_scores_that_come_later_are_found(qtbot, make_page, detected):
    kept = next((detected.project.cache_folder / "features").iterdir())
    away = kept.rename(kept.with_suffix(".away"))
    page = make_page(detected)
    qtbot.waitUntil(lambda: entry(page) == (False, NO_SCORES))
    away.rename(kept)
    detected.refresh(Change(runs=True))
    qtbot.waitUntil(lambda: entry(page) == (True, None))
    assert len(page.unusual.by_image()) == 3


@pytest.mark.parametrize("opened", [True, False])
def test_h_opens_the_image_at_full_size_with_its_map(qtbot, page, opened):
    page.gallery.select_ids(page.gallery.ids[2:3])
    if opened:
        qtbot.keyClick(page.gallery, Qt.Key.Key_Return)
    page.toggle_heat()
    assert (page.full_view.isVisible(), page.full_view.heat.is_on) == (True, True)
    assert page.full_view.image_id == page.gallery.ids[2]
    caption = page.full_view.heat.caption
    qtbot.waitUntil(lambda: caption.text.startswith("There is no map yet: pretrain long enough"), timeout=20_000)


def test_the_map_stays_on_from_image_to_image(qtbot, page):
    page.toggle_heat()
    qtbot.keyClick(page.full_view.view, Qt.Key.Key_Right)
    qtbot.keyClick(page.full_view.view, Qt.Key.Key_Escape)
    qtbot.keyClick(page.gallery, Qt.Key.Key_Return)
    assert page.full_view.heat.is_on


def test_the_map_of_a_detector_lies_over_the_image(qtbot, make_page, detected):
    run = detected.project.latest_run("pretrain")
    network = AnomalyNetwork(EncoderSpec(channels=1, width=8)).eval()
    AnomalyDetector(network, Standardiser((128.0,), (40.0,)), windows=100_000).save(run.folder / DETECTOR_FILE)
    page = make_page(detected)
    page.toggle_heat()
    caption = page.full_view.heat.caption
    qtbot.waitUntil(lambda: caption.text.startswith("Where the image is unusual"), timeout=20_000)
    assert page.full_view.heat.is_on
