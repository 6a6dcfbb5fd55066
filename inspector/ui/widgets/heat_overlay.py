"""A heat map drawn over an image: one hue, the more opaque the hotter, an outline around the hottest places."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF, QTransform, qRgba

from inspector.ui.pictures.heat_loading import SHOWN_FROM, HeatLayer
from inspector.ui.theme import theme

MOST_OPAQUE = 0.5  # what is hottest must still be seen through
OUTLINE_PX = 1.5


class HeatOverlay:
    """What an ImageView draws over its image."""

    def __init__(self, layer: HeatLayer) -> None:
        self._layer = layer
        self._image: QImage | None = None
        self._is_of_dark = False
        self._outline = QPainterPath()
        for line in layer.outlines:
            self._outline.addPolygon(QPolygonF([QPointF(x, y) for x, y in line.tolist()]))
            self._outline.closeSubpath()

    def paint(self, painter: QPainter, place: QRectF) -> None:
        """Draw it over an image that lies at `place`."""
        height, width = self._layer.values.shape
        if not height or not width:
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, self._coloured())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("heat-line"), OUTLINE_PX))
        to_screen = QTransform().translate(place.x(), place.y()).scale(place.width() / width, place.height() / height)
        painter.drawPath(to_screen.map(self._outline))

    def _coloured(self) -> QImage:
        """The map in the theme's colours."""
        if self._image is None or self._is_of_dark != theme.is_dark:
            height, width = self._layer.values.shape
            made = QImage(self._layer.values.data, width, height, width, QImage.Format.Format_Indexed8)
            made.setColorTable([_rgba(heat_colour(level / 255)) for level in range(256)])
            self._image = made.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
            self._is_of_dark = theme.is_dark
        return self._image


def heat_colour(heat: float) -> QColor:
    """The colour of a heat 0 to 1, fully transparent below SHOWN_FROM."""
    hot = max(0.0, (heat - SHOWN_FROM) / (1 - SHOWN_FROM))
    low, high = theme.colour("heat-low"), theme.colour("heat-high")
    red, green, blue, _ = (
        (1 - hot) * cool + hot * warm for cool, warm in zip(low.getRgbF(), high.getRgbF(), strict=True)
    )
    return QColor.fromRgbF(red, green, blue, MOST_OPAQUE * hot)


def _rgba(colour: QColor) -> int:
    return qRgba(*colour.getRgb())
