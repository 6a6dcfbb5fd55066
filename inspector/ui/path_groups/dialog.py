"""The dialog in which a user says what in the paths tells groups: one coil, one minute."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QDialog, QWidget

from inspector.jobs.grouping.pattern_offers import Offer
from inspector.jobs.grouping.pattern_preview import PatternPreview, ProjectPaths, preview
from inspector.ui.background.newest_answer import NewestAnswer
from inspector.ui.path_groups.choices import PatternChoices
from inspector.ui.path_groups.preview_view import GroupsPreview
from inspector.ui.widgets.controls import button, column, label, line, row, set_enabled

WIDTH_PX = 760
TYPING_MS = 150  # after the last letter of a pattern
INTRO = "Images of one coil or of one minute resemble each other. A group never lies on both sides of a split or fold."
NEAR_DUPLICATES_ALONE = "Near-duplicates alone are kept together"
LOOKING = "Looking for groups…"
WRITE_ONE = r"Write what differs from coil to coil, such as coil(\d+)."


class GroupingDialog(QDialog):
    """`pattern_chosen` carries a pattern that tells groups apart, or None: group by no path.

    It waits for `set_paths`; previews are computed in the background.
    """

    pattern_chosen = Signal(object)

    def __init__(self, parent: QWidget, *, pattern: str | None, cannot_group: str = "") -> None:
        """`cannot_group` says why nothing can be changed; empty if it can."""
        super().__init__(parent)
        self.setWindowTitle("Group images")
        self._had, self._cannot_group = pattern, cannot_group
        self._paths: ProjectPaths | None = None
        self._offers: dict[str, PatternPreview] = {}
        self._usable: str | None = None  # the pattern that is known to tell groups apart
        self._is_awaited = False
        self._answer = NewestAnswer(self)
        self._answer.answered.connect(self._on_answered)
        self._answer.failed.connect(self._on_failed)
        self._timer = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._timer.timeout.connect(self._ask)
        self.choices = PatternChoices(pattern)
        self.choices.chosen.connect(self._on_chosen)
        self.choices.edited.connect(self._on_edited)
        self.preview = GroupsPreview()
        self.group_button = button("Group images", self._on_group, kind="primary")
        self.group_button.setDefault(True)
        buttons = row(None, button("Cancel", self.reject), self.group_button)
        intro = label(INTRO, tone="text2", wraps=True)
        content = column(intro, self.choices, line(), self.preview, None, line(), buttons, spacing=12)
        content.setContentsMargins(16, 16, 16, 12)
        self.setLayout(content)
        self.setMinimumWidth(WIDTH_PX)
        self.choices.setFocus()
        self._on_chosen()

    def set_paths(self, paths: ProjectPaths, offers: list[Offer]) -> None:
        """Take in the project's paths and what they suggest."""
        self._paths = paths
        self._offers = {offer.pattern: offer.preview for offer in offers}
        self.choices.set_offers(offers)
        self._on_chosen()

    @property
    def is_busy(self) -> bool:
        """Whether a preview is on its way."""
        return self._timer.isActive() or self._answer.is_busy

    def done(self, result: int) -> None:
        """Nothing is wanted any more."""
        self._timer.stop()
        self._answer.forget()
        super().done(result)

    # What is wanted

    def _on_chosen(self) -> None:
        self._timer.stop()
        self._is_awaited = False
        pattern = self.choices.pattern
        self._usable = None
        self._answer.forget()
        if pattern is None:
            self.preview.show_text(NEAR_DUPLICATES_ALONE)
        elif not pattern:
            self.preview.show_text("", WRITE_ONE)
        elif pattern in self._offers:
            self._show(self._offers[pattern])
        else:
            self.preview.show_text(LOOKING)
            self._ask()
        self._show_button()

    def _on_edited(self) -> None:
        """What is shown stays until there is something newer."""
        self._is_awaited = False
        if self.choices.pattern:
            self._usable = None
            self._timer.start()
            self._show_button()
        else:
            self._on_chosen()

    def _ask(self) -> None:
        self._timer.stop()
        pattern = self.choices.pattern
        if self._paths is not None and pattern:
            self._answer.ask(partial(preview, self._paths, pattern))

    def _on_answered(self, found: PatternPreview) -> None:
        if found.pattern != self.choices.pattern:
            return
        self._show(found)
        self._show_button()
        if self._is_awaited:
            self._on_group()

    def _on_failed(self, sentence: str) -> None:
        self._is_awaited = False
        self.preview.show_text("", sentence, tone="bad")
        set_enabled(self.group_button, sentence)

    def _show(self, found: PatternPreview) -> None:
        self._usable = found.pattern
        self.preview.show_preview(found)

    def _show_button(self) -> None:
        """It can be pressed before the preview is there, and then waits for it."""
        pattern = self.choices.pattern
        is_taken_away = pattern is None and self._had is not None
        self.group_button.setText("Ungroup images" if is_taken_away else "Group images")
        nothing = WRITE_ONE if pattern == "" else "Images are grouped by no path now." if pattern is None else ""
        set_enabled(self.group_button, self._cannot_group or ("" if is_taken_away else nothing))

    def _on_group(self) -> None:
        pattern = self.choices.pattern
        if pattern is None or pattern == self._usable:
            self.pattern_chosen.emit(pattern)
            self.accept()
        else:
            self._is_awaited = True
            self._ask()
