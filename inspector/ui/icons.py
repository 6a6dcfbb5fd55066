"""The application's icons: SVG files drawn in the colour of a token, at the screen's resolution."""

from __future__ import annotations

from functools import cache
from importlib import resources as packaged

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from inspector.ui.theme import theme


def icon(name: str, *, size_px: int = 16, token: str = "text", on_token: str | None = None, gap_px: int = 0) -> QIcon:
    """An icon of resources/icons in a token's colour, greyed where disabled; in `on_token` where checked.

    `gap_px` keeps the text of a button away from it.
    """
    made = QIcon()
    states = [(token, QIcon.Mode.Normal, QIcon.State.Off), ("disabled", QIcon.Mode.Disabled, QIcon.State.Off)]
    if on_token is not None:
        states.append((on_token, QIcon.Mode.Normal, QIcon.State.On))
    for wanted, mode, state in states:
        made.addPixmap(_drawn(name, theme.colour(wanted).name(), size_px, _ratio(), gap_px), mode, state)
    return made


def pixmap(name: str, *, size_px: int = 16, token: str = "text") -> QPixmap:
    """The same as a picture."""
    return pixmap_in(name, theme.colour(token), size_px=size_px)


def pixmap_in(name: str, colour: QColor, *, size_px: int = 16) -> QPixmap:
    """An icon in any colour."""
    return _drawn(name, colour.name(), size_px, _ratio(), 0)


def _ratio() -> float:
    application = QApplication.instance()
    return application.devicePixelRatio() if isinstance(application, QApplication) else 1.0


@cache
def _drawn(name: str, colour: str, size_px: int, ratio: float, gap_px: int) -> QPixmap:
    drawn = QPixmap(QSize(size_px + gap_px, size_px) * ratio)
    drawn.setDevicePixelRatio(ratio)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    try:
        renderer = QSvgRenderer(QByteArray(_source(name).replace("currentColor", colour).encode()))
        renderer.render(painter, QRectF(0, 0, size_px, size_px))
    finally:
        painter.end()
    return drawn


@cache
def _source(name: str) -> str:
    return packaged.files("resources").joinpath("icons", f"{name}.svg").read_text(encoding="utf-8")
