"""What lies over the points of a map: class names, the lasso, the card of the image under the pointer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen, QPixmap, QPolygonF

from inspector.ui.state.session import ClassMark
from inspector.ui.theme import font, theme
from inspector.ui.widgets.class_badge import DENSE_BADGE_PX, paint_badge
from inspector.ui.widgets.thumbnail_painting import paint_thumbnail

PLATE_PX, PLATE_GAP_PX, PLATE_FONT_PX = 20, 4, 12
CARD_WIDTH_PX, CARD_HEIGHT_PX, CARD_PICTURE_PX, CARD_AWAY_PX = 224, 80, 64, 14
PLATE_PADDING_PX, MAX_PLATE_PX = 16, 200  # a longer name is cut
MIN_POINTS = 3


@dataclass(frozen=True)
class Plate:
    """A class's name at the median of its points."""

    name: str
    x: float
    y: float
    width: float


def plates_of(names: Sequence[str], screen: np.ndarray, room: tuple[float, float]) -> list[Plate]:
    """Where the names go, moved up or down where they would lie on one another: from points (n, 2) in px."""
    groups: dict[str, list[int]] = {}
    for row, name in enumerate(names):
        if name:
            groups.setdefault(name, []).append(row)
    plates: list[Plate] = []
    metrics = QFontMetrics(font(PLATE_FONT_PX))
    for name, rows in sorted(groups.items(), key=lambda item: -len(item[1])):
        if len(rows) < MIN_POINTS:
            continue
        x, y = np.median(screen[rows], axis=0)
        width = min(DENSE_BADGE_PX + PLATE_PADDING_PX + metrics.horizontalAdvance(name), MAX_PLATE_PX)
        x = min(max(float(x), width / 2 + 4), max(width / 2 + 4, room[0] - width / 2 - 4))
        y = min(max(float(y), PLATE_PX), max(PLATE_PX, room[1] - PLATE_PX))
        plates.append(Plate(name, x, _free_y(x, y, width, plates, room[1]), width))
    return plates


def _free_y(x: float, y: float, width: float, taken: Sequence[Plate], height: float) -> float:
    """The free height nearest to `y` that lies in the room; `y` where there is none."""
    beside = [other.y for other in taken if abs(other.x - x) < (other.width + width) / 2]
    step = PLATE_PX + PLATE_GAP_PX
    heights = [y, *(at + move for at in beside for move in (step, -step))]
    in_room = [at for at in heights if PLATE_PX <= at <= height - PLATE_PX]
    free = [at for at in in_room if all(abs(at - other) > PLATE_PX for other in beside)]
    return min(free, key=lambda at: abs(at - y), default=y)


def paint_plates(painter: QPainter, plates: Sequence[Plate], mark_of: Callable[[str], ClassMark]) -> None:
    """Draw the names, each with its badge."""
    painter.save()
    painter.setFont(font(PLATE_FONT_PX))
    for plate in plates:
        box = QRectF(plate.x - plate.width / 2, plate.y - PLATE_PX / 2, plate.width, PLATE_PX)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("border"), 1))
        painter.setBrush(theme.colour("surface"))
        painter.drawRoundedRect(box, 4, 4)
        corner = QRectF(box.left() + 3, box.top() + 2.5, DENSE_BADGE_PX, DENSE_BADGE_PX)
        paint_badge(painter, corner, mark_of(plate.name))
        painter.setPen(theme.colour("text"))
        text = QRectF(box.left() + DENSE_BADGE_PX + 8, box.top(), box.width() - DENSE_BADGE_PX - 10, box.height())
        shown = painter.fontMetrics().elidedText(plate.name, Qt.TextElideMode.ElideRight, int(text.width()) + 2)
        painter.drawText(text, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
    painter.restore()


def paint_lasso(painter: QPainter, corners: Sequence[QPointF]) -> None:
    """Draw the lasso: a line on a halo, its inside tinted."""
    polygon = QPolygonF(list(corners))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(theme.colour("accent", 0.06))
    painter.setPen(QPen(theme.colour("surface"), 4))
    painter.drawPolygon(polygon)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.colour("accent"), 1))
    painter.drawPolygon(polygon)
    painter.restore()


def paint_focus(painter: QPainter, at: QPointF, size_px: float) -> None:
    """Ring a point."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.colour("surface"), 4))
    painter.drawEllipse(at, size_px / 2, size_px / 2)
    painter.setPen(QPen(theme.colour("text"), 2))
    painter.drawEllipse(at, size_px / 2, size_px / 2)
    painter.restore()


def paint_card(
    painter: QPainter,
    room: QRect,
    at: QPointF,
    screen: np.ndarray,
    picture: QPixmap | None,
    name: str,
    mark: ClassMark | None,
    *,
    is_label: bool,
    agree: str | None,
) -> None:
    """What a point is: picture, name, label or guess, and how many of its neighbours agree."""
    box = card_rect(room, at, screen)
    painter.save()
    painter.setPen(QPen(theme.colour("control"), 1))
    painter.setBrush(theme.colour("surface"))
    painter.drawRect(box)
    inner = QRect(box.left() + 8, box.top() + 8, CARD_PICTURE_PX, CARD_PICTURE_PX)
    paint_thumbnail(painter, inner, picture)
    left, width = inner.right() + 10, box.width() - CARD_PICTURE_PX - 26
    painter.setFont(font(12))
    _line(painter, QRect(left, box.top() + 7, width, 16), name, "text")
    _line(painter, QRect(left, box.top() + 23, width, 16), "label" if is_label else "not labelled", "text3")
    if mark is not None:
        badge = QRectF(left, box.top() + 41, DENSE_BADGE_PX, DENSE_BADGE_PX)
        paint_badge(painter, badge, mark)
        words = mark.name if is_label else f"{mark.name}?"
        _line(painter, QRect(left + DENSE_BADGE_PX + 6, box.top() + 40, width - DENSE_BADGE_PX - 6, 16), words, "text")
    if agree:
        _line(painter, QRect(left, box.top() + 57, width, 16), agree, "text3")
    painter.restore()


def card_rect(room: QRect, at: QPointF, screen: np.ndarray) -> QRect:
    """Where the card covers fewest points, of the four places around a point that lie in the room."""
    places = []
    for dx in (CARD_AWAY_PX, -CARD_AWAY_PX - CARD_WIDTH_PX):
        for dy in (-CARD_AWAY_PX - CARD_HEIGHT_PX, CARD_AWAY_PX):
            box = QRect(round(at.x() + dx), round(at.y() + dy), CARD_WIDTH_PX, CARD_HEIGHT_PX)
            box.moveLeft(max(room.left(), min(box.left(), room.right() - box.width())))
            box.moveTop(max(room.top(), min(box.top(), room.bottom() - box.height())))
            places.append(box)
    return min(places, key=lambda box: _covered(box, screen) + (10_000 if box.contains(at.toPoint()) else 0))


def _covered(box: QRect, screen: np.ndarray) -> int:
    low, high = (box.left(), box.top()), (box.right(), box.bottom())
    return int(((screen >= low) & (screen <= high)).all(1).sum())


def _line(painter: QPainter, box: QRect, text: str, token: str) -> None:
    painter.setPen(theme.colour(token))
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, box.width())
    painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
