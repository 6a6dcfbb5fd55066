"""Where label and model disagree, the surest answers first, each with a button that takes the model's answer."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from inspector.ui.pages.evaluate.answer_pictures import AnswerPictures
from inspector.ui.pages.evaluate.judged import Answer
from inspector.ui.pages.page import PANEL_MARGIN_PX
from inspector.ui.state.session import Session
from inspector.ui.widgets.class_badge import DENSE_BADGE_PX, ClassBadge
from inspector.ui.widgets.controls import ElidedLabel, button, column, label, line, row
from inspector.ui.widgets.vertical_scroll_area import VerticalScrollArea
from inspector.ui.wording import per_cent

SHOWN = 60  # of a longer list the surest; as they are worked off, the others move up
ROW_PX, PICTURE_PX = 50, 36
KEPT, SMOOTH = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation


class DisagreementList(VerticalScrollArea):
    """`relabelled(answer, class name)`: by the button, or by a class's key on a focused row.

    `opened(answer)` by a click on a row or Enter, which ask for the image large.
    """

    relabelled = Signal(object, str)
    opened = Signal(object)

    def __init__(self, session: Session, pictures: AnswerPictures) -> None:
        self._box = column(margins=(0, 0, PANEL_MARGIN_PX, 0), spacing=0)
        self._box.addStretch(1)
        inner = QWidget()
        inner.setLayout(self._box)
        super().__init__(inner)
        self._session, self._pictures = session, pictures
        self.rows: list[DisagreementRow] = []
        self._answers: list[Answer] = []
        self.viewport().setAutoFillBackground(False)
        inner.setAutoFillBackground(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        pictures.ready.connect(self._on_picture_ready)

    @property
    def answers(self) -> list[Answer]:
        """What is shown."""
        return list(self._answers)

    def focus_on(self, answer: Answer) -> None:
        """Bring the keyboard to the row of an answer, or to the first row."""
        if self.rows:
            next((made for made in self.rows if made.answer == answer), self.rows[0]).take_focus()

    def set_answers(self, answers: Sequence[Answer]) -> None:
        """Show these; the focus stays at its place in the list."""
        shown = list(answers)[:SHOWN]
        if shown == self._answers:
            return
        focused = next((at for at, made in enumerate(self.rows) if made.has_focus()), None)
        self._answers = shown
        for made in self.rows:
            self._box.removeWidget(made)
            made.hide()
            made.deleteLater()
        self.rows = [self._row(answer) for answer in shown]
        for at, made in enumerate(self.rows):
            self._box.insertWidget(at, made)
        if focused is not None and self.rows:
            self.rows[min(focused, len(self.rows) - 1)].take_focus()

    def _row(self, answer: Answer) -> DisagreementRow:
        made = DisagreementRow(answer, self._session, self._pictures)
        made.relabelled.connect(self.relabelled)
        made.opened.connect(self.opened)
        return made

    def _on_picture_ready(self, image_id: int | None) -> None:
        for made in self.rows:
            if made.answer.image_id == image_id:
                made.show_picture()


class DisagreementRow(QFrame):
    """Thumbnail, label over answer, how sure, Relabel."""

    relabelled = Signal(object, str)
    opened = Signal(object)

    def __init__(self, answer: Answer, session: Session, pictures: AnswerPictures) -> None:
        super().__init__()
        self.answer = answer
        self._session, self._pictures = session, pictures
        self.picture = QLabel()
        self.picture.setFixedSize(PICTURE_PX, PICTURE_PX)
        self.picture.setProperty("pane", "well")
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.button = button("Relabel", self._on_relabel, small=True)
        self.button.setToolTip(f"Label {answer.path.name} as {answer.answer}")
        self.button.setAccessibleName(f"Relabel {answer.path.name} from {answer.label} to {answer.answer}")
        self._can_relabel = answer.image_id is not None and not session.read_only
        if not self._can_relabel:
            self.button.hide()
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(f"{answer.path.name}: labelled {answer.label}, answer {answer.answer}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        words = column(_said(session, answer.label, ""), _said(session, answer.answer, "?"), spacing=2)
        sure = label(per_cent(answer.confidence), semibold=True)
        content = row(self.picture, words, sure, self.button, margins=(0, 6, 2, 6), spacing=6)
        content.setStretchFactor(words, 1)
        self.setLayout(column(content, line(), spacing=0))
        self.setFixedHeight(ROW_PX)
        self.show_picture()

    def has_focus(self) -> bool:
        """Whether the keyboard is at this row."""
        return self.button.hasFocus() or self.hasFocus()

    def take_focus(self) -> None:
        """Bring the keyboard to this row."""
        (self.button if self._can_relabel else self).setFocus()

    def show_picture(self) -> None:
        """Draw the thumbnail, if it is there."""
        picture = self._pictures.pixmap(self.answer, PICTURE_PX)
        if picture is not None:
            ratio = self.devicePixelRatioF()
            fitted = picture.scaled(self.picture.size() * ratio, KEPT, SMOOTH)
            fitted.setDevicePixelRatio(ratio)
            self.picture.setPixmap(fitted)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """A class's key labels the image, Enter opens it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(self.answer)
            return
        name = self._session.class_of_key(event.text()) if event.text().strip() else None
        if name is not None and self.answer.image_id is not None:
            self.relabelled.emit(self.answer, name)
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """A click on the row shows the image large."""
        self.opened.emit(self.answer)
        super().mousePressEvent(event)

    def _on_relabel(self) -> None:
        self.relabelled.emit(self.answer, self.answer.answer)


def _said(session: Session, name: str, mark: str) -> QWidget:
    text = ElidedLabel(f"{name}{mark}", size_px=12)
    line_of_words = row(ClassBadge(session.mark(name), size_px=DENSE_BADGE_PX), text, spacing=4)
    line_of_words.setStretchFactor(text, 1)
    made = QWidget()
    made.setLayout(line_of_words)
    return made
