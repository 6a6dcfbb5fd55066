"""What a pattern would group: how many, how large, a few examples, and what speaks against it."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from inspector.jobs.grouping.pattern_preview import EXAMPLES, PatternPreview
from inspector.ui.path_groups.words import caution, names, sizes, unmatched
from inspector.ui.widgets.controls import ElidedLabel, column, label, set_tone
from inspector.ui.wording import count

NOTE_LINES = 2


class GroupsPreview(QWidget):
    """Keeps its height whatever it shows."""

    def __init__(self) -> None:
        super().__init__()
        self.summary = label(semibold=True)
        self.note = label(size_px=12, wraps=True, tone="text2")
        self.note.setFixedHeight(NOTE_LINES * self.note.fontMetrics().lineSpacing() + 2)
        self.examples: list[tuple[ElidedLabel, QLabel, ElidedLabel]] = []
        self._table = QWidget()
        grid = QGridLayout(self._table)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 2)
        grid.setColumnStretch(2, 5)
        for place in range(EXAMPLES):
            texts = ElidedLabel(middle=True), label(tone="text2"), ElidedLabel(size_px=12, tone="text2")
            self.examples.append(texts)
            for column_at, text in enumerate(texts):
                grid.addWidget(text, place, column_at)
        self.setLayout(column(self.summary, self._table, self.note, None, spacing=8))
        self.setMinimumHeight(self.sizeHint().height())

    def show_preview(self, preview: PatternPreview) -> None:
        """Show what a pattern would group."""
        warning = caution(preview)
        note = " ".join(filter(None, [unmatched(preview), warning]))
        self._say(sizes(preview), note, "warn" if warning else "text2", has_table=True)
        for (key, images, paths), shown in zip(self.examples, preview.examples, strict=False):
            key.setText(shown.key)
            images.setText(count(shown.images, "image"))
            paths.setText(names(shown.paths) + (", …" if shown.images > len(shown.paths) else ""))

    def show_text(self, summary: str, note: str = "", *, tone: str = "text2") -> None:
        """Show words in place of groups; `tone` is that of the note."""
        self._say(summary, note, tone, has_table=False)

    def _say(self, summary: str, note: str, tone: str, *, has_table: bool) -> None:
        self.summary.setText(summary)
        self.summary.setVisible(bool(summary))
        self._table.setVisible(has_table)
        self.note.setText(note)
        set_tone(self.note, tone)
        for texts in self.examples:
            for text in texts:
                text.setText("")
