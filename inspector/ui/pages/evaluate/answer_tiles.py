"""Images with what a run says of them, as tiles; a class key gives the current image that label."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from inspector.ui.pages.evaluate.answer_pictures import AnswerPictures
from inspector.ui.pages.evaluate.judged import Answer
from inspector.ui.state.session import Session
from inspector.ui.theme import font, theme
from inspector.ui.widgets.class_badge import DENSE_BADGE_PX, paint_badge
from inspector.ui.widgets.controls import follow_theme
from inspector.ui.wording import per_cent

Index = QModelIndex | QPersistentModelIndex

ANSWER_ROLE = Qt.ItemDataRole.UserRole
MIN_TILE_PX, GAP_PX, CAPTION_PX = 48, 8, 22


class AnswerTiles(QListView):
    """`columns` tiles a row. `relabelled(answer, class name)` when a class key is pressed on a tile.

    `opened(answer)` by a click or Enter, which ask for the image large.
    """

    relabelled = Signal(object, str)
    opened = Signal(object)

    def __init__(
        self, session: Session, pictures: AnswerPictures, *, columns: int, name: str, rows: int | None = None
    ) -> None:
        """With `rows` the tiles are small enough that so many rows show without scrolling."""
        super().__init__()
        self._session, self._columns, self._rows = session, columns, rows
        self._answers = _AnswerModel(self)
        self._tile_px = 64
        self.setModel(self._answers)
        self.setItemDelegate(_TileDelegate(self, session, pictures))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        if rows is not None:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(name)
        self.clicked.connect(lambda index: self.opened.emit(index.data(ANSWER_ROLE)))
        pictures.ready.connect(self.viewport().update)
        follow_theme(self, self.viewport().update)

    @property
    def answers(self) -> list[Answer]:
        """What is shown."""
        return self._answers.answers

    @property
    def tile_px(self) -> int:
        """Side of an image."""
        return self._tile_px

    @property
    def current(self) -> Answer | None:
        """The current tile's."""
        found = self.currentIndex().data(ANSWER_ROLE)
        return found if isinstance(found, Answer) else None

    def set_answers(self, answers: Sequence[Answer]) -> None:
        """Show other images; the current place stays."""
        at = max(0, self.currentIndex().row())
        self._answers.show(list(answers))
        self.doItemsLayout()  # without it the scroll bar of a longer list stays
        if answers:
            self.setCurrentIndex(self._answers.index(min(at, len(answers) - 1)))

    def focus_on(self, answer: Answer) -> None:
        """Bring the keyboard to the tile of an answer, or near the place where it was."""
        if answer in self.answers:
            self.setCurrentIndex(self._answers.index(self.answers.index(answer)))
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """A class's key labels the current image, Enter opens it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current is not None:
            self.opened.emit(self.current)
            return
        name = self._session.class_of_key(event.text()) if event.text().strip() else None
        if name is not None and self.current is not None:
            self.relabelled.emit(self.current, name)
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Tiles fill the row."""
        self._fit()
        super().resizeEvent(event)

    def _fit(self) -> None:
        across_px = (self.viewport().width() - 1) // self._columns
        side_px = across_px - GAP_PX
        if self._rows is not None:
            side_px = min(side_px, self.viewport().height() // self._rows - CAPTION_PX - GAP_PX)
        self._tile_px = max(MIN_TILE_PX, side_px)
        self.setGridSize(QSize(max(across_px, MIN_TILE_PX + GAP_PX), self._tile_px + CAPTION_PX + GAP_PX // 2))
        self.scheduleDelayedItemsLayout()


class _AnswerModel(QAbstractListModel):
    """A list of answers."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.answers: list[Answer] = []

    def show(self, answers: list[Answer]) -> None:
        """Other answers."""
        self.beginResetModel()
        self.answers = answers
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008
        """One a tile."""
        return 0 if parent.isValid() else len(self.answers)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The answer, and the words for it."""
        if not 0 <= index.row() < len(self.answers):
            return None
        answer = self.answers[index.row()]
        if role == ANSWER_ROLE:
            return answer
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            sure = per_cent(answer.confidence)
            return f"{answer.path.name}: labelled {answer.label}, answer {answer.answer}, {sure} sure"
        return None


class _TileDelegate(QStyledItemDelegate):
    """The image, and under it the answer's badge, how sure it is, and the file's name or what the label says."""

    def __init__(self, parent: AnswerTiles, session: Session, pictures: AnswerPictures) -> None:
        super().__init__(parent)
        self._view, self._session, self._pictures = parent, session, pictures

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        """The grid's cell."""
        return self._view.gridSize()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Image and caption."""
        answer: Answer = index.data(ANSWER_ROLE)
        side = self._view.tile_px
        image = QRect(option.rect.left(), option.rect.top() + 2, side, side)
        painter.save()
        self._paint_image(painter, image, answer)
        if option.state & QStyle.StateFlag.State_Selected and self._view.hasFocus():
            painter.setPen(QPen(theme.colour("accent"), 3))
            painter.drawRect(QRectF(image).adjusted(1.5, 1.5, -1.5, -1.5))
        self._paint_caption(painter, QRect(image.left(), image.bottom() + 1, side, CAPTION_PX), answer)
        painter.restore()

    def _paint_image(self, painter: QPainter, rect: QRect, answer: Answer) -> None:
        painter.fillRect(rect, theme.colour("well"))
        found = self._pictures.pixmap(answer, rect.width())
        if found is None:
            if answer.image_id is None:
                painter.setFont(font(11))
                painter.setPen(theme.colour("text3"))
                painter.drawText(rect, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWrapAnywhere, answer.path.name)
            return
        size = found.deviceIndependentSize().scaled(rect.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(0, 0, size.width(), size.height())
        place.moveCenter(QRectF(rect).center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(place, found, QRectF(found.rect()))

    def _paint_caption(self, painter: QPainter, rect: QRect, answer: Answer) -> None:
        badge = QRectF(rect.left(), rect.center().y() - DENSE_BADGE_PX // 2, DENSE_BADGE_PX, DENSE_BADGE_PX)
        paint_badge(painter, badge, self._session.mark(answer.answer))
        painter.setFont(font(12))
        painter.setPen(theme.colour("text"))
        middle = Qt.AlignmentFlag.AlignVCenter
        sure = per_cent(answer.confidence)
        painter.drawText(rect.adjusted(DENSE_BADGE_PX + 6, 0, 0, 0), middle, sure)
        room = rect.width() - DENSE_BADGE_PX - 16 - painter.fontMetrics().horizontalAdvance(sure)
        painter.setFont(font(11))
        painter.setPen(theme.colour("text3" if answer.is_right else "bad"))
        if answer.is_right:
            text = painter.fontMetrics().elidedText(answer.path.stem, Qt.TextElideMode.ElideLeft, room)
            painter.drawText(rect, middle | Qt.AlignmentFlag.AlignRight, text)
            return
        label = QRectF(rect.right() - DENSE_BADGE_PX, badge.top(), DENSE_BADGE_PX, DENSE_BADGE_PX)
        paint_badge(painter, label, self._session.mark(answer.label))
        if room > 60:
            painter.drawText(rect.adjusted(0, 0, -DENSE_BADGE_PX - 5, 0), middle | Qt.AlignmentFlag.AlignRight, "label")
