"""What lies in the lasso: least sure first, ticked, with one button that says what it will do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QMenu, QPushButton

from inspector.ui.pages.label.label_words import READ_ONLY, lasso_button_text, lasso_title
from inspector.ui.pages.label.lasso import LassoContent, lasso_content
from inspector.ui.pictures.thumbnails import Thumbnails
from inspector.ui.state.session import Session
from inspector.ui.widgets.controls import ElidedLabel, button, column, label, line, pane, row, set_enabled
from inspector.ui.widgets.gallery import Gallery
from inspector.ui.wording import without_mnemonic

MINIMUM_PX, MAXIMUM_PX = 352, 480
TILE_PX = 72
GALLERY_MARGIN_PX = 10
NOTHING = LassoContent((), (), None, 0)
GUIDE = "Draw around points of the map. Their images show here, to be labelled at once."


class LassoList(QFrame):
    """`class_chosen` carries the class for the ticked images, `name_wanted` asks for a new one."""

    class_chosen = Signal(str)
    name_wanted = Signal()
    cleared = Signal()

    def __init__(self, session: Session, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._session, self._content = session, NOTHING
        self.setProperty("pane", "window")
        self.setMinimumWidth(MINIMUM_PX)
        self.setMaximumWidth(MAXIMUM_PX)
        self._title, self._unticked = label(semibold=True), label(size_px=12, tone="text2")
        self._clear = button("Clear", self.cleared.emit, kind="link", small=True)
        self._said = ElidedLabel(size_px=12, tone="text2")
        self._guide = label(GUIDE, tone="text2", wraps=True)
        self.gallery = Gallery(session, thumbnails)
        self.gallery.set_tile_px(TILE_PX)
        self.gallery.set_checkable(True)
        keeps_room = self.gallery.sizePolicy()
        keeps_room.setRetainSizeWhenHidden(True)  # the button stays at the foot of the list
        self.gallery.setSizePolicy(keeps_room)
        self.gallery.checked_changed.connect(self._show_state)
        self._label = button("", self._on_label, kind="primary")
        self._other = button("Other ", icon_name="chevron-down", tooltip="Choose another class for the ticked images")
        self._other.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self._other.clicked.connect(self._on_other)
        head = row(self._title, self._unticked, None, self._clear, margins=(14, 10, 8, 0))
        said = column(self._said, self._guide, margins=(14, 4, 14, 6))
        foot = pane(row(self._label, None, self._other, margins=(14, 12, 14, 12)))
        images = column(self.gallery, margins=(GALLERY_MARGIN_PX, 0, 0, 0))
        layout = column(head, said, images, line(), foot, spacing=0)
        layout.setStretch(2, 1)
        self.setLayout(layout)
        self.show_images(())

    @property
    def label_button(self) -> QPushButton:
        """Labels what is ticked."""
        return self._label

    @property
    def class_name(self) -> str | None:
        """The class that the button stands for."""
        return self._content.class_name

    @property
    def ticked_ids(self) -> list[int]:
        """What the button would label."""
        return list(self.gallery.checked_ids())

    def show_images(self, image_ids: Sequence[int]) -> None:
        """Show what was lassoed."""
        self._content = lasso_content(image_ids, self._session.guesses, self._session.labels) if image_ids else NOTHING
        self.gallery.set_ids(self._content.image_ids)
        self.gallery.set_checked(self._content.ticked)
        self._show_state()

    def follow_classes(self) -> None:
        """What the button stands for may have another name, be part of another class, or be gone."""
        name = self._content.class_name
        if name is not None:
            now = self._session.project.names_today([name])[name]
            is_there = any(record.name == now for record in self._session.classes)
            self._content = replace(self._content, class_name=now if is_there else None)
        self._show_state()

    def other_menu(self) -> QMenu:
        """Every class, and a new one."""
        menu = QMenu(self)
        for record in self._session.classes:
            key = f"\t{record.hotkey}" if record.hotkey else ""
            action = menu.addAction(without_mnemonic(record.name) + key)
            action.triggered.connect(lambda _checked=False, name=record.name: self.class_chosen.emit(name))
        menu.addSeparator()
        menu.addAction("New class…\tN").triggered.connect(self.name_wanted)
        return menu

    def _show_state(self) -> None:
        content, total = self._content, len(self._content.image_ids)
        ticked = len(self.ticked_ids)
        for widget in (self._title, self._unticked, self._clear, self._said, self.gallery):
            widget.setVisible(total > 0)
        self._guide.setVisible(total == 0)
        self._title.setText(lasso_title(total))
        self._unticked.setText(f"{total - ticked:,} unticked" if total > ticked else "")
        is_guessed = content.guessed and content.class_name is not None
        said = f"{content.guessed:,} guessed {content.class_name}, least sure first" if is_guessed else ""
        self._said.setText(said or "Least sure first")
        mark = None if content.class_name is None else self._session.mark(content.class_name)
        key = f"  ({mark.key})" if mark is not None and mark.key else ""
        self._label.setText(without_mnemonic(lasso_button_text(ticked, content.class_name)) + key)
        reason = READ_ONLY if self._session.read_only else "" if ticked else "No image is ticked"
        set_enabled(self._label, reason)
        set_enabled(self._other, reason)

    def _on_label(self) -> None:
        if self._content.class_name is None:
            self._on_other()
        else:
            self.class_chosen.emit(self._content.class_name)

    def _on_other(self) -> None:
        menu = self.other_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self._other.mapToGlobal(self._other.rect().bottomLeft()))
