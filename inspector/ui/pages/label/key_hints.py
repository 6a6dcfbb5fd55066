"""What the keys do, and what was labelled last."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLabel, QWidget

from inspector.ui.session import Session
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
KEY_PX, MINIMUM_PX = 18, 320


class KeyHints(QWidget):
    """A line of 28 px; where there is little room the rarer hints go."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._class_keys = _key("1")
        pairs: list[tuple[QLabel, QLabel]] = [(self._class_keys, _said("label and go on"))]
        pairs += [(_key(key), _said(text)) for key, text in HINTS]
        self._pairs = pairs
        self._last = _said("")
        self._badge = ClassBadge(size_px=DENSE_BADGE_PX)
        self._saved = _said("")
        hints = [row(key, text, 8, spacing=4) for key, text in pairs]
        self.setLayout(row(*hints, None, self._last, self._badge, self._saved, spacing=4))
        self.setFixedHeight(28)
        self._last_class: str | None = None
        follow_theme(self, lambda: self.show_last(self._last_class))
        self.show_last(None)

    def show_classes(self, keys: Sequence[str]) -> None:
        """Which keys stand for classes: '1–6'."""
        self._class_keys.setText(f"{keys[0]}–{keys[-1]}" if len(keys) > 1 else "".join(keys) or "N")

    def show_last(self, class_name: str | None) -> None:
        """What was labelled last; None: nothing yet, or it was taken back."""
        self._last_class = class_name
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
        for pair in self._pairs:
            for widget in pair:
                widget.show()
        for key, text in reversed(self._pairs[KEPT_HINTS:]):
            if self.layout().sizeHint().width() <= self.width():
                return
            key.hide()
            text.hide()


def _key(text: str) -> QLabel:
    made = QLabel(text)
    made.setProperty("key", "true")
    made.setFont(font(11))
    made.setFixedHeight(KEY_PX)
    return made


def _said(text: str) -> QLabel:
    return label(text, size_px=12, tone="text2")
