"""A few images in a row or a grid: neighbours in a queue, members of a group, similar images."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from inspector.project import Change
from inspector.ui.pictures.thumbnails import Thumbnails
from inspector.ui.state.session import Session
from inspector.ui.theme import theme
from inspector.ui.widgets.class_badge import DENSE_BADGE_PX, paint_badge
from inspector.ui.widgets.controls import follow_theme
from inspector.ui.widgets.thumbnail_painting import paint_thumbnail

GAP_PX = 4


class ThumbnailStrip(QWidget):
    """`clicked_id` carries the image that was clicked or chosen by Enter.

    Without `columns` there are as many in the one row as fit; with them the tiles share the width, in rows.
    """

    clicked_id = Signal(int)

    def __init__(
        self, session: Session, thumbnails: Thumbnails, *, size_px: int = 64, columns: int | None = None
    ) -> None:
        super().__init__()
        self._session, self._thumbnails = session, thumbnails
        self._size_px, self._columns = size_px, columns
        self._ids: list[int] = []
        self._current: int | None = None
        self._focused = 0
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        vertical = QSizePolicy.Policy.Fixed
        self.setSizePolicy(QSizePolicy.Policy.Expanding, vertical)
        self.setAccessibleName("Images")
        thumbnails.ready.connect(self._on_ready)
        session.changed.connect(self._on_changed)
        follow_theme(self, self.update)

    @property
    def ids(self) -> list[int]:
        """What is shown, as far as there is room."""
        return list(self._ids)

    def set_ids(self, ids: Sequence[int]) -> None:
        """Show these images."""
        self._ids = list(ids)
        self._focused = min(self._focused, max(0, len(self._ids) - 1))
        self._describe()
        self.updateGeometry()
        self.update()

    def set_current(self, image_id: int | None) -> None:
        """Ring the image that is shown elsewhere."""
        self._current = image_id
        self.update()

    def tile_rect(self, position: int) -> QRect:
        """Where the image at a position is drawn."""
        side = self._side()
        columns = self._columns or max(1, len(self._ids))
        row, column = divmod(position, columns)
        return QRect(column * (side + GAP_PX), row * (side + GAP_PX), side, side)

    def sizeHint(self) -> QSize:  # noqa: N802
        """All rows."""
        side = self._side()
        rows = 1 if self._columns is None else max(1, -(-len(self._ids) // self._columns))
        return QSize(self._size_px, rows * (side + GAP_PX) - GAP_PX)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """One tile wide."""
        return QSize(self._size_px, self.sizeHint().height())

    def resizeEvent(self, event: object) -> None:  # noqa: N802
        """Tiles of a grid follow the width."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        if self._columns is not None:
            self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the tiles that have room."""
        with QPainter(self) as painter:
            for position, image_id in enumerate(self._ids):
                rect = self.tile_rect(position)
                if rect.right() > self.width():
                    break
                self._paint_tile(painter, rect, position, image_id)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Choose an image."""
        position = self._position_at(event.position().toPoint())
        if position is not None and event.button() == Qt.MouseButton.LeftButton:
            self._focused = position
            self.clicked_id.emit(self._ids[position])

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Arrows move, Enter chooses."""
        columns = self._columns or max(1, len(self._ids))
        moves = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -columns, Qt.Key.Key_Down: columns}
        key = Qt.Key(event.key())
        if key in moves and self._ids:
            self._focused = min(max(0, self._focused + moves[key]), len(self._ids) - 1)
            self._describe()
            self.update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._ids:
            self.clicked_id.emit(self._ids[self._focused])
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """A tile's tooltip is the image's name."""
        if isinstance(event, QHelpEvent):
            position = self._position_at(event.pos())
            row = None if position is None else self._session.row_of.get(self._ids[position])
            if row is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), self._session.images[row].path.name, self)
            return True
        return super().event(event)

    def _paint_tile(self, painter: QPainter, rect: QRect, position: int, image_id: int) -> None:
        paint_thumbnail(painter, rect, self._thumbnails.pixmap(image_id, rect.width()))
        label = self._session.labels.get(image_id)
        if label is not None:
            corner = QRectF(rect.left() + 4, rect.bottom() - DENSE_BADGE_PX - 3, DENSE_BADGE_PX, DENSE_BADGE_PX)
            paint_badge(painter, corner, self._session.mark(label), ring=True)
        if image_id == self._current:
            _frame(painter, rect, 2)
        if self.hasFocus() and position == self._focused:
            _frame(painter, rect, 3)

    def _side(self) -> int:
        if self._columns is None:
            return self._size_px
        return max(24, (self.width() - (self._columns - 1) * GAP_PX) // self._columns)

    def _position_at(self, point: QPoint) -> int | None:
        return next((i for i in range(len(self._ids)) if self.tile_rect(i).contains(point)), None)

    def _describe(self) -> None:
        row = self._session.row_of.get(self._ids[self._focused]) if self._ids else None
        name = "" if row is None else self._session.images[row].path.name
        self.setAccessibleDescription(f"{name}, {self._focused + 1} of {len(self._ids)}" if name else "none")

    def _on_ready(self, image_id: int) -> None:
        if image_id in self._ids:
            self.update()

    def _on_changed(self, change: Change) -> None:
        if change.classes or not change.labels.isdisjoint(self._ids):
            self.update()


def _frame(painter: QPainter, rect: QRect, width_px: int) -> None:
    colour = theme.colour("accent")
    for inset in range(width_px):
        painter.setPen(colour)
        painter.drawRect(rect.adjusted(inset, inset, -inset - 1, -inset - 1))
