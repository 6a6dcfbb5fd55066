"""The key of a guess is as readable as that of a label."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from inspector.ui.pages.label.class_bars import GUESS_OPACITY
from inspector.ui.state.session import ClassMark
from inspector.ui.theme import theme
from inspector.ui.widgets.class_badge import ClassBadge, paint_badge
from resources import palette

SIDE_PX = 22


@pytest.fixture(params=["light", "dark"])
def stored_colours(request):
    theme.apply(request.param)
    yield palette.LIGHT.classes
    theme.apply("light")


def test_a_guess_fades_its_fill_alone(stored_colours):
    for stored in stored_colours:
        colour = theme.class_colour(stored)
        fill, ink = drawn(ClassMark("a", "8", stored, "o", 0))
        assert fill != colour.name()
        assert palette.contrast(fill, ink) >= 4.5


def test_a_badge_follows_the_theme(qtbot):
    badge = ClassBadge(ClassMark("a", "", palette.LIGHT.classes[3], "d", 3))
    qtbot.addWidget(badge)
    try:
        theme.apply("dark")
        middle = badge.grab().toImage().pixelColor(badge.rect().center())
        assert middle == QColor(palette.DARK.classes[3])
    finally:
        theme.apply("light")


def drawn(mark: ClassMark) -> tuple[str, str]:
    """The colours of a guess's fill and of its key: of all inside it the one that stands out most."""
    image = QImage(SIDE_PX, SIDE_PX, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    with QPainter(image) as painter:
        paint_badge(painter, QRectF(image.rect()), mark, opacity=GUESS_OPACITY)
    fill = image.pixelColor(SIDE_PX // 2, 2).name()
    inside = range(4, SIDE_PX - 4)
    found = {image.pixelColor(x, y).name() for x in inside for y in inside}
    return fill, max(found, key=lambda colour: palette.contrast(fill, colour))
