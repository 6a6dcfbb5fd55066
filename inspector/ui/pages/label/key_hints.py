"""Which keys do what, and what was saved last."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from inspector.project import ClassRecord
from inspector.ui.session import Session
from inspector.ui.widgets.class_badge import DENSE_BADGE_PX, ClassBadge
from inspector.ui.widgets.controls import label, row

HINTS = (("Space", "skip"), ("←", "go back"), ("Ctrl Z", "undo"), ("Z", "1:1"))
NARROW_PX = 620  # below it the hints give way to what was saved


class KeyHints(QFrame):
    """One line of 12 px."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.setProperty("pane", "surface")
        self._classes = label(size_px=12)
        self._classes.setProperty("key", "true")
        self._words = label("label and go on", tone="text2", size_px=12)
        self._hints = QWidget()
        pairs = [_pair(key, text) for key, text in HINTS]
        self._hints.setLayout(row(row(self._classes, self._words, spacing=4), *pairs, spacing=14))
        self._badge = ClassBadge(size_px=DENSE_BADGE_PX)
        self._before, self.saved = label(tone="text2", size_px=12), label(tone="text2", size_px=12)
        self.setLayout(row(self._hints, None, self._before, self._badge, self.saved, spacing=4))
        self.show_saved(None)
        self.refresh()

    def refresh(self) -> None:
        """The classes are others now."""
        keys = class_keys_range(self._session.classes)
        self._classes.setText(keys)
        for widget in (self._classes, self._words):
            widget.setVisible(bool(keys))

    def show_saved(self, class_name: str | None, action: str = "saved") -> None:
        """Say which label is on disk; None: nothing to say."""
        self._badge.setVisible(class_name is not None)
        self._before.setText("Last:" if class_name is not None else "")
        self.saved.setText(f"{class_name}, {action}" if class_name is not None else "")
        if class_name is not None:
            self._badge.set_mark(self._session.mark(class_name))

    def resizeEvent(self, event: object) -> None:  # noqa: N802
        """In little room what was saved matters more."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._hints.setVisible(self.width() >= NARROW_PX)


def class_keys_range(classes: list[ClassRecord]) -> str:
    """'1–6', or the keys alone where they do not follow one another as digits."""
    keys = [record.hotkey for record in classes if record.hotkey]
    digits = [key for key in keys if key.isdigit()]
    if not keys:
        return ""
    if digits == keys and len(keys) > 2 and [int(key) for key in keys] == list(range(1, len(keys) + 1)):
        return f"1–{keys[-1]}"
    return " ".join(keys) if len(keys) <= 4 else f"{keys[0]}–{keys[-1]}"


def _pair(key: str, text: str) -> QHBoxLayout:
    badge: QLabel = label(key, size_px=12)
    badge.setProperty("key", "true")
    return row(badge, label(text, tone="text2", size_px=12), spacing=4)
