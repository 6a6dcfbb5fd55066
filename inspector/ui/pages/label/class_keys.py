"""The classes as keys below what is labelled, the new class at their end."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QScrollArea, QWidget

from inspector.project import Change
from inspector.ui.pages.label.class_key import HEIGHT_PX, MIN_WIDTH_PX, ClassKey, NewClassKey
from inspector.ui.pages.label.class_menu import class_menu
from inspector.ui.pages.label.name_editor import NameEditor
from inspector.ui.session import Session
from inspector.ui.widgets.controls import set_enabled
from models.errors import KnownError

GAP_PX, ROWS_SHOWN = 6, 2
WRAP_FROM = 8  # classes
READ_ONLY = "This project is open for reading alone"


class ClassKeys(QScrollArea):
    """`chosen` carries a class to label with, `named` the name of a new one, `refused` why a change cannot be made."""

    chosen = Signal(str)
    named = Signal(str)
    refused = Signal(object)
    editing_ended = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._keys: dict[str, ClassKey] = {}
        self._renamed: str | None = None
        self._columns = 0
        self._inside = QWidget()
        self._grid = QGridLayout(self._inside)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GAP_PX)
        self._new = NewClassKey()
        self._new.clicked.connect(self.start_new_class)
        self._editor = NameEditor(self._inside)
        self._editor.entered.connect(self._on_entered)
        self._editor.closed.connect(self.editing_ended)
        self.setWidget(self._inside)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Classes")
        self.rebuild()

    @property
    def keys(self) -> dict[str, ClassKey]:
        """The key of each class by its name."""
        return self._keys

    @property
    def editor(self) -> NameEditor:
        """Where a name is typed."""
        return self._editor

    def rebuild(self) -> None:
        """Classes, their keys or their colours are others now."""
        for key in self._keys.values():
            self._grid.removeWidget(key)
            key.hide()
            key.deleteLater()
        self._keys = {record.name: self._key(record.name) for record in self._session.classes}
        reason = READ_ONLY if self._session.read_only else ""
        for key in (*self._keys.values(), self._new):
            set_enabled(key, reason)
        self._place()
        self.refresh_counts()

    def refresh_counts(self) -> None:
        """Labels are others now."""
        counts = self._session.label_counts()
        for name, key in self._keys.items():
            key.set_count(counts[name])

    def show_guess(self, class_name: str | None) -> None:
        """Tint the key of this class alone."""
        for name, key in self._keys.items():
            key.set_guessed(name == class_name)

    def start_new_class(self) -> None:
        """Let a name be typed in place."""
        if not self._session.read_only:
            self._renamed = None
            self.ensureWidgetVisible(self._new)
            self._editor.open_at(self._new.geometry())

    def resizeEvent(self, event: object) -> None:  # noqa: N802
        """As many columns as fit."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        if self._columns_wanted() != self._columns:
            self._place()

    def _key(self, class_name: str) -> ClassKey:
        made = ClassKey(self._session.mark(class_name))
        made.clicked.connect(partial(self.chosen.emit, class_name))
        made.customContextMenuRequested.connect(partial(self._on_menu, class_name))
        return made

    def _columns_wanted(self) -> int:
        return columns_for(len(self._keys), width_px=self.width())

    def _place(self) -> None:
        self._columns = columns = self._columns_wanted()
        for place, key in enumerate((*self._keys.values(), self._new)):
            self._grid.addWidget(key, *divmod(place, columns))
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, 2 if column < columns else 0)
        if len(self._keys) < columns:
            self._grid.setColumnStretch(len(self._keys), 1)  # the new class needs less room
        rows = min(ROWS_SHOWN, -(-(len(self._keys) + 1) // columns))
        self.setFixedHeight(rows * (HEIGHT_PX + GAP_PX) - GAP_PX)

    def _on_menu(self, class_name: str, at: QPoint) -> None:
        if self._session.read_only:
            return
        key = self._keys[class_name]
        rename = partial(self._start_renaming, class_name)
        menu = class_menu(self._session, class_name, self, on_rename=rename, attempt=self._attempt)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(key.mapToGlobal(at))

    def _start_renaming(self, class_name: str) -> None:
        self._renamed = class_name
        place: QRect = self._keys[class_name].geometry()
        self._editor.open_at(place, class_name)

    def _on_entered(self, text: str) -> None:
        renamed, self._renamed = self._renamed, None
        if renamed is None:
            self.named.emit(text)
        else:
            self._attempt(lambda: self._session.project.rename_class(renamed, new_name=text))

    def _attempt(self, call: Callable[[], Change]) -> None:
        try:
            change = call()
        except KnownError as error:
            self.refused.emit(error)
            return
        if change.classes:  # the labels of a renamed class read otherwise now
            self._session.refresh(change)


def columns_for(classes: int, *, width_px: int) -> int:
    """Keys in a row, the new class's included: one row below eight classes, else two rows as long as they fit."""
    fitting = max(2, (width_px + GAP_PX) // (MIN_WIDTH_PX + GAP_PX))
    total = classes + 1
    wanted = total if classes < WRAP_FROM else -(-total // ROWS_SHOWN)
    return min(wanted, fitting)
