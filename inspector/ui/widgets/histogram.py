"""How often each grey level occurs in the image that is shown."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from inspector.ui.theme import theme
from inspector.ui.widgets.controls import follow_theme

HEIGHT_PX = 40
BINS = 64


class Histogram(QWidget):
    """Bars on a baseline, from black at the left to white at the right."""

    def __init__(self) -> None:
        super().__init__()
        self._shares: np.ndarray | None = None
        self.setFixedHeight(HEIGHT_PX)
        self.setAccessibleName("Histogram of the grey levels")
        follow_theme(self, self.update)

    def set_pixels(self, pixels: np.ndarray | None) -> None:
        """Count the levels of pixels (H, W) or (H, W, 3) uint8."""
        self._shares = None if pixels is None else grey_histogram(pixels)
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """As wide as there is room."""
        return QSize(200, HEIGHT_PX)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw it."""
        with QPainter(self) as painter:
            base = self.height() - 1
            painter.fillRect(0, base, self.width(), 1, theme.colour("control"))
            if self._shares is None:
                return
            colour = theme.colour("control")
            edges = np.linspace(0, self.width(), BINS + 1).round().astype(int)
            for left, right, share in zip(edges[:-1], edges[1:], self._shares, strict=True):
                height = round(float(share) * (base - 2))
                painter.fillRect(int(left), base - height, max(1, int(right - left)), height, colour)


def grey_histogram(pixels: np.ndarray) -> np.ndarray:
    """Counts in BINS steps of brightness (BINS,), the highest scaled to 1."""
    step = max(1, pixels.shape[0] * pixels.shape[1] // 200_000)
    flat = pixels.reshape(-1, pixels.shape[2])[::step].mean(1) if pixels.ndim == 3 else pixels.reshape(-1)[::step]
    counts, _ = np.histogram(flat, bins=BINS, range=(0, 256))
    return counts / max(1, counts.max())
