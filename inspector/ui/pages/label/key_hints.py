"""What the keys do, and what was labelled last."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLabel, QWidget

from inspector.project import Change
from inspector.ui.state.session import Session
from inspector.ui.theme import font
from inspector.ui.widgets.class_badge import DENSE_BADGE_PX, ClassBadge
from inspector.ui.widgets.controls import follow_theme, label, row

HINTS = (
    ("Space", "skip"),
    ("←", "go back"),
    ("Ctrl Z", "undo"),
    ("Z", "1:1"),
    ("H", "heat map"),
    ("Del", "remove label"),
)
KEPT_HINTS = 3
KEY_PX, GAP_PX, MINIMUM_PX = 18, 4, 320
FIRST_CLASS = "Press N and name what you see"


class KeyHints(QWidget):
    """A line of 28 px; where there is little room the rarer hints go."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._class_keys = _Hint("1", "label and go on")
        self._hints = [self._class_keys, *(_Hint(key, text) for key, text in HINTS)]
        self._last = _said("")
        self._badge = ClassBadge(size_px=DENSE_BADGE_PX)
        self._saved = _said("")
        self.setLayout(row(*self._hints, None, self._last, self._badge, self._saved, spacing=GAP_PX))
        self.setFixedHeight(28)
        self._last_id: int | None = None
        self._last_class: str | None = None
        session.changed.connect(self._on_changed)
        self._show_classes()
        follow_theme(self, lambda: self.show_last(self._last_id))
        self.show_last(None)

    @property
    def shown(self) -> list[str]:
        """The hints that there is room for."""
        return [hint.text for hint in self._hints if not hint.isHidden()]

    def _on_changed(self, change: Change) -> None:
        if change.classes:
            self._show_classes()
        if change.classes or change.labels:  # one that was taken back, or is called otherwise, is not the last
            is_so = self._last_id is not None and self._session.labels.get(self._last_id) == self._last_class
            self.show_last(self._last_id if is_so else None)

    def _show_classes(self) -> None:
        """Which keys stand for classes: '1–6'; without any it says how the first class is made."""
        keys = [record.hotkey for record in self._session.classes if record.hotkey]
        if keys:
            self._class_keys.say(f"{keys[0]}–{keys[-1]}" if len(keys) > 1 else keys[0], "label and go on")
        elif self._session.classes:
            self._class_keys.say("N", "new class")
        else:
            self._class_keys.say("", FIRST_CLASS)
        self._leave_out()

    def show_last(self, image_id: int | None) -> None:
        """The label of the image that was labelled last; None: nothing yet, or it was taken back."""
        class_name = None if image_id is None else self._session.labels.get(image_id)
        self._last_id, self._last_class = image_id, class_name
        for widget in (self._last, self._badge, self._saved):
            widget.setVisible(class_name is not None)
        if class_name is not None:
            self._last.setText("Last:")
            self._badge.set_mark(self._session.mark(class_name))
            self._saved.setText(f"{class_name}, saved")
        self._leave_out()

    @property
    def last_text(self) -> str:
        """'Patches, saved', empty if nothing is shown."""
        return "" if self._saved.isHidden() else self._saved.text()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Hints that do not fit go: they hold no window open."""
        return QSize(MINIMUM_PX, self.height())

    def resizeEvent(self, event: object) -> None:  # noqa: N802
        """Leave out what does not fit."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._leave_out()

    def _leave_out(self) -> None:
        """Added up by hand: a layout goes on counting what was hidden until it is laid out again."""
        last = (self._last, self._badge, self._saved)
        room = self.width() - sum(widget.sizeHint().width() + GAP_PX for widget in last if not widget.isHidden())
        for at, hint in enumerate(self._hints):
            room -= hint.sizeHint().width() + GAP_PX
            hint.setVisible(at < KEPT_HINTS or room >= 0)


class _Hint(QWidget):
    """A key and what it does."""

    def __init__(self, key: str, text: str) -> None:
        super().__init__()
        self._key, self._said = QLabel(key), _said(text)
        self._key.setProperty("key", "true")
        self._key.setFont(font(11))
        self._key.setFixedHeight(KEY_PX)
        self.setLayout(row(self._key, self._said, margins=(0, 0, 8, 0), spacing=GAP_PX))

    @property
    def text(self) -> str:
        """What it does."""
        return self._said.text()

    def say(self, key: str, text: str) -> None:
        """Another key; none, if the text names it."""
        self._key.setText(key)
        self._key.setVisible(bool(key))
        self._said.setText(text)


def _said(text: str) -> QLabel:
    return label(text, size_px=12, tone="text2")
