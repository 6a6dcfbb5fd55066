"""An image that is suggested for being unusual: the reason, no group, and the way to its heat map."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from inspector.jobs.labelling.basis import Suggested


@pytest.fixture
def unusual(prepared):
    """The label page at such an image."""
    prepared.feed.queue.offer([Suggested(3, "unusual at the lower left", "unusual", (3,))], {}, replaces=True)
    prepared.feed.skip()
    assert prepared.current_image_id == 3
    return prepared


def test_its_reason_is_said_and_no_group_is_shown(unusual):
    why = unusual.suggestion.why
    assert why.reason_text == "Unusual at the lower left."
    assert why.where_button.isVisible()
    assert not why._group.isVisible()
    assert not why._label_group.isVisible()


def test_its_map_waits_until_it_is_asked_for(qtbot, unusual):
    heat = unusual.queue_mode.well.heat
    assert not heat.is_on
    qtbot.mouseClick(unusual.suggestion.why.where_button, Qt.MouseButton.LeftButton)
    assert heat.is_on
    qtbot.waitUntil(lambda: heat.caption.text.startswith("There is no map yet"), timeout=20_000)


def test_an_image_that_stands_for_a_group_has_that_instead(unusual):
    unusual.feed.back()
    unusual.feed.go_to(36)
    assert not unusual.suggestion.why.where_button.isVisible()


def test_the_map_is_of_the_queue_alone(page):
    page.toggle_heat()
    page.set_mode("grid")
    page.toggle_heat()
    assert page.queue_mode.well.heat.is_on
