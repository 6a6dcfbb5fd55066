"""The classes as keys below what is labelled, the new class at their end."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtWidgets import QFrame, QMenu, QScrollArea, QWidget

from inspector.project import Change
from inspector.ui.pages.label.class_editing import ClassEditing, colour_menu
from inspector.ui.pages.label.class_key import ClassKey, NewClassKey
from inspector.ui.pages.label.inline_editor import InlineEditor
from inspector.ui.pages.label.key_places import KEY_HEIGHT_PX, key_places
from inspector.ui.pages.label.label_words import READ_ONLY
from inspector.ui.pages.page import Shell
from inspector.ui.state.session import Session
from inspector.ui.widgets.controls import follow_theme, set_enabled
from inspector.ui.wording import count, without_mnemonic

EDITOR_PX, EDITOR_HEIGHT_PX = 220, 30


class ClassKeys(QScrollArea):
    """`chosen` carries a class to label with, `named` the name of a new one; `left`: nothing is typed any more."""

    chosen = Signal(str)
    named = Signal(str)
    left = Signal()

    def __init__(self, session: Session, shell: Shell) -> None:
        super().__init__()
        self._session, self._editing = session, ClassEditing(session, shell)
        self._keys: dict[str, ClassKey] = {}
        self._guess: str | None = None
        self._inside = QFrame()
        self._inside.setProperty("pane", "surface")
        self._new = NewClassKey()
        self._new.setParent(self._inside)
        self._new.clicked.connect(self.ask_for_name)
        self.editor = InlineEditor(self._inside)
        self.editor.closed.connect(self.left)
        self.setWidget(self._inside)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Classes")
        session.changed.connect(self._on_changed)
        follow_theme(self, self._rebuild)
        self._rebuild()

    @property
    def keys(self) -> list[ClassKey]:
        """The key of each class, in the order of the classes."""
        return list(self._keys.values())

    def set_guess(self, class_name: str | None) -> None:
        """Tint the key of this class alone."""
        self._guess = class_name
        for name, key in self._keys.items():
            key.set_guessed(name == class_name)

    def ask_for_name(self) -> None:
        """Let a name be typed in place."""
        if not self._session.read_only:
            self.ensureWidgetVisible(self._new)
            self.editor.open(self._editor_place(self._new), self.named.emit, name="Name of the new class")

    def menu_of(self, class_name: str) -> QMenu:
        """What can be changed of a class."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        place, editing = self._editor_place(self._keys[class_name]), self._editing
        rename, change_key = partial(editing.rename, class_name), partial(editing.set_key, class_name)
        menu.addAction("Rename…", lambda: self.editor.open(place, rename, name="New name", text=class_name))
        menu.addAction(
            "Change key…",
            lambda: self.editor.open(place, change_key, name="Press the new key", takes_first_key=True),
        )
        colour_menu(menu, partial(editing.set_colour, class_name))
        menu.addSeparator()
        self._add_merging(menu, class_name)
        return menu

    def _add_merging(self, menu: QMenu, class_name: str) -> None:
        """Entries that make an end of a class; one that cannot be used says why."""
        menu.setToolTipsVisible(True)
        others = [record.name for record in self._session.classes if record.name != class_name]
        merging = menu.addMenu("Merge into")
        merging.setEnabled(bool(others))
        for other in others:
            merge = partial(self._editing.merge, class_name, other)
            merging.addAction(without_mnemonic(other), partial(self._end, merge))
        removing = menu.addAction("Remove class", partial(self._end, partial(self._editing.remove, class_name)))
        labels = self._session.label_counts()[class_name]
        removing.setEnabled(not labels)
        removing.setToolTip(f"It has {count(labels, 'label')}: merge it into another class instead" if labels else "")

    def _end(self, edit: Callable[[], object]) -> None:
        """The key goes away, and may have had the keyboard."""
        edit()
        self.left.emit()

    def resizeEvent(self, event: object) -> None:  # noqa: N802
        """Other places."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._place()

    def _on_changed(self, change: Change) -> None:
        if change.classes:
            self._rebuild()
        elif change.labels:
            self._refresh_counts()

    def _rebuild(self) -> None:
        for key in self._keys.values():
            key.hide()
            key.deleteLater()
        self._keys = {record.name: self._key(record.name) for record in self._session.classes}
        reason = READ_ONLY if self._session.read_only else ""
        for key in (*self._keys.values(), self._new):
            set_enabled(key, reason)
        self._place()
        self._refresh_counts()
        self.set_guess(self._guess)

    def _refresh_counts(self) -> None:
        counts = self._session.label_counts()
        for name, key in self._keys.items():
            key.set_count(counts[name])

    def _key(self, class_name: str) -> ClassKey:
        made = ClassKey(self._session.mark(class_name))
        made.setParent(self._inside)
        made.clicked.connect(partial(self.chosen.emit, class_name))
        made.customContextMenuRequested.connect(partial(self._on_menu, class_name))
        made.show()
        return made

    def _place(self) -> None:
        width = self.width()
        wanted = key_places(len(self._keys), width)
        if wanted.height_px > wanted.shown_height_px:
            width -= self.verticalScrollBar().sizeHint().width()
            wanted = key_places(len(self._keys), width)
        self._inside.setFixedSize(width, wanted.height_px)
        self.setFixedHeight(wanted.shown_height_px)
        for key, (x, y, key_px) in zip((*self._keys.values(), self._new), wanted.places, strict=True):
            key.setGeometry(x, y, key_px, KEY_HEIGHT_PX)

    def _editor_place(self, key: QWidget) -> QRect:
        left = max(0, min(key.x(), self._inside.width() - EDITOR_PX))
        return QRect(left, key.y() + (KEY_HEIGHT_PX - EDITOR_HEIGHT_PX) // 2, EDITOR_PX, EDITOR_HEIGHT_PX)

    def _on_menu(self, class_name: str, at: QPoint) -> None:
        if not self._session.read_only:
            self.menu_of(class_name).popup(self._keys[class_name].mapToGlobal(at))
