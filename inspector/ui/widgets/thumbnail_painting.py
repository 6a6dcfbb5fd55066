"""How a thumbnail is drawn wherever it is drawn: filling its square, on the well."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QPainter, QPixmap

from inspector.project import ImageRecord
from inspector.ui.theme import theme

MAX_CROPPED_ASPECT = 2  # an image more elongated than this is shown whole


def paint_thumbnail(painter: QPainter, rect: QRect, picture: QPixmap | None) -> None:
    """Fill the square with the middle of the picture; the well alone while there is none.

    An elongated image is shown whole, as less than half of it would be seen.
    """
    if picture is None:
        painter.fillRect(rect, theme.colour("well"))
        return
    width, height = picture.width(), picture.height()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    if max(width, height) > MAX_CROPPED_ASPECT * min(width, height):
        painter.fillRect(rect, theme.colour("well"))
        scale = min(rect.width() / width, rect.height() / height)
        size = (width * scale, height * scale)
        left = rect.left() + (rect.width() - size[0]) / 2
        top = rect.top() + (rect.height() - size[1]) / 2
        painter.drawPixmap(QRectF(left, top, *size), picture, QRectF(picture.rect()))
        return
    side = min(width, height)
    painter.drawPixmap(QRectF(rect), picture, QRectF((width - side) / 2, (height - side) / 2, side, side))


def covering_px(image: ImageRecord, side_px: int) -> int:
    """The longer side that a thumbnail needs to fill a square of `side_px` without being enlarged."""
    longer, shorter = max(image.width, image.height), max(1, min(image.width, image.height))
    return side_px if longer > MAX_CROPPED_ASPECT * shorter else -(-side_px * longer // shorter)
