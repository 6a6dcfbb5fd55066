"""The results as pictures, each with the badge of its class."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from inspector.ui.icons import pixmap
from inspector.ui.pages.classify.results_delegate import MARK_PX, paint_centred
from inspector.ui.pages.classify.results_model import Index, ResultsModel
from inspector.ui.pictures.path_thumbnails import PathThumbnails
from inspector.ui.state.session import Session
from inspector.ui.theme import theme
from inspector.ui.widgets.class_badge import BADGE_PX, paint_badge
from inspector.ui.widgets.controls import follow_theme

TILE_PX = 112  # at least; tiles grow until they fill the row
GAP_PX = 6
EDGE_PX = 16
RING_PX, FOCUS_PX = 2, 3
BATCH = 500  # items laid out before the window may draw again


class ResultsGallery(QListView):
    """Tiles that fill the row; a mark upper right where a person must look."""

    def __init__(self, model: ResultsModel, session: Session, thumbnails: PathThumbnails) -> None:
        super().__init__()
        self.setModel(model)
        self.setItemDelegate(_TileDelegate(self, session, thumbnails))
        self.setAccessibleName("Results as pictures")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setUniformItemSizes(True)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(BATCH)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setViewportMargins(EDGE_PX - GAP_PX // 2, 0, 0, 0)
        thumbnails.arrived.connect(self.viewport().update)
        follow_theme(self, self.viewport().update)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Let the tiles fill the row."""
        width = self.viewport().width() - EDGE_PX // 2
        cell = width // max(1, width // (TILE_PX + GAP_PX))
        self.setGridSize(QSize(cell, cell))
        super().resizeEvent(event)


class _TileDelegate(QStyledItemDelegate):
    def __init__(self, view: ResultsGallery, session: Session, thumbnails: PathThumbnails) -> None:
        super().__init__(view)
        self._view, self._session, self._thumbnails = view, session, thumbnails

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        return self._view.gridSize()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, ResultsModel)
        row, half = model.row_of(index), GAP_PX // 2
        tile = option.rect.adjusted(half, half, -half, -half)  # type: ignore[attr-defined]
        painter.save()
        painter.fillRect(tile, theme.colour("well"))
        paint_centred(painter, tile, self._thumbnails, model, row)
        self._paint_marks(painter, tile, model, row)
        if option.state & QStyle.StateFlag.State_Selected:  # type: ignore[attr-defined]
            _paint_frame(painter, tile.adjusted(-1, -1, 1, 1), RING_PX)
        if index.row() == self._view.currentIndex().row() and self._view.hasFocus():
            _paint_frame(painter, tile, FOCUS_PX)
        painter.restore()

    def _paint_marks(self, painter: QPainter, tile: QRect, model: ResultsModel, row: int) -> None:
        answers, decided = model.results.answers(row), model.label_of(row)
        if decided is not None or answers:
            name = decided or answers[0].class_name
            badge = QRectF(tile.left() + 5, tile.bottom() - BADGE_PX - 4, BADGE_PX, BADGE_PX)
            paint_badge(painter, badge, self._session.mark(name), ring=True, opacity=1.0 if decided else 0.8)
        mark = "error" if row in model.results.errors else "warning" if model.needs_review(row) else ""
        if mark and decided is None:
            ground = QRect(tile.right() - MARK_PX - 9, tile.top() + 4, MARK_PX + 6, MARK_PX + 6)
            painter.fillRect(ground, theme.colour("surface"))
            token = "bad" if mark == "error" else "warn"
            painter.drawPixmap(ground.left() + 3, ground.top() + 3, pixmap(mark, size_px=MARK_PX, token=token))


def _paint_frame(painter: QPainter, rect: QRect, width_px: int) -> None:
    pen = QPen(theme.colour("accent"), width_px)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(QRectF(rect).adjusted(width_px / 2, width_px / 2, -width_px / 2, -width_px / 2))
