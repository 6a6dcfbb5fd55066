"""The panel: the chosen file at full size, its likeliest classes, and the way into the review."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from inspector.ui.icons import pixmap
from inspector.ui.pages.classify.answer_bars import AnswerBars
from inspector.ui.pages.classify.results_model import ResultsModel, error_text
from inspector.ui.pages.classify.review_threshold import UNFAMILIAR_HELP
from inspector.ui.state.session import Session
from inspector.ui.widgets.controls import (
    ElidedLabel,
    Segmented,
    button,
    column,
    follow_theme,
    icon_button,
    label,
    line,
    row,
    set_enabled,
    set_tone,
)
from inspector.ui.widgets.heat_tool import HeatTool
from inspector.ui.widgets.image_view import ImageView
from inspector.ui.wording import count

MIN_IMAGE_PX = 220
BELOW_IMAGE_PX = 300
MARK_PX, MAX_MARK_PX = 14, 140  # beside them stands the file's name
UNFAMILIAR = f"{UNFAMILIAR_HELP} No class can be told."
ZOOMS = [("fit", "Fit"), ("1:1", "1:1"), ("4:1", "4:1")]


class AnswerPanel(QWidget):
    """`review_asked` when the user wants to go through what needs review."""

    review_asked = Signal()

    def __init__(self, session: Session, model: ResultsModel) -> None:
        super().__init__()
        self._session, self._model = session, model
        self._row: int | None = None
        self.name = ElidedLabel(semibold=True, middle=True)
        self.mark = label()
        self._mark_icon = QLabel()
        self.image = ImageView()
        self.zoom = Segmented(ZOOMS, name="Zoom", small=True)
        self.stretch = icon_button("contrast", "Stretch the contrast", kind="small-icon", checkable=True)
        self.heat = HeatTool(self.image, kind="small-icon", wraps=True)
        self.bars = AnswerBars(session)
        self.unfamiliar = label(UNFAMILIAR, tone="warn", wraps=True)
        self.unfamiliar.setVisible(False)
        self.error = label(tone="bad", wraps=True)
        self.error.setVisible(False)
        self.review_text = label(tone="text2", size_px=12, wraps=True)
        self.review = button("Review", self.review_asked.emit, icon_name="label")
        self._picture = QWidget()
        tools = row(self.zoom, None, self.heat.button, self.stretch)
        self._picture.setLayout(column(self.image, tools, self.heat.caption))
        self.setLayout(self._arranged())
        self.zoom.chosen.connect(self.image.set_zoom)
        self.stretch.toggled.connect(self.image.set_stretched)
        follow_theme(self, self._show_mark)

    def show_row(self, row_number: int | None) -> None:
        """Show a row of the results; None: nothing is chosen."""
        self._row = row_number
        if row_number is None:
            self.image.clear()
            self.name.setText("")
            self.bars.show_answers([])
            self.unfamiliar.setVisible(False)
            self._show_error("")
        else:
            reason = self._model.results.errors.get(row_number)
            self.name.setText(self._model.results.paths[row_number].rpartition("/")[2])
            self.bars.show_answers(self._model.results.answers(row_number))
            self.unfamiliar.setVisible(bool(self._model.results.unfamiliar()[row_number]))
            self._show_error("" if reason is None else error_text(reason))
            self._load_image()
        self._show_mark()

    def update_row(self) -> None:
        """The threshold, or what a person decided, is another."""
        self._show_mark()

    def show_picture(self, is_shown: bool) -> None:
        """Show the image here, or leave that to the middle of the page."""
        self._picture.setVisible(is_shown)
        self._load_image()

    def show_review(self, waiting: int, *, reason: str = "") -> None:
        """How many images wait for a person; `reason` says why they can't be reviewed now."""
        name = self._session.name
        if waiting:
            verb = "waits" if waiting == 1 else "wait"
            text = f"{count(waiting, 'image')} {verb}. What you decide becomes a label in {name}"
            self.review_text.setText(f"{text} and counts in the next training.")
        else:
            self.review_text.setText("No image waits for a person.")
        self.review.setText(f"Review {count(waiting, 'image')}" if waiting else "Review")
        set_enabled(self.review, reason or ("" if waiting else "No image is below the threshold"))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """The image is as high as the panel is wide, as far as there is room."""
        self.image.setFixedHeight(max(MIN_IMAGE_PX, min(self.width(), self.height() - BELOW_IMAGE_PX)))
        super().resizeEvent(event)

    def _show_error(self, text: str) -> None:
        self.error.setText(text)
        self.error.setVisible(bool(text))

    def _load_image(self) -> None:
        is_readable = self._row is not None and self._row not in self._model.results.errors
        if is_readable and not self._picture.isHidden():
            self.image.show_image(self._model.file_of(self._row), scaling=self._model.scaling)
        else:
            self.image.clear()

    def _show_mark(self) -> None:
        text, tone, icon_name = self._mark()
        shown = self.mark.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, MAX_MARK_PX)
        self.mark.setText(shown)
        self.mark.setToolTip("" if shown == text else text)
        set_tone(self.mark, tone)
        if icon_name:
            self._mark_icon.setPixmap(pixmap(icon_name, size_px=MARK_PX, token=tone))
        self._mark_icon.setVisible(bool(icon_name))

    def _mark(self) -> tuple[str, str, str]:
        """Text, tone and icon beside the file's name."""
        row_number = self._row
        if row_number is None or row_number in self._model.results.errors:
            return "", "warn", ""
        decided = self._model.label_of(row_number)
        if decided is not None:
            return f"Labelled {decided}", "ok", "check"
        return ("Review", "warn", "warning") if self._model.needs_review(row_number) else ("", "warn", "")

    def _arranged(self) -> QVBoxLayout:
        head = row(self.name, self._mark_icon, self.mark, spacing=4)
        head.setStretch(0, 1)
        queue = (label("Review queue", semibold=True), self.review_text, row(self.review, None))
        made = column(head, self._picture, line(), self.error, self.bars, self.unfamiliar, line(), *queue)
        made.addStretch(1)
        return made
