"""What the network sees: pairs of augmented crops, or hidden, filled in and original ones."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from inspector.ui.pictures.image_loading import to_qimage
from inspector.ui.theme import font, theme
from inspector.ui.widgets.controls import follow_theme
from models.events import Reconstruction, Views

GAP_PX, HEAD_PX, MARGIN_PX = 4, 22, 16
SHOWN_VIEWS = 3
SMALLEST_PX, LARGEST_PX = 40, 140
TO_COME = "Comes with the run's first look at its images"


class NetworkView(QWidget):
    """A column a kind of picture, a row an image."""

    def __init__(self) -> None:
        super().__init__()
        self._names: list[str] = []
        self._rows: list[list[QImage]] = []
        self.setMinimumSize(220, 160)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("What the network sees")
        self.setAccessibleDescription(TO_COME)
        follow_theme(self, self.update)

    @property
    def names(self) -> list[str]:
        """The columns that are shown."""
        return list(self._names)

    def show_event(self, event: Views | Reconstruction) -> None:
        """Show the crops of a look."""
        if isinstance(event, Views):
            count = min(SHOWN_VIEWS, event.pixels.shape[1])
            columns = {f"View {'ABC'[i]}": event.pixels[:, i] for i in range(count)}
        else:
            columns = {"Hidden": event.masked, "Filled in": event.reconstructed, "Original": event.original}
        self._names = list(columns)
        self._rows = [[to_qimage(_plain(crop)) for crop in crops] for crops in zip(*columns.values(), strict=True)]
        self.setAccessibleDescription(f"{len(self._rows)} images, {', '.join(self._names)}")
        self.update()

    def clear(self) -> None:
        """Show that nothing is there yet."""
        self._names, self._rows = [], []
        self.setAccessibleDescription(TO_COME)
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Three columns of five."""
        return QSize(312, 420)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw as many rows as fit."""
        with QPainter(self) as painter:
            painter.setFont(font(12))
            if not self._rows:
                painter.setPen(theme.colour("text3"))
                room = self.rect().adjusted(MARGIN_PX, 0, -MARGIN_PX, 0)
                painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, TO_COME)
                return
            side = self._side()
            for column, name in enumerate(self._names):
                left = MARGIN_PX + column * (side + GAP_PX)
                painter.setPen(theme.colour("text3"))
                painter.drawText(QRect(left, 0, side, HEAD_PX - 4), Qt.AlignmentFlag.AlignLeft, name)
                for row, crops in enumerate(self._rows):
                    top = HEAD_PX + row * (side + GAP_PX)
                    if top + side > self.height():
                        break
                    painter.drawImage(QRect(left, top, side, side), crops[column])

    def _side(self) -> int:
        """As large as the width allows, but with room for three rows."""
        columns = len(self._names)
        by_width = (self.width() - 2 * MARGIN_PX - (columns - 1) * GAP_PX) // columns
        by_height = (self.height() - HEAD_PX) // 3 - GAP_PX
        return max(SMALLEST_PX, min(by_width, by_height, LARGEST_PX))


def _plain(crop: np.ndarray) -> np.ndarray:
    """(H, W, C) -> what can be shown."""
    return crop[..., 0] if crop.shape[-1] == 1 else crop
