"""How a gallery draws a tile: image, label or guess, marks, tick, selection, focus."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from inspector.ui.icons import pixmap
from inspector.ui.pictures.thumbnails import Thumbnails
from inspector.ui.state.session import Session
from inspector.ui.theme import theme
from inspector.ui.widgets.class_badge import paint_badge
from inspector.ui.widgets.gallery_layout import badge_rect, mark_rect, tile_rect
from inspector.ui.widgets.gallery_model import ID_ROLE
from inspector.ui.widgets.thumbnail_painting import covering_px, paint_thumbnail

GUESS_OPACITY = 0.4
SELECTED_PX, FOCUS_PX = 2, 3
MARK_ICON_PX = 14
MARK_RADIUS_PX = 3


class GalleryDelegate(QStyledItemDelegate):
    """`checked` is None where tiles have no tick; `shows_focus` is set while keys, not the mouse, move about."""

    def __init__(self, session: Session, thumbnails: Thumbnails, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._thumbnails = session, thumbnails
        self.cell = QSize()
        self.checked: Container[int] | None = None
        self.shows_focus = False

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: N802
        """All tiles are as large as a cell."""
        return self.cell

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw a tile."""
        image_id = index.data(ID_ROLE)
        tile = tile_rect(option.rect)  # type: ignore[attr-defined]
        state = option.state  # type: ignore[attr-defined]
        painter.save()
        self._paint_image(painter, tile, image_id)
        self._paint_class(painter, tile, image_id)
        self._paint_marks(painter, tile, image_id)
        if state & QStyle.StateFlag.State_Selected:
            _paint_frame(painter, tile.adjusted(-SELECTED_PX, -SELECTED_PX, SELECTED_PX, SELECTED_PX), SELECTED_PX)
        if self.shows_focus and state & QStyle.StateFlag.State_HasFocus:
            _paint_frame(painter, tile, FOCUS_PX)
        painter.restore()

    def _paint_image(self, painter: QPainter, tile: QRect, image_id: int) -> None:
        row = self._session.row_of.get(image_id)
        if row is None:  # taken out of the project since the ids were set
            paint_thumbnail(painter, tile, None)
            return
        size_px = covering_px(self._session.images[row], tile.width())
        paint_thumbnail(painter, tile, self._thumbnails.pixmap(image_id, size_px))

    def _paint_class(self, painter: QPainter, tile: QRect, image_id: int) -> None:
        label = self._session.labels.get(image_id)
        if label is not None:
            paint_badge(painter, badge_rect(tile), self._session.mark(label), ring=True)
            return
        guess = self._session.guess_of(image_id)
        if guess:
            mark = self._session.mark(guess[0][0])
            asking = replace(mark, key=f"{mark.key}?")
            paint_badge(painter, badge_rect(tile), asking, ring=True, opacity=GUESS_OPACITY)

    def _paint_marks(self, painter: QPainter, tile: QRect, image_id: int) -> None:
        position = 0
        if self.checked is not None:
            _paint_tick(painter, mark_rect(tile, position), is_checked=image_id in self.checked)
            position += 1
        if image_id in self._session.duplicate_ids:
            _paint_mark(painter, mark_rect(tile, position), "similar", "text")
            position += 1
        if self._thumbnails.has_failed(image_id):
            _paint_mark(painter, mark_rect(tile, position), "error", "bad")


def _paint_frame(painter: QPainter, outside: QRect, width_px: int) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    accent = theme.colour("accent")
    left, top, width, height = outside.left(), outside.top(), outside.width(), outside.height()
    painter.fillRect(left, top, width, width_px, accent)
    painter.fillRect(left, top + height - width_px, width, width_px, accent)
    painter.fillRect(left, top, width_px, height, accent)
    painter.fillRect(left + width - width_px, top, width_px, height, accent)


def _paint_mark(painter: QPainter, rect: QRect, icon_name: str, token: str) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("surface"))
    painter.drawRoundedRect(rect, MARK_RADIUS_PX, MARK_RADIUS_PX)
    _paint_icon(painter, rect, icon_name, token)


def _paint_tick(painter: QPainter, rect: QRect, *, is_checked: bool) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.colour("accent" if is_checked else "control"), 1))
    painter.setBrush(theme.colour("accent" if is_checked else "surface"))
    painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), MARK_RADIUS_PX, MARK_RADIUS_PX)
    if is_checked:
        inset = (rect.width() - MARK_ICON_PX) // 2
        painter.drawPixmap(
            rect.left() + inset, rect.top() + inset, pixmap("check", size_px=MARK_ICON_PX, token="on-accent")
        )


def _paint_icon(painter: QPainter, rect: QRect, icon_name: str, token: str) -> None:
    inset = (rect.width() - MARK_ICON_PX) // 2
    painter.drawPixmap(rect.left() + inset, rect.top() + inset, pixmap(icon_name, size_px=MARK_ICON_PX, token=token))
