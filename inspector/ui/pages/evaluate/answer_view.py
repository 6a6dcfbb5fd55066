"""One judged image over the figures: as large as they are, its label beside the answer, with the way to the others."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout

from inspector.jobs.evaluation.heat_maps import HeatMaps
from inspector.jobs.training.train import MODEL_FILE
from inspector.project import RunRecord
from inspector.ui.pages.evaluate.answer_pictures import AnswerPictures
from inspector.ui.pages.evaluate.judged import Answer
from inspector.ui.state.session import Session
from inspector.ui.widgets.class_badge import DENSE_BADGE_PX, ClassBadge
from inspector.ui.widgets.controls import ElidedLabel, button, label, row, set_tone
from inspector.ui.widgets.large_view import LargeView
from inspector.ui.wording import per_cent, without_mnemonic

PREVIEW_PX = 256


class AnswerView(LargeView):
    """`closed(answer)` when the figures are to be shown again, `relabelled(answer, class name)` by button or key."""

    closed = Signal(object)
    relabelled = Signal(object, str)

    def __init__(self, session: Session, pictures: AnswerPictures) -> None:
        super().__init__("the figures")
        self._session, self._pictures = session, pictures
        self._answers: list[Answer] = []
        self._at = 0
        self._maps_of: tuple[int, bool] | None = None  # a run, and whether it was the newest
        self._label_badge, self._answer_badge = ClassBadge(size_px=DENSE_BADGE_PX), ClassBadge(size_px=DENSE_BADGE_PX)
        self.label_words, self.answer_words = ElidedLabel(), ElidedLabel()
        self.relabel_button = button("", self._on_relabel, small=True)
        self.head.addLayout(self._said())
        self.left.connect(lambda: self.closed.emit(self.answer))
        self.stepped.connect(self._step)

    @property
    def answer(self) -> Answer | None:
        """The answer whose image is shown."""
        return self._answers[self._at] if self._answers else None

    def show_answer(self, answer: Answer, answers: Sequence[Answer], run: RunRecord) -> None:
        """Show an image as `run` judged it; the arrow keys lead to the others of `answers`."""
        self._read_maps_of(run)
        self._answers = list(answers)
        self._at = self._answers.index(answer)
        self._show_image()

    def take_labels(self, answers: Sequence[Answer]) -> None:
        """The same images may have other labels now."""
        now = {answer.path: answer for answer in answers}
        self._answers = [now.get(answer.path, answer) for answer in self._answers]
        if self._answers:
            self._describe(self._answers[self._at])

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """A class's key gives that label."""
        name = self._session.class_of_key(event.text()) if event.text().strip() else None
        if name is not None and self.answer is not None:
            self.relabelled.emit(self.answer, name)
        else:
            super().keyPressEvent(event)

    def _said(self) -> QHBoxLayout:
        said = row(
            label("Label", tone="text3"), self._label_badge, self.label_words, 12,
            label("Answer", tone="text3"), self._answer_badge, self.answer_words, None, self.relabel_button,
            margins=(12, 0, 12, 6), spacing=6,
        )  # fmt: skip
        for words in (self.label_words, self.answer_words):
            said.setStretchFactor(words, 100)  # as wide as its text, less where there is no room
        return said

    def _read_maps_of(self, run: RunRecord) -> None:
        """The run's own maps; where the newest run has none, those that the project has, as on the other pages."""
        is_newest = run.id == self._session.finished_runs("train")[0].id
        if self._maps_of != (run.id, is_newest):
            self._maps_of = run.id, is_newest
            of_project = partial(HeatMaps.of_project, self._session.project)
            self.heat.read_from(of_project if is_newest else partial(HeatMaps.of_model, run.folder / MODEL_FILE))

    def _step(self, by: int) -> None:
        at = min(max(0, self._at + by), len(self._answers) - 1)
        if self._answers and at != self._at:
            self._at = at
            self._show_image()

    def _show_image(self) -> None:
        answer = self._answers[self._at]
        preview = self._pictures.pixmap(answer, PREVIEW_PX)
        scaling, total = self._pictures.scaling, len(self._answers)
        self.show_file(answer.path, place=self._at, total=total, scaling=scaling, preview=preview)
        self._describe(answer)

    def _describe(self, answer: Answer) -> None:
        self._label_badge.set_mark(self._session.mark(answer.label))
        self._answer_badge.set_mark(self._session.mark(answer.answer))
        self.label_words.setText(answer.label)
        self.answer_words.setText(f"{answer.answer}? {per_cent(answer.confidence)}")
        for words in (self.label_words, self.answer_words):
            words.setMaximumWidth(words.sizeHint().width())
        set_tone(self.answer_words, "" if answer.is_right else "bad")
        can = not answer.is_right and answer.image_id is not None and not self._session.read_only
        self.relabel_button.setVisible(can)
        self.relabel_button.setText(f"Relabel as {without_mnemonic(answer.answer)}")

    def _on_relabel(self) -> None:
        if self.answer is not None:
            self.relabelled.emit(self.answer, self.answer.answer)
