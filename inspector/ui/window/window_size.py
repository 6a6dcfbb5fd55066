"""How large the window is: as its pages like it, and never larger than the screen."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication, QScreen

MINIMUM = QSize(1024, 700)
USUAL = QSize(1280, 800)
TITLE_BAR_PX = 32


def fitting(size: QSize, screen: QScreen) -> QSize:
    """`size` for the inside of a window, bounded by what the screen has free: a laptop at 150 % is 1280 x 672."""
    if QGuiApplication.platformName() == "offscreen":  # its screen is none, and bounds no picture
        return size
    return size.boundedTo(screen.availableSize() - QSize(0, TITLE_BAR_PX))
