"""A recent project on the start page: three pictures, name, path, state, age."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from inspector.ui.state.recent_projects import RecentProject
from inspector.ui.theme import font, theme
from inspector.ui.widgets.controls import button, follow_theme
from inspector.ui.widgets.thumbnail_painting import paint_thumbnail
from inspector.ui.wording import age

HEIGHT_PX = 80
PICTURE_PX, GAP_PX, MARGIN_PX, AGE_PX = 56, 2, 16, 84
NARROW_PX = 640  # in a narrower row words take the place of one picture
NAME_SHARE = 0.44  # of the room for words; the rest is for the state


class RecentRow(QAbstractButton):
    """`chosen` carries its path; one that cannot be found offers Locate… instead."""

    chosen = Signal(str)
    locate_requested = Signal(str)

    def __init__(self, entry: RecentProject) -> None:
        super().__init__()
        self._entry, self._is_there = entry, entry.is_there
        self._pictures = [QPixmap(str(file)) for file in entry.picture_files() if file.exists()]
        self.setFixedHeight(HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(f"Open {entry.name}, {entry.first_line}, {entry.second_line}")
        self.setToolTip(entry.path)
        self.clicked.connect(self._on_clicked)
        self._locate = button("Locate…", lambda: self.locate_requested.emit(entry.path), small=True)
        self._locate.setParent(self)
        self._locate.setVisible(not self._is_there)
        follow_theme(self, self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        """As wide as the list."""
        return QSize(480, HEIGHT_PX)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Keep Locate… at the right."""
        super().resizeEvent(event)
        self._locate.adjustSize()
        self._locate.move(self.width() - self._locate.width() - MARGIN_PX, (HEIGHT_PX - self._locate.height()) // 2)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw it."""
        with QPainter(self) as painter:
            if self.underMouse() or self.hasFocus():
                painter.fillRect(self.rect(), theme.colour("tint"))
            self._paint_pictures(painter)
            left = MARGIN_PX + self._pictures_px + 16
            right = self.width() - MARGIN_PX - AGE_PX
            middle = left + round((right - left) * NAME_SHARE)
            _two_lines(painter, QRect(left, 0, middle - left - 12, HEIGHT_PX), self._entry.name, self._entry.path, True)
            state = QRect(middle, 0, right - middle - 8, HEIGHT_PX)
            _two_lines(painter, state, self._entry.first_line, self._entry.second_line, False)
            if self._is_there:
                painter.setPen(theme.colour("text3"))
                painter.setFont(font(12))
                box = QRect(right, 0, self.width() - MARGIN_PX - right, HEIGHT_PX)
                painter.drawText(
                    box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, age(self._entry.opened)
                )

    @property
    def _shown_pictures(self) -> int:
        return 3 if self.width() >= NARROW_PX else 2

    @property
    def _pictures_px(self) -> int:
        return self._shown_pictures * (PICTURE_PX + GAP_PX) - GAP_PX

    def _paint_pictures(self, painter: QPainter) -> None:
        top = (HEIGHT_PX - PICTURE_PX) // 2
        if not self._is_there:
            box = QRect(MARGIN_PX, top, self._pictures_px, PICTURE_PX)
            painter.fillRect(box, theme.colour("well"))
            painter.setPen(theme.colour("text3"))
            painter.setFont(font(12))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "Not connected")
            return
        for position in range(self._shown_pictures):
            box = QRect(MARGIN_PX + position * (PICTURE_PX + GAP_PX), top, PICTURE_PX, PICTURE_PX)
            paint_thumbnail(painter, box, self._pictures[position] if position < len(self._pictures) else None)

    def _on_clicked(self) -> None:
        if self._is_there:
            self.chosen.emit(self._entry.path)
        else:
            self.locate_requested.emit(self._entry.path)


def _two_lines(painter: QPainter, box: QRect, first: str, second: str, is_name: bool) -> None:
    painter.setFont(font(13 if is_name else 12, semibold=is_name))
    painter.setPen(theme.colour("text" if is_name else "text2"))
    _line(painter, QRect(box.left(), 21, box.width(), 18), first, Qt.TextElideMode.ElideRight)
    painter.setFont(font(12))
    painter.setPen(theme.colour("text3" if is_name else "text2"))
    # The end of a path tells projects apart; of a state the beginning is the figure.
    mode = Qt.TextElideMode.ElideMiddle if is_name else Qt.TextElideMode.ElideRight
    _line(painter, QRect(box.left(), 40, box.width(), 18), second, mode)


def _line(painter: QPainter, box: QRect, text: str, mode: Qt.TextElideMode) -> None:
    shown = painter.fontMetrics().elidedText(text, mode, box.width())
    painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
