"""How a line of the results table is drawn."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from inspector.ui.icons import pixmap
from inspector.ui.pages.classify.results_model import (
    CLASS,
    CONFIDENCE,
    FILE,
    REVIEW,
    SECOND,
    Index,
    ResultsModel,
    error_text,
)
from inspector.ui.pictures.path_thumbnails import PathThumbnails
from inspector.ui.state.session import Session
from inspector.ui.theme import font, theme
from inspector.ui.widgets.class_badge import BADGE_PX, DENSE_BADGE_PX, paint_badge

ROW_PX = 38
MARGIN_PX = 16
THUMBNAIL_PX = 28
BAR_PX, MAX_BAR_PX = 6, 84
MARK_PX = 14
FOCUS_PX = 3
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class ResultsDelegate(QStyledItemDelegate):
    """Thumbnail and name, class, confidence as a bar, second class, whether a person must look."""

    def __init__(self, view: QTableView, session: Session, thumbnails: PathThumbnails) -> None:
        super().__init__(view)
        self._view, self._session, self._thumbnails = view, session, thumbnails

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        """All lines are of one height."""
        return QSize(80, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw a cell."""
        model = index.model()
        assert isinstance(model, ResultsModel)
        row, rect = model.row_of(index), option.rect  # type: ignore[attr-defined]
        painter.save()
        painter.setClipRect(rect)
        self._paint_ground(painter, option, index)
        painter.setFont(font())
        painter.setPen(theme.colour("text"))
        if index.column() == FILE:
            self._paint_file(painter, rect, model, row)
        elif row in model.results.errors:
            self._paint_error(painter, rect, model.results.errors[row], index.column())
        elif index.column() == CLASS:
            self._paint_class(painter, rect, model.results.answers(row)[0].class_name, BADGE_PX)
        elif index.column() == CONFIDENCE:
            _paint_confidence(painter, rect, float(model.results.confidences[row]), model.needs_review(row))
        elif index.column() == SECOND:
            self._paint_second(painter, rect, model, row)
        elif index.column() == REVIEW:
            self._paint_review(painter, rect, model, row)
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        state, rect = option.state, option.rect  # type: ignore[attr-defined]
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.colour("tint"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, theme.colour("hover"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.colour("grid"))
        is_current = self._view.currentIndex().row() == index.row()
        if is_current and self._view.hasFocus() and index.column() == FILE:
            painter.fillRect(QRect(rect.left(), rect.top(), FOCUS_PX, rect.height() - 1), theme.colour("accent"))

    def _paint_file(self, painter: QPainter, rect: QRect, model: ResultsModel, row: int) -> None:
        left = rect.left() + MARGIN_PX
        square = QRect(left, rect.center().y() - THUMBNAIL_PX // 2 + 1, THUMBNAIL_PX, THUMBNAIL_PX)
        painter.fillRect(square, theme.colour("well"))
        if row in model.results.errors:
            mark = pixmap("error", size_px=MARK_PX, token="bad")
            painter.drawPixmap(square.center() - QPointF(MARK_PX / 2 - 1, MARK_PX / 2 - 1).toPoint(), mark)
        else:
            paint_centred(painter, square, self._thumbnails, model, row)
        _paint_text(painter, rect, left + THUMBNAIL_PX + 10, model.results.paths[row], Qt.TextElideMode.ElideMiddle)

    def _paint_error(self, painter: QPainter, rect: QRect, reason: str, column: int) -> None:
        """One text over all columns after the first: each cell draws the part that lies in it."""
        left = self._view.columnViewportPosition(CLASS)
        right = self._view.columnViewportPosition(REVIEW) + self._view.columnWidth(REVIEW)
        if column <= REVIEW:
            painter.setPen(theme.colour("bad"))
            whole = QRect(left, rect.top(), right - left, rect.height())
            _paint_text(painter, whole, left + 8, error_text(reason), Qt.TextElideMode.ElideRight)

    def _paint_class(self, painter: QPainter, rect: QRect, class_name: str, size_px: int) -> None:
        left = rect.left() + 8
        badge = QRectF(left, rect.center().y() - size_px / 2 + 0.5, size_px, size_px)
        paint_badge(painter, badge, self._session.mark(class_name))
        painter.setPen(theme.colour("text"))
        _paint_text(painter, rect, left + size_px + 8, class_name, Qt.TextElideMode.ElideRight)

    def _paint_second(self, painter: QPainter, rect: QRect, model: ResultsModel, row: int) -> None:
        answers = model.results.answers(row)
        if len(answers) < 2:
            return
        left = rect.left() + 8
        badge = QRectF(left, rect.center().y() - DENSE_BADGE_PX / 2 + 0.5, DENSE_BADGE_PX, DENSE_BADGE_PX)
        paint_badge(painter, badge, self._session.mark(answers[1].class_name))
        painter.setPen(theme.colour("text2"))
        text = f"{answers[1].probability:.2f}"
        _paint_text(painter, rect, left + DENSE_BADGE_PX + 8, text, Qt.TextElideMode.ElideRight)

    def _paint_review(self, painter: QPainter, rect: QRect, model: ResultsModel, row: int) -> None:
        decided = model.label_of(row)
        if decided is not None:
            painter.drawPixmap(rect.left() + 8, rect.center().y() - MARK_PX // 2 + 1, pixmap("check", size_px=MARK_PX))
            badge = QRectF(rect.left() + 28, rect.center().y() - BADGE_PX / 2 + 0.5, BADGE_PX, BADGE_PX)
            paint_badge(painter, badge, self._session.mark(decided))
        elif model.needs_review(row):
            mark = pixmap("warning", size_px=MARK_PX, token="warn")
            painter.drawPixmap(rect.left() + 8, rect.center().y() - MARK_PX // 2 + 1, mark)
            painter.setPen(theme.colour("warn"))
            _paint_text(painter, rect, rect.left() + 28, "Review", Qt.TextElideMode.ElideRight)


def paint_centred(painter: QPainter, square: QRect, thumbnails: PathThumbnails, model: ResultsModel, row: int) -> None:
    """Draw a row's thumbnail in the middle of a square, once it is there."""
    picture = thumbnails.pixmap(model.file_of(row), square.width(), scaling=model.scaling)
    if picture is not None:
        size = picture.deviceIndependentSize()
        left = square.left() + (square.width() - size.width()) / 2
        top = square.top() + (square.height() - size.height()) / 2
        painter.drawPixmap(QPointF(round(left), round(top)), picture)


def _paint_confidence(painter: QPainter, rect: QRect, confidence: float, needs_review: bool) -> None:
    left, bar = rect.left() + 8, min(MAX_BAR_PX, rect.width() - 64)
    track = QRectF(left, rect.center().y() - BAR_PX / 2 + 0.5, bar, BAR_PX)
    paint_bar(painter, track, confidence, "warn" if needs_review else "accent")
    painter.setPen(theme.colour("text"))
    _paint_text(painter, rect, left + bar + 12, f"{confidence:.2f}", Qt.TextElideMode.ElideRight)


def paint_bar(painter: QPainter, track: QRectF, share: float, token: str) -> None:
    """A bar that is full to a share 0..1, in a token's colour."""
    painter.fillRect(track, theme.colour("track"))
    painter.fillRect(QRectF(track.left(), track.top(), track.width() * share, track.height()), theme.colour(token))


def _paint_text(painter: QPainter, rect: QRect, left: int, text: str, elide: Qt.TextElideMode) -> None:
    room = QRect(left, rect.top(), rect.right() - left - 4, rect.height() - 1)
    painter.drawText(room, LEFT, painter.fontMetrics().elidedText(text, elide, room.width()))
