"""The panel of the Evaluate page: the chosen cell's images, where label and model disagree, and if pretraining paid."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from inspector.ui.pages.evaluate.answer_pictures import AnswerPictures
from inspector.ui.pages.evaluate.answer_tiles import AnswerTiles
from inspector.ui.pages.evaluate.disagreement_list import SHOWN, DisagreementList
from inspector.ui.pages.evaluate.judged import Answer, Judged
from inspector.ui.pages.evaluate.pretraining_gain_card import PretrainingGainCard
from inspector.ui.pages.page import PANEL_MARGIN_PX
from inspector.ui.state.session import Session
from inspector.ui.widgets.controls import ElidedLabel, button, column, icon_button, label, line, row
from inspector.ui.wording import count, without_mnemonic

NO_ANSWERS = "This run kept its figures alone: the images behind them are not known. Train once more to see them."
KEYS_HINT = "A click shows one large; a class key gives it that label."


class EvaluatePanel(QWidget):
    """`relabelled(answer, class name)`; `closed` when the cell's images are put away."""

    relabelled = Signal(object, str)
    closed = Signal()

    def __init__(self, session: Session, pictures: AnswerPictures) -> None:
        super().__init__()
        self.heading = ElidedLabel(semibold=True)
        self.summary = label("", size_px=12, tone="text2", wraps=True)
        self.tiles = AnswerTiles(session, pictures, columns=2, name="Images of the chosen cell")
        self.tiles.setProperty("ground", "window")
        self.accept = button("", self._on_accept, small=True)
        self.cell = QWidget()
        head = row(
            self.heading, icon_button("close", "Close the images of this cell", self.closed.emit, kind="small-icon")
        )
        head.setStretchFactor(self.heading, 1)
        self.cell.setLayout(column(head, self.summary, self.tiles, row(self.accept, None), line()))
        self.cell.layout().setStretch(2, 1)
        self.list = DisagreementList(session, pictures)
        self.count = label("", size_px=12, tone="text3")
        self.note = label("", size_px=12, tone="text2", wraps=True)
        title = row(label("Label and model disagree", semibold=True), self.count, None)
        self.gain = PretrainingGainCard()
        margins = (0, 0, PANEL_MARGIN_PX, 0)
        title.setContentsMargins(*margins)
        for part in (self.cell.layout(), self.note, self.gain.layout()):
            part.setContentsMargins(*margins)
        layout = column(self.cell, title, self.note, self.list, spacing=8)
        layout.setStretch(0, 3)
        layout.setStretch(3, 2)
        layout.addStretch(0)
        layout.addWidget(self.gain)
        self.setLayout(layout)
        self.cell.hide()
        self.tiles.relabelled.connect(self.relabelled)
        self.list.relabelled.connect(self.relabelled)
        self.tiles.selectionModel().currentChanged.connect(self._show_accept)

    def show_disagreements(self, judged: Judged) -> None:
        """Where label and model disagree, surest first."""
        found = judged.disagreements()
        self.count.setText(f"{len(found):,}" if len(found) <= SHOWN else f"{len(found):,}, the surest {SHOWN}")
        self.list.set_answers(found)
        self.list.setVisible(bool(found))
        self.note.setText("" if found else "Nowhere." if judged.answers else NO_ANSWERS)
        self.note.setVisible(not found)

    def show_cell(self, judged: Judged, row_at: int, column_at: int) -> None:
        """The images behind a cell of the matrix."""
        classes = judged.evaluation.classes
        true, answer = classes[row_at], classes[column_at]
        found = judged.in_cell(row_at, column_at)
        support = int(judged.evaluation.confusion[row_at].sum())
        is_right = true == answer
        self.heading.setText(f"{true} recognised" if is_right else f"{true} taken for {answer}")
        what = "the answer" if is_right else "the wrong answer"
        said = f"{len(found):,} of {count(support, 'image')}. Confidence of {what} below each. {KEYS_HINT}"
        self.summary.setText(said if judged.answers else NO_ANSWERS)
        self.tiles.set_answers(found)
        self.tiles.setVisible(bool(found))
        self._show_accept()
        self.cell.show()

    def hide_cell(self) -> None:
        """Put the cell's images away."""
        self.cell.hide()
        self.tiles.set_answers(())

    def _show_accept(self) -> None:
        answer = self.tiles.current
        can = answer is not None and not answer.is_right and answer.image_id is not None
        self.accept.setVisible(can)
        if can and answer is not None:
            self.accept.setText(f"Relabel as {without_mnemonic(answer.answer)}")

    def _on_accept(self) -> None:
        answer = self.tiles.current
        if isinstance(answer, Answer):
            self.relabelled.emit(answer, answer.answer)
